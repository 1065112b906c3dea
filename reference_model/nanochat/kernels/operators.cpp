// What each operator is called and takes, and what runs the kernels. Contracts are in the header;
// gradients are in operators_autograd.cpp.

#include "nanochat/kernels/operators.h"

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>
#include <torch/library.h>

#include <array>
#include <memory>
#include <optional>

#include "tensor_memory.h"

namespace nanochat::operators {

namespace {

using at::Tensor;
using at::TensorList;

// As kernels want it: contiguous, and beginning at a multiple of sixteen bytes.
Tensor ready(const Tensor& tensor) {
  const Tensor whole = tensor.contiguous();
  if (whole.is_meta() || reinterpret_cast<uintptr_t>(whole.const_data_ptr()) % 16 == 0)
    return whole;
  return whole.clone();
}

void check_beside(const char* name, const Tensor& x, const char* other_name, const Tensor& other) {
  TORCH_CHECK(x.device() == other.device(), name, ": ", other_name, " is on ", other.device(),
              ", the first tensor on ", x.device());
}

// Another tensor of the same format.
void check_like(const char* name, const Tensor& x, const char* other_name, const Tensor& other) {
  check_beside(name, x, other_name, other);
  TORCH_CHECK(x.scalar_type() == other.scalar_type(), name, ": ", other_name, " is ",
              other.scalar_type(), ", the first tensor ", x.scalar_type());
}

void check_same_shape(const char* name, const Tensor& x, const char* other_name,
                      const Tensor& other) {
  check_like(name, x, other_name, other);
  TORCH_CHECK(x.sizes() == other.sizes(), name, ": ", other_name, " has the shape ", other.sizes(),
              ", the first tensor ", x.sizes());
}

void check_format(const char* name, const Tensor& x) {
  TORCH_CHECK(x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16, name,
              " takes float32 and bfloat16, not ", x.scalar_type());
}

struct Rows {
  int64_t N, C;
};
Rows rows_of(const char* name, const Tensor& x) {
  check_format(name, x);
  TORCH_CHECK(x.dim() >= 1, name, " needs rows, not a single number");
  const int64_t C = x.size(-1);
  return {C == 0 ? 0 : x.numel() / C, C};
}

// Starts `call(T{})` for the format of x, on its device; on the meta device there is nothing to do.
template <typename Call>
void start(const Tensor& x, const Call& call) {
  if (x.is_meta()) return;
  const c10::DeviceGuard guard(x.device());
  if (x.scalar_type() == at::kFloat) {
    call(float{});
  } else {
    call(__nv_bfloat16{});
  }
  launched();
}

// Ids as the kernels count them.
Tensor ids(const char* name, const Tensor& x, const Tensor& tokens, int64_t V) {
  check_beside(name, x, "the ids", tokens);
  TORCH_CHECK(tokens.scalar_type() == at::kLong, name, ": ids are int64, not ",
              tokens.scalar_type());
  TORCH_CHECK(V <= INT32_MAX, name, " takes fewer ids than ", V);
  return ready(tokens.to(at::kInt));
}

Tensor rms_norm_forward(const Tensor& input, double eps) {
  const auto [N, C] = rows_of("rms_norm", input);
  const Tensor x = ready(input);
  const Tensor y = at::empty_like(x);
  start(x, [&, N = N, C = C](auto format) {
    using T = decltype(format);
    kernels::rms_norm_forward<T>(Writes<T>(y, "y"), Reads<T>(x, "x"), N, C, static_cast<float>(eps),
                                 shape_on(x));
  });
  return y;
}

Tensor rms_norm_backward(const Tensor& upstream, const Tensor& input, double eps) {
  const auto [N, C] = rows_of("rms_norm", input);
  check_same_shape("rms_norm", input, "dy", upstream);
  const Tensor x = ready(input), dy = ready(upstream);
  const Tensor dx = at::empty_like(x);
  start(x, [&, N = N, C = C](auto format) {
    using T = decltype(format);
    kernels::rms_norm_backward<T>(Writes<T>(dx, "dx"), Reads<T>(dy, "dy"), Reads<T>(x, "x"), N, C,
                                  static_cast<float>(eps), shape_on(x));
  });
  return dx;
}

Tensor relu2_forward(const Tensor& input) {
  check_format("relu2", input);
  const Tensor x = ready(input);
  const Tensor y = at::empty_like(x);
  start(x, [&](auto format) {
    using T = decltype(format);
    kernels::relu2_forward<T>(Writes<T>(y, "y"), Reads<T>(x, "x"), x.numel(), shape_on(x));
  });
  return y;
}

Tensor relu2_backward(const Tensor& upstream, const Tensor& input) {
  check_format("relu2", input);
  check_same_shape("relu2", input, "dy", upstream);
  const Tensor x = ready(input), dy = ready(upstream);
  const Tensor dx = at::empty_like(x);
  start(x, [&](auto format) {
    using T = decltype(format);
    kernels::relu2_backward<T>(Writes<T>(dx, "dx"), Reads<T>(dy, "dy"), Reads<T>(x, "x"), x.numel(),
                               shape_on(x));
  });
  return dx;
}

// Forward, or backward where x is dy: the rotation the other way.
Tensor rotate(const Tensor& input, const Tensor& cosines, const Tensor& sines, bool is_backward) {
  check_format("rotary", input);
  TORCH_CHECK(input.dim() == 4, "rotary needs x of shape (B, T, H, D), not ", input.sizes());
  const int64_t T = input.size(1), D = input.size(3);
  TORCH_CHECK(D % 2 == 0, "rotary: a head has an even number of channels, not ", D);
  for (const Tensor& table : {cosines, sines}) {
    check_beside("rotary", input, "the table", table);
    TORCH_CHECK(table.numel() == T * (D / 2), "rotary: a table of shape ", table.sizes(),
                " does not fit x of shape ", input.sizes());
  }
  const Tensor x = ready(input);
  const Tensor cos = ready(cosines.to(at::kFloat)), sin = ready(sines.to(at::kFloat));
  const Tensor y = at::empty_like(x);
  start(x, [&](auto format) {
    using F = decltype(format);
    const auto kernel = is_backward ? kernels::rotary_backward<F> : kernels::rotary_forward<F>;
    kernel(Writes<F>(y, "y"), Reads<F>(x, "x"), Reads<float>(cos, "cos"), Reads<float>(sin, "sin"),
           static_cast<int>(x.size(0)), static_cast<int>(T), static_cast<int>(x.size(2)),
           static_cast<int>(D), shape_on(x));
  });
  return y;
}
Tensor rotary_forward(const Tensor& x, const Tensor& cos, const Tensor& sin) {
  return rotate(x, cos, sin, false);
}
Tensor rotary_backward(const Tensor& dy, const Tensor& cos, const Tensor& sin) {
  return rotate(dy, cos, sin, true);
}

Tensor softmax_forward(const Tensor& input) {
  const auto [N, C] = rows_of("softmax", input);
  const Tensor x = ready(input);
  const Tensor y = at::empty_like(x);
  start(x, [&, N = N, C = C](auto format) {
    using T = decltype(format);
    kernels::softmax_forward<T>(Writes<T>(y, "y"), Reads<T>(x, "x"), N, C, shape_on(x));
  });
  return y;
}

Tensor softmax_backward(const Tensor& upstream, const Tensor& output) {
  const auto [N, C] = rows_of("softmax", output);
  check_same_shape("softmax", output, "dy", upstream);
  const Tensor y = ready(output), dy = ready(upstream);
  const Tensor dx = at::empty_like(y);
  start(y, [&, N = N, C = C](auto format) {
    using T = decltype(format);
    kernels::softmax_backward<T>(Writes<T>(dx, "dx"), Reads<T>(dy, "dy"), Reads<T>(y, "y"), N, C,
                                 shape_on(y));
  });
  return dx;
}

// -> losses and log Σ exp z, (N) each, of float32.
std::tuple<Tensor, Tensor> cross_entropy_forward(const Tensor& input, const Tensor& classes,
                                                 double cap, int64_t ignore_index) {
  const auto [N, V] = rows_of("cross_entropy", input);
  TORCH_CHECK(input.sizes().slice(0, input.dim() - 1) == classes.sizes(),
              "cross_entropy: logits of shape ", input.sizes(), " do not fit targets of shape ",
              classes.sizes());
  TORCH_CHECK(cap > 0.0 && cap <= 40.0, "cross_entropy: cap is above 0 and at most 40, not ", cap);
  const Tensor logits = ready(input), targets = ids("cross_entropy", input, classes, V);
  const Tensor losses = at::empty(classes.sizes(), logits.options().dtype(at::kFloat));
  const Tensor log_sums = at::empty_like(losses);
  start(logits, [&, N = N, V = V](auto format) {
    using T = decltype(format);
    kernels::cross_entropy_forward<T>(
        Writes<float>(losses, "losses"), Writes<float>(log_sums, "log_sums"),
        Reads<T>(logits, "logits"), Reads<int>(targets, "targets"), N, V, static_cast<float>(cap),
        static_cast<int>(ignore_index), shape_on(logits));
  });
  return {losses, log_sums};
}

Tensor cross_entropy_backward(const Tensor& slopes, const Tensor& input, const Tensor& log_sums,
                              const Tensor& classes, double cap, int64_t ignore_index) {
  const auto [N, V] = rows_of("cross_entropy", input);
  const Tensor logits = ready(input), targets = ids("cross_entropy", input, classes, V);
  const Tensor upstream = ready(slopes);
  const Tensor dlogits = at::empty_like(logits);
  start(logits, [&, N = N, V = V](auto format) {
    using T = decltype(format);
    kernels::cross_entropy_backward<T>(Writes<T>(dlogits, "dlogits"), Reads<T>(logits, "logits"),
                                       Reads<float>(log_sums, "log_sums"),
                                       Reads<int>(targets, "targets"), N, V,
                                       static_cast<float>(cap), static_cast<int>(ignore_index),
                                       Reads<float>(upstream, "upstream"), shape_on(logits));
  });
  return dlogits;
}

// The gradient of a table of V rows, of float32.
Tensor embedding_backward(const Tensor& upstream, const Tensor& indices, int64_t V) {
  const auto [N, C] = rows_of("embedding", upstream);
  TORCH_CHECK(upstream.sizes().slice(0, upstream.dim() - 1) == indices.sizes(),
              "embedding: a gradient of shape ", upstream.sizes(), " does not fit tokens of shape ",
              indices.sizes());
  const Tensor dy = ready(upstream), tokens = ids("embedding", upstream, indices, V);
  const Tensor dweight = at::zeros({V, C}, dy.options().dtype(at::kFloat));
  start(dy, [&, N = N, C = C](auto format) {
    using T = decltype(format);
    kernels::embedding_backward<T>(Changes<float>(dweight, "dweight"), Reads<T>(dy, "dy"),
                                   Reads<int>(tokens, "tokens"), N, C, V, shape_on(dy));
  });
  return dweight;
}

struct Heads {
  int B, T, H, KV, D;
};
Heads heads_of(const Tensor& q, const Tensor& k, const Tensor& v) {
  check_format("attention", q);
  check_like("attention", q, "k", k);
  check_same_shape("attention", k, "v", v);
  TORCH_CHECK(q.dim() == 4 && k.dim() == 4 && q.size(0) == k.size(0) && q.size(2) == k.size(2) &&
                  q.size(3) == k.size(3),
              "attention needs q (B, H, T, D) and k, v (B, KV, T, D), not ", q.sizes(), " and ",
              k.sizes());
  TORCH_CHECK(k.size(1) >= 1 && q.size(1) % k.size(1) == 0, "attention: ", k.size(1),
              " key and value heads do not divide ", q.size(1), " query heads");
  TORCH_CHECK(q.size(3) >= 1 && q.size(3) <= 128, "attention: a head has 1 to 128 channels, not ",
              q.size(3));
  return {static_cast<int>(q.size(0)), static_cast<int>(q.size(2)), static_cast<int>(q.size(1)),
          static_cast<int>(k.size(1)), static_cast<int>(q.size(3))};
}

// -> y, and log Σ exp of each query's scores, (B, H, T) of float32.
std::tuple<Tensor, Tensor> attention_forward(const Tensor& queries, const Tensor& keys,
                                             const Tensor& values) {
  const Heads of = heads_of(queries, keys, values);
  const Tensor q = ready(queries), k = ready(keys), v = ready(values);
  const Tensor y = at::empty_like(q);
  const Tensor log_sums = at::empty({of.B, of.H, of.T}, q.options().dtype(at::kFloat));
  start(q, [&](auto format) {
    using T = decltype(format);
    kernels::attention_forward<T>(Writes<T>(y, "y"), Writes<float>(log_sums, "log_sums"),
                                  Reads<T>(q, "q"), Reads<T>(k, "k"), Reads<T>(v, "v"), of.B, of.T,
                                  of.H, of.KV, of.D, shape_on(q));
  });
  return {y, log_sums};
}

std::tuple<Tensor, Tensor, Tensor> attention_backward(const Tensor& upstream, const Tensor& output,
                                                      const Tensor& log_sums, const Tensor& queries,
                                                      const Tensor& keys, const Tensor& values) {
  const Heads of = heads_of(queries, keys, values);
  check_same_shape("attention", queries, "dy", upstream);
  const Tensor q = ready(queries), k = ready(keys), v = ready(values);
  const Tensor y = ready(output), dy = ready(upstream);
  const Tensor dq = at::empty_like(q), dk = at::empty_like(k), dv = at::empty_like(v);
  const Tensor products = at::empty_like(log_sums);
  start(q, [&](auto format) {
    using T = decltype(format);
    kernels::attention_backward<T>(Writes<T>(dq, "dq"), Writes<T>(dk, "dk"), Writes<T>(dv, "dv"),
                                   Writes<float>(products, "products"), Reads<T>(dy, "dy"),
                                   Reads<T>(y, "y"), Reads<float>(log_sums, "log_sums"),
                                   Reads<T>(q, "q"), Reads<T>(k, "k"), Reads<T>(v, "v"), of.B, of.T,
                                   of.H, of.KV, of.D, shape_on(q));
  });
  return {dq, dk, dv};
}

// The array of parameters on the device that one launch goes through, and what it points to.
class ParameterList {
 public:
  void add(const Tensor& values, const Tensor& gradient, const Tensor& exp_avg,
           const Tensor& exp_avg_sq, double lr, double weight_decay) {
    for (const Tensor& tensor : {values, gradient, exp_avg, exp_avg_sq}) {
      if (!tensor.defined()) continue;
      TORCH_CHECK(tensor.scalar_type() == at::kFloat && tensor.is_contiguous() &&
                      tensor.sizes() == gradient.sizes(),
                  "a list of parameters has contiguous tensors of float32, of the shapes of their "
                  "gradients");
    }
    held_.push_back({hold(values, "value", true), hold(gradient, "gradient", false),
                     hold(exp_avg, "exp_avg", true), hold(exp_avg_sq, "exp_avg_sq", true)});
    const auto& held = held_.back();
    all_.push_back({pointer(held[0]), pointer(held[1]), pointer(held[2]), pointer(held[3]),
                    gradient.numel(), static_cast<float>(lr), static_cast<float>(weight_decay)});
  }

  int size() const { return static_cast<int>(all_.size()); }

  // As bytes on the device of `like`.
  Tensor array(const Tensor& like) const {
    const auto bytes = static_cast<int64_t>(all_.size() * sizeof(kernels::Parameter));
    const Tensor host = at::from_blob(const_cast<kernels::Parameter*>(all_.data()), {bytes},
                                      at::TensorOptions().dtype(at::kByte));
    return host.to(like.device(), /*non_blocking=*/false, /*copy=*/true);
  }

 private:
  using Held = std::unique_ptr<Memory>;
  static Held hold(const Tensor& tensor, const char* name, bool is_written) {
    return tensor.defined() ? std::make_unique<Memory>(tensor, name, true, is_written) : nullptr;
  }
  static float* pointer(const Held& held) {
    return held ? static_cast<float*>(held->get()) : nullptr;
  }

  std::vector<std::array<Held, 4>> held_;
  std::vector<kernels::Parameter> all_;
};

void adamw(TensorList values, TensorList gradients, TensorList exp_avg, TensorList exp_avg_sq,
           at::ArrayRef<double> lr, at::ArrayRef<double> weight_decay, int64_t step, double beta1,
           double beta2, double eps, const std::optional<Tensor>& gradient_scale) {
  const size_t count = values.size();
  TORCH_CHECK(gradients.size() == count && exp_avg.size() == count && exp_avg_sq.size() == count &&
                  lr.size() == count && weight_decay.size() == count,
              "adamw: the lists have different lengths");
  TORCH_CHECK(step >= 1, "adamw: steps count from one, not from ", step);
  ParameterList list;
  for (size_t i = 0; i < count; ++i) {
    list.add(values[i], gradients[i], exp_avg[i], exp_avg_sq[i], lr[i], weight_decay[i]);
  }
  const Tensor array = list.array(values[0]);
  std::optional<Reads<float>> scale;
  if (gradient_scale) scale.emplace(*gradient_scale, "gradient_scale");
  start(values[0], [&](auto) {
    kernels::adamw(Reads<kernels::Parameter>(array, "parameters"), list.size(),
                   static_cast<int>(step), static_cast<float>(beta1), static_cast<float>(beta2),
                   static_cast<float>(eps), scale ? static_cast<const float*>(*scale) : nullptr,
                   shape_on(values[0]));
  });
}

std::tuple<Tensor, Tensor> norm_of_gradients(TensorList gradients, double max_norm) {
  const Tensor& first = gradients[0];
  const Tensor norm = at::empty({}, first.options()), scale = at::empty({}, first.options());
  ParameterList list;
  for (const Tensor& gradient : gradients) list.add({}, gradient, {}, {}, 0.0, 0.0);
  const Tensor array = list.array(first);
  const Tensor partial = at::empty({1024}, first.options().dtype(at::kDouble));
  const Tensor arrived = at::zeros({1}, first.options().dtype(at::kInt));
  start(first, [&](auto) {
    kernels::gradient_norm(Writes<float>(norm, "norm"), Writes<float>(scale, "scale"),
                           Reads<kernels::Parameter>(array, "parameters"), list.size(),
                           static_cast<float>(max_norm), Writes<double>(partial, "partial"),
                           Changes<unsigned>(arrived, "arrived"), shape_on(first));
  });
  return {norm, scale};
}

Tensor draw(const Tensor& input, const Tensor& numbers, double temperature) {
  const auto [N, V] = rows_of("sample", input);
  check_beside("sample", input, "uniforms", numbers);
  TORCH_CHECK(input.sizes().slice(0, input.dim() - 1) == numbers.sizes(),
              "sample: logits of shape ", input.sizes(), " do not fit uniforms of shape ",
              numbers.sizes());
  const Tensor logits = ready(input), uniforms = ready(numbers.to(at::kFloat));
  const Tensor tokens = at::empty(numbers.sizes(), logits.options().dtype(at::kInt));
  start(logits, [&, N = N, V = V](auto format) {
    using T = decltype(format);
    kernels::sample<T>(Writes<int>(tokens, "tokens"), Reads<T>(logits, "logits"),
                       Reads<float>(uniforms, "uniforms"), N, V, static_cast<float>(temperature),
                       shape_on(logits));
  });
  return tokens.to(at::kLong);
}

void implement(torch::Library& m) {
  m.impl("rms_norm", rms_norm_forward);
  m.impl("rms_norm_backward", rms_norm_backward);
  m.impl("relu2", relu2_forward);
  m.impl("relu2_backward", relu2_backward);
  m.impl("rotary", rotary_forward);
  m.impl("rotary_backward", rotary_backward);
  m.impl("softmax", softmax_forward);
  m.impl("softmax_backward", softmax_backward);
  m.impl("cross_entropy", cross_entropy_forward);
  m.impl("cross_entropy_backward", cross_entropy_backward);
  m.impl("embedding_backward", embedding_backward);
  m.impl("attention", attention_forward);
  m.impl("attention_backward", attention_backward);
  m.impl("sample", draw);
}

}  // namespace

TORCH_LIBRARY(nanochat, m) {
  m.def("rms_norm(Tensor x, float eps) -> Tensor");
  m.def("rms_norm_backward(Tensor dy, Tensor x, float eps) -> Tensor");
  m.def("relu2(Tensor x) -> Tensor");
  m.def("relu2_backward(Tensor dy, Tensor x) -> Tensor");
  m.def("rotary(Tensor x, Tensor cos, Tensor sin) -> Tensor");
  m.def("rotary_backward(Tensor dy, Tensor cos, Tensor sin) -> Tensor");
  m.def("softmax(Tensor x) -> Tensor");
  m.def("softmax_backward(Tensor dy, Tensor y) -> Tensor");
  m.def(
      "cross_entropy(Tensor logits, Tensor targets, float cap, int ignore_index)"
      " -> (Tensor losses, Tensor log_sums)");
  m.def(
      "cross_entropy_backward(Tensor dlosses, Tensor logits, Tensor log_sums, Tensor targets,"
      " float cap, int ignore_index) -> Tensor");
  m.def("embedding_backward(Tensor dy, Tensor tokens, int V) -> Tensor");
  m.def("attention(Tensor q, Tensor k, Tensor v) -> (Tensor y, Tensor log_sums)");
  m.def(
      "attention_backward(Tensor dy, Tensor y, Tensor log_sums, Tensor q, Tensor k, Tensor v)"
      " -> (Tensor dq, Tensor dk, Tensor dv)");
  m.def(
      "adamw_(Tensor(a!)[] values, Tensor[] gradients, Tensor(b!)[] exp_avg,"
      " Tensor(c!)[] exp_avg_sq, float[] lr, float[] weight_decay, int step, float beta1,"
      " float beta2, float eps, Tensor? gradient_scale) -> ()");
  m.def("gradient_norm(Tensor[] gradients, float max_norm) -> (Tensor norm, Tensor scale)");
  m.def("sample(Tensor logits, Tensor uniforms, float temperature) -> Tensor");
}

#ifdef NANOCHAT_EMULATOR
TORCH_LIBRARY_IMPL(nanochat, CPU, m) {
#else
TORCH_LIBRARY_IMPL(nanochat, CUDA, m) {
#endif
  implement(m);
  m.impl("adamw_", adamw);
  m.impl("gradient_norm", norm_of_gradients);
}

TORCH_LIBRARY_IMPL(nanochat, Meta, m) {
  implement(m);
}

torch::Device device() {
#ifdef NANOCHAT_EMULATOR
  return torch::kCPU;
#else
  return torch::kCUDA;
#endif
}

void set_block_size(int64_t threads) {
  TORCH_CHECK(threads >= 32 && threads <= 1024 && threads % 32 == 0,
              "a block of these kernels has a multiple of 32 threads, at most 1024, not ", threads);
  threads_a_block = static_cast<int>(threads);
}

#ifdef NANOCHAT_EMULATOR

namespace {

const char* tool_of(emulator::Kind kind) {
  switch (kind) {
    case emulator::Kind::race:
      return "racecheck";
    case emulator::Kind::unwritten:
      return "initcheck";
    case emulator::Kind::barrier_divergence:
    case emulator::Kind::warp_divergence:
    case emulator::Kind::warp_mask:
    case emulator::Kind::endless:
      return "synccheck";
    default:
      return "memcheck";
  }
}

// Neither a name nor a place of the source.
std::string in_a_line(const emulator::Report& report) {
  std::string words = std::string(emulator::name(report.kind)) + ": " + report.message;
  if (!report.object.empty()) {
    const bool is_shared = report.object.find("shared") != std::string::npos;
    words += is_shared ? ", in shared memory" : ", in global memory";
  }
  for (const emulator::Access* access : {&report.first, &report.second})
    if (access->known) words += "; " + access->what;
  return words + " (" + std::to_string(report.times) + (report.times == 1 ? " time)" : " times)");
}

}  // namespace

std::vector<Finding> take_findings() {
  std::vector<Finding> all;
  for (const emulator::Report& report : emulator::take_reports())
    all.push_back({tool_of(report.kind), in_a_line(report), report.text()});
  return all;
}

void set_schedule(uint64_t seed) {
  emulator::options().seed = seed;
}

#else

std::vector<Finding> take_findings() {
  return {};
}

void set_schedule(uint64_t) {}

#endif

}  // namespace nanochat::operators
