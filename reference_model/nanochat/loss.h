// The cross-entropy of next-token prediction, written out from a log-sum-exp.

#pragma once

#include <torch/types.h>

namespace nanochat {

// The mean negative log-likelihood, in nats a token, of `targets` under `logits`:
//   logits  (..., V), unnormalised
//   targets (...), int64, a class in [0, V) or ignore_index
// Positions whose target is ignore_index count neither in the sum nor in the mean. The result is a
// scalar of logits' dtype, NaN if every position is ignored. Throws c10::Error if the shapes do not
// fit or a target is neither a class nor ignore_index.
torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets,
                            int64_t ignore_index = -1);

}  // namespace nanochat
