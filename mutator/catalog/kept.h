// kept: a catalog that was read without an error is kept in one sealed file, and read back from there as long
// as nothing that it was made of has changed: the catalog, the pages and tests beside it, what lies in their
// directories, that the files which its rules name are there and no symlinks, and this program.
//
// What has changed is told as git's index tells it, by a file's number, size and times. Two changes within
// one tick of a file system's clock look like one; so nothing is kept of what changed a moment ago. Whatever
// is in doubt is read anew; what cannot be kept is no error.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"

namespace nanobug::catalog {

struct Keep {
  std::filesystem::path directory;  // where; made when missing
  std::string maker;                // whoever reads a catalog otherwise has another; "" keeps nothing
  std::chrono::seconds settled{2};  // a file is as it was kept only if it had been so for so long; the
                                    // coarsest clock of a file system ticks every two seconds
};

// load(), from what is kept where that holds. Several processes may do so at once.
tl::expected<Catalog, std::vector<Error>> load(const std::filesystem::path& file, const Keep& keep);

// What is kept of it, if it holds. Of a relative path nothing is kept.
std::optional<Catalog> find_kept(const std::filesystem::path& file, const Keep& keep);

}  // namespace nanobug::catalog
