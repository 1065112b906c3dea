// debrief_page: see debrief_page.h.
#include "mutator/cli/debrief_page.h"

#include <algorithm>
#include <ctime>

#include "mutator/cli/pages.h"
#include "mutator/cli/recorded.h"
#include "mutator/coach/debrief_page.h"
#include "mutator/coach/practice.h"
#include "mutator/coach/words.h"
#include "mutator/vault/vault.h"

namespace nanobug::cli {
namespace {

constexpr size_t kMostDrills = 5, kMostFiles = 20;
constexpr size_t kLongestFile = 1u << 20;  // of one that is shown

bool is_text(const std::string& bytes) {
  return bytes.size() <= kLongestFile && bytes.find('\0') == std::string::npos;
}

std::string bytes_in(const vault::Tree& tree, const std::string& path) {
  const auto file = tree.find(path);
  return file == tree.end() ? "" : file->second.bytes;
}

// The files of both that differ and can be read, each with what has become of it.
std::vector<coach::TwoVersions> differences(const vault::Tree& left, const std::string& left_name,
                                            const vault::Tree& right, const std::string& right_name) {
  std::map<std::string, std::string> paths;  // -> what has become of it
  for (const auto& [path, file] : left)
    if (!right.contains(path)) paths[path] = " (taken away)";
  for (const auto& [path, file] : right)
    if (!left.contains(path))
      paths[path] = " (new)";
    else if (left.at(path).bytes != file.bytes)
      paths[path] = "";
  std::vector<coach::TwoVersions> all;
  for (const auto& [path, became] : paths) {
    if (all.size() == kMostFiles) break;
    std::string before = bytes_in(left, path), after = bytes_in(right, path);
    if (is_text(before) && is_text(after))
      all.push_back({path + became, left_name, right_name, std::move(before), std::move(after)});
  }
  return all;
}

// The learner's tree: as the checkout is now, or as it was put on the session's branch last.
Result<vault::Tree> own_tree(Context& c, const session::Session& session, bool open) {
  if (open) {
    const auto catalog = c.catalog_of(session);
    NANOBUG_TRY(catalog);
    vault::LeftOut left_out;
    if (auto tree = vault::read_tree(session.directory, (*catalog)->tree.not_sources(), &left_out))
      return tree;
  }
  const auto vault = vault::Vault::open(Context::places().vault);
  NANOBUG_TRY(vault);
  const auto history = (*vault)->history(session.branch());
  NANOBUG_TRY(history);
  if (history->empty()) return fail(Exit::io, "the vault has nothing of this session");
  return (*vault)->get(history->front().tree);
}

// The bug's files and the learner's; or the sentence that says why not.
void add_sources(Context& c, const session::Session& session, bool open, coach::Debrief& debrief) {
  const auto clean = Context::from_vault(session.pristine), mutated = Context::from_vault(session.mutated);
  if (!clean || !mutated) {
    debrief.no_fix = "It cannot be shown: the vault no longer has the trees of this session.";
    return;
  }
  const std::string changed = session.decoy             ? "as shown"
                              : session.bugs.size() > 1 ? "with the bugs"
                                                        : "with the bug";
  debrief.bug = differences(*clean, "the clean tree", *mutated, changed);
  if (session.review) {
    debrief.lines = bytes_in(*mutated, session.review->file);
    return;
  }
  if (!session.has_checkout()) return;
  const auto own = own_tree(c, session, open);
  if (!own) {
    debrief.no_fix = "It cannot be shown: " + own.error().message + ".";
    return;
  }
  debrief.fix = differences(*mutated, changed, *own, "yours");
  debrief.no_fix = "You left the sources as they were.";
}

// What is not solved of the first bug's class, the easier ones first.
std::vector<const catalog::Rule*> drills(const catalog::Catalog& catalog,
                                         const std::vector<const catalog::Rule*>& rules,
                                         const std::set<std::string>& solved) {
  std::vector<const catalog::Rule*> all;
  if (rules.empty()) return all;
  for (const catalog::Rule& rule : catalog.rules) {
    const bool is_here = std::any_of(
        rules.begin(), rules.end(), [&](const catalog::Rule* one) { return one->id.value == rule.id.value; });
    if (!rule.decoy && !is_here && rule.category == rules.front()->category &&
        !solved.contains(rule.id.value))
      all.push_back(&rule);
  }
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
    return std::tuple(a->difficulty, -a->priority, a->code.value) <
           std::tuple(b->difficulty, -b->priority, b->code.value);
  });
  all.resize(std::min(all.size(), kMostDrills));
  return all;
}

}  // namespace

Result<std::string> debrief_page(Context& c, const session::Session& session, const std::string& outcome,
                                 std::int64_t at, bool open, const std::vector<const catalog::Rule*>& rules,
                                 const coach::Score& score) {
  const auto catalog = c.catalog();
  NANOBUG_TRY(catalog);
  const auto ledger = c.ledger();
  NANOBUG_TRY(ledger);
  Recorded recorded = recorded_runs(c, session, rules);
  coach::Debrief debrief{.session = session,
                         .outcome = outcome,
                         .at = at,
                         .rules = rules,
                         .score = score,
                         .classes = coach::classes_by_outcome(**catalog, rules),
                         .runs = std::move(recorded.runs),
                         .no_runs = std::move(recorded.none),
                         .schedule = coach::schedule_of(*ledger, **catalog, std::time(nullptr)),
                         .drills = drills(**catalog, rules, coach::solved_ids(*ledger)),
                         .made = made_now()};
  add_sources(c, session, open, debrief);
  return coach::page_of(debrief);
}

}  // namespace nanobug::cli
