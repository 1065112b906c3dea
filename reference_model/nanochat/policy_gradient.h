// Learning from rewards (nanochat: scripts/chat_rl.py).
//
// Several answers to one question are drawn from the model, and each gets a reward. Those that did
// better than their mean become likelier, the others less likely: REINFORCE (Williams 1992) with
// the mean of the group as its baseline. It is what remains of GRPO (Shao et al. 2024,
// arXiv:2402.03300): every answer is used once, by the model that wrote it, so there is no ratio to
// clip; nothing holds the model to the one it was; and rewards are not divided by their deviation.
// The loss is a mean over the tokens of all answers, as in DAPO (Yu et al. 2025, arXiv:2503.14476),
// so a token of a long answer weighs as much as one of a short answer.

#pragma once

#include <torch/types.h>

#include <vector>

#include "nanochat/engine.h"

namespace nanochat {

// The answers to one prompt as a batch to learn from.
struct Rollouts {
  torch::Tensor
      inputs;  // (B, T) of int64: prompt and answer, without the last token of the longest
  torch::Tensor targets;  // (B, T) of int64: the token after each input if the model chose it, else
                          // -1: the prompt's, what was forced, and padding
};

// A row for each of `completions`, which may not be empty, filled up on the right with `pad_id`.
// The token that ended an answer is none of it (engine.h), and so is not learned.
Rollouts make_rollouts(const std::vector<int64_t>& prompt,
                       const std::vector<Completion>& completions, int64_t pad_id);

// How much better than the mean of all each reward (B) is, (B).
torch::Tensor group_advantages(const torch::Tensor& rewards);

// The scalar whose gradient, followed downwards, raises the expected reward: of every target (B, T)
// that is not -1, its negative log-likelihood under logits (B, T, V) times the advantage (B) of its
// row; the mean of them, or 0 if there is none.
torch::Tensor policy_gradient_loss(const torch::Tensor& logits, const torch::Tensor& targets,
                                   const torch::Tensor& advantages);

}  // namespace nanochat
