// Prompts of different length as one batch, for inference.
//
// A model goes on behind the last column of a batch, so every row has to end there, and what a
// prompt is short of the longest one stands in front of it: padding. It must be invisible. No token
// attends to it, and a text has the positions that it would have alone, from 0 on; then each row
// is what it is by itself.

#pragma once

#include <torch/types.h>

#include <vector>

namespace nanochat {

struct LeftPadded {
  torch::Tensor ids;      // (B, T) of int64, T the longest prompt
  torch::Tensor padding;  // (B) of int64: how many columns in front of a row are none of its text
};

// The prompts as one batch. What stands in front of a prompt is its own first token, so that a row
// holds no token that its prompt has not. Throws c10::Error if there is no prompt, or one is empty.
LeftPadded left_pad(const std::vector<std::vector<int64_t>>& prompts);

// The place of columns [start, start + T) in the text of each row, (B, T) of int64, from `padding`
// (B): 0 is its first token. Padding has the place 0 too.
torch::Tensor token_positions(const torch::Tensor& padding, int64_t start, int64_t T);

// Which of S columns each of T queries may see, as far as `padding` (B) is concerned, (B, 1, T, S)
// of bool: those of the text, and a query's own column. The queries are the last T columns. Without
// its own column a query in the padding would see nothing, and NaN would come of it, which no
// weight of zero takes away again.
torch::Tensor padding_mask(const torch::Tensor& padding, int64_t T, int64_t S);

}  // namespace nanochat
