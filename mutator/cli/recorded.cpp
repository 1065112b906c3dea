// recorded: see recorded.h.
#include "mutator/cli/recorded.h"

#include <algorithm>
#include <ctime>

#include "mutator/base/paths.h"
#include "mutator/grade/kept_runs.h"
#include "mutator/grade/symptom.h"

namespace nanobug::cli {
namespace {

fs::path file_of(const session::Session& session) {
  return state_home() / "runs" / (session.name + ".cbor");
}

// The runs that show these bugs, each once.
std::vector<const catalog::Run*> runs_of(const catalog::Catalog& catalog,
                                         const std::vector<const catalog::Rule*>& rules) {
  std::vector<const catalog::Run*> runs;
  for (const catalog::Rule* rule : rules)
    if (const catalog::Run* run = catalog.run_of(*rule);
        run && std::find(runs.begin(), runs.end(), run) == runs.end())
      runs.push_back(run);
  return runs;
}

// Performs those that are not kept, with the tree as the session began.
Status perform_missing(Context& c, const session::Session& session,
                       const std::vector<const catalog::Run*>& runs) {
  const auto kept = grade::read_kept_runs(file_of(session));
  const auto is_missing = [&](const catalog::Run* run) {
    return std::none_of(kept.begin(), kept.end(), [&](const grade::KeptRun& one) {
      return one.run == run->name && one.tree == session.mutated;
    });
  };
  if (std::none_of(runs.begin(), runs.end(), is_missing)) return {};
  const auto shop = c.workshop();
  NANOBUG_TRY(shop);
  if (!(*shop)->find_clean(session.pristine))
    return fail(Exit::io, "the clean tree's build has gone from the cache");
  const auto clean = Context::from_vault(session.pristine), mutated = Context::from_vault(session.mutated);
  NANOBUG_TRY(clean);
  NANOBUG_TRY(mutated);
  workshop::Overlay overlay;
  for (const auto& [path, file] : *mutated)
    if (const auto before = clean->find(path); before == clean->end() || before->second != file)
      overlay[path] = file.bytes;
  const auto mutants = c.mutants_of(session);
  NANOBUG_TRY(mutants);
  for (const catalog::Run* run : runs) {
    if (!is_missing(run)) continue;
    c.ui.progress()("recording what the bug shows, once", 0, 0);
    auto shown = grade::perform(**mutants, *run, overlay, session.mutated, std::time(nullptr));
    c.ui.clear_progress();
    NANOBUG_TRY(shown);
    NANOBUG_TRY(grade::keep_run(file_of(session), std::move(*shown), session.mutated));
  }
  return {};
}

std::string name_of_changed(const session::Session& session) {
  return session.decoy ? "as shown" : session.bugs.size() > 1 ? "with the bugs" : "with the bug";
}

coach::ShownRun shown(const session::Session& session, const catalog::Run& run,
                      const grade::KeptRun& with_bug, const grade::KeptRun* mine) {
  const grade::Symptom symptom = grade::describe(with_bug.own, with_bug.clean, run);
  coach::ShownRun shown{.name = run.name, .words = symptom.words, .series = symptom.series};
  if (run.series.empty()) {
    shown.text = coach::TwoVersions{.caption = "what it prints",
                                    .left_name = "the clean tree",
                                    .right_name = name_of_changed(session),
                                    .left = with_bug.clean.finished.out,
                                    .right = with_bug.own.finished.out};
    return shown;
  }
  if (shown.series.empty()) shown.series = run.series.front();
  shown.curves = {{name_of_changed(session), with_bug.own.series(shown.series)},
                  {"clean", with_bug.clean.series(shown.series)}};
  if (mine) shown.curves.push_back({"yours, last run", mine->own.series(shown.series)});
  return shown;
}

}  // namespace

void remember_run(const session::Session& session, const catalog::Catalog& catalog, const catalog::Run& run,
                  const workshop::RunReport& own, const workshop::RunReport& clean) {
  vault::LeftOut left_out;
  const auto tree = vault::read_tree(session.directory, catalog.tree.not_sources(), &left_out);
  if (!tree) return;
  if (const auto id = vault::tree_id(*tree))
    (void)grade::keep_run(
        file_of(session),
        {.run = run.name, .tree = *id, .at = std::time(nullptr), .own = own, .clean = clean},
        session.mutated);
}

Recorded recorded_runs(Context& c, const session::Session& session,
                       const std::vector<const catalog::Rule*>& rules) {
  if (session.review) return {{}, "In a review nothing is run."};
  const auto catalog = c.catalog_of(session);
  if (!catalog || rules.empty()) return {{}, "No run is on record."};
  const auto runs = runs_of(**catalog, rules);
  Recorded recorded;
  if (const Status performed = perform_missing(c, session, runs); !performed)
    recorded.none = "No run is on record: " + performed.error().message + ".";
  const auto kept = grade::read_kept_runs(file_of(session));
  for (const catalog::Run* run : runs) {
    const grade::KeptRun *with_bug = nullptr, *mine = nullptr;
    for (const grade::KeptRun& one : kept)
      if (one.run == run->name) (one.tree == session.mutated ? with_bug : mine) = &one;
    if (with_bug) recorded.runs.push_back(shown(session, *run, *with_bug, mine));
  }
  return recorded;
}

}  // namespace nanobug::cli
