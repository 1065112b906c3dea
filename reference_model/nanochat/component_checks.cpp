// The checklist. Contracts are in the header.
//
// Everything here is computed in float64 and a second time in the plainest way there is: closed
// forms, loops, one head at a time. Weights are moved away from their initialisation first, since
// a matrix that starts out as zeros says yes to everything.

#include "nanochat/component_checks.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <set>
#include <utility>

#include "nanochat/loss.h"
#include "nanochat/rmsnorm.h"
#include "nanochat/softmax.h"

namespace nanochat {

namespace {

using torch::Tensor;

constexpr double kTolerance = 1e-9;  // float64 leaves a thousand times less

// What should be nothing is seldom nothing to the last bit: a gradient this small beside the
// largest is rounding, and a step this small is what an optimizer makes of rounding.
constexpr double kNoGradient = 1e-12, kNoStep = 1e-6;

// What the checks look at.
struct Subject {
  GPT model;           // float64, perturbed
  Batch batch;         // (B, T)
  RotaryCache rotary;  // of T positions
  Tensor keep;         // (T, T)
  Tensor x;            // (B, T, C), something to put into a layer
  Tensor q, k, v;      // (B, H, T, D), (B, KV, T, D), (B, KV, T, D)
  CausalSelfAttention attn;
};

Subject make_subject(const GPTConfig& config, const Batch& batch) {
  GPT model(config);
  model->to(torch::kFloat64);
  model->eval();
  torch::NoGradGuard no_grad;
  for (Tensor& weight : model->parameters()) weight.add_(0.1 * torch::randn_like(weight));
  const int64_t B = batch.inputs.size(0), T = batch.inputs.size(1);
  const int64_t H = config.n_head, KV = config.n_kv_head, D = config.n_embd / H;
  const auto normal = [](torch::IntArrayRef sizes) { return torch::randn(sizes, torch::kFloat64); };
  const bool learned = config.positions == Positions::learned;
  return {.model = model,
          .batch = batch,
          .rotary = learned ? no_rotation(T, D) : model->rotary.rows(0, T),
          .keep = causal_mask(T, T),
          .x = normal({B, T, config.n_embd}),
          .q = normal({B, H, T, D}),
          .k = normal({B, KV, T, D}),
          .v = normal({B, KV, T, D}),
          .attn = model->blocks[0]->attn};
}

double difference(const Tensor& actual, const Tensor& expected) {
  if (actual.sizes() != expected.sizes()) return std::nan("");
  return (actual - expected).abs().max().item<double>();
}

// What a check found out.
struct Finding {
  bool ok;
  std::string measured;
};

// The larger of two differences; one that is NaN is larger than any.
double larger(double a, double b) {
  return std::isnan(a) || a > b ? a : b;
}

std::string number(double value, const std::string& of) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g ", value);
  return text + of;
}

// A difference that should be nothing but rounding; NaN is none.
Finding near(double distance) {
  return {distance <= kTolerance, number(distance, "off at most")};
}

Finding counted(int64_t right, int64_t total, const std::string& what) {
  return {right == total, std::to_string(right) + " of " + std::to_string(total) + " " + what};
}

// Vectors to a root mean square of one.
Tensor unit_rms(const Tensor& x) {
  return x / (x.pow(2).sum(-1, true) / static_cast<double>(x.size(-1)) + 1e-6).pow(0.5);
}

// x (T, D) with channel j and j + D/2 as one complex number, turned backwards by position times
// 10000^(-2j/D).
Tensor turn(const Tensor& x) {
  const int64_t T = x.size(0), half = x.size(1) / 2;
  Tensor y = torch::empty_like(x);
  for (int64_t t = 0; t < T; ++t) {
    for (int64_t j = 0; j < half; ++j) {
      const double angle = static_cast<double>(t) *
                           std::pow(10000.0, -static_cast<double>(j) / static_cast<double>(half));
      const double real = x[t][j].item<double>(), imaginary = x[t][j + half].item<double>();
      y[t][j] = real * std::cos(angle) + imaginary * std::sin(angle);
      y[t][j + half] = imaginary * std::cos(angle) - real * std::sin(angle);
    }
  }
  return y;
}

// One head of attention, query by query: (T, D) from q, k and v (T, D).
Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v) {
  const double root = std::pow(static_cast<double>(q.size(1)), 0.5);
  std::vector<Tensor> out;
  for (int64_t t = 0; t < q.size(0); ++t) {
    const Tensor scores = k.slice(0, 0, t + 1).mv(q[t]) / root;  // (t + 1)
    const Tensor weights = scores.exp() / scores.exp().sum();    // (t + 1)
    out.push_back(v.slice(0, 0, t + 1).t().mv(weights));
  }
  return torch::stack(out);
}

Finding check_embedding(Subject& s) {
  const Tensor looked_up = s.model->wte(s.batch.inputs);  // (B, T, C)
  double worst = 0.0;
  for (int64_t b = 0; b < s.x.size(0); ++b) {
    for (int64_t t = 0; t < s.x.size(1); ++t) {
      const int64_t id = s.batch.inputs[b][t].item<int64_t>();
      worst = larger(worst, difference(looked_up[b][t], s.model->wte->weight[id]));
    }
  }
  return near(worst);
}

// Learned positions by their rows; the rotation by sines and cosines of single angles.
Finding check_positions(Subject& s) {
  if (s.model->wpe) {
    const Tensor added = s.model->wpe(s.x);
    double worst = added.sizes() == s.x.sizes() ? 0.0 : std::nan("");
    for (int64_t t = 0; t < s.x.size(1); ++t) {
      const Tensor expected = s.x.select(1, t) + s.model->wpe->weight[t];
      worst = larger(worst, difference(added.select(1, t), expected));
    }
    return near(worst);
  }
  const Tensor turned = apply_rotary(s.q.transpose(1, 2), s.rotary.cos, s.rotary.sin);
  return near(difference(turned[0].select(1, 0), turn(s.q[0][0])));
}

Finding check_projections(Subject& s) {
  double worst = 0.0;
  for (torch::nn::Linear linear : {s.attn->c_q, s.attn->c_k, s.attn->c_v}) {
    const Tensor y = linear(s.x);  // (B, T, out)
    Tensor expected = torch::zeros_like(y);
    for (int64_t c = 0; c < s.x.size(2); ++c) {
      expected += s.x.select(2, c).unsqueeze(-1) * linear->weight.select(1, c);
    }
    worst = larger(worst, difference(y, expected));
  }
  return near(worst);
}

// Values that are unit vectors bring the weights themselves out of attention, as many at a time as
// a head has channels: (B, H, T, T).
Tensor attention_weights(const Subject& s) {
  const int64_t B = s.v.size(0), KV = s.v.size(1), T = s.v.size(2), D = s.v.size(3);
  const Tensor unit = torch::constant_pad_nd(torch::eye(T, torch::kFloat64), {0, D});  // (T, T + D)
  std::vector<Tensor> weights;
  for (int64_t first = 0; first < T; first += D) {
    const Tensor values = unit.slice(1, first, first + D).expand({B, KV, T, D});
    weights.push_back(scaled_dot_product_attention(s.q, s.k, values, s.keep));
  }
  return torch::cat(weights, 3).slice(3, 0, T);
}

// Logarithms of weights differ by as much as scores do.
Finding check_scores(Subject& s) {
  const int64_t H = s.q.size(1), KV = s.k.size(1), T = s.q.size(2), D = s.q.size(3);
  const Tensor log_weights = attention_weights(s).log();
  double worst = 0.0;
  for (int64_t h = 0; h < H; ++h) {
    const Tensor keys = s.k[0][h / (H / KV)];
    for (int64_t t = 0; t < T; ++t) {
      for (int64_t i = 1; i <= t; ++i) {
        const double expected =
            s.q[0][h][t].dot(keys[i] - keys[0]).item<double>() / std::sqrt(static_cast<double>(D));
        const Tensor row = log_weights[0][h][t];
        const double distance = (row[i] - row[0]).item<double>() - expected;
        worst = larger(worst, std::abs(distance));
      }
    }
  }
  return near(worst);
}

Finding check_mask(Subject& s) {
  const Tensor weights = attention_weights(s);  // (B, H, T, T)
  const int64_t T = weights.size(2);
  int64_t right = 0;
  for (int64_t t = 0; t < T; ++t) {
    for (int64_t i = 0; i < T; ++i) {
      const Tensor pair = weights.select(2, t).select(2, i);  // (B, H)
      right += (i <= t ? pair.gt(0) : pair.eq(0)).all().item<bool>() ? 1 : 0;
    }
  }
  return counted(right, T * T, "pairs of positions right");
}

Finding check_softmax(Subject& s) {
  double worst = 0.0;
  for (int64_t dim = 0; dim < 3; ++dim) {
    const Tensor expected = s.x.exp() / s.x.exp().sum(dim, true);
    worst = larger(worst, difference(nanochat::softmax(s.x, dim), expected));
  }
  return near(worst);
}

Finding check_weighted_sum(Subject& s) {
  const Tensor out = scaled_dot_product_attention(s.q, s.k, s.v, s.keep);  // (B, H, T, D)
  const int64_t H = s.q.size(1), KV = s.k.size(1);
  double worst = 0.0;
  for (int64_t h = 0; h < H; ++h) {
    const int64_t shared = h / (H / KV);
    const Tensor expected = attend(s.q[0][h], s.k[0][shared], s.v[0][shared]);
    worst = larger(worst, difference(out[0][h], expected));
  }
  return near(worst);
}

// The whole layer, with one head at a time cut out of the weights.
Finding check_heads(Subject& s) {
  const int64_t H = s.q.size(1), KV = s.k.size(1), D = s.q.size(3);
  const auto head = [&](const Tensor& weight, int64_t h) {
    return s.x[0].mm(weight.slice(0, h * D, (h + 1) * D).t());  // (T, D)
  };
  const auto place = [&](const Tensor& y) { return unit_rms(s.model->wpe ? y : turn(y)); };
  std::vector<Tensor> heads;
  for (int64_t h = 0; h < H; ++h) {
    const int64_t shared = h / (H / KV);
    heads.push_back(attend(place(head(s.attn->c_q->weight, h)),
                           place(head(s.attn->c_k->weight, shared)),
                           head(s.attn->c_v->weight, shared)));
  }
  const Tensor expected = torch::cat(heads, 1).mm(s.attn->c_proj->weight.t());  // (T, C)
  return near(difference(s.attn(s.x, s.rotary, s.keep)[0], expected));
}

Finding check_feed_forward(Subject& s) {
  MLP mlp = s.model->blocks[0]->mlp;
  const Tensor h = s.x[0].mm(mlp->c_fc->weight.t());  // (T, 4C)
  const Tensor expected = (h * h * h.gt(0)).mm(mlp->c_proj->weight.t());
  return near(difference(mlp(s.x)[0], expected));
}

// How the sum of y, with varied weights, changes with x.
Tensor gradient(const Tensor& y, const Tensor& x) {
  const Tensor weights = x.detach().cos();
  return torch::autograd::grad({(y * weights).sum()}, {x})[0];
}

// A block hands on what came in plus what its two branches say, and hands back a gradient to all
// three. Values alone would not show a path that is cut.
Finding check_residual(Subject& s) {
  torch::AutoGradMode with_gradients(true);
  Block block = s.model->blocks[0];
  const Tensor x = s.x.clone().requires_grad_(true);
  const Tensor middle = x + s.attn(unit_rms(x), s.rotary, s.keep);
  const Tensor expected = middle + block->mlp(unit_rms(middle));
  const Tensor actual = block(x, s.rotary, s.keep);
  return near(
      larger(difference(actual, expected), difference(gradient(actual, x), gradient(expected, x))));
}

Finding check_norm(Subject& s) {
  const double distance = difference(rms_norm(3.0 * s.x), unit_rms(3.0 * s.x));
  const bool zeros = rms_norm(torch::zeros_like(s.x)).eq(0.0).all().item<bool>();
  return near(zeros ? distance : std::nan(""));
}

// The cross-entropy of every position by itself.
Finding check_loss(Subject& s) {
  const Tensor logits = s.model(s.batch.inputs), probabilities = logits.exp();
  double total = 0.0;
  int64_t count = 0;
  for (int64_t b = 0; b < logits.size(0); ++b) {
    for (int64_t t = 0; t < logits.size(1); ++t) {
      const int64_t target = s.batch.targets[b][t].item<int64_t>();
      if (target == -1) continue;
      const Tensor p = probabilities[b][t];
      total -= std::log((p[target] / p.sum()).item<double>());
      ++count;
    }
  }
  const double loss = s.model->loss(s.batch.inputs, s.batch.targets).item<double>();
  return near(std::abs(loss - total / static_cast<double>(count)));
}

// The model from its parts: embedding, positions, blocks, head.
Finding check_forward(Subject& s) {
  Tensor x = s.model->wte(s.batch.inputs);  // (B, T, C)
  if (s.model->wpe) x = x + s.model->wpe->weight.slice(0, 0, x.size(1));
  x = unit_rms(x);
  for (Block& block : s.model->blocks) x = block(x, s.rotary, s.keep);
  const Tensor head = s.model->lm_head ? s.model->lm_head->weight : s.model->wte->weight;
  const Tensor logits = unit_rms(x).matmul(head.t());  // (B, T, V)
  const Tensor expected = 15.0 * (1.0 - 2.0 / (1.0 + (2.0 * logits / 15.0).exp()));
  return near(difference(s.model(s.batch.inputs), expected));
}

Finding check_shapes(Subject& s) {
  const Tensor logits = s.model(s.batch.inputs);
  const std::vector<int64_t> expected = {s.x.size(0), s.x.size(1), s.model->config.vocab_size};
  return {logits.sizes() == expected, c10::str(logits.sizes())};
}

// Nobody may know what comes later.
Finding check_causality(Subject& s) {
  const Tensor before = s.model(s.batch.inputs);
  const int64_t T = s.x.size(1);
  double worst = 0.0;
  for (int64_t t = 1; t < T; ++t) {
    Tensor other = s.batch.inputs.clone();
    other.select(1, t).add_(1).remainder_(s.model->config.vocab_size);
    worst = larger(worst, difference(s.model(other).slice(1, 0, t), before.slice(1, 0, t)));
  }
  return near(worst);
}

Finding check_first_loss(const GPTConfig& config, const Batch& batch) {
  GPT fresh(config);
  torch::NoGradGuard no_grad;
  const double loss = fresh->loss(batch.inputs, batch.targets).item<double>();
  const double uniform = std::log(static_cast<double>(config.vocab_size));
  char text[64];
  std::snprintf(text, sizeof text, "%.6f, and ln V is %.6f", loss, uniform);
  return {std::abs(loss - uniform) < 1e-4, text};
}

Finding check_gradients(Subject& s) {
  s.model->loss(s.batch.inputs, s.batch.targets).backward();
  std::vector<std::pair<std::string, double>> sizes;  // of finite gradients; others count as none
  double largest = 0.0;
  for (const auto& item : s.model->named_parameters()) {
    const Tensor grad = item.value().grad();
    const double size = grad.defined() ? grad.abs().max().item<double>() : 0.0;
    sizes.emplace_back(item.key(), std::isfinite(size) ? size : 0.0);
    largest = std::max(largest, sizes.back().second);
  }
  int64_t count = 0;
  std::string missing;
  for (const auto& [name, size] : sizes) {
    const bool arrived = size > kNoGradient * largest;
    count += arrived ? 1 : 0;
    if (!arrived) missing += (missing.empty() ? "; not " : ", ") + name;
  }
  Finding finding =
      counted(count, static_cast<int64_t>(sizes.size()), "parameters have one that is not zero");
  finding.measured += missing;
  return finding;
}

Finding check_groups(const std::vector<Tensor>& params, const Optimizers& optimizers) {
  std::multiset<const void*> owned;
  const auto own = [&](const auto& groups) {
    for (const auto& group : groups) {
      for (const Tensor& weight : group.params) owned.insert(weight.unsafeGetTensorImpl());
    }
  };
  own(optimizers.adamw.groups);
  own(optimizers.muon.groups);
  int64_t once = 0;
  for (const Tensor& weight : params) once += owned.count(weight.unsafeGetTensorImpl()) == 1;
  return counted(once, static_cast<int64_t>(params.size()), "parameters in exactly one");
}

// How many parameters a step moves.
Finding check_step(GPT& model, Optimizers& optimizers) {
  const std::vector<Tensor> params = model->parameters();
  std::vector<Tensor> before;
  for (const Tensor& weight : params) before.push_back(weight.detach().clone());
  optimizers.adamw.step();
  optimizers.muon.step();
  int64_t moved = 0;
  for (size_t i = 0; i < params.size(); ++i) {
    moved += difference(params[i], before[i]) > kNoStep ? 1 : 0;
  }
  return counted(moved, static_cast<int64_t>(params.size()), "parameters moved");
}

}  // namespace

std::vector<Check> check_components(const GPTConfig& config, const Batch& batch) {
  Subject s = make_subject(config, batch);
  std::vector<Check> checks;
  const auto check = [&](const std::string& name, const std::function<Finding()>& work) {
    try {
      const Finding finding = work();
      checks.push_back({name, finding.ok, finding.measured});
    } catch (const std::exception& error) {
      const std::string what = error.what();  // LibTorch appends a stack trace
      checks.push_back({name, false, "threw: " + what.substr(0, what.find('\n'))});
    }
  };
  {
    torch::NoGradGuard no_grad;
    check("embedding lookup", [&] { return check_embedding(s); });
    check("positions", [&] { return check_positions(s); });
    check("Q, K, V projections", [&] { return check_projections(s); });
    check("attention scores", [&] { return check_scores(s); });
    check("causal mask", [&] { return check_mask(s); });
    check("softmax", [&] { return check_softmax(s); });
    check("weighted sum of values", [&] { return check_weighted_sum(s); });
    check("heads split and merged", [&] { return check_heads(s); });
    check("feed-forward", [&] { return check_feed_forward(s); });
    check("residual paths", [&] { return check_residual(s); });
    check("normalisation", [&] { return check_norm(s); });
    check("forward, part by part", [&] { return check_forward(s); });
    check("shape of the logits", [&] { return check_shapes(s); });
    check("no look into the future", [&] { return check_causality(s); });
    check("loss over (B, T, V)", [&] { return check_loss(s); });
    check("loss at the start", [&] { return check_first_loss(config, batch); });
  }
  Optimizers optimizers = s.model->configure_optimizers();
  check("gradients arrive", [&] { return check_gradients(s); });
  check("optimizer groups", [&] { return check_groups(s.model->parameters(), optimizers); });
  check("a step moves the weights", [&] { return check_step(s.model, optimizers); });
  return checks;
}

}  // namespace nanochat
