// The tensor matchers of probe.h.

#include "probe.h"

#include <sstream>

namespace probe {
namespace {

std::string kind(const torch::Tensor& x) {
  std::ostringstream text;
  if (x.defined()) {
    text << x.scalar_type() << " " << x.sizes();
  } else {
    text << "no tensor";
  }
  return text.str();
}

// The coordinates of entry `flat` of a contiguous tensor of these sizes.
std::string place(int64_t flat, torch::IntArrayRef sizes) {
  std::string text;
  for (int64_t d = static_cast<int64_t>(sizes.size()) - 1; d >= 0; --d) {
    text = std::to_string(flat % sizes[d]) + (text.empty() ? "" : ",") + text;
    flat /= sizes[d];
  }
  return "[" + text + "]";
}

}  // namespace

std::string difference(const torch::Tensor& actual, const torch::Tensor& expected, double tolerance) {
  if (!actual.defined() || actual.scalar_type() != expected.scalar_type() ||
      actual.sizes() != expected.sizes()) {
    return "is " + kind(actual) + ", not " + kind(expected);
  }
  if (actual.numel() == 0) return "";
  torch::NoGradGuard no_grad;
  const torch::Tensor a = actual.detach().to(torch::kFloat64).reshape({-1});
  const torch::Tensor e = expected.detach().to(torch::kFloat64).reshape({-1});
  double scale = e.abs().max().item<double>();
  if (scale == 0.0) scale = 1.0;
  // Equal infinities are equal, though their difference is NaN.
  const torch::Tensor distance = (a - e).abs().masked_fill(a.eq(e), 0.0);
  const torch::Tensor wrong = distance.le(tolerance * scale).logical_not();
  const int64_t count = wrong.sum().item<int64_t>();
  if (count == 0) return "";
  const torch::Tensor unordered = distance.isnan();
  const int64_t worst =
      (unordered.any().item<bool>() ? unordered.to(torch::kInt64) : distance).argmax().item<int64_t>();
  std::ostringstream text;
  text.precision(12);
  text << "has " << a[worst].item<double>() << " at " << place(worst, expected.sizes()) << " where "
       << e[worst].item<double>() << " is right, and " << count << " of " << a.numel() << " entries wrong";
  return text.str();
}

bool Close::match(const torch::Tensor& actual) const {
  verdict_ = difference(actual, expected_, tolerance_);
  return verdict_.empty();
}

Close close_to(torch::Tensor expected, double tolerance) {
  return Close(std::move(expected), tolerance);
}

Close same_as(torch::Tensor expected) {
  return Close(std::move(expected), 0.0);
}

bool finite(const torch::Tensor& x) {
  return x.defined() && x.isfinite().all().item<bool>();
}

}  // namespace probe

std::string Catch::StringMaker<torch::Tensor>::convert(const torch::Tensor& x) {
  return probe::kind(x);
}
