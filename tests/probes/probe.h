// What every probe starts from: Catch2, and matchers that compare tensors.
//
// A probe is a TEST_CASE named component.aspect with one tag, the class of what it observes. It sees the tree
// through its public headers alone and compares with an oracle that shares no code with it, so that every
// correct implementation passes. Nothing here may depend on how the tree computes something, only on what
// comes out.

#pragma once

#include <torch/types.h>

#include <string>

#undef CHECK  // LibTorch's logging has a macro of this name too
#include "catch.h"

namespace probe {

// "" if `actual` has the shape and dtype of `expected` and no entry is further from it than `tolerance` times
// the largest magnitude in `expected` (times one if that is all zeros); otherwise what is wrong, in a
// sentence. NaN is close to nothing.
std::string difference(const torch::Tensor& actual, const torch::Tensor& expected, double tolerance);

class Close : public Catch::MatcherBase<torch::Tensor> {
 public:
  Close(torch::Tensor expected, double tolerance) : expected_(std::move(expected)), tolerance_(tolerance) {}
  bool match(const torch::Tensor& actual) const override;
  std::string describe() const override { return verdict_; }

 private:
  torch::Tensor expected_;
  double tolerance_;
  mutable std::string verdict_;
};

// CHECK_THAT(y, close_to(expected, 1e-12)).
Close close_to(torch::Tensor expected, double tolerance = 1e-12);

// CHECK_THAT(x, same_as(before)): to the last bit.
Close same_as(torch::Tensor expected);

// Whether every entry is finite.
bool finite(const torch::Tensor& x);

}  // namespace probe

// Catch2 would print whole tensors; their kind is enough beside what the matcher says.
template <>
struct Catch::StringMaker<torch::Tensor> {
  static std::string convert(const torch::Tensor& x);
};
