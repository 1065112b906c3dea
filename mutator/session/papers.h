// papers: what lies on the desk while the lock is held, and the steps that start, stop and recovery share.
//
// Private to session/. A command and the recovery of a killed one go through the same functions from the
// journal on: finish_* and undo_* take nothing but the journal and what is on the disk, and may be run any
// number of times.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "mutator/base/error.h"
#include "mutator/session/journal.h"
#include "mutator/session/lock.h"
#include "mutator/session/saved.h"
#include "mutator/session/session.h"
#include "mutator/vault/vault.h"

namespace nanobug::session {

struct Papers {
  Desk::Places places;  // absolute
  Lock lock;
  std::optional<Saved> saved = std::nullopt;       // the open session
  std::unique_ptr<vault::Vault> opened = nullptr;  // see vault()

  // Opened at the first use: what only reads or notes down does without libgit2, whose beginning can cost
  // more than all of that.
  Result<vault::Vault*> vault();

  std::filesystem::path journal() const { return places.state / "journal"; }
  std::filesystem::path session() const { return places.state / "session.json"; }
  std::filesystem::path ledger() const { return places.state / "ledger.jsonl"; }
};

using Furnish = std::function<Status(const std::filesystem::path& staging)>;

std::int64_t now();

// start.cpp
Result<Session> start(Papers& papers, const StartRequest& request);
Status finish_start(Papers& papers, const Journal& journal);
Status undo_start(Papers& papers, const Journal& journal);
Result<Session> open_checkout(Papers& papers, const StartRequest& request);
Status undo_open(Papers& papers, const Journal& journal);  // finish_start finishes it

// stop.cpp. finish_stop wants a journal that is `ready` and a learner's directory that was put aside.
Result<Stopped> stop(Papers& papers, const std::string& outcome, const Furnish& furnish, std::int64_t time);
Result<Stopped> finish_stop(Papers& papers, const Journal& journal);
Status undo_stop(Papers& papers, const Journal& journal);
Result<Stopped> end_without_checkout(Papers& papers, const Journal& journal, const std::string& note);

// reset.cpp
Result<Reset> reset(Papers& papers, const std::vector<std::string>& only);

// Reads the learner's tree and puts it on the session's branch; -> commit id. A tree that is the tip's
// already is recorded again only under another message, and only if `always`. Files that are too large for a
// tree are named in the commit's message and in the note.
Result<std::string> take_snapshot(Papers& papers, const std::string& subject, bool always,
                                  std::string* left_out_note = nullptr);

// recover.cpp: finishes or undoes what the journal tells of; -> a sentence about it, or "".
Result<std::string> recover(Papers& papers);

}  // namespace nanobug::session
