// The model a second time, from LibTorch's own building blocks, and models to compare it with.

#pragma once

#include "nanochat/gpt.h"
#include "oracle.h"

namespace oracle {

// Sizes that no accident makes equal: heads shared in different ways, lengths that are no powers of two.
const std::vector<nanochat::GPTConfig>& configs();

// Adds noise to every weight, so that a matrix of zeros hides nothing, and goes over to float64.
void perturb(torch::nn::Module& module);

// A perturbed model in float64.
nanochat::GPT make_gpt(const nanochat::GPTConfig& config);

// Token ids (B, T) in [0, V).
Tensor token_ids(int64_t B, int64_t T, int64_t V);

// Each of these computes from the module's weights what the module's forward() should; x is (B, T, C). All
// are differentiable. H and KV are given apart, so that the module's own idea of them does not matter. With a
// window, a token sees only as many, its own included.
Tensor attention_layer(nanochat::CausalSelfAttention& attn, const Tensor& x, int64_t H, int64_t KV,
                       int64_t start = 0, int64_t window = 0);
Tensor mlp(nanochat::MLP& mlp, const Tensor& x);
Tensor block(nanochat::Block& block, const Tensor& x, int64_t H, int64_t KV, int64_t window = 0);
Tensor head(nanochat::GPT& model, const Tensor& x);  // norm, head and soft cap
Tensor logits(nanochat::GPT& model, const Tensor& idx);

// The mean cross-entropy of targets (B, T) under the oracle's own logits; -1 is ignored.
Tensor loss(nanochat::GPT& model, const Tensor& idx, const Tensor& targets);

// All weights, by way of the public members rather than of what was registered.
std::vector<Tensor> weights(nanochat::GPT& model);

// x over its root mean square, by LibTorch.
Tensor rms_norm(const Tensor& x, double eps = 1e-6);

}  // namespace oracle
