// skeleton: the directories and the four small files that make a directory a git repository.
//
// Private to vault/. Written here rather than by git_repository_init so that nothing comes along that nobody
// asked for (sample hooks, a description, a template of the user's), and so that a half-made one is simply
// completed.
#pragma once

#include <filesystem>
#include <string>

#include "mutator/base/error.h"

namespace nanobug::vault {

// `head` is the full name of a branch, which need not exist yet. What is there already is left as it is.
// A bare one, a vault, is fsynced; a checkout is synced whole by who made it.
Status make_skeleton(const std::filesystem::path& git_directory, const std::string& head, bool bare);

}  // namespace nanobug::vault
