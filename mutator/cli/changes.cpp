// changes: see changes.h.
#include "mutator/cli/changes.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "mutator/cli/proving.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

// What the site writes, and where: two changes that write the same are one mutant.
std::string edits_of(const rewrite::Site& site) {
  std::string all = site.file;
  for (const rewrite::Replacement& edit : site.edits)
    all += fmt::format("\n{} {} {}", edit.offset, edit.length, edit.text);
  return all;
}

// What came of a change that an operator makes.
struct Fate {
  const char* word;
  grade::Certificate certificate;  // with the reason, where there is none
  grade::Changed lines = {};
};

constexpr const char* kSeen = "seen";
constexpr const char* kNotSeen = "not seen";
constexpr const char* kNotJudged = "not judged";  // the machine did not let it be
constexpr const char* kNoMutant =
    "no mutant";  // it would mean something else, not compile, warn, or change nothing

class Fates {
 public:
  explicit Fates(grade::Mutants& mutants) : mutants_(mutants) {}

  Result<Fate> of(const catalog::Rule& rule, const Result<std::vector<grade::Certificate>>& answer) {
    if (!answer)
      return Fate{answer.error().code == Exit::io ? kNotJudged : kNoMutant,
                  {.rule = rule.id.value, .file = "", .function = "", .refusals = {answer.error().text()}}};
    const auto sites = mutants_.sites(rule);
    NANOBUG_TRY(sites);
    auto lines = grade::changed_lines(mutants_, sites->front());
    NANOBUG_TRY(lines);
    Fate fate{kNoMutant, answer->front(), std::move(*lines)};
    fate.certificate.rule = rule.id.value;
    const std::string& first = first_.try_emplace(edits_of(sites->front()), rule.id.value).first->second;
    if (first != rule.id.value)
      fate.certificate.refusals = {"its text is that of " + first};
    else if (!fate.certificate.failing.empty())
      fate.word = kSeen;
    else if (fate.certificate.probes + fate.certificate.runs > 0)
      fate.word = kNotSeen;
    return fate;
  }

 private:
  grade::Mutants& mutants_;
  std::map<std::string, std::string> first_;  // by edits: the first that makes them
};

}  // namespace

Result<Exit> certify_operators(Context& c, const grade::Draw& draw, const std::string& shard, bool in_stock,
                               const grade::Proof& proof) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto drawn = grade::draw_operators(**mutants, draw);
  NANOBUG_TRY(drawn);
  std::map<std::string, const grade::Stocked*> places;
  for (const grade::Change& change : *drawn) places[change.rule.id.value] = &change.at;
  const auto part = part_of(*drawn, shard);
  NANOBUG_TRY(part);
  const auto began = std::chrono::steady_clock::now();
  const auto answers = prove(c, **mutants, *part, proof);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {{"CHANGE", "PLACE", "SYMPTOM", "SEEN BY", "FATE"}};
  std::map<std::string, size_t> counts;
  std::string stock;
  bool all_asked = true;   // that would see it
  std::string not_judged;  // why the first of them was not
  Fates fates(**mutants);
  for (size_t i = 0; i < answers.size(); ++i) {
    const auto fate = fates.of(*(*part)[i], answers[i]);
    NANOBUG_TRY(fate);
    if (fate->word == kNotJudged && counts[kNotJudged] == 0) not_judged = answers[i].error().message;
    ++counts[fate->word];
    const grade::Certificate& one = fate->certificate;
    const grade::Stocked& at = *places.at(one.rule);
    json.push_back(in_json(one));
    json.back().update({{"fate", fate->word},
                        {"operator", at.spot.op},
                        {"column", at.spot.column},
                        {"before", fate->lines.before},
                        {"after", fate->lines.after}});
    for (const std::string& observer : one.overlooked)
      c.ui.complain({Exit::check_failed, one.rule + ": " + grade::overlooks(observer)});
    all_asked = all_asked && one.overlooked.empty();
    if (in_stock && fate->word == kSeen && grade::is_worth_a_session(one)) {
      const auto line = grade::stock_line(at, (*mutants)->clean().tree);
      NANOBUG_TRY(line);
      stock += *line;
    }
    rows.push_back({one.rule, place_of(one), one.symptom.kind.empty() ? "-" : one.symptom.kind,
                    one.probes + one.runs > 0 ? seen_by(one, (*mutants)->catalog().tree) : "-", fate->word});
  }
  c.ui.data(in_stock ? stock : c.ui.json ? json.dump(2, ' ', false, kAnyBytes) : table(rows));
  const size_t seen = counts[kSeen], mutated = seen + counts[kNotSeen];
  c.ui.say(fmt::format(
      "{} in {:.0f} s: {}, {} of them seen{}; a change that is no mutant does not compile, warns, "
      "or makes the same code",
      coach::count(answers.size(), "change"), seconds, coach::count(mutated, "mutant"), seen,
      mutated == 0 ? "" : fmt::format(" ({} %)", 100 * seen / mutated)));
  if (counts[kNotJudged] > 0)
    return fail(Exit::io,
                fmt::format("{} could not be judged: {}; what was judged is kept, so that the same again "
                            "asks about the rest",
                            coach::count(counts[kNotJudged], "change"), not_judged));
  return all_asked ? Exit::ok : Exit::check_failed;
}

}  // namespace nanobug::cli
