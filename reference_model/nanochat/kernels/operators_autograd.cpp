// The operators' gradients, and how C++ calls them. Contracts are in the header.

#include <ATen/ATen.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/autograd_not_implemented_fallback.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "nanochat/kernels/operators.h"

namespace nanochat::operators {

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::tensor_list;

// The operator of this name, called as a function of type F.
template <typename F>
auto named(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<F>();
}

}  // namespace

Tensor rms_norm(const Tensor& x, double eps) {
  static const auto op = named<Tensor(const Tensor&, double)>("nanochat::rms_norm");
  return op.call(x, eps);
}
Tensor relu2(const Tensor& x) {
  static const auto op = named<Tensor(const Tensor&)>("nanochat::relu2");
  return op.call(x);
}
Tensor rotary(const Tensor& x, const Tensor& cos, const Tensor& sin) {
  static const auto op =
      named<Tensor(const Tensor&, const Tensor&, const Tensor&)>("nanochat::rotary");
  return op.call(x, cos, sin);
}
Tensor softmax(const Tensor& x) {
  static const auto op = named<Tensor(const Tensor&)>("nanochat::softmax");
  return op.call(x);
}

namespace {

Tensor call_rms_norm_backward(const Tensor& dy, const Tensor& x, double eps) {
  static const auto op =
      named<Tensor(const Tensor&, const Tensor&, double)>("nanochat::rms_norm_backward");
  return op.call(dy, x, eps);
}
Tensor call_relu2_backward(const Tensor& dy, const Tensor& x) {
  static const auto op = named<Tensor(const Tensor&, const Tensor&)>("nanochat::relu2_backward");
  return op.call(dy, x);
}
Tensor call_rotary_backward(const Tensor& dy, const Tensor& cos, const Tensor& sin) {
  static const auto op =
      named<Tensor(const Tensor&, const Tensor&, const Tensor&)>("nanochat::rotary_backward");
  return op.call(dy, cos, sin);
}
Tensor call_softmax_backward(const Tensor& dy, const Tensor& y) {
  static const auto op = named<Tensor(const Tensor&, const Tensor&)>("nanochat::softmax_backward");
  return op.call(dy, y);
}
std::tuple<Tensor, Tensor> call_cross_entropy(const Tensor& logits, const Tensor& targets,
                                              double cap, int64_t ignore_index) {
  static const auto op =
      named<std::tuple<Tensor, Tensor>(const Tensor&, const Tensor&, double, int64_t)>(
          "nanochat::cross_entropy");
  return op.call(logits, targets, cap, ignore_index);
}
Tensor call_cross_entropy_backward(const Tensor& dlosses, const Tensor& logits,
                                   const Tensor& log_sums, const Tensor& targets, double cap,
                                   int64_t ignore_index) {
  static const auto op =
      named<Tensor(const Tensor&, const Tensor&, const Tensor&, const Tensor&, double, int64_t)>(
          "nanochat::cross_entropy_backward");
  return op.call(dlosses, logits, log_sums, targets, cap, ignore_index);
}
Tensor call_embedding_backward(const Tensor& dy, const Tensor& tokens, int64_t V) {
  static const auto op =
      named<Tensor(const Tensor&, const Tensor&, int64_t)>("nanochat::embedding_backward");
  return op.call(dy, tokens, V);
}
std::tuple<Tensor, Tensor> call_attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  static const auto op =
      named<std::tuple<Tensor, Tensor>(const Tensor&, const Tensor&, const Tensor&)>(
          "nanochat::attention");
  return op.call(q, k, v);
}
std::tuple<Tensor, Tensor, Tensor> call_attention_backward(const Tensor& dy, const Tensor& y,
                                                           const Tensor& log_sums, const Tensor& q,
                                                           const Tensor& k, const Tensor& v) {
  static const auto op = named<std::tuple<Tensor, Tensor, Tensor>(
      const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&)>(
      "nanochat::attention_backward");
  return op.call(dy, y, log_sums, q, k, v);
}

// Each function calls its operator once more, below autograd: there it is the kernel.

struct RmsNorm : Function<RmsNorm> {
  static Tensor forward(AutogradContext* context, const Tensor& x, double eps) {
    const at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({x});
    context->saved_data["eps"] = eps;
    return operators::rms_norm(x, eps);
  }
  static tensor_list backward(AutogradContext* context, tensor_list dy) {
    return {call_rms_norm_backward(dy[0], context->get_saved_variables()[0],
                                   context->saved_data["eps"].toDouble()),
            {}};
  }
};

struct Relu2 : Function<Relu2> {
  static Tensor forward(AutogradContext* context, const Tensor& x) {
    const at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({x});
    return operators::relu2(x);
  }
  static tensor_list backward(AutogradContext* context, tensor_list dy) {
    return {call_relu2_backward(dy[0], context->get_saved_variables()[0])};
  }
};

struct Rotary : Function<Rotary> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& cos,
                        const Tensor& sin) {
    const at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({cos, sin});
    return operators::rotary(x, cos, sin);
  }
  static tensor_list backward(AutogradContext* context, tensor_list dy) {
    const tensor_list tables = context->get_saved_variables();
    return {call_rotary_backward(dy[0], tables[0], tables[1]), {}, {}};
  }
};

struct Softmax : Function<Softmax> {
  static Tensor forward(AutogradContext* context, const Tensor& x) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const Tensor y = operators::softmax(x);
    context->save_for_backward({y});
    return y;
  }
  static tensor_list backward(AutogradContext* context, tensor_list dy) {
    return {call_softmax_backward(dy[0], context->get_saved_variables()[0])};
  }
};

struct CrossEntropy : Function<CrossEntropy> {
  static tensor_list forward(AutogradContext* context, const Tensor& logits, const Tensor& targets,
                             double cap, int64_t ignore_index) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [losses, log_sums] = call_cross_entropy(logits, targets, cap, ignore_index);
    context->save_for_backward({logits, log_sums, targets});
    context->saved_data["cap"] = cap;
    context->saved_data["ignore_index"] = ignore_index;
    context->mark_non_differentiable({log_sums});
    return {losses, log_sums};
  }
  static tensor_list backward(AutogradContext* context, tensor_list slopes) {
    const tensor_list saved = context->get_saved_variables();
    return {call_cross_entropy_backward(slopes[0], saved[0], saved[1], saved[2],
                                        context->saved_data["cap"].toDouble(),
                                        context->saved_data["ignore_index"].toInt()),
            {},
            {},
            {}};
  }
};

struct Embedding : Function<Embedding> {
  static Tensor forward(AutogradContext* context, const Tensor& weight, const Tensor& tokens) {
    const at::AutoDispatchBelowADInplaceOrView below;
    context->save_for_backward({tokens});
    context->saved_data["V"] = weight.size(0);
    context->saved_data["dtype"] = static_cast<int64_t>(weight.scalar_type());
    return at::embedding(weight, tokens);
  }
  static tensor_list backward(AutogradContext* context, tensor_list dy) {
    const auto dtype = static_cast<at::ScalarType>(context->saved_data["dtype"].toInt());
    return {call_embedding_backward(dy[0], context->get_saved_variables()[0],
                                    context->saved_data["V"].toInt())
                .to(dtype),
            {}};
  }
};

struct Attention : Function<Attention> {
  static tensor_list forward(AutogradContext* context, const Tensor& q, const Tensor& k,
                             const Tensor& v) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [y, log_sums] = call_attention(q, k, v);
    context->save_for_backward({y, log_sums, q, k, v});
    context->mark_non_differentiable({log_sums});
    return {y, log_sums};
  }
  static tensor_list backward(AutogradContext* context, tensor_list dy) {
    const tensor_list saved = context->get_saved_variables();
    const auto [dq, dk, dv] =
        call_attention_backward(dy[0], saved[0], saved[1], saved[2], saved[3], saved[4]);
    return {dq, dk, dv};
  }
};

}  // namespace

TORCH_LIBRARY_IMPL(nanochat, Autograd, m) {
  m.impl("rms_norm", [](const Tensor& x, double eps) { return RmsNorm::apply(x, eps); });
  m.impl("relu2", [](const Tensor& x) { return Relu2::apply(x); });
  m.impl("rotary", [](const Tensor& x, const Tensor& cos, const Tensor& sin) {
    return Rotary::apply(x, cos, sin);
  });
  m.impl("softmax", [](const Tensor& x) { return Softmax::apply(x); });
  m.impl("cross_entropy",
         [](const Tensor& logits, const Tensor& targets, double cap, int64_t ignore_index) {
           const tensor_list both = CrossEntropy::apply(logits, targets, cap, ignore_index);
           return std::tuple(both[0], both[1]);
         });
  m.impl("attention", [](const Tensor& q, const Tensor& k, const Tensor& v) {
    const tensor_list both = Attention::apply(q, k, v);
    return std::tuple(both[0], both[1]);
  });
  for (const char* backward :
       {"rms_norm_backward", "relu2_backward", "rotary_backward", "softmax_backward",
        "cross_entropy_backward", "embedding_backward", "attention_backward"}) {
    m.impl(backward, torch::autograd::autogradNotImplementedFallback());
  }
}

Tensor cross_entropy(const Tensor& logits, const Tensor& targets, double cap,
                     int64_t ignore_index) {
  return std::get<0>(call_cross_entropy(logits, targets, cap, ignore_index));
}
Tensor embedding(const Tensor& weight, const Tensor& tokens) {
  return Embedding::apply(weight, tokens);
}
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  return std::get<0>(call_attention(q, k, v));
}

void adamw_(const AdamWTensors& tensors, int64_t step, double beta1, double beta2, double eps,
            const Tensor& gradient_scale) {
  static const auto op =
      named<void(at::TensorList, at::TensorList, at::TensorList, at::TensorList,
                 at::ArrayRef<double>, at::ArrayRef<double>, int64_t, double, double, double,
                 const std::optional<Tensor>&)>("nanochat::adamw_");
  if (tensors.values.empty()) return;
  const at::NoGradGuard no_grad;
  op.call(tensors.values, tensors.gradients, tensors.exp_avg, tensors.exp_avg_sq, tensors.lr,
          tensors.weight_decay, step, beta1, beta2, eps,
          gradient_scale.defined() ? std::optional(gradient_scale) : std::nullopt);
}

std::pair<Tensor, Tensor> gradient_norm(const std::vector<Tensor>& gradients, double max_norm) {
  static const auto op =
      named<std::tuple<Tensor, Tensor>(at::TensorList, double)>("nanochat::gradient_norm");
  TORCH_CHECK(!gradients.empty(), "gradient_norm needs a gradient");
  const auto [norm, scale] = op.call(gradients, max_norm);
  return {norm, scale};
}

Tensor sample(const Tensor& logits, const Tensor& uniforms, double temperature) {
  static const auto op = named<Tensor(const Tensor&, const Tensor&, double)>("nanochat::sample");
  return op.call(logits, uniforms, temperature);
}

}  // namespace nanochat::operators
