// The reversal task. Contracts are in the header.

#include "nanochat/reversal.h"

#include <cmath>
#include <set>
#include <stdexcept>

#include "nanochat/common.h"
#include "nanochat/eval_mode.h"

namespace nanochat {

std::vector<std::string> reversal_sequences(int64_t count, int64_t letters, int64_t length,
                                            uint64_t seed) {
  if (letters < 2 || letters > 26) throw std::runtime_error("the alphabet has 2 to 26 letters");
  if (std::pow(letters, length) < 2.0 * static_cast<double>(count)) {
    throw std::runtime_error(std::to_string(letters) + " letters make too few sequences of " +
                             std::to_string(length) + " for " + std::to_string(count) +
                             " different ones");
  }
  Rng rng(seed);
  std::set<std::string> seen;
  std::vector<std::string> sequences;
  while (static_cast<int64_t>(sequences.size()) < count) {
    std::string sequence;
    for (int64_t i = 0; i < length; ++i) sequence += static_cast<char>('a' + rng.below(letters));
    if (seen.insert(sequence).second) sequences.push_back(sequence);
  }
  return sequences;
}

std::string reversal_line(const std::string& sequence) {
  return sequence + ">" + std::string(sequence.rbegin(), sequence.rend());
}

Batch reversal_batch(const std::vector<std::string>& sequences, const CharTokenizer& tokenizer) {
  std::vector<torch::Tensor> rows;
  for (const std::string& sequence : sequences) {
    rows.push_back(torch::tensor(tokenizer.encode(reversal_line(sequence)), torch::kInt64));
  }
  const torch::Tensor tokens = torch::stack(rows);  // (B, 2L + 1)
  const int64_t L = tokens.size(1) / 2;
  torch::Tensor targets = tokens.slice(1, 1).clone();  // (B, 2L)
  targets.slice(1, 0, L).fill_(-1);
  return {.inputs = tokens.slice(1, 0, 2 * L).contiguous(), .targets = targets};
}

torch::Tensor continue_greedily(GPT& model, const torch::Tensor& idx, int64_t count) {
  torch::NoGradGuard no_grad;
  const EvalMode eval_mode(model);
  torch::Tensor tokens = idx;  // (B, T) and growing
  for (int64_t i = 0; i < count; ++i) {
    const torch::Tensor logits = model(tokens).select(1, -1).to(torch::kCPU);  // (B, V)
    const torch::Tensor next = logits.argmax(-1, /*keepdim=*/true);            // (B, 1)
    tokens = torch::cat({tokens, next}, 1);
  }
  return tokens.slice(1, idx.size(1));
}

double reversal_accuracy(GPT& model, const std::vector<std::string>& sequences,
                         const CharTokenizer& tokenizer) {
  const Batch batch = reversal_batch(sequences, tokenizer);
  const int64_t L = batch.inputs.size(1) / 2;
  const torch::Tensor question = batch.inputs.slice(1, 0, L + 1);  // (B, L + 1), with the mark
  const torch::Tensor expected = batch.targets.slice(1, L);        // (B, L)
  const torch::Tensor answer = continue_greedily(model, question, L);
  const torch::Tensor right = answer.eq(expected).all(1);  // (B)
  return right.to(torch::kFloat64).mean().item<double>();
}

}  // namespace nanochat
