// The cross-entropy of next-token prediction, written out from a log-sum-exp.

#pragma once

#include <torch/types.h>

namespace nanochat {

// The mean negative log-likelihood, in nats a token, of `targets` under `logits`:
//   logits  (..., V), unnormalised
//   targets (...), int64, a class in [0, V) or ignore_index
// Positions whose target is ignore_index count neither in the sum nor in the mean. With
// `label_smoothing` e in [0, 1) the target is not the class alone: of its weight of one, e is
// spread over all V classes, its own among them (Szegedy et al. 2016, arXiv:1512.00567). The result
// is a scalar of logits' dtype, NaN if every position is ignored. Throws c10::Error if the shapes
// do not fit, a target is neither a class nor ignore_index, or label_smoothing is not in [0, 1).
torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets,
                            int64_t ignore_index = -1, double label_smoothing = 0.0);

}  // namespace nanochat
