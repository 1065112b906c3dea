// plan: see plan.h.
#include "mutator/coach/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "mutator/base/suggest.h"
#include "mutator/coach/collection.h"
#include "mutator/coach/practice.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

// A rule's id -> what came of its sessions, at best.
std::map<std::string, std::string> outcomes_of(const std::vector<session::Record>& ledger) {
  std::map<std::string, std::string> best;
  for (const char* outcome : {"stopped", "revealed"})  // the better one later
    for (const session::Record& record : ledger)
      if (record.outcome == outcome)
        for (const session::Injected& bug : record.session.injected) best[bug.rule] = outcome;
  for (const std::string& id : solved_ids(ledger)) best[id] = "solved";
  return best;
}

Plan written(const catalog::Plan& plan, const catalog::Catalog& catalog) {
  Plan made{.name = plan.name, .about = plan.about, .part_name = plan.part, .parts = {}};
  for (const catalog::Plan::Part& part : plan.parts) {
    PlanPart& days = made.parts.emplace_back(PlanPart{part.about, {}});
    for (const std::vector<catalog::Text>& codes : part.days) {
      PlanDay& day = days.days.emplace_back();
      for (const catalog::Text& code : codes)
        for (const catalog::Rule& rule : catalog.rules)
          if (rule.code.value == code.value) day.items.push_back({&rule, ""});
    }
  }
  return made;
}

Plan of_pack(const Collection& pack) {
  Plan made{.name = pack.pack.name,
            .about = pack.pack.about,
            .part_name = "week",
            .at_once = pack.pack.bugs,
            .is_pack = true,
            .parts = {}};
  std::vector<const catalog::Rule*> bugs = pack.bugs;
  std::stable_sort(bugs.begin(), bugs.end(), [](const catalog::Rule* a, const catalog::Rule* b) {
    return std::pair(a->difficulty, a->priority) < std::pair(b->difficulty, b->priority);
  });
  const auto new_day = [&] {
    if (made.parts.empty() || made.parts.back().days.size() == kDaysOfWeek) made.parts.emplace_back();
    made.parts.back().days.emplace_back();
  };
  for (const catalog::Rule* rule : bugs) {
    if (made.parts.empty() || made.parts.back().days.back().minutes() + rule->minutes > kMinutesOfDay)
      new_day();
    made.parts.back().days.back().items.push_back({rule, ""});
  }
  return made;
}

}  // namespace

int PlanDay::minutes() const {
  int sum = 0;
  for (const PlanItem& item : items) sum += item.rule->minutes;
  return sum;
}

bool PlanDay::done() const {
  return std::all_of(items.begin(), items.end(), [](const PlanItem& item) { return item.done(); });
}

bool PlanPart::done() const {
  return std::all_of(days.begin(), days.end(), [](const PlanDay& day) { return day.done(); });
}

int Plan::bugs() const {
  size_t all = 0;
  for (const PlanPart& part : parts)
    for (const PlanDay& day : part.days) all += day.items.size();
  return static_cast<int>(all);
}

int Plan::solved() const {
  std::ptrdiff_t all = 0;
  for (const PlanPart& part : parts)
    for (const PlanDay& day : part.days)
      all +=
          std::count_if(day.items.begin(), day.items.end(), [](const PlanItem& item) { return item.done(); });
  return static_cast<int>(all);
}

std::optional<PlanPlace> Plan::here() const {
  for (size_t part = 0; part < parts.size(); ++part)
    for (size_t day = 0; day < parts[part].days.size(); ++day)
      if (!parts[part].days[day].done()) return PlanPlace{part, day};
  return std::nullopt;
}

Result<Plan> plan_of(const catalog::Catalog& catalog, const std::vector<session::Record>& ledger,
                     const std::string& name) {
  const std::vector<catalog::Plan>& plans = catalog.tree.plans;
  if (name.empty() && plans.empty())
    return fail(Exit::usage,
                "the catalog has no plan of its own; name a pack, and 'nanobug pack list' shows them");
  std::optional<Plan> made;
  const auto written_down = std::find_if(plans.begin(), plans.end(), [&](const catalog::Plan& plan) {
    return name.empty() || same_name(plan.name, name);
  });
  if (written_down != plans.end())
    made = written(*written_down, catalog);
  else if (const auto pack = collection(catalog, name))
    made = of_pack(*pack);
  if (!made) {
    std::vector<std::string> known;
    for (const catalog::Plan& plan : plans) known.push_back(plan.name);
    for (const Collection& pack : collections_of(catalog)) known.push_back(pack.pack.name);
    return fail(Exit::usage, no_such("plan or pack", name, known));
  }
  const std::map<std::string, std::string> outcomes = outcomes_of(ledger);
  for (PlanPart& part : made->parts)
    for (PlanDay& day : part.days)
      for (PlanItem& item : day.items)
        if (const auto found = outcomes.find(item.rule->id.value); found != outcomes.end())
          item.outcome = found->second;
  return *made;
}

}  // namespace nanobug::coach
