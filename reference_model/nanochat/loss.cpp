// Cross-entropy, written out. Contracts are in the header.

#include "nanochat/loss.h"

#include "nanochat/watch.h"

namespace nanochat {

torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets,
                            int64_t ignore_index, double label_smoothing) {
  TORCH_CHECK(logits.dim() >= 1 && logits.sizes().slice(0, logits.dim() - 1) == targets.sizes(),
              "cross_entropy: logits of shape ", logits.sizes(), " do not fit targets of shape ",
              targets.sizes());
  TORCH_CHECK(label_smoothing >= 0.0 && label_smoothing < 1.0,
              "cross_entropy: label_smoothing must be in [0, 1), not ", label_smoothing);
  watch("logits", logits);
  const int64_t V = logits.size(-1);
  const torch::Tensor rows = logits.reshape({-1, V});   // (N, V)
  const torch::Tensor labels = targets.reshape({-1});   // (N)
  const torch::Tensor kept = labels.ne(ignore_index);   // (N)
  const torch::Tensor classes = labels.where(kept, 0);  // (N), a valid index in every row
  TORCH_CHECK(classes.numel() == 0 ||
                  (classes.min().item<int64_t>() >= 0 && classes.max().item<int64_t>() < V),
              "cross_entropy: a target is neither in [0, ", V, ") nor ", ignore_index);

  // Logarithms throughout: a probability may be too small for a float, its logarithm never is.
  const torch::Tensor largest = rows.amax(-1, /*keepdim=*/true).detach();                  // (N, 1)
  const torch::Tensor log_sum_exp = (rows - largest).exp().sum(-1, true).log() + largest;  // (N, 1)
  const torch::Tensor log_probs = rows - log_sum_exp;                                      // (N, V)

  const torch::Tensor picked = log_probs.gather(-1, classes.unsqueeze(-1)).squeeze(-1);  // (N)
  const torch::Tensor count = kept.sum();
  if (label_smoothing > 0.0) {
    const torch::Tensor of_all = log_probs.mean(-1);  // (N)
    const torch::Tensor mixed = picked * (1.0 - label_smoothing) + of_all * label_smoothing;
    return -mixed.where(kept, 0.0).sum() / count;
  }
  return -picked.where(kept, 0.0).sum() / count;
}

}  // namespace nanochat
