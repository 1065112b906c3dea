// Left-padded batches. Contracts are in the header.

#include "nanochat/left_padding.h"

#include <algorithm>

namespace nanochat {

LeftPadded left_pad(const std::vector<std::vector<int64_t>>& prompts) {
  TORCH_CHECK(!prompts.empty(), "a batch needs at least one prompt");
  size_t longest = 0;
  for (const std::vector<int64_t>& prompt : prompts) {
    TORCH_CHECK(!prompt.empty(), "a prompt needs at least one token");
    longest = std::max(longest, prompt.size());
  }
  std::vector<int64_t> ids, padding;
  for (const std::vector<int64_t>& prompt : prompts) {
    const size_t missing = longest - prompt.size();
    ids.insert(ids.end(), missing, prompt.front());
    ids.insert(ids.end(), prompt.begin(), prompt.end());
    padding.push_back(static_cast<int64_t>(missing));
  }
  const int64_t B = static_cast<int64_t>(prompts.size()), T = static_cast<int64_t>(longest);
  return {torch::tensor(ids, torch::kInt64).view({B, T}), torch::tensor(padding, torch::kInt64)};
}

torch::Tensor token_positions(const torch::Tensor& padding, int64_t start, int64_t T) {
  const torch::Tensor column = torch::arange(start, start + T, padding.options());  // (T)
  return (column - padding.unsqueeze(1)).clamp_min(0);                              // (B, T)
}

torch::Tensor padding_mask(const torch::Tensor& padding, int64_t T, int64_t S) {
  const torch::Tensor column = torch::arange(S, padding.options());         // (S)
  const torch::Tensor text = column >= padding.unsqueeze(1);                // (B, S)
  const torch::Tensor own = column == column.slice(0, S - T).unsqueeze(1);  // (T, S)
  return (text.unsqueeze(1).expand({-1, T, S}) | own).unsqueeze(1);         // (B, 1, T, S)
}

}  // namespace nanochat
