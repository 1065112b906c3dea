// temporary: what make_temporary_directory (files.h) makes is gone when nanobug is, whatever it dies of.
//
// A process keeps its temporary directories of one parent in a place of its own there,
// `parent/nanobug-tmp.XXXXXX`, on which it holds a flock. A place that nobody holds was left by a killed
// process, and whoever finds it may remove it.
#pragma once

#include <filesystem>

namespace nanobug {

// Removes the places in `parent`, and in directories up to `depth` levels below it, that nobody holds any
// more. What cannot be removed stays: sweeping is a courtesy. Done by itself for each parent that this
// process makes a temporary directory in, the first time.
void sweep_temporary_directories(const std::filesystem::path& parent, int depth = 0);

// Removes a directory that nobody needs any more in a process of its own, which may outlive this one: where
// files have been written a moment ago a file system may take milliseconds for each. Meanwhile it stands in
// `parent`, on the same file system, as a place that is held; where it cannot be put there it is removed at
// once.
void remove_in_background(const std::filesystem::path& directory, const std::filesystem::path& parent);

}  // namespace nanobug
