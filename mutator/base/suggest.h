// suggest: names as people type them: "did you mean …?" for misspelt verbs, rules, fields and probes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nanobug {

// The candidate nearest to `word` by Damerau-Levenshtein distance (optimal string alignment), if the distance
// is at most a third of the word's length (at least 1). Ties go to the first.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

// "; did you mean 'X'?" or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

// Is it the same name, capitals or not? ASCII's.
bool same_name(std::string_view a, std::string_view b);

}  // namespace nanobug
