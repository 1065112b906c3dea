// A checklist of a model's components, each looked at by itself.
//
// A model that does not learn says nothing about where it is wrong. This takes it apart: every
// component is compared with the same thing computed in another way, number by number, so that the
// first line that fails names the place to look at.

#pragma once

#include <string>
#include <vector>

#include "nanochat/dataloader.h"
#include "nanochat/gpt.h"

namespace nanochat {

struct Check {
  std::string name;
  bool ok;
  std::string measured;  // a number, and what it is the number of
};

// Checks a model of these sizes on `batch`, whose token ids must be below config.vocab_size. The
// weights come from torch's default generator.
std::vector<Check> check_components(const GPTConfig& config, const Batch& batch);

}  // namespace nanochat
