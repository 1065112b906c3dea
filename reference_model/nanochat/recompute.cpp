// Activation checkpointing. The contract is in the header.

#include "nanochat/recompute.h"

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

#include "nanochat/grad_scaler.h"

namespace nanochat {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using BlockFunction = std::function<torch::Tensor(const torch::Tensor&)>;

// The block, and what its first run found beside its input.
struct FirstRun : torch::CustomClassHolder {
  FirstRun(BlockFunction block, torch::Device device)
      : block(std::move(block)),
        random(at::globalContext().defaultGenerator(device).get_state()),
        autocast(at::autocast::is_autocast_enabled(at::kCPU)),
        dtype(at::autocast::get_autocast_dtype(at::kCPU)) {}

  BlockFunction block;
  torch::Tensor random;
  bool autocast;
  torch::ScalarType dtype;
};

struct Recompute : torch::autograd::Function<Recompute> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                               const BlockFunction& block) {
    context->save_for_backward({x});
    context->saved_data["first"] =
        c10::IValue::make_capsule(c10::make_intrusive<FirstRun>(block, x.device()));
    return block(x);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto first =
        c10::static_intrusive_pointer_cast<FirstRun>(context->saved_data["first"].toCapsule());
    const torch::Tensor x = context->get_saved_variables()[0].detach().requires_grad_();
    torch::Tensor y;
    {
      const torch::AutoGradMode recording(true);
      const Autocast precision(first->dtype, first->autocast);
      at::Generator generator = at::globalContext().defaultGenerator(x.device());
      const torch::Tensor now = generator.get_state();
      generator.set_state(first->random);
      y = first->block(x);
      generator.set_state(now);
    }
    torch::autograd::backward({y}, {gradients[0]});
    return {x.grad(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor recompute(const BlockFunction& block, const torch::Tensor& x) {
  if (!torch::GradMode::is_enabled() || !x.requires_grad()) return block(x);
  return Recompute::apply(x, block);
}

}  // namespace nanochat
