// change: see change.h.
#include "tools/strength/change.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace nanobug::strength {
namespace {

using nlohmann::json;

Result<Fate> fate_of(const json& entry, const std::vector<std::string>& runs) {
  const std::string word = entry.at("fate");
  if (word == "no mutant") return Fate::no_mutant;
  if (word == "not seen") return Fate::not_seen;
  if (word != "seen") return fail(Exit::usage, "there is no fate '" + word + "'");
  const auto seen_by = entry.at("failing").get<std::vector<std::string>>();
  const bool by_probe = std::any_of(seen_by.begin(), seen_by.end(), [&](const std::string& name) {
    return std::find(runs.begin(), runs.end(), name) == runs.end();
  });
  return by_probe ? Fate::probe : Fate::run;
}

}  // namespace

Result<std::vector<Change>> read_changes(const std::string& text, const std::vector<std::string>& runs) {
  std::vector<Change> changes;
  try {
    for (const json& entry : json::parse(text)) {
      const auto fate = fate_of(entry, runs);
      NANOBUG_TRY(fate);
      changes.push_back({entry.at("id"), entry.at("operator"), entry.at("file"), entry.at("line"),
                         entry.at("before"), entry.at("after"), *fate});
    }
  } catch (const json::exception& error) {
    return fail(Exit::usage,
                std::string("this is not what certify --operators N --json prints: ") + error.what());
  }
  return changes;
}

}  // namespace nanobug::strength
