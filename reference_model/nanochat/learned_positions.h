// Learned positions: a table with a row for every position, added to what stands there (Gehring et
// al. 2017, arXiv:1705.03122; the positions of GPT-2 and BERT).
//
// Attention by itself sees a set of tokens and no order. Rotary embedding (rotary.h) puts the order
// into queries and keys; this puts it into the tokens, before the first layer. It is simpler, and
// knows no position beyond the last row.

#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

namespace nanochat {

class LearnedPositionsImpl : public torch::nn::Module {
 public:
  // `length` positions of `n_embd` channels. Throws c10::Error if one of them is not positive.
  LearnedPositionsImpl(int64_t length, int64_t n_embd);

  // x (B, T, C), whose first position is `start`, with its position's row added to every token; of
  // the same shape. Throws c10::Error if the table ends before x does, or has another width.
  torch::Tensor forward(const torch::Tensor& x, int64_t start = 0);

  // How many positions the table holds.
  int64_t length() const { return weight.size(0); }

  torch::Tensor weight;  // (length, C)
};
TORCH_MODULE(LearnedPositions);

}  // namespace nanochat
