// Softmax, cross-entropy and sampling: what walks over rows of logits.
#include <algorithm>

#include "harness.h"

namespace probes {
namespace {

using namespace nanochat::kernels;

struct Sizes {
  int64_t N, C;
};
const Sizes kSizes[] = {{3, 1}, {2, 31}, {2, 33}, {1, 1000}, {9, 64}};

// Walking over a row, a thread rescales and adds; then come the warp and the block.
double steps_of_walk(int64_t C) {
  return 4.0 * static_cast<double>((C + 31) / 32) + 50.0;
}

struct Row {
  double log_sum = 0.0, largest = 0.0;
};
Row reduce(const std::vector<double>& z) {
  Row row;
  row.largest = *std::max_element(z.begin(), z.end());
  double sum = 0.0;
  for (const double value : z) sum += std::exp(value - row.largest);
  row.log_sum = row.largest + std::log(sum);
  return row;
}

std::vector<double> row_of(const std::vector<double>& values, int64_t n, int64_t C) {
  return {values.begin() + n * C, values.begin() + (n + 1) * C};
}

template <typename T>
void softmax(Verdict& verdict, Shape shape) {
  for (const Sizes size : kSizes) {
    const size_t count = static_cast<size_t>(size.N * size.C);
    const std::vector<T> x = normal<T>(count, 1, 3.0), dy = normal<T>(count, 2);
    const Device<T> x_device("x", x), dy_device("dy", dy), y("y", count), dx("dx", count);
    softmax_forward(y.get(), x_device.get(), size.N, size.C, shape);
    softmax_backward(dx.get(), dy_device.get(), y.get(), size.N, size.C, shape);
    const std::vector<T> probabilities = y.read();
    const std::vector<double> logits = numbers(x), p = numbers(probabilities), up = numbers(dy);
    std::vector<Expected> forward, backward;
    for (int64_t n = 0; n < size.N; ++n) {
      const std::vector<double> z = row_of(logits, n, size.C);
      const Row row = reduce(z);
      double sum = 0.0, absolute = 0.0;
      for (int64_t c = 0; c < size.C; ++c) {
        sum += p[n * size.C + c] * up[n * size.C + c];
        absolute += std::abs(p[n * size.C + c] * up[n * size.C + c]);
      }
      for (int64_t c = 0; c < size.C; ++c) {
        const double value = std::exp(z[c] - row.log_sum);
        forward.push_back({value, value * (1.0 + std::abs(z[c] - row.largest)), steps_of_walk(size.C)});
        const double at = p[n * size.C + c], slope = up[n * size.C + c];
        backward.push_back({at * (slope - sum), at * (std::abs(slope) + absolute), steps_of_walk(size.C)});
      }
    }
    verdict.compare("y", probabilities, forward);
    verdict.compare("dx", dx.read(), backward);
  }
}

void softmax_unusual(Verdict& verdict, Shape shape) {
  const float inf = INFINITY;
  const std::vector<float> x = {1.0f, NAN,  2.0f,   // a NaN reaches its whole row
                                -inf, 0.0f, -inf,   // masked
                                1e4f, 1e4f, -1e4f,  // large
                                -inf, -inf, -inf};  // nothing is left: NaN, as on the CPU
  const Device<float> x_device("x", x), y("y", x.size());
  softmax_forward(y.get(), x_device.get(), 4, 3, shape);
  verdict.compare(
      "y", y.read(),
      {{NAN}, {NAN}, {NAN}, {0.0}, {1.0}, {0.0}, {0.5, 0.5, 4}, {0.5, 0.5, 4}, {0.0}, {NAN}, {NAN}, {NAN}});
}

constexpr double kCap = 15.0;
constexpr int kIgnore = -1;

template <typename T>
void cross_entropy(Verdict& verdict, Shape shape) {
  for (const Sizes size : kSizes) {
    const size_t count = static_cast<size_t>(size.N * size.C);
    const std::vector<T> logits = normal<T>(count, 4, 8.0);
    std::vector<int> targets;
    for (int64_t n = 0; n < size.N; ++n)
      targets.push_back(n == 1 ? kIgnore : static_cast<int>(n * 7 % size.C));
    std::vector<float> upstream;
    for (int64_t n = 0; n < size.N; ++n) upstream.push_back(n % 2 == 0 ? 0.25f : -0.5f);
    const Device<T> device("logits", logits), gradient("dlogits", count);
    const Device<int> targets_device("targets", targets);
    const Device<float> upstream_device("upstream", upstream);
    const Device<float> losses("losses", targets.size()), log_sums("log_sums", targets.size());
    cross_entropy_forward(losses.get(), log_sums.get(), device.get(), targets_device.get(), size.N, size.C,
                          static_cast<float>(kCap), kIgnore, shape);
    cross_entropy_backward(gradient.get(), device.get(), log_sums.get(), targets_device.get(), size.N, size.C,
                           static_cast<float>(kCap), kIgnore, upstream_device.get(), shape);

    std::vector<Expected> loss, sums, slopes;
    for (int64_t n = 0; n < size.N; ++n) {
      std::vector<double> z = row_of(numbers(logits), n, size.C);
      for (double& value : z) value = kCap * std::tanh(value / kCap);
      const Row row = reduce(z);
      const bool ignored = targets[n] == kIgnore;
      const double size_of_sum = std::abs(row.log_sum) + std::abs(row.largest) + kCap;
      sums.push_back({row.log_sum, size_of_sum, steps_of_walk(size.C)});
      loss.push_back(
          {ignored ? 0.0 : row.log_sum - z[targets[n]], ignored ? 0.0 : size_of_sum, steps_of_walk(size.C)});
      for (int64_t c = 0; c < size.C; ++c) {
        const double squashed = z[c] / kCap, p = std::exp(z[c] - row.log_sum);
        const double difference = c == targets[n] ? p - 1.0 : p;
        // p has the exponent's error; 1 − tanh² loses what it cancels.
        const double p_size = p * (1.0 + std::abs(z[c]) + size_of_sum) + (c == targets[n] ? 1.0 : 0.0);
        slopes.push_back({ignored ? 0.0 : upstream[n] * difference * (1.0 - squashed * squashed),
                          ignored ? 0.0
                                  : std::abs(upstream[n]) *
                                        (p_size * (1.0 - squashed * squashed) + 8.0 * std::abs(difference)),
                          steps_of_walk(size.C)});
      }
    }
    verdict.compare("loss", losses.read(), loss);
    verdict.compare("log_sum", log_sums.read(), sums);
    const std::vector<T> got = gradient.read();
    verdict.compare("dlogits", got, slopes);
    // In place: the same bits.
    cross_entropy_backward(device.get(), device.get(), log_sums.get(), targets_device.get(), size.N, size.C,
                           static_cast<float>(kCap), kIgnore, upstream_device.get(), shape);
    const std::vector<T> in_place = device.read();
    verdict.expect(std::memcmp(got.data(), in_place.data(), count * sizeof(T)) == 0,
                   "in place it is another result");
  }
}

void cross_entropy_slope(Verdict& verdict, Shape shape) {
  const int64_t V = 12;
  const std::vector<float> logits = normal<float>(12, 5, 6.0);
  const std::vector<int> targets = {4};
  const Device<float> device("logits", logits), gradient("dlogits", 12), losses("losses", 1),
      sums("log_sums", 1);
  const Device<int> targets_device("targets", targets);
  const Device<float> one("upstream", std::vector<float>{1.0f});
  cross_entropy_forward(losses.get(), sums.get(), device.get(), targets_device.get(), 1, V, 15.0f, kIgnore,
                        shape);
  cross_entropy_backward(gradient.get(), device.get(), sums.get(), targets_device.get(), 1, V, 15.0f, kIgnore,
                         one.get(), shape);
  const std::vector<float> got = gradient.read();
  auto loss = [&](std::vector<double> z) {
    for (double& value : z) value = kCap * std::tanh(value / kCap);
    return reduce(z).log_sum - z[4];
  };
  for (size_t c = 0; c < 12; ++c) {
    std::vector<double> up = numbers(logits), down = up;
    up[c] += 1e-5;
    down[c] -= 1e-5;
    const double slope = (loss(up) - loss(down)) / 2e-5;
    verdict.expect(std::abs(got[c] - slope) < 2e-6, "dlogits is not the slope of the loss");
  }
}

template <typename T>
void sampling(Verdict& verdict, Shape shape) {
  for (const Sizes size : kSizes) {
    std::vector<T> logits = normal<T>(static_cast<size_t>(size.N * size.C), 6, 2.0);
    std::vector<float> uniforms;
    for (int64_t n = 0; n < size.N; ++n) uniforms.push_back(static_cast<float>((n * 37 % 100) / 100.0));
    uniforms[0] = 0.0f;
    const Device<T> device("logits", logits);
    const Device<float> uniforms_device("uniforms", uniforms);
    const Device<int> tokens("tokens", uniforms.size()), best("best", uniforms.size());
    const double temperature = 0.75;
    sample(tokens.get(), device.get(), uniforms_device.get(), size.N, size.C, static_cast<float>(temperature),
           shape);
    sample(best.get(), device.get(), uniforms_device.get(), size.N, size.C, 0.0f, shape);
    const std::vector<int> got = tokens.read(), greedy = best.read();
    for (int64_t n = 0; n < size.N; ++n) {
      std::vector<double> z = row_of(numbers(logits), n, size.C);
      verdict.expect(greedy[n] == std::max_element(z.begin(), z.end()) - z.begin(),
                     "temperature zero is not the best");
      for (double& value : z) value /= temperature;
      const Row row = reduce(z);
      const bool is_token = got[n] >= 0 && got[n] < size.C;
      verdict.expect(is_token, "what was drawn is no token");
      if (!is_token) return;
      double before = 0.0;
      for (int c = 0; c < got[n]; ++c) before += std::exp(z[c] - row.log_sum);
      const double after = before + std::exp(z[got[n]] - row.log_sum);
      const double bound = steps_of_walk(size.C) * kFloat * 8.0;
      verdict.expect(uniforms[n] >= before - bound && uniforms[n] <= after + bound,
                     "another token was to be drawn");
    }
  }
}

// A uniform of one is beyond every sum: it takes the last token that has a probability.
void sampling_the_end(Verdict& verdict, Shape shape) {
  const int64_t V = 300;
  std::vector<float> logits = normal<float>(2 * V, 7);
  for (int64_t c = 290; c < V; ++c) logits[c] = -INFINITY;
  const Device<float> device("logits", logits), uniforms("uniforms", std::vector<float>{1.0f, 1.0f});
  const Device<int> tokens("tokens", 2);
  sample(tokens.get(), device.get(), uniforms.get(), 2, V, 1.0f, shape);
  const std::vector<int> got = tokens.read();
  // What is summed up from the left may exceed the sum in another order by its rounding, a little earlier.
  verdict.expect(got[0] < 290 && got[0] > 250,
                 "a token without a probability is drawn, or one far from the end");
  verdict.expect(got[1] < V && got[1] > 250, "what is drawn is no token, or one far from the end");
}

const Register r9("sample, the end of a row", sampling_the_end);
const Register r1("softmax fp32", softmax<float>), r2("softmax bf16", softmax<__nv_bfloat16>),
    r3("softmax NaN, infinities, large", softmax_unusual), r4("cross_entropy fp32", cross_entropy<float>),
    r5("cross_entropy bf16", cross_entropy<__nv_bfloat16>),
    r6("cross_entropy finite differences", cross_entropy_slope), r7("sample fp32", sampling<float>),
    r8("sample bf16", sampling<__nv_bfloat16>);

}  // namespace
}  // namespace probes
