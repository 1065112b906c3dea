// reading: see reading.h.
#include "mutator/cli/reading.h"

#include <algorithm>

#include "mutator/catalog/guide.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

constexpr size_t kSymptoms = 3;

// The guide is the project's as it is now: no session needs it. One that cannot be read is for `explain` to
// complain of.
std::vector<std::string> symptoms_of(Context& c, const catalog::Rule& rule) {
  std::vector<std::string> names;
  const auto catalog = c.catalog();
  if (!catalog || (*catalog)->tree.guide.value.empty()) return names;
  const auto guide = catalog::load_guide(**catalog);
  if (!guide) return names;
  for (const catalog::Symptom& symptom : guide->symptoms)
    if (names.size() < kSymptoms &&
        std::any_of(symptom.drills.begin(), symptom.drills.end(),
                    [&](const catalog::Text& code) { return code.value == rule.code.value; }))
      names.push_back(symptom.name.value);
  return names;
}

}  // namespace

std::string where_to_read_on(Context& c, const catalog::Rule& rule, size_t width) {
  std::string text = rule.read_next.empty() ? "\nWhere to read on:\n" : "";
  std::string files;
  for (const std::string& file : rule.files()) files += (files.empty() ? "" : ", ") + file;
  if (!files.empty()) text += coach::wrap("- " + files, width, "  ");
  for (const std::string& name : symptoms_of(c, rule))
    text += "  - " + coach::command_line({"nanobug", "explain", name}) + '\n';
  return files.empty() && text == "\nWhere to read on:\n" ? "" : text;
}

}  // namespace nanobug::cli
