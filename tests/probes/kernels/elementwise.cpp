// relu² and the rotary embedding: value by value against their definitions; a rotation there and back.
#include "harness.h"

namespace probes {
namespace {

using namespace nanochat::kernels;

template <typename T>
void relu2(Verdict& verdict, Shape shape) {
  for (const size_t count : {1, 7, 31, 1000, 4096}) {
    std::vector<T> x = normal<T>(count, 1), dy = normal<T>(count, 2);
    x[count / 2] = rounded<T>(0.0);
    const Device<T> x_device("x", x), dy_device("dy", dy), y("y", count), dx("dx", count);
    relu2_forward(y.get(), x_device.get(), static_cast<int64_t>(count), shape);
    relu2_backward(dx.get(), dy_device.get(), x_device.get(), static_cast<int64_t>(count), shape);
    std::vector<Expected> forward, backward;
    for (size_t i = 0; i < count; ++i) {
      const double positive = std::max(number(x[i]), 0.0);
      forward.push_back({positive * positive, positive * positive, 1.0});
      backward.push_back({2.0 * positive * number(dy[i]), std::abs(2.0 * positive * number(dy[i])), 2.0});
    }
    verdict.compare("y", y.read(), forward);
    verdict.compare("dx", dx.read(), backward);
  }
}

void relu2_unusual(Verdict& verdict, Shape shape) {
  const std::vector<float> x = {NAN, INFINITY, -INFINITY, -0.0f, 1e30f};
  const Device<float> x_device("x", x), y("y", x.size());
  relu2_forward(y.get(), x_device.get(), static_cast<int64_t>(x.size()), shape);
  verdict.compare("y", y.read(), {{NAN}, {INFINITY}, {0.0}, {0.0}, {INFINITY}});
}

struct Sizes {
  int B, T, H, D;
};

template <typename T>
void rotary(Verdict& verdict, Shape shape) {
  for (const Sizes s : {Sizes{1, 1, 1, 2}, Sizes{2, 3, 2, 10}, Sizes{1, 33, 3, 16}, Sizes{2, 5, 1, 64}}) {
    const size_t count = static_cast<size_t>(s.B * s.T * s.H * s.D), half = static_cast<size_t>(s.D / 2);
    std::vector<float> cosines, sines;
    for (int t = 0; t < s.T; ++t) {
      for (size_t i = 0; i < half; ++i) {
        const double angle = t * std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(half));
        cosines.push_back(static_cast<float>(std::cos(angle)));
        sines.push_back(static_cast<float>(std::sin(angle)));
      }
    }
    const std::vector<T> x = normal<T>(count, 3);
    const Device<T> x_device("x", x), y("y", count), back("back", count);
    const Device<float> cos_device("cos", cosines), sin_device("sin", sines);
    rotary_forward(y.get(), x_device.get(), cos_device.get(), sin_device.get(), s.B, s.T, s.H, s.D, shape);
    rotary_backward(back.get(), y.get(), cos_device.get(), sin_device.get(), s.B, s.T, s.H, s.D, shape);

    std::vector<Expected> forward(count), returned(count);
    for (size_t vector = 0; vector < count / (2 * half); ++vector) {
      const size_t t = vector / static_cast<size_t>(s.H) % static_cast<size_t>(s.T);
      for (size_t i = 0; i < half; ++i) {
        const double c = cosines[t * half + i], sn = sines[t * half + i];
        const size_t at = vector * 2 * half + i;
        const double x1 = number(x[at]), x2 = number(x[at + half]);
        const double size = std::abs(x1) + std::abs(x2);
        forward[at] = {x1 * c + x2 * sn, size, 3.0};
        forward[at + half] = {-x1 * sn + x2 * c, size, 3.0};
        // There and back: the rounding of both ways, the first of it turned with its vector.
        const double steps = 8.0 + 3.0 * kUnit<T> / kFloat;
        returned[at] = {x1, size, steps};
        returned[at + half] = {x2, size, steps};
      }
    }
    verdict.compare("y", y.read(), forward);
    verdict.compare("there and back", back.read(), returned);
  }
}

const Register r1("relu2 fp32", relu2<float>), r2("relu2 bf16", relu2<__nv_bfloat16>),
    r3("relu2 NaN and infinities", relu2_unusual), r4("rotary fp32", rotary<float>),
    r5("rotary bf16", rotary<__nv_bfloat16>);

}  // namespace
}  // namespace probes
