// plan: see plan.h.
#include "mutator/coach/plan.h"

#include <algorithm>
#include <tuple>

#include "mutator/coach/collection.h"
#include "mutator/coach/practice.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

constexpr int kSitting = 45;  // minutes

// By id, when each was first solved.
std::map<std::string, std::int64_t> solved_when(const std::vector<session::Record>& ledger) {
  std::map<std::string, std::int64_t> when;
  for (const session::Record& record : ledger)
    for (const std::string& id : solved_in(record)) when.emplace(id, record.ended);
  return when;
}

PlannedBug planned(const catalog::Rule& rule, const std::map<std::string, std::int64_t>& when) {
  const auto solved = when.find(rule.id.value);
  return {&rule, solved == when.end() ? 0 : solved->second};
}

PlanProgress of_plan(const catalog::Plan& plan, const catalog::Catalog& catalog,
                     const std::map<std::string, std::int64_t>& when) {
  PlanProgress progress{plan.name, plan.about, {}};
  for (const catalog::Plan::Sitting& sitting : plan.sittings) {
    progress.sittings.push_back({sitting.name, {}});
    for (const catalog::Text& code : sitting.bugs)
      if (const auto rule = catalog::find_rule(catalog, code.value))
        progress.sittings.back().bugs.push_back(planned(**rule, when));
  }
  return progress;
}

PlanProgress of_pack(const Collection& pack, const std::map<std::string, std::int64_t>& when) {
  PlanProgress progress{pack.pack.name, pack.pack.about, {}};
  std::vector<const catalog::Rule*> bugs = pack.bugs;
  const auto place = [](const catalog::Rule* rule) {
    return std::tuple(rule->priority, rule->difficulty, rule->code.value);
  };
  std::sort(bugs.begin(), bugs.end(), [&](const auto* a, const auto* b) { return place(a) < place(b); });
  for (const catalog::Rule* rule : bugs) {
    if (progress.sittings.empty() || progress.sittings.back().minutes() + rule->minutes > kSitting)
      progress.sittings.push_back({"sitting " + std::to_string(progress.sittings.size() + 1), {}});
    progress.sittings.back().bugs.push_back(planned(*rule, when));
  }
  return progress;
}

}  // namespace

int Sitting::minutes() const {
  int sum = 0;
  for (const PlannedBug& bug : bugs) sum += bug.rule->minutes;
  return sum;
}

int PlanProgress::bugs() const {
  size_t count = 0;
  for (const Sitting& sitting : sittings) count += sitting.bugs.size();
  return static_cast<int>(count);
}

int PlanProgress::solved() const {
  int count = 0;
  for (const Sitting& sitting : sittings)
    for (const PlannedBug& bug : sitting.bugs) count += bug.solved_at > 0;
  return count;
}

const catalog::Rule* PlanProgress::next() const {
  for (const Sitting& sitting : sittings)
    for (const PlannedBug& bug : sitting.bugs)
      if (bug.solved_at == 0) return bug.rule;
  return nullptr;
}

std::vector<PlanProgress> plans_of(const catalog::Catalog& catalog,
                                   const std::vector<session::Record>& ledger) {
  const auto when = solved_when(ledger);
  std::vector<PlanProgress> all;
  for (const catalog::Plan& plan : catalog.tree.plans) all.push_back(of_plan(plan, catalog, when));
  return all;
}

Result<PlanProgress> plan(const catalog::Catalog& catalog, const std::vector<session::Record>& ledger,
                          const std::string& name) {
  for (PlanProgress& one : plans_of(catalog, ledger))
    if (one.name == name) return std::move(one);
  if (const auto pack = collection(catalog, name)) return of_pack(*pack, solved_when(ledger));
  std::vector<std::string> known;
  for (const catalog::Plan& one : catalog.tree.plans) known.push_back(one.name);
  for (const Collection& one : collections_of(catalog)) known.push_back(one.pack.name);
  return fail(Exit::usage, no_such("plan or pack", name, known));
}

}  // namespace nanobug::coach
