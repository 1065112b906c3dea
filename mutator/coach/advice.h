// advice: which symptoms of a guide fit what a person says they see, and a symptom in words.
//
// It knows the page and the question, and no session: whatever is open, the same question has the same
// answer.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mutator/catalog/guide.h"

namespace nanobug::coach {

struct Advice {
  std::vector<const catalog::Symptom*> best;                 // the one that fits, or several that fit as well
  std::vector<const catalog::Symptom*> near;                 // some that fit less well, the nearest first
  std::vector<std::pair<std::string, std::string>> guessed;  // words that were read as others
};

// Any words in any order. A word that the guide does not have is read as the nearest that it has, if one is
// near; if none of the words says anything, nothing fits.
Advice advise(const catalog::Guide& guide, const std::string& question);

// All that the guide says of it but its name, no line longer than `width` where words allow.
std::string described(const catalog::Symptom& symptom, const catalog::Catalog& catalog, size_t width);

}  // namespace nanobug::coach
