// proving: see proving.h.
#include "mutator/cli/proving.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "mutator/coach/words.h"

namespace nanobug::cli {

Result<std::vector<const catalog::Rule*>> part_of(std::vector<const catalog::Rule*> rules,
                                                  const std::string& shard) {
  if (shard.empty()) return rules;
  size_t which = 0, of = 0;
  const char* const end = shard.data() + shard.size();
  const auto first = std::from_chars(shard.data(), end, which);
  const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  const auto second = slash ? std::from_chars(first.ptr + 1, end, of) : first;
  if (!slash || second.ec != std::errc() || second.ptr != end || which < 1 || which > of)
    return fail(Exit::usage, "--shard is K/N, one of N parts, like 2/4; '" + shard + "' is none");
  std::vector<const catalog::Rule*> part;
  for (size_t i = which - 1; i < rules.size(); i += of) part.push_back(rules[i]);
  if (part.empty())
    return fail(Exit::usage, fmt::format("--shard {} is empty: there is no more to certify than {}", shard,
                                         coach::count(rules.size(), "rule")));
  return part;
}

Result<std::vector<const catalog::Rule*>> part_of(const std::vector<grade::Change>& drawn,
                                                  const std::string& shard) {
  if (drawn.empty()) return fail(Exit::catalog, "the operators find nothing in the sources of the tree");
  std::vector<const catalog::Rule*> rules;
  for (const grade::Change& change : drawn) rules.push_back(&change.rule);
  return part_of(std::move(rules), shard);
}

std::vector<Result<std::vector<grade::Certificate>>> prove(Context& c, grade::Mutants& mutants,
                                                           const std::vector<const catalog::Rule*>& rules,
                                                           const grade::Proof& proof) {
  const int number = static_cast<int>(rules.size());
  const auto tell = c.ui.progress();
  tell("certifying", 0, number);
  auto answers = grade::certify(mutants, rules, proof,
                                [&](const catalog::Rule&, int done) { tell("certifying", done, number); });
  c.ui.clear_progress();
  return answers;
}

nlohmann::json in_json(const grade::Certificate& one) {
  return {{"id", one.rule},
          {"site", one.site + 1},
          {"file", one.file},
          {"line", one.line},
          {"function", one.function},
          {"holds", one.holds()},
          {"refusals", one.refusals},
          {"failing", one.failing},
          {"probes", one.probes},
          {"runs", one.runs},
          {"symptom", one.symptom.kind},
          {"series", one.symptom.series},
          {"recorded", one.symptom.words},
          {"silence", one.symptom.silence},
          {"visible_from", one.symptom.visible_from},
          {"seconds", one.seconds}};
}

std::string seen_by(const grade::Certificate& one, const catalog::Tree& tree) {
  const char* probe = tree.tests.empty() ? "probe" : "test";
  std::string asked = one.probes > 0 || one.runs == 0 ? coach::count(one.probes, probe) : "";
  if (one.runs > 0) asked += (asked.empty() ? "" : " and ") + coach::count(one.runs, "run");
  return fmt::format("{} of {}", one.failing.size(), asked);
}

std::string place_of(const grade::Certificate& one) {
  return one.file.empty() ? "nowhere" : fmt::format("{}:{}", one.file, one.line);
}

}  // namespace nanobug::cli
