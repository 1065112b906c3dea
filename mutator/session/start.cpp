// start: a mutated tree becomes a checkout, in one rename, or nothing happens.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "mutator/base/directories.h"
#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/base/temporary.h"
#include "mutator/session/checkout.h"
#include "mutator/session/ledger.h"
#include "mutator/session/name.h"
#include "mutator/session/papers.h"

namespace nanobug::session {
namespace {

// The only words in the checkout that are nanobug's; they say nothing.
constexpr char kFirstMessage[] = "Start of the session";

Result<std::string> new_name(Papers& papers, std::int64_t time, std::uint64_t seed) {
  std::set<std::string> taken;
  const auto vault = papers.vault();
  NANOBUG_TRY(vault);
  auto branches = (*vault)->branches();
  NANOBUG_TRY(branches);
  constexpr std::string_view kPrefix = "session/";
  for (const auto& branch : *branches)
    if (branch.starts_with(kPrefix)) taken.insert(branch.substr(kPrefix.size()));
  // A learner who moved the vault away keeps the ledger, which knows a session by its name.
  auto records = read_ledger(papers.ledger(), nullptr);
  NANOBUG_TRY(records);
  for (const auto& record : *records) taken.insert(record.session.name);
  return choose_name(time, seed, taken);
}

Result<Saved> new_session(Papers& papers, const StartRequest& request, const fs::path& place) {
  Saved saved;
  Session& session = saved.session;
  session.directory = place;
  session.started = now();
  auto name = new_name(papers, session.started, request.seed);
  NANOBUG_TRY(name);
  session.name = *name;
  auto pristine = vault::tree_id(request.pristine);
  NANOBUG_TRY(pristine);
  session.pristine = *pristine;
  auto mutated = vault::tree_id(request.mutated);
  NANOBUG_TRY(mutated);
  session.mutated = *mutated;
  if (!request.project.empty()) {
    auto project = vault::tree_id(request.project);
    NANOBUG_TRY(project);
    session.project = *project;
  }
  session.toolchain = request.toolchain;
  session.injected = request.injected;
  session.bugs = request.bugs;
  session.review = request.review;
  session.production = request.production;
  session.recorded = request.recorded;
  session.minutes = request.minutes;
  session.seed = request.seed;
  session.strict = request.strict;
  session.named = request.named;
  session.decoy = request.decoy;
  session.no_hints = request.no_hints;
  session.options = request.options;
  saved.exclude = request.exclude;
  return saved;
}

// Everything the learner will get, in a directory of ours, whole and on the disk.
Status fill_staging(const StartRequest& request, const Session& session, const fs::path& staging) {
  if (::mkdir(staging.c_str(), 0777) != 0)
    return fail(Exit::io, "cannot make a directory in " + staging.parent_path().string() + ": " +
                              system_reason(errno) + "; choose another place with --dir");
  NANOBUG_TRY(vault::write_tree(request.mutated, staging));
  if (request.furnish) NANOBUG_TRY(request.furnish(staging, session.directory));
  // Once before the index is made, which remembers the files' times, and once for what came with it.
  NANOBUG_TRY(set_times(staging, request.time));
  NANOBUG_TRY(vault::make_repository(staging, request.mutated, session.branch(), kFirstMessage, kCheckoutTime,
                                     request.exclude));
  if (request.strict) NANOBUG_TRY(vault::set_strict(staging, true));
  NANOBUG_TRY(set_times(staging, request.time));
  return vault::sync_tree(staging, request.exclude);
}

// Projects change seldom: sessions that began with the same one share a branch.
Status keep_project(Papers& papers, const StartRequest& request, const Session& session) {
  if (session.project.empty()) return {};
  const std::string branch = "project/" + session.project.substr(0, 16);
  const auto vault = papers.vault();
  NANOBUG_TRY(vault);
  const auto history = (*vault)->history(branch);
  NANOBUG_TRY(history);
  if (!history->empty()) return {};
  NANOBUG_TRY((*vault)->record(branch, {{&request.project, "project", session.started}}));
  return {};
}

// The checkout, from the staging directory to its place in one rename, and the session saved with it.
Status lay_out(Papers& papers, const StartRequest& request, Journal& journal, Spot spot) {
  const Session& session = journal.saved.session;
  NANOBUG_TRY(fill_staging(request, session, journal.staging));
  journal.ready = true;
  journal.staged = journal.saved.checkout = identity(journal.staging);
  NANOBUG_TRY(write_journal(papers.journal(), journal));
  NANOBUG_TRY(spot == Spot::clean ? put_in_place(journal.staging, session.directory)
                                  : move(journal.staging, session.directory));
  return finish_start(papers, journal);
}

Status undo_lay_out(const Journal& journal) {
  if (journal.ready) NANOBUG_TRY(take_back(journal.staging, journal.saved.session.directory, journal.staged));
  return remove_tree(journal.staging);
}

Status begin(Papers& papers, const StartRequest& request, Journal& journal, Spot spot) {
  const Session& session = journal.saved.session;
  NANOBUG_TRY(keep_project(papers, request, session));
  const auto vault = papers.vault();
  NANOBUG_TRY(vault);
  auto recorded = (*vault)->record(session.branch(), {{&request.pristine, "clean", session.started},
                                                      {&request.mutated, "start", session.started}});
  NANOBUG_TRY(recorded);
  return lay_out(papers, request, journal, spot);
}

// Nothing is made outside the vault and the state, so there is nothing for a journal to undo: a branch whose
// session was not saved does no harm.
Result<Session> start_without_checkout(Papers& papers, const StartRequest& request) {
  auto saved = new_session(papers, request, {});
  NANOBUG_TRY(saved);
  const Session& session = saved->session;
  NANOBUG_TRY(keep_project(papers, request, session));
  const auto vault = papers.vault();
  NANOBUG_TRY(vault);
  NANOBUG_TRY((*vault)->record(session.branch(), {{&request.pristine, "clean", session.started},
                                                  {&request.mutated, "start", session.started}}));
  if (const Status kept = save(papers.session(), *saved); !kept) {
    (void)(*vault)->drop(session.branch());
    return tl::unexpected<Error>(kept.error());
  }
  papers.saved = std::move(*saved);
  return papers.saved->session;
}

}  // namespace

Result<Session> start(Papers& papers, const StartRequest& request) {
  if (papers.saved)
    return fail(
        Exit::session,
        "the session " + papers.saved->session.name + " is open" +
            (papers.saved->session.has_checkout() ? " in " + papers.saved->session.directory.string() : "") +
            "; nanobug stop ends it");
  if (request.review || request.production) return start_without_checkout(papers, request);
  auto place = place_of(request.directory);
  NANOBUG_TRY(place);
  auto spot = spot_at(*place, request.pristine, request.exclude);
  NANOBUG_TRY(spot);
  NANOBUG_TRY(make_directories(place->parent_path()));
  auto saved = new_session(papers, request, *place);
  NANOBUG_TRY(saved);
  Journal journal;
  journal.saved = *saved;
  journal.staging = staging_beside(*place);
  auto begun = write_journal(papers.journal(), journal);
  if (begun) begun = begin(papers, request, journal, *spot);
  if (begun) return papers.saved->session;
  // A session that has been saved is open, and the next command closes the journal. If undoing fails the
  // journal is still there too, and the next command tries again.
  if (!papers.saved) (void)undo_start(papers, journal);
  return tl::unexpected<Error>(begun.error());
}

Result<Session> open_checkout(Papers& papers, const StartRequest& request) {
  if (!papers.saved) return fail(Exit::session, "no session is open; nanobug start begins one");
  if (papers.saved->session.has_checkout())
    return fail(Exit::session,
                "the checkout is open already, in " + papers.saved->session.directory.string());
  auto place = place_of(request.directory);
  NANOBUG_TRY(place);
  auto spot = spot_at(*place, request.pristine, request.exclude);
  NANOBUG_TRY(spot);
  NANOBUG_TRY(make_directories(place->parent_path()));
  Journal journal;
  journal.operation = Operation::open;
  journal.saved = *papers.saved;
  journal.saved.session.directory = *place;
  journal.saved.session.strict = request.strict;
  journal.saved.exclude = request.exclude;
  journal.staging = staging_beside(*place);
  auto laid = write_journal(papers.journal(), journal);
  if (laid) laid = lay_out(papers, request, journal, *spot);
  if (laid) return papers.saved->session;
  if (!papers.saved->session.has_checkout()) (void)undo_open(papers, journal);
  return tl::unexpected<Error>(laid.error());
}

Status undo_open(Papers& papers, const Journal& journal) {
  NANOBUG_TRY(undo_lay_out(journal));
  // The record may say already that the checkout is open: an error can come after it has reached the disk.
  Saved before = journal.saved;
  before.session.directory.clear();
  before.checkout = {};
  NANOBUG_TRY(save(papers.session(), before));
  papers.saved = before;
  return close_journal(papers.journal());
}

Status finish_start(Papers& papers, const Journal& journal) {
  NANOBUG_TRY(save(papers.session(), journal.saved));
  papers.saved = journal.saved;
  // The clean tree that was there before, if any. Failing to remove it is no reason to take the checkout
  // back.
  for (const fs::path& old : {journal.staging, old_beside(journal.staging)})
    if (is_there(old)) remove_in_background(old, cache_home());
  return close_journal(papers.journal());
}

Status undo_start(Papers& papers, const Journal& journal) {
  const Session& session = journal.saved.session;
  NANOBUG_TRY(undo_lay_out(journal));
  if (::unlink(papers.session().c_str()) != 0 && errno != ENOENT)
    return fail(Exit::io, "cannot remove " + papers.session().string() + ": " + system_reason(errno));
  // A branch that a full disk keeps us from dropping does no harm: its name is not given again.
  if (const auto vault = papers.vault()) (void)(*vault)->drop(session.branch());
  return close_journal(papers.journal());
}

}  // namespace nanobug::session
