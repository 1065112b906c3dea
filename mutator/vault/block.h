// block: lines of nanobug's own in a file of a checkout's repository that is the learner's too.
//
// Private to vault/.
#pragma once

#include <filesystem>
#include <string_view>

#include "mutator/base/error.h"

namespace nanobug::vault {

bool is_there(const std::filesystem::path& path);

enum class Write { synced, unsynced };

// Puts the block at the end of the file, or takes it out again; the learner's own lines stay as they are.
Status set_block(const std::filesystem::path& file, std::string_view block, bool present,
                 Write how = Write::synced);

}  // namespace nanobug::vault
