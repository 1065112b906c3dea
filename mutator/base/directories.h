// directories: made so that a power cut does not take them, and what was put into them, away again.
#pragma once

#include <filesystem>

#include "mutator/base/error.h"

namespace nanobug {

// Makes the directory and those above it that are missing. Whoever stands in the way is named.
Status ensure_directories(const std::filesystem::path& directory);

// The same, and fsyncs the parent of each one that it made.
Status make_directories(const std::filesystem::path& directory);

}  // namespace nanobug
