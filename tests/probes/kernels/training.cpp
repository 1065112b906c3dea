// What a training step does beside the model: AdamW, the norm of the gradients, the gradient of the
// embedding.
#include <memory>

#include "harness.h"

namespace probes {
namespace {

using namespace nanochat::kernels;

// Parameters of several sizes on the device, with their host values.
struct Model {
  std::vector<std::vector<float>> values, gradients, means, squares;
  std::vector<std::unique_ptr<Device<float>>> memory;
  std::vector<Parameter> parameters;
  std::unique_ptr<Device<Parameter>> device;

  Model() {
    int seed = 10;
    for (const size_t count : {1, 31, 1300, 64}) {
      values.push_back(normal<float>(count, static_cast<uint64_t>(seed++)));
      gradients.push_back(normal<float>(count, static_cast<uint64_t>(seed++), 0.1));
      means.push_back(normal<float>(count, static_cast<uint64_t>(seed++), 0.1));
      squares.push_back(normal<float>(count, static_cast<uint64_t>(seed++), 0.1));
      for (float& value : squares.back()) value *= value;
      const size_t at = memory.size();
      memory.push_back(std::make_unique<Device<float>>("values", values.back()));
      memory.push_back(std::make_unique<Device<float>>("gradient", gradients.back()));
      memory.push_back(std::make_unique<Device<float>>("exp_avg", means.back()));
      memory.push_back(std::make_unique<Device<float>>("exp_avg_sq", squares.back()));
      parameters.push_back({memory[at]->get(), memory[at + 1]->get(), memory[at + 2]->get(),
                            memory[at + 3]->get(), static_cast<int64_t>(count), 0.02f,
                            at == 4 ? 0.1f : 0.0f});
    }
    device = std::make_unique<Device<Parameter>>("parameters", parameters);
  }
  int count() const { return static_cast<int>(parameters.size()); }
};

// A few blocks are many enough for two thousand values.
Shape few(Shape shape) {
  shape.max_blocks = std::min(shape.max_blocks, 5);
  return shape;
}

void optimizer(Verdict& verdict, Shape shape) {
  shape = few(shape);
  const Model model;
  const float beta1 = 0.8f, beta2 = 0.95f, eps = 1e-10f, clip = 0.5f;
  const int step = 3;
  const Device<float> scale("gradient_scale", std::vector<float>{clip});
  adamw(model.device->get(), model.count(), step, beta1, beta2, eps, scale.get(), shape);
  const double correction1 = 1.0 - std::pow(static_cast<double>(beta1), step);
  const double correction2 = 1.0 - std::pow(static_cast<double>(beta2), step);
  for (int p = 0; p < model.count(); ++p) {
    const Parameter& parameter = model.parameters[p];
    std::vector<Expected> values, means, squares;
    for (int64_t i = 0; i < parameter.count; ++i) {
      const double gradient = static_cast<double>(model.gradients[p][i]) * clip;
      const double mean = static_cast<double>(beta1) * model.means[p][i] + (1.0 - beta1) * gradient;
      const double square =
          static_cast<double>(beta2) * model.squares[p][i] + (1.0 - beta2) * gradient * gradient;
      const double before = model.values[p][i];
      const double decayed = before * (1.0 - static_cast<double>(parameter.lr) * parameter.weight_decay);
      const double move = parameter.lr / correction1 * mean / (std::sqrt(square / correction2) + eps);
      const double mean_size = beta1 * std::abs(model.means[p][i]) + std::abs(gradient);
      means.push_back({mean, mean_size, 4.0});
      squares.push_back({square, square, 6.0});
      values.push_back(
          {decayed - move,
           std::abs(decayed) + std::abs(move) * (1.0 + mean_size / std::max(std::abs(mean), 1e-30)), 12.0});
    }
    verdict.compare("exp_avg", model.memory[4 * p + 2]->read(), means);
    verdict.compare("exp_avg_sq", model.memory[4 * p + 3]->read(), squares);
    verdict.compare("values", model.memory[4 * p]->read(), values);
  }
}

void norm(Verdict& verdict, Shape shape) {
  shape = few(shape);
  const Model model;
  double sum = 0.0;
  for (const auto& gradient : model.gradients) {
    for (const float value : gradient) sum += static_cast<double>(value) * value;
  }
  const Device<float> got("norm", 1), scale("scale", 1);
  const Device<double> partial("partial", 1024);
  const Device<unsigned> arrived("arrived", std::vector<unsigned>{0});
  for (const float max_norm : {1.0f, 1e6f}) {
    gradient_norm(got.get(), scale.get(), model.device->get(), model.count(), max_norm, partial.get(),
                  arrived.get(), shape);
    const double root = std::sqrt(sum);
    verdict.compare("norm", got.read(), {{root, root, 0.0}});
    const double shrink = max_norm / (root + 1e-6);
    verdict.compare("scale", scale.read(), {{std::min(shrink, 1.0), 1.0, 0.0}});
    verdict.expect(arrived.read()[0] == 0, "the counter is not zero afterwards");
  }
}

template <typename T>
void embedding(Verdict& verdict, Shape shape) {
  for (const int64_t C : {1, 33, 64}) {
    const int64_t N = 300, V = 7;
    std::vector<int> tokens;
    for (int64_t n = 0; n < N; ++n) tokens.push_back(static_cast<int>(n * n % 5));  // 5 and 6 never
    const std::vector<T> dy = normal<T>(static_cast<size_t>(N * C), 1);
    const std::vector<float> before = normal<float>(static_cast<size_t>(V * C), 2);
    const Device<T> dy_device("dy", dy);
    const Device<int> tokens_device("tokens", tokens);
    const Device<float> any("any order", before), ordered("in order", before), again("again", before);
    embedding_backward_atomic(any.get(), dy_device.get(), tokens_device.get(), N, C, shape);
    embedding_backward(ordered.get(), dy_device.get(), tokens_device.get(), N, C, V, shape);

    std::vector<Expected> sums;
    std::vector<float> exact = before;  // in the order of the tokens, rounded as the kernel rounds
    for (size_t i = 0; i < before.size(); ++i) sums.push_back({before[i], std::abs(before[i]), 0.0});
    for (int64_t n = 0; n < N; ++n) {
      for (int64_t c = 0; c < C; ++c) {
        Expected& sum = sums[tokens[n] * C + c];
        const double value = number(dy[n * C + c]);
        sum.value += value;
        sum.scale += std::abs(value);
        sum.steps += 1.0;
        exact[tokens[n] * C + c] += static_cast<float>(value);
      }
    }
    verdict.compare("atomic", any.read(), sums);
    verdict.expect(ordered.read() == exact, "the order of the sums is not that of the tokens");
  }
}

// A batch whose gradients are more values than 32 bits can count, of which all tokens but the last are of no
// row: a small part of the memory is used. In one shape of launch, because it takes as long as all the
// others.
void embedding_large(Verdict& verdict, Shape shape) {
  if (shape.threads != 256) return;
  const int64_t N = 16400, C = 131000;
  const size_t count = static_cast<size_t>(N * C);
#ifndef NANOCHAT_EMULATOR
  size_t free = 0, total = 0;
  succeed(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  if (free < count * sizeof(__nv_bfloat16) + (size_t{1} << 28)) return verdict.expect(true, "no room for it");
#endif
  std::vector<int> tokens(static_cast<size_t>(N), -1);
  tokens.back() = 0;
  const std::vector<__nv_bfloat16> last = normal<__nv_bfloat16>(static_cast<size_t>(C), 1);
  Device<__nv_bfloat16> dy("dy", count);
  dy.write(last, count - last.size());
  const Device<int> tokens_device("tokens", tokens);
  const Device<float> dweight("dweight", std::vector<float>(last.size(), 0.0f));
  embedding_backward(dweight.get(), dy.get(), tokens_device.get(), N, C, 1, shape);
  std::vector<Expected> sums;
  for (const double value : numbers(last)) sums.push_back({value, std::abs(value), 0.0});
  verdict.compare("", dweight.read(), sums);
}

const Register r5("embedding of 2^31 values and more, bf16", embedding_large);
const Register r1("adamw", optimizer), r2("gradient_norm", norm), r3("embedding fp32", embedding<float>),
    r4("embedding bf16", embedding<__nv_bfloat16>);

}  // namespace
}  // namespace probes
