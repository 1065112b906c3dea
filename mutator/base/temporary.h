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

}  // namespace nanobug
