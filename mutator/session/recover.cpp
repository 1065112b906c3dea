// recover: what a killed command left is finished when the directories have changed places, and undone when
// they have not. Every step may have been done before: a recovery can be killed as well.
#include "mutator/session/checkout.h"
#include "mutator/session/papers.h"

namespace nanobug::session {
namespace {

// The checkout has reached its place, and the learner may have worked in it since: it stays.
bool is_in_place(const Journal& journal) {
  return journal.ready && identity(journal.saved.session.directory) == journal.staged;
}

Result<std::string> recover_start(Papers& papers, const Journal& journal) {
  const Session& session = journal.saved.session;
  if (is_in_place(journal)) {
    NANOBUG_TRY(finish_start(papers, journal));
    return "an interrupted start was finished: the session " + session.name + " is open in " +
           session.directory.string();
  }
  NANOBUG_TRY(undo_start(papers, journal));
  return "an interrupted start was undone; no session is open";
}

Result<std::string> recover_open(Papers& papers, const Journal& journal) {
  const Session& session = journal.saved.session;
  if (is_in_place(journal)) {
    NANOBUG_TRY(finish_start(papers, journal));
    return "an interrupted open was finished: the checkout of " + session.name + " is " +
           session.directory.string();
  }
  NANOBUG_TRY(undo_open(papers, journal));
  return "an interrupted open was undone; the session " + session.name + " goes on without a checkout";
}

Result<std::string> recover_stop(Papers& papers, const Journal& journal) {
  const Session& session = journal.saved.session;
  if (journal.ready && (is_there(journal.attempt) || is_there(journal.beside))) {
    auto stopped = finish_stop(papers, journal);
    NANOBUG_TRY(stopped);
    std::string text = "an interrupted stop was finished: the session " + session.name +
                       " has ended and what you wrote is in " + stopped->attempt.string();
    return stopped->note.empty() ? text : text + " (" + stopped->note + ')';
  }
  NANOBUG_TRY(undo_stop(papers, journal));
  return "an interrupted stop was undone; the session " + session.name + " is still open";
}

}  // namespace

Result<std::string> recover(Papers& papers) {
  std::filesystem::path damaged;
  auto journal = read_journal(papers.journal(), &damaged);
  NANOBUG_TRY(journal);
  if (!damaged.empty())
    return "the journal of an interrupted command was damaged; it is kept as " + damaged.string() +
           " and nothing was removed";
  if (!*journal) return std::string();
  switch ((*journal)->operation) {
    case Operation::start:
      return recover_start(papers, **journal);
    case Operation::open:
      return recover_open(papers, **journal);
    case Operation::stop:
      return recover_stop(papers, **journal);
    case Operation::end_without_checkout: {
      NANOBUG_TRY(end_without_checkout(papers, **journal, ""));
      return "an interrupted stop was finished: the session " + (*journal)->saved.session.name + " has ended";
    }
  }
  return std::string();
}

}  // namespace nanobug::session
