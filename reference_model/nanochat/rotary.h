// Rotary position embedding (Su et al. 2021, arXiv:2104.09864), the half-split form.
//
// Positions enter the model only here: queries and keys are rotated, pair by pair, by an angle that
// grows with the position, so that their dot product depends on the distance between them. The pair
// of channel i is channel i + D/2 ("half-split"), not i + 1, and the direction of the rotation is
// nanochat's.

#pragma once

#include <torch/types.h>

namespace nanochat {

// Cosines and sines of every position's angles, (1, T, 1, D/2) each: ready to broadcast over a
// batch and over heads.
//
// The table that precompute_rotary makes is float64 whatever the model's dtype, because an angle of
// a thousand radians has few digits left in float32. The model casts the rows it needs.
struct RotaryCache {
  torch::Tensor cos;  // (1, T, 1, D/2)
  torch::Tensor sin;  // (1, T, 1, D/2)

  // How many positions the table holds.
  int64_t length() const;

  // The rows of positions [start, start + T). Throws c10::Error if the table ends before them.
  RotaryCache rows(int64_t start, int64_t T) const;

  // The rows of `positions` (B, T) of int64, for batches whose rows have positions of their own: a
  // table of (B, T, 1, D/2). Throws c10::Error if the table ends before one of them.
  RotaryCache at(const torch::Tensor& positions) const;

  // The same table in another dtype or on another device.
  RotaryCache to(const torch::TensorOptions& options) const;
};

// The table for T positions and heads of D channels. D must be even.
RotaryCache precompute_rotary(int64_t T, int64_t D, double base = 10000.0);

// A table of T positions that turns nothing, for models that know positions in another way.
RotaryCache no_rotation(int64_t T, int64_t D);

// Rotates x (B, T, H, D) by the angles in cos and sin (1, T, 1, D/2), or (B, T, 1, D/2), row t of
// the table for position t of x. Same shape and dtype as `x`; lengths of vectors are kept. Throws
// c10::Error if the table does not have exactly T rows of D/2 angles.
torch::Tensor apply_rotary(const torch::Tensor& x, const torch::Tensor& cos,
                           const torch::Tensor& sin);

}  // namespace nanochat
