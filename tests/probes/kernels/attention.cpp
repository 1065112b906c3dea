// Causal attention with grouped heads: both passes against sums in double, and the backward pass against
// differences.
#include <stdexcept>

#include "harness.h"

namespace probes {
namespace {

using namespace nanochat::kernels;

struct Sizes {
  int B, T, H, KV, D;
  int64_t queries() const { return int64_t{B} * H * T; }
  int64_t keys() const { return int64_t{B} * KV * T; }
};

// One query's probabilities, and how far rounding can be off in them, in units of a float's rounding.
struct Query {
  std::vector<double> p;
  double log_sum = 0.0, error = 0.0, largest = 0.0;
};

class Reference {
 public:
  Reference(Sizes s, std::vector<double> q, std::vector<double> k, std::vector<double> v)
      : s_(s), q_(std::move(q)), k_(std::move(k)), v_(std::move(v)) {
    for (int64_t head = 0; head < int64_t{s.B} * s.H; ++head) {
      for (int t = 0; t < s.T; ++t) queries_.push_back(query(head, t));
    }
  }

  std::vector<Expected> outputs() const {
    std::vector<Expected> y(static_cast<size_t>(s_.queries() * s_.D));
    for (int64_t row = 0; row < s_.queries(); ++row) {
      for (int j = 0; j <= row % s_.T; ++j) {
        for (int c = 0; c < s_.D; ++c) {
          const double part = queries_[row].p[j] * v(row, j, c);
          y[row * s_.D + c].value += part;
          y[row * s_.D + c].scale += std::abs(part);
          y[row * s_.D + c].steps = 2.0 * queries_[row].error;
        }
      }
    }
    return y;
  }

  std::vector<Expected> log_sums() const {
    std::vector<Expected> sums;
    for (const Query& query : queries_) {
      sums.push_back({query.log_sum, 1.0 + std::abs(query.log_sum) + std::abs(query.largest), query.error});
    }
    return sums;
  }

  // dq, dk, dv for the upstream dy, and y as the kernel has it.
  void gradients(const std::vector<double>& dy, const std::vector<double>& y, std::vector<Expected>& dq,
                 std::vector<Expected>& dk, std::vector<Expected>& dv) const {
    dq.assign(static_cast<size_t>(s_.queries() * s_.D), {});
    dk.assign(static_cast<size_t>(s_.keys() * s_.D), {});
    dv = dk;
    const double scale = 1.0 / std::sqrt(static_cast<double>(s_.D));
    for (int64_t row = 0; row < s_.queries(); ++row) {
      double expected = 0.0, expected_size = 0.0;
      for (int c = 0; c < s_.D; ++c) {
        expected += dy[row * s_.D + c] * y[row * s_.D + c];
        expected_size += std::abs(dy[row * s_.D + c] * y[row * s_.D + c]);
      }
      const double steps = 2.0 * (queries_[row].error + s_.D + s_.T * s_.H / s_.KV);
      for (int j = 0; j <= row % s_.T; ++j) {
        double dp = 0.0, dp_size = 0.0;
        for (int c = 0; c < s_.D; ++c) {
          dp += dy[row * s_.D + c] * v(row, j, c);
          dp_size += std::abs(dy[row * s_.D + c] * v(row, j, c));
        }
        const double p = queries_[row].p[j], ds = p * (dp - expected),
                     ds_size = p * (dp_size + expected_size);
        for (int c = 0; c < s_.D; ++c) {
          const int64_t key = key_row(row, j) * s_.D + c;
          add(dq[row * s_.D + c], ds * k(row, j, c) * scale, std::abs(ds_size * k(row, j, c) * scale), steps);
          add(dk[key], ds * q_[row * s_.D + c] * scale, std::abs(ds_size * q_[row * s_.D + c] * scale),
              steps);
          add(dv[key], p * dy[row * s_.D + c], std::abs(p * dy[row * s_.D + c]), steps);
        }
      }
    }
  }

 private:
  static void add(Expected& sum, double value, double size, double steps) {
    sum.value += value;
    sum.scale += size;
    sum.steps = std::max(sum.steps, steps);
  }
  int64_t key_row(int64_t row, int j) const {
    const int64_t head = row / s_.T;
    return (head / s_.H * s_.KV + head % s_.H / (s_.H / s_.KV)) * s_.T + j;
  }
  double k(int64_t row, int j, int c) const { return k_[key_row(row, j) * s_.D + c]; }
  double v(int64_t row, int j, int c) const { return v_[key_row(row, j) * s_.D + c]; }

  Query query(int64_t head, int t) const {
    Query result;
    const int64_t row = head * s_.T + t;
    const double scale = 1.0 / std::sqrt(static_cast<double>(s_.D));
    double largest = -INFINITY, size = 0.0;
    for (int j = 0; j <= t; ++j) {
      double score = 0.0, absolute = 0.0;
      for (int c = 0; c < s_.D; ++c) {
        score += q_[row * s_.D + c] * k(row, j, c);
        absolute += std::abs(q_[row * s_.D + c] * k(row, j, c));
      }
      result.p.push_back(score * scale);
      largest = std::max(largest, score * scale);
      size = std::max(size, absolute * scale);
    }
    double sum = 0.0;
    for (const double score : result.p) sum += std::exp(score - largest);
    result.log_sum = largest + std::log(sum);
    result.largest = largest;
    for (double& score : result.p) score = std::exp(score - result.log_sum);
    // A score has D + 2 roundings of its terms, and an exponential turns an error into a share.
    result.error = size * (s_.D + 4.0) + 40.0 + 8.0 * (t / 32 + 1);
    return result;
  }

  Sizes s_;
  std::vector<double> q_, k_, v_;
  std::vector<Query> queries_;
};

template <typename T>
void attention(Verdict& verdict, Shape shape, Sizes s) {
  const size_t queries = static_cast<size_t>(s.queries() * s.D), keys = static_cast<size_t>(s.keys() * s.D);
  const size_t rows = static_cast<size_t>(s.queries());
  const std::vector<T> q = normal<T>(queries, 1), k = normal<T>(keys, 2), v = normal<T>(keys, 3),
                       dy = normal<T>(queries, 4);
  const Device<T> q_d("q", q), k_d("k", k), v_d("v", v), dy_d("dy", dy), y("y", queries), dq("dq", queries),
      dk("dk", keys), dv("dv", keys);
  const Device<float> log_sums("log_sums", rows), products("products", rows);
  attention_forward(y.get(), log_sums.get(), q_d.get(), k_d.get(), v_d.get(), s.B, s.T, s.H, s.KV, s.D,
                    shape);
  attention_backward(dq.get(), dk.get(), dv.get(), products.get(), dy_d.get(), y.get(), log_sums.get(),
                     q_d.get(), k_d.get(), v_d.get(), s.B, s.T, s.H, s.KV, s.D, shape);
  const Reference reference(s, numbers(q), numbers(k), numbers(v));
  const std::vector<T> got = y.read();
  verdict.compare("y", got, reference.outputs());
  verdict.compare("log_sum", log_sums.read(), reference.log_sums());
  std::vector<Expected> q_slope, k_slope, v_slope;
  reference.gradients(numbers(dy), numbers(got), q_slope, k_slope, v_slope);
  verdict.compare("dq", dq.read(), q_slope);
  verdict.compare("dk", dk.read(), k_slope);
  verdict.compare("dv", dv.read(), v_slope);
}

template <typename T>
void sizes(Verdict& verdict, Shape shape) {
  for (const Sizes s : {Sizes{1, 1, 1, 1, 4}, Sizes{2, 5, 4, 2, 8}, Sizes{1, 31, 2, 2, 3},
                        Sizes{1, 34, 1, 1, 34}, Sizes{1, 9, 1, 1, 68}, Sizes{1, 70, 1, 1, 2}}) {
    attention<T>(verdict, shape, s);
  }
}

// The gradients say what a small step does to Σ dy·y, computed in double.
void slopes(Verdict& verdict, Shape shape) {
  const Sizes s{1, 6, 2, 1, 4};
  const size_t queries = static_cast<size_t>(s.queries() * s.D), keys = static_cast<size_t>(s.keys() * s.D);
  const std::vector<float> q = normal<float>(queries, 1), k = normal<float>(keys, 2),
                           v = normal<float>(keys, 3), dy = normal<float>(queries, 4);
  const Device<float> q_d("q", q), k_d("k", k), v_d("v", v), dy_d("dy", dy), y("y", queries),
      dq("dq", queries), dk("dk", keys), dv("dv", keys), log_sums("log_sums", queries / 4),
      products("products", queries / 4);
  attention_forward(y.get(), log_sums.get(), q_d.get(), k_d.get(), v_d.get(), s.B, s.T, s.H, s.KV, s.D,
                    shape);
  attention_backward(dq.get(), dk.get(), dv.get(), products.get(), dy_d.get(), y.get(), log_sums.get(),
                     q_d.get(), k_d.get(), v_d.get(), s.B, s.T, s.H, s.KV, s.D, shape);
  auto weighted = [&](const std::vector<std::vector<double>>& in) {
    const std::vector<Expected> out = Reference(s, in[0], in[1], in[2]).outputs();
    double sum = 0.0;
    for (size_t i = 0; i < out.size(); ++i) sum += out[i].value * dy[i];
    return sum;
  };
  const std::vector<std::vector<double>> at = {numbers(q), numbers(k), numbers(v)};
  const std::vector<float> got[] = {dq.read(), dk.read(), dv.read()};
  for (size_t which = 0; which < 3; ++which) {
    for (size_t i = 0; i < at[which].size(); ++i) {
      std::vector<std::vector<double>> up = at, down = at;
      up[which][i] += 1e-5;
      down[which][i] -= 1e-5;
      const double slope = (weighted(up) - weighted(down)) / 2e-5;
      verdict.expect(std::abs(got[which][i] - slope) < 1e-5 * (1.0 + std::abs(slope)),
                     "a gradient is not the slope");
    }
  }
}

// What a kernel does not take is said before it starts, and nothing is written.
void refused(Verdict& verdict, Shape shape) {
  const Device<float> x("x", std::vector<float>(64, 1.0f)), y("y", std::vector<float>(64, 2.0f));
  const Device<int> targets("targets", std::vector<int>{0});
  auto is_refused = [&](const char* what, auto start) {
    try {
      start();
      verdict.fail(std::string("not refused: ") + what);
    } catch (const std::invalid_argument&) {
    }
  };
  is_refused("a head of 129 channels",
             [&] { attention_forward(y.get(), y.get(), x.get(), x.get(), x.get(), 1, 1, 1, 1, 129, shape); });
  is_refused("three heads for two",
             [&] { attention_forward(y.get(), y.get(), x.get(), x.get(), x.get(), 1, 1, 3, 2, 4, shape); });
  is_refused("an odd head", [&] { rotary_forward(y.get(), x.get(), x.get(), x.get(), 1, 1, 1, 3, shape); });
  is_refused("a cap of 50", [&] {
    cross_entropy_forward(y.get(), y.get(), x.get(), targets.get(), 1, 4, 50.0f, -1, shape);
  });
  shape.threads = 48;
  is_refused("a block of 48", [&] { relu2_forward(y.get(), x.get(), 64, shape); });
  verdict.expect(y.read() == std::vector<float>(64, 2.0f), "something was written");
}

const Register r4("sizes that are refused", refused);
const Register r1("attention fp32", sizes<float>), r2("attention bf16", sizes<__nv_bfloat16>),
    r3("attention finite differences", slopes);

}  // namespace
}  // namespace probes
