// summary: see summary.h.
#include "mutator/cli/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <tuple>

namespace nanobug::cli {
namespace {

using catalog::Rule;
using grade::Certificate;
using Words = std::vector<std::string>;

// What is counted under a name; names in the order in which they came.
class Counts {
 public:
  void add(const std::string& name, bool decoy = false, int minutes = 0) {
    const auto [at, is_new] = index_.try_emplace(name, rows_.size());
    if (is_new) rows_.push_back({name});
    Row& row = rows_[at->second];
    ++(decoy ? row.decoys : row.bugs);
    row.minutes += minutes;
  }

  // As a table, the largest first where `sorted`.
  std::string table(const std::string& what, bool sorted) const {
    std::vector<Row> rows = rows_;
    if (sorted)
      std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return std::tie(b.bugs, a.name) < std::tie(a.bugs, b.name);
      });
    std::string text = fmt::format("| {} | bugs | decoys | minutes |\n| --- | --- | --- | --- |\n", what);
    for (const Row& row : rows)
      text += fmt::format("| {} | {} | {} | {} |\n", row.name, row.bugs, row.decoys, row.minutes);
    return text + '\n';
  }

 private:
  struct Row {
    std::string name;
    int bugs = 0, decoys = 0, minutes = 0;
  };
  std::map<std::string, size_t> index_;
  std::vector<Row> rows_;
};

std::string by(const std::vector<const Rule*>& rules, const std::string& what, bool sorted,
               const std::function<Words(const Rule&)>& names) {
  Counts counts;
  for (const Rule* rule : rules)
    for (const std::string& name : names(*rule))
      counts.add(name, rule->decoy, rule->decoy ? 0 : rule->minutes);
  return counts.table(what, sorted);
}

std::string by_priority(const std::vector<const Rule*>& rules) {
  std::array<std::array<int, 4>, 4> bugs{};
  for (const Rule* rule : rules)
    if (!rule->decoy)
      ++bugs.at(static_cast<size_t>(rule->priority)).at(static_cast<size_t>(rule->difficulty));
  std::string text = "| bugs | * | ** | *** |\n| --- | --- | --- | --- |\n";
  for (size_t priority = 1; priority <= 3; ++priority)
    text += fmt::format("| priority {} | {} | {} | {} |\n", priority, bugs[priority][1], bugs[priority][2],
                        bugs[priority][3]);
  return text + '\n';
}

std::string by_symptom(const std::vector<Certificate>& certificates) {
  std::map<std::string, int> kinds;
  for (const Certificate& one : certificates) ++kinds[one.symptom.kind];
  std::vector<std::pair<std::string, int>> rows(kinds.begin(), kinds.end());
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(b.second, a.first) < std::tie(a.second, b.first);
  });
  std::string text = "| symptom in its own run | sites |\n| --- | --- |\n";
  for (const auto& [kind, count] : rows) text += fmt::format("| {} | {} |\n", kind, count);
  return text + '\n';
}

std::string by_silence(const std::vector<Certificate>& certificates) {
  constexpr std::array<double, 5> kFrom = {1, 0.99, 0.9, 0.5, 0};
  std::array<int, kFrom.size()> counts{};
  for (const Certificate& one : certificates)
    for (size_t i = 0; i < kFrom.size(); ++i)
      if (one.symptom.silence >= kFrom[i]) {
        ++counts[i];
        break;
      }
  std::string text = "| silence | sites |\n| --- | --- |\n";
  for (size_t i = 0; i < kFrom.size(); ++i)
    text += fmt::format("| {} | {} |\n", i == 0 ? "1" : fmt::format("from {} to {}", kFrom[i], kFrom[i - 1]),
                        counts[i]);
  return text + '\n';
}

// What the bugs' own runs show.
std::string shown_by_runs(const std::vector<Certificate>& certificates) {
  return "Silence is 1 where the run's log is the clean tree's, digit for digit, and 0 where nobody could "
         "overlook "
         "it. Both tables\nare of this machine: another one's last digits may be others.\n\n" +
         by_symptom(certificates) + by_silence(certificates);
}

}  // namespace

std::string summary(const std::vector<const Rule*>& rules, const std::vector<Certificate>& certificates,
                    const catalog::Catalog& catalog) {
  const auto decoys = std::count_if(rules.begin(), rules.end(), [](const Rule* rule) { return rule->decoy; });
  const auto named = [](const std::string& name) { return name.empty() ? Words() : Words{name}; };
  std::string text = fmt::format(
      "# The catalog\n\nMade by `nanobug certify --summary`. {} bugs and {} decoys, at {} sites; every one "
      "of "
      "them has its certificate.\n\n",
      static_cast<long>(rules.size()) - decoys, decoys, certificates.size());
  text += by(rules, "category", false, [&](const Rule& rule) { return named(rule.category); });
  text += by(rules, "pack", true, [](const Rule& rule) { return rule.pack; });
  text += by_priority(rules);
  text += by(rules, "pattern", true, [&](const Rule& rule) { return named(rule.pattern); });
  text += by(rules, "outcome", true, [&](const Rule& rule) { return named(rule.outcome); });
  text += by(rules, "run", true, [&](const Rule& rule) {
    const catalog::Run* run = catalog.run_of(rule);
    return named(run ? run->name : "none");
  });
  if (!catalog.tree.runs.empty()) text += shown_by_runs(certificates);
  text.pop_back();
  return text;
}

}  // namespace nanobug::cli
