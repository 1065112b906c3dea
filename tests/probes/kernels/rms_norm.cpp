// Root-mean-square normalisation: both passes against the definition, and the backward pass against
// differences.
#include "harness.h"

namespace probes {
namespace {

using nanochat::kernels::rms_norm_backward;
using nanochat::kernels::rms_norm_forward;

constexpr float kEps = 1e-6f;

struct Sizes {
  int64_t N, C;
};
const Sizes kSizes[] = {{3, 1}, {2, 31}, {2, 33}, {1, 1000}, {5, 64}, {7, 8}};

double inverse_rms(const double* x, int64_t C) {
  double sum = 0.0;
  for (int64_t c = 0; c < C; ++c) sum += x[c] * x[c];
  return 1.0 / std::sqrt(sum / static_cast<double>(C) + kEps);
}

// A thread adds up its share one by one, then five steps in the warp and five among warps.
double steps_of_sum(int64_t C, Shape shape) {
  return static_cast<double>(C) / shape.threads + 8.0 + 10.0;
}

std::vector<Expected> forward(const std::vector<double>& x, Sizes size, Shape shape) {
  std::vector<Expected> y;
  for (int64_t n = 0; n < size.N; ++n) {
    const double scale = inverse_rms(&x[n * size.C], size.C);
    for (int64_t c = 0; c < size.C; ++c) {
      const double value = x[n * size.C + c] * scale;
      y.push_back({value, std::abs(value), 4.0 + steps_of_sum(size.C, shape)});
    }
  }
  return y;
}

std::vector<Expected> backward(const std::vector<double>& x, const std::vector<double>& dy, Sizes size,
                               Shape shape) {
  std::vector<Expected> dx;
  for (int64_t n = 0; n < size.N; ++n) {
    const double *row = &x[n * size.C], *up = &dy[n * size.C];
    const double scale = inverse_rms(row, size.C);
    double sum = 0.0, absolute = 0.0;
    for (int64_t c = 0; c < size.C; ++c) {
      sum += row[c] * up[c];
      absolute += std::abs(row[c] * up[c]);
    }
    const double cubed = scale * scale * scale / static_cast<double>(size.C);
    for (int64_t c = 0; c < size.C; ++c) {
      dx.push_back({scale * up[c] - row[c] * cubed * sum,
                    std::abs(scale * up[c]) + std::abs(row[c] * cubed * absolute),
                    8.0 + 3.0 * steps_of_sum(size.C, shape)});
    }
  }
  return dx;
}

template <typename T>
void both(Verdict& verdict, Shape shape) {
  for (const Sizes size : kSizes) {
    const size_t count = static_cast<size_t>(size.N * size.C);
    const std::vector<T> x = normal<T>(count, 1), dy = normal<T>(count, 2);
    const Device<T> x_device("x", x), dy_device("dy", dy), y("y", count), dx("dx", count);
    rms_norm_forward(y.get(), x_device.get(), size.N, size.C, kEps, shape);
    rms_norm_backward(dx.get(), dy_device.get(), x_device.get(), size.N, size.C, kEps, shape);
    const std::string at = std::string(kFormat<T>) + " C=" + std::to_string(size.C) + " ";
    verdict.compare("y " + at, y.read(), forward(numbers(x), size, shape));
    verdict.compare("dx " + at, dx.read(), backward(numbers(x), numbers(dy), size, shape));
  }
}

// NaN and infinity stay in their own row; a row of zeros stays zero.
void unusual(Verdict& verdict, Shape shape) {
  const int64_t C = 36;
  std::vector<float> x = normal<float>(4 * C, 3);
  x[5] = NAN;
  x[C + 7] = INFINITY;
  for (int64_t c = 0; c < C; ++c) x[2 * C + c] = 0.0f;
  const Device<float> x_device("x", x), y("y", x.size());
  rms_norm_forward(y.get(), x_device.get(), 4, C, kEps, shape);
  const std::vector<float> got = y.read();
  for (int64_t c = 0; c < C; ++c) {
    verdict.expect(std::isnan(got[c]), "a NaN does not reach its row");
    verdict.expect(c == 7 ? std::isnan(got[C + c]) : got[C + c] == 0.0f,
                   "an infinity does not reach its row");
    verdict.expect(got[2 * C + c] == 0.0f, "zeros do not stay zero");
    verdict.expect(std::isfinite(got[3 * C + c]), "a NaN reaches another row");
  }
}

// The gradient says what a small step in x does to the weighted sum of y.
void gradient(Verdict& verdict, Shape shape) {
  const Sizes size{1, 40};
  const std::vector<float> x = normal<float>(40, 4), dy = normal<float>(40, 5);
  const Device<float> x_device("x", x), dy_device("dy", dy), dx("dx", 40);
  rms_norm_backward(dx.get(), dy_device.get(), x_device.get(), size.N, size.C, kEps, shape);
  const std::vector<float> got = dx.read();
  auto weighted = [&](const std::vector<double>& at) {
    const double scale = inverse_rms(at.data(), size.C);
    double sum = 0.0;
    for (int64_t c = 0; c < size.C; ++c) sum += at[c] * scale * number(dy[c]);
    return sum;
  };
  for (int64_t c = 0; c < size.C; ++c) {
    std::vector<double> up = numbers(x), down = up;
    up[c] += 1e-5;
    down[c] -= 1e-5;
    const double slope = (weighted(up) - weighted(down)) / 2e-5;
    verdict.expect(std::abs(got[c] - slope) < 1e-5 * (1.0 + std::abs(slope)), "dx is not the slope of y");
  }
}

const Register r1("rms_norm fp32", both<float>), r2("rms_norm bf16", both<__nv_bfloat16>),
    r3("rms_norm NaN, infinity, zeros", unusual), r4("rms_norm finite differences", gradient);

}  // namespace
}  // namespace probes
