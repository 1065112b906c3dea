// The policy gradient. Contracts are in the header.

#include "nanochat/policy_gradient.h"

#include <algorithm>

#include "nanochat/loss_eval.h"
#include "nanochat/watch.h"

namespace nanochat {

Rollouts make_rollouts(const std::vector<int64_t>& prompt,
                       const std::vector<Completion>& completions, int64_t pad_id) {
  TORCH_CHECK(!prompt.empty() && !completions.empty(), "rollouts need a prompt and an answer");
  size_t longest = 0;
  for (const Completion& answer : completions) longest = std::max(longest, answer.tokens.size());

  std::vector<int64_t> ids, chosen;  // what stands in the rows, and what is learned of it
  for (const Completion& answer : completions) {
    const size_t padding = longest - answer.tokens.size();
    ids.insert(ids.end(), prompt.begin(), prompt.end());
    ids.insert(ids.end(), answer.tokens.begin(), answer.tokens.end());
    ids.insert(ids.end(), padding, pad_id);
    chosen.insert(chosen.end(), prompt.size(), 0);
    chosen.insert(chosen.end(), answer.mask.begin(), answer.mask.end());
    chosen.insert(chosen.end(), padding, 0);
  }
  const int64_t B = static_cast<int64_t>(completions.size());
  const torch::Tensor rows = torch::tensor(ids, torch::kInt64).view({B, -1});        // (B, T + 1)
  const torch::Tensor learned = torch::tensor(chosen, torch::kInt64).view({B, -1});  // (B, T + 1)
  const int64_t T = rows.size(1) - 1;
  return {.inputs = rows.slice(1, 0, T),
          .targets = rows.slice(1, 1).where(learned.slice(1, 1).eq(1), -1)};
}

torch::Tensor group_advantages(const torch::Tensor& rewards) {
  return rewards - rewards.mean();
}

torch::Tensor policy_gradient_loss(const torch::Tensor& logits, const torch::Tensor& targets,
                                   const torch::Tensor& advantages) {
  watch("logits", logits);
  const torch::Tensor losses = token_losses(logits, targets);       // (B, T)
  const torch::Tensor weighted = losses * advantages.unsqueeze(1);  // (B, T)
  const torch::Tensor count = targets.ne(-1).sum().clamp_min(1);
  return weighted.sum() / count;
}

}  // namespace nanochat
