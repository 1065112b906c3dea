// conflicts: see conflicts.h.
#include "mutator/cli/conflicts.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "mutator/coach/words.h"
#include "mutator/grade/together.h"

namespace nanobug::cli {
namespace {

constexpr std::array kWhy = {"none", "overlap", "hidden", "undecided"};

std::string name_of(const grade::Candidate& bug) {
  return bug.rule->code.value + (bug.site.index == 0 ? "" : '-' + std::to_string(bug.site.index + 1));
}

// A candidate a site; decoys go with everything.
Result<std::vector<grade::Candidate>> candidates(grade::Mutants& mutants,
                                                 const std::vector<const catalog::Rule*>& rules,
                                                 const std::vector<grade::Certificate>& certificates) {
  std::vector<grade::Candidate> all;
  const auto answers = mutants.sites(rules);
  for (size_t i = 0; i < rules.size(); ++i) {
    NANOBUG_TRY(answers[i]);
    if (rules[i]->decoy) continue;
    for (const rewrite::Site& site : *answers[i])
      for (const grade::Certificate& one : certificates)
        if (one.rule == site.rule && one.site == site.index) all.push_back({rules[i], site, one});
  }
  return all;
}

}  // namespace

Result<Exit> show_conflicts(Context& c, const std::vector<const catalog::Rule*>& rules,
                            const std::vector<grade::Certificate>& certificates) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto bugs = candidates(**mutants, rules, certificates);
  NANOBUG_TRY(bugs);
  const auto pairs = grade::clashes(**mutants, *bugs);
  NANOBUG_TRY(pairs);
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::array<int, kWhy.size()>> counts(bugs->size());
  std::array<int, kWhy.size()> in_all{};
  for (const grade::Pair& pair : *pairs) {
    const auto why = static_cast<size_t>(pair.clash);
    json.push_back({{"a", name_of((*bugs)[pair.a])}, {"b", name_of((*bugs)[pair.b])}, {"why", kWhy.at(why)}});
    ++counts[pair.a].at(why), ++counts[pair.b].at(why), ++in_all.at(why);
  }
  if (c.ui.json) {
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows = {{"BUG", "OVERLAP", "HIDDEN", "UNDECIDED"}};
  const auto row = [](const std::string& name, const std::array<int, kWhy.size()>& of) {
    return std::vector<std::string>{name, std::to_string(of[1]), std::to_string(of[2]),
                                    std::to_string(of[3])};
  };
  for (size_t i = 0; i < bugs->size(); ++i) rows.push_back(row(name_of((*bugs)[i]), counts[i]));
  rows.push_back(
      row("of " + coach::count(static_cast<std::int64_t>(bugs->size() * (bugs->size() - 1) / 2), "pair"),
          in_all));
  c.ui.data(table(rows));
  return Exit::ok;
}

}  // namespace nanobug::cli
