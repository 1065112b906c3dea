// question: which evidence a question asks for, and which parts of it.
//
// Nothing is guessed at a price: where a question does not say clearly what it wants, or names what there is
// not, the answer is what there is.
#pragma once

#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/grade/piece.h"

namespace nanobug::coach {

struct Request {
  const catalog::Evidence* evidence = nullptr;          // null: it is not clear which, or there is none
  std::vector<const catalog::Evidence*> could_be = {};  // then: these have something of it
  std::vector<std::string> parts = {};                  // of the evidence, as named; none: all of it
  std::string missing = {};                             // what was named and is not there, in a sentence
  bool of_clean = false;                                // the clean tree's is meant
};

// Of all that the head knows, what this run has told; and what is of no run.
std::vector<catalog::Evidence> there_is(const std::vector<catalog::Evidence>& all,
                                        const grade::Evidence& told);

// Any words in any order; a name of the head's alone is always understood. A part is named by its name, by a
// word of it ("attn"), or by its number ("layer 2"), and goes to the evidence that has parts: "gradient norm
// of the mlp" means that of each parameter. Pointers are into `there`.
Request requested(const std::vector<catalog::Evidence>& all, const std::vector<catalog::Evidence>& there,
                  const grade::Evidence& told, const std::string& question);

}  // namespace nanobug::coach
