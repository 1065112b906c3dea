// journal: what a command is about to do to the disk, written before it does it, so that the next command can
// finish or undo it (recover.cpp). One file, replaced whole, gone when nothing is under way.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "mutator/base/error.h"
#include "mutator/session/saved.h"

namespace nanobug::session {

enum class Operation { start, open, stop, end_without_checkout };

struct Journal {
  Operation operation = Operation::start;
  Saved saved;                    // the session it is about; its directory is the place that changes
  std::filesystem::path staging;  // ours alone: removed when the command did not come to its end
  bool ready = false;             // staging is whole and on the disk; from here on directories are renamed
  Identity staged;                // of staging, once ready: tells whether it has reached its place

  // stop only. The learner's directory goes to `attempt`, or to `beside` when that is on another file system;
  // neither existed when the journal was written.
  std::filesystem::path attempt, beside;
  std::string outcome;
  std::int64_t ended = 0;
};

Status write_journal(const std::filesystem::path& file, const Journal& journal);

// Nothing when there is none. One that cannot be read is set aside under a name that `damaged` is told, and
// counts as none: nothing may be deleted on its word.
Result<std::optional<Journal>> read_journal(const std::filesystem::path& file,
                                            std::filesystem::path* damaged);

Status close_journal(const std::filesystem::path& file);

}  // namespace nanobug::session
