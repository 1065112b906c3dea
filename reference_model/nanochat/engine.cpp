// Sampling and generation. Contracts are in the header.

#include "nanochat/engine.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

#include "nanochat/softmax.h"

namespace nanochat {

torch::Tensor sample_next_token(const torch::Tensor& logits, torch::Generator& rng,
                                double temperature, int64_t top_k) {
  TORCH_CHECK(temperature >= 0.0, "temperature must not be negative, but is ", temperature);
  TORCH_CHECK(top_k >= 0, "top_k must not be negative, but is ", top_k);
  if (temperature == 0.0) return logits.argmax(-1, /*keepdim=*/true);  // (B, 1)

  const int64_t V = logits.size(-1);
  const int64_t k = top_k > 0 ? std::min(top_k, V) : V;
  const auto [values, tokens] = logits.topk(k, -1);                         // (B, k) each
  const torch::Tensor probs = nanochat::softmax(values / temperature, -1);  // (B, k)
  const torch::Tensor choice = torch::multinomial(probs, 1, /*replacement=*/false, rng);  // (B, 1)
  return tokens.gather(-1, choice);
}

std::vector<int64_t> generate(GPT& model, const std::vector<int64_t>& tokens,
                              const SampleOptions& options) {
  TORCH_CHECK(!tokens.empty(), "generation needs at least one token to start from");
  torch::NoGradGuard no_grad;
  torch::Generator rng = torch::make_generator<torch::CPUGeneratorImpl>(options.seed);
  torch::Tensor ids = torch::tensor(tokens, torch::kInt64).unsqueeze(0);  // (1, T)
  std::vector<int64_t> generated;
  for (int64_t i = 0; i < options.max_tokens; ++i) {
    const torch::Tensor logits = model(ids).select(1, -1);  // (1, V), those of the last position
    const torch::Tensor next =
        sample_next_token(logits, rng, options.temperature, options.top_k);  // (1, 1)
    ids = torch::cat({ids, next}, 1);
    generated.push_back(next.item<int64_t>());
  }
  return generated;
}

}  // namespace nanochat
