// project: what a session is judged by, as a tree of bytes, for as long as it lives: the catalog, the clean
// tree, the probes, and whatever else the head's commands name below {project}.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"
#include "mutator/vault/tree.h"

namespace nanobug::grade {

// The catalog's name in it, whatever it is called elsewhere.
inline constexpr char kCatalogName[] = "catalog.yaml";

// The project as it is now; `pristine` is its clean tree, read already. What a command names and is not there
// is left out. Paths are relative to the catalog's directory.
Result<vault::Tree> project_of(const catalog::Catalog& catalog, const vault::Tree& pristine);

// The name of its directory below the cache's projects/.
std::string project_directory(const std::string& id);

// The directory below `cache` that the project of that id is laid out in, if it is there.
std::optional<std::filesystem::path> find_project(const std::filesystem::path& cache, const std::string& id);

// Is it still what was laid out, file by file?
bool is_whole(const std::filesystem::path& directory, const std::string& id);

// Lays it out there, and anew where it is no longer whole; -> the directory. Several processes may do so at
// once.
Result<std::filesystem::path> lay_out(const vault::Tree& project, const std::string& id,
                                      const std::filesystem::path& cache);

}  // namespace nanobug::grade
