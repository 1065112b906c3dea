// ledger: what was practised, one sealed line a session that has ended. Lines are only ever added.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/session/session.h"

namespace nanobug::session {

// A line that was cut or changed is passed over and named in `warnings` (which may be null).
Result<std::vector<Record>> read_ledger(const std::filesystem::path& file,
                                        std::vector<std::string>* warnings);

// Adds the record unless one of that session is there: a recovery may come here a second time.
Status add_to_ledger(const std::filesystem::path& file, const Record& record);

}  // namespace nanobug::session
