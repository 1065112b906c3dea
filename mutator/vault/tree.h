// tree: a tree of bytes in memory, read from and written to a directory by nanobug itself.
//
// libgit2's checkout opens files with O_TRUNC and is not atomic, so it never writes a file that a learner
// sees: directories are made here, beside the place they go to, and renamed into it whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::vault {

enum class Mode { regular, executable, symlink };

struct File {
  std::string bytes;  // a symlink's target
  Mode mode = Mode::regular;

  bool operator==(const File&) const = default;
};

// path relative to the root, with '/' -> file. Paths are bytes, not necessarily UTF-8.
using Tree = std::map<std::string, File>;

struct Entry {
  std::string sha256;
  Mode mode = Mode::regular;

  bool operator==(const Entry&) const = default;
};
using Manifest = std::map<std::string, Entry>;

// Trees are held in memory, so a file above the first and what comes once a tree holds the second is no part
// of one (a sparse file may call itself petabytes).
inline constexpr std::uint64_t kLargestFile = 64ull << 20, kLargestTree = 512ull << 20;

// What read_tree passed over, relative to the directory.
struct LeftOut {
  std::vector<std::string> too_large;
  std::vector<std::string> unreadable;  // files and directories that somebody else owns, or a disk has lost
  Error why = {};                       // of the first that is unreadable

  std::vector<std::string> all() const;
};

// Every file and symlink below `directory`, but for `.git` (at any depth) and what `skip` has: globs of names
// at the top, and paths.
// A nested repository's work files are taken, its .git is not. Sockets and devices are passed over. What is
// too large, unread, and what cannot be read is named in `left_out`; without it they are an error.
Result<Tree> read_tree(const std::filesystem::path& directory, const std::vector<std::string>& skip,
                       LeftOut* left_out = nullptr);

// Writes the tree into a directory that exists and holds none of its paths. Not fsynced: sync_tree does that
// once the times are set, or every file would be written to the disk twice. Errors: Exit::io naming the path;
// a path that leaves the directory or goes through a symlink is refused.
Status write_tree(const Tree& tree, const std::filesystem::path& directory);

// Puts everything below on the disk, but for the top-level names in `leave_out`, with ONE fsync: the data of
// each file is written out, then the directory is fsynced. That is git's core.fsyncMethod=batch, with its
// limit: a file system that journals each file apart (btrfs) may still lose a new file in a power cut. For
// trees that can be made again.
Status sync_tree(const std::filesystem::path& directory, const std::vector<std::string>& leave_out);

Manifest manifest(const Tree& tree);

// Reads the directory again and compares; the error names the first path that differs.
Status verify(const std::filesystem::path& directory, const Manifest& manifest,
              const std::vector<std::string>& leave_out);

// The hash git gives the tree, without storing anything.
Result<std::string> tree_id(const Tree& tree);

}  // namespace nanobug::vault
