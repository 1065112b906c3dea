// What the probes compare with: naive loops and LibTorch's own building blocks, in float64, and finite
// differences.

#pragma once

#include <torch/types.h>

#include <complex>
#include <functional>
#include <string>
#include <vector>

namespace oracle {

using torch::Tensor;

// Standard normal entries, float64.
Tensor normal(torch::IntArrayRef sizes, double scale = 1.0);

// The same, with strides that are neither contiguous nor in order.
Tensor strided(torch::IntArrayRef sizes, double scale = 1.0);

// `values` as a float64 tensor with gradient.
Tensor leaf(const Tensor& values);

// Attention in loops over every query: out (B, H, T, D) from q (B, H, T, D), k and v (B, KV, S, D), keep (T,
// S) of bool.
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& keep);

// x (B, T, H, D) times exp(-i * position * base^(-2j/D)), channel j and j + D/2 being one complex number.
// Positions start at `start`. Differentiable.
Tensor rotate(const Tensor& x, int64_t start = 0, double base = 10000.0);

// The attention weights' mask in loops: query t of T, the last of S positions, sees key s.
Tensor causal(int64_t T, int64_t S);

// A * B in loops, 2-D.
Tensor product(const Tensor& A, const Tensor& B);

// The quintic Newton-Schulz iteration of Muon, from products in loops.
Tensor newton_schulz(const Tensor& G, int64_t steps);

// The gradient of the scalar `y` in each input; no tensor where it does not depend on it.
std::vector<Tensor> gradients(const Tensor& y, const std::vector<Tensor>& inputs);

// "" if autograd's gradient of the scalar `f` in every one of `inputs` (leaves) agrees with how much `f`
// really changes along random directions, by central differences of fourth order with step h; otherwise what
// is wrong.
std::string gradient_error(const std::function<Tensor()>& f, const std::vector<Tensor>& inputs,
                           double tolerance = 1e-8, double h = 1e-3);

// Runs `work` and returns whether any tensor operation in it was recorded for a backward pass.
bool records_gradients(const std::function<void()>& work);

}  // namespace oracle
