// AdamW for all parameters in one launch; the CPU reference is nanochat/adamw.cpp.
//
// A step of an optimizer that starts a kernel a tensor spends its time starting kernels. Here the
// grid walks over all parameters, whose descriptions lie on the device, and strides within each.
// Everything is float: parameters, gradients and both means.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

__global__ void adamw_kernel(const Parameter* parameters, int parameter_count, float beta1,
                             float beta2, float eps, float bias_correction1, float bias_correction2,
                             const float* gradient_scale) {
  const int64_t first = blockIdx.x * int64_t{blockDim.x} + threadIdx.x;
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;
  const float scale = gradient_scale == nullptr ? 1.0f : *gradient_scale;

  for (int p = 0; p < parameter_count; ++p) {
    const Parameter parameter = parameters[p];
    const float decay = 1.0f - parameter.lr * parameter.weight_decay;
    const float step_size = parameter.lr / bias_correction1;
    auto update = [&](float& value, float gradient, float& mean, float& mean_square) {
      gradient *= scale;
      mean = beta1 * mean + (1.0f - beta1) * gradient;
      mean_square = beta2 * mean_square + (1.0f - beta2) * gradient * gradient;
      value = value * decay - step_size * mean / (sqrtf(mean_square / bias_correction2) + eps);
    };

    Pack<float> value, gradient, mean, mean_square;
    const int64_t packs = parameter.count / value.kSize;
    for (int64_t i = first; i < packs; i += stride) {
      value.load(parameter.values, i);
      gradient.load(parameter.gradient, i);
      mean.load(parameter.exp_avg, i);
      mean_square.load(parameter.exp_avg_sq, i);
      for (int k = 0; k < value.kSize; ++k) {
        update(value.values[k], gradient.values[k], mean.values[k], mean_square.values[k]);
      }
      value.store(parameter.values, i);
      mean.store(parameter.exp_avg, i);
      mean_square.store(parameter.exp_avg_sq, i);
    }
    for (int64_t i = packs * value.kSize + first; i < parameter.count; i += stride) {
      update(parameter.values[i], parameter.gradient[i], parameter.exp_avg[i],
             parameter.exp_avg_sq[i]);
    }
  }
}

}  // namespace

void adamw(const Parameter* parameters, int parameter_count, int step, float beta1, float beta2,
           float eps, const float* gradient_scale, Shape shape) {
  if (parameter_count == 0) return;
  const double steps = step;
  launch(adamw_kernel, blocks_for(1024, shape), shape.threads, 0, shape.stream, parameters,
         parameter_count, beta1, beta2, eps,
         static_cast<float>(1.0 - pow(static_cast<double>(beta1), steps)),
         static_cast<float>(1.0 - pow(static_cast<double>(beta2), steps)), gradient_scale);
}

}  // namespace nanochat::kernels
