// results: see results.h.
#include "tools/strength/results.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace nanobug::strength {
namespace {

using nlohmann::json;

constexpr const char* kNames[] = {"broken", "same code", "probe", "parity",
                                  "survived"};  // in the order of Outcome

std::string key_of(const Mutant& mutant, const std::string& pristine) {
  return sha256(mutant.id + '\n' + sha256(pristine) + '\n' + sha256(mutated(mutant, pristine))).substr(0, 24);
}

std::optional<Outcome> outcome_of(const std::string& name) {
  for (int i = 0; i < static_cast<int>(std::size(kNames)); ++i)
    if (name == kNames[i]) return static_cast<Outcome>(i);
  return std::nullopt;
}

}  // namespace

std::string in_words(const Judgement& judgement) {
  switch (judgement.outcome) {
    case Outcome::broken:
      return "does not compile";
    case Outcome::same_code:
      return "the compiler makes the same code of it";
    case Outcome::probe:
      return judgement.by + " " + judgement.how;
    case Outcome::parity:
      return "seen by parity alone";
    case Outcome::survived:
      return "SURVIVED";
  }
  return "";
}

bool Results::take(const std::string& line) {
  const auto entry = json::parse(line, nullptr, false);
  if (!entry.is_object() || !entry.contains("key")) return false;
  const auto outcome = outcome_of(entry.value("outcome", ""));
  if (!outcome) return false;
  Judgement judgement{.outcome = *outcome,
                      .by = entry.value("by", ""),
                      .observable = entry.value("observable", ""),
                      .how = entry.value("how", ""),
                      .message = entry.value("message", ""),
                      .build_s = entry.value("build_s", 0.0),
                      .judge_s = entry.value("judge_s", 0.0)};
  entries_[entry["key"]].push_back({entry.value("bench", ""), std::move(judgement)});
  return true;
}

Result<std::unique_ptr<Results>> Results::open(const fs::path& file, bool fresh) {
  std::unique_ptr<Results> results(new Results(file));
  if (fresh) {
    NANOBUG_TRY(write_file(file, ""));
    return results;
  }
  if (!fs::exists(file)) return results;
  const auto text = read_file(file);
  NANOBUG_TRY(text);
  std::istringstream in(*text);
  std::string whole;
  for (std::string line; std::getline(in, line);)
    if (results->take(line)) whole += line + '\n';
  if (whole != *text) NANOBUG_TRY(write_file(file, whole));
  return results;
}

std::optional<Judgement> Results::find(const Mutant& mutant, const std::string& pristine,
                                       const std::string& bench, bool trust_catches) const {
  const auto known = entries_.find(key_of(mutant, pristine));
  if (known == entries_.end()) return std::nullopt;
  for (auto entry = known->second.rbegin(); entry != known->second.rend(); ++entry) {
    const Judgement& judgement = entry->judgement;
    if (entry->bench == bench || !judgement.judged() || (trust_catches && judgement.caught()))
      return judgement;
  }
  return std::nullopt;
}

Status Results::keep(const Mutant& mutant, const std::string& pristine, const std::string& bench,
                     const Judgement& judgement) {
  const json entry = {{"key", key_of(mutant, pristine)},
                      {"mutant", mutant.id},
                      {"before", mutant.before},
                      {"after", mutant.after},
                      {"bench", bench},
                      {"outcome", kNames[static_cast<int>(judgement.outcome)]},
                      {"by", judgement.by},
                      {"observable", judgement.observable},
                      {"how", judgement.how},
                      {"message", judgement.message},
                      {"build_s", judgement.build_s},
                      {"judge_s", judgement.judge_s}};
  const std::lock_guard lock(writing_);
  return append_line(file_, entry.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace nanobug::strength
