// stop: the learner's directory goes aside whole, and the clean tree takes its place.
//
// The clean tree is made and verified beside the place before anything of the learner's is moved, so that a
// full disk is found out while everything is still where it was. Between the two renames the journal knows
// both directories.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "mutator/base/files.h"
#include "mutator/session/checkout.h"
#include "mutator/session/ledger.h"
#include "mutator/session/papers.h"

namespace nanobug::session {
namespace {

Status fill_staging(const vault::Tree& clean, const Saved& saved, const fs::path& staging,
                    const Furnish& furnish, std::int64_t time) {
  if (::mkdir(staging.c_str(), 0777) != 0)
    return fail(Exit::io,
                "cannot make a directory in " + staging.parent_path().string() + ": " + system_reason(errno));
  NANOBUG_TRY(vault::write_tree(clean, staging));
  if (furnish) NANOBUG_TRY(furnish(staging));
  NANOBUG_TRY(set_times(staging, time));
  NANOBUG_TRY(vault::sync_tree(staging, saved.exclude));
  return vault::verify(staging, vault::manifest(clean), saved.exclude);
}

// The clean tree beside its place, the journal ready, the learner's directory aside.
Status prepare_and_put_aside(Papers& papers, const vault::Tree& clean, Journal& journal,
                             const Furnish& furnish, std::int64_t time) {
  NANOBUG_TRY(write_journal(papers.journal(), journal));
  NANOBUG_TRY(fill_staging(clean, journal.saved, journal.staging, furnish, time));
  journal.ready = true;
  journal.staged = identity(journal.staging);
  NANOBUG_TRY(write_journal(papers.journal(), journal));
  NANOBUG_TRY(put_aside(journal.saved.session.directory, journal.attempt, journal.beside));
  return {};
}

// The session's last lines: the ledger, no open session, no journal.
Status close_session(Papers& papers, const Journal& journal, const fs::path& attempt, bool gone) {
  NANOBUG_TRY(
      add_to_ledger(papers.ledger(), {journal.saved.session, journal.ended, journal.outcome, attempt, gone}));
  if (::unlink(papers.session().c_str()) != 0 && errno != ENOENT)
    return fail(Exit::io, "cannot remove " + papers.session().string() + ": " + system_reason(errno));
  // Before the journal goes, which knows what to do if the session is still there.
  NANOBUG_TRY(sync_path(papers.places.state));
  NANOBUG_TRY(close_journal(papers.journal()));
  papers.saved.reset();
  return {};
}

// What the learner no longer needs in what they keep, the build directory: it can be made again, and what
// their programs wrote cannot. All of it may fail: it is a courtesy.
void tidy(const fs::path& attempt, const Saved& saved) {
  const std::string build = saved.exclude.empty() ? "" : saved.exclude.front();
  if (!build.empty() && build != "." && build != ".." && build.find('/') == std::string::npos)
    (void)remove_tree(attempt / build);
  if (saved.session.strict) (void)vault::set_strict(attempt, false);
}

std::string tip_of(Papers& papers, const Session& session) {
  const auto vault = papers.vault();
  if (!vault) return "";
  const auto history = (*vault)->history(session.branch());
  return history && !history->empty() ? history->front().commit : "";
}

Result<vault::Tree> clean_tree(Papers& papers, const Session& session) {
  const auto vault = papers.vault();
  NANOBUG_TRY(vault);
  return (*vault)->get(session.pristine);
}

void add_note(std::string& note, const std::string& text) {
  note += (note.empty() ? "" : "; ") + text;
}

// "; large, data and 3 more", after what is to be said of them; or "".
std::string naming(const std::vector<std::string>& files, const std::string& what) {
  if (files.empty()) return "";
  std::string names;
  for (size_t i = 0; i < files.size() && i < 5; ++i) names += (i > 0 ? ", " : "") + files[i];
  if (files.size() > 5) names += " and " + std::to_string(files.size() - 5) + " more";
  return what + ", kept only in the directory itself: " + names;
}

// Names what a snapshot is without, or "".
std::string in_words(const vault::LeftOut& left_out) {
  std::string note = naming(left_out.too_large, "too large for a snapshot");
  if (const std::string more = naming(left_out.unreadable, "could not be read"); !more.empty())
    add_note(note, more);
  return note;
}

}  // namespace

Result<std::string> take_snapshot(Papers& papers, const std::string& subject, bool always,
                                  std::string* left_out_note) {
  if (!papers.saved) return fail(Exit::session, "no session is open; nanobug start begins one");
  const Session& session = papers.saved->session;
  if (!session.has_checkout()) return fail(Exit::session, "the session has no checkout");
  if (const Presence presence = look(*papers.saved); presence != Presence::here)
    return fail(Exit::session, sentence(presence, *papers.saved) + "; nanobug stop ends the session");
  vault::LeftOut left_out;
  auto tree = vault::read_tree(session.directory, papers.saved->exclude, &left_out);
  NANOBUG_TRY(tree);
  const std::string note = in_words(left_out);
  if (left_out_note) *left_out_note = note;
  const std::string message = subject + (note.empty() ? "" : "\n\n" + note);
  auto id = vault::tree_id(*tree);
  NANOBUG_TRY(id);
  const auto vault = papers.vault();
  NANOBUG_TRY(vault);
  auto history = (*vault)->history(session.branch());
  NANOBUG_TRY(history);
  const bool same = !history->empty() && history->front().tree == *id &&
                    history->front().message.find(note) != std::string::npos;
  if (same && (!always || history->front().message == message)) return history->front().commit;
  return (*vault)->record(session.branch(), {{&*tree, message, now()}});
}

Result<Stopped> stop(Papers& papers, const std::string& outcome, const Furnish& furnish, std::int64_t time) {
  if (!papers.saved) return fail(Exit::session, "no session is open; nanobug start begins one");
  const Session& session = papers.saved->session;
  Journal journal;
  journal.operation = Operation::end_without_checkout;
  journal.saved = *papers.saved;
  journal.outcome = outcome;
  journal.ended = now();
  if (!session.has_checkout()) {
    NANOBUG_TRY(write_journal(papers.journal(), journal));
    return end_without_checkout(papers, journal, "");
  }
  if (const Presence presence = look(*papers.saved); presence != Presence::here) {
    NANOBUG_TRY(write_journal(papers.journal(), journal));
    return end_without_checkout(papers, journal, sentence(presence, *papers.saved));
  }
  std::string large, why;
  const auto keep = [&]() -> Result<bool> {
    const auto snapshot = take_snapshot(papers, "end: " + outcome, true, &large);
    NANOBUG_TRY(snapshot);
    const auto vault = papers.vault();
    NANOBUG_TRY(vault);
    return (*vault)->fetch(session.directory, session.name, &why);
  };
  const auto fetched = keep();
  auto clean = clean_tree(papers, session);
  if (!clean) {  // a vault that is damaged or was moved away must not keep the session open for ever
    journal.attempt = session.directory;
    NANOBUG_TRY(write_journal(papers.journal(), journal));
    return end_without_checkout(papers, journal,
                                "the clean tree could not be put back, so " + session.directory.string() +
                                    " was left as it is: " + clean.error().message);
  }
  NANOBUG_TRY(fetched);
  const fs::path& place = session.directory;
  journal.operation = Operation::stop;
  journal.staging = staging_beside(place);
  journal.attempt = free_name(papers.places.attempts / session.name);
  journal.beside = free_name(place.string() + ".attempt-" + session.name);
  auto aside = prepare_and_put_aside(papers, *clean, journal, furnish, time);
  if (aside) {
    auto stopped = finish_stop(papers, journal);
    NANOBUG_TRY(stopped);
    if (!large.empty()) add_note(stopped->note, large);
    if (!*fetched) add_note(stopped->note, "the commits made in the checkout were not all fetched: " + why);
    return stopped;
  }
  (void)undo_stop(papers, journal);
  return tl::unexpected<Error>(aside.error());
}

Result<Stopped> finish_stop(Papers& papers, const Journal& journal) {
  const Session session = journal.saved.session;
  const fs::path& place = session.directory;
  Stopped stopped{session, is_there(journal.attempt) ? journal.attempt : journal.beside,
                  tip_of(papers, session), ""};
  // The directory's name is taken only if somebody used the moment, or the time since we were killed.
  std::error_code error;
  if (is_there(journal.staging)) {
    if (!is_there(place) || (fs::is_directory(place, error) && fs::is_empty(place, error))) {
      NANOBUG_TRY(move(journal.staging, place));
    } else {
      add_note(stopped.note, place.string() + " was taken meanwhile, so the clean tree was not put there");
    }
    NANOBUG_TRY(remove_tree(journal.staging));
  }
  if (identity(place) == journal.staged) {
    // A note and not an error: the learner's work is safe, and a session that cannot end helps nobody.
    const auto clean = clean_tree(papers, session);
    const auto verified = clean ? vault::verify(place, vault::manifest(*clean), journal.saved.exclude)
                                : Status(tl::unexpected<Error>(clean.error()));
    if (!verified) add_note(stopped.note, verified.error().message);
  }
  NANOBUG_TRY(close_session(papers, journal, stopped.attempt, false));
  tidy(stopped.attempt, journal.saved);
  return stopped;
}

// The learner's directory goes back if it was put aside, and the session stays open.
Status undo_stop(Papers& papers, const Journal& journal) {
  const fs::path& place = journal.saved.session.directory;
  if (journal.ready && !is_there(place))
    for (const fs::path& aside : {journal.attempt, journal.beside})
      if (is_there(aside)) NANOBUG_TRY(move(aside, place));
  NANOBUG_TRY(remove_tree(journal.staging));
  return close_journal(papers.journal());
}

Result<Stopped> end_without_checkout(Papers& papers, const Journal& journal, const std::string& note) {
  const Session session = journal.saved.session;
  Stopped stopped{session, journal.attempt, tip_of(papers, session), note};
  NANOBUG_TRY(
      close_session(papers, journal, journal.attempt, journal.attempt.empty() && session.has_checkout()));
  return stopped;
}

}  // namespace nanobug::session
