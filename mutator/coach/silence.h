// silence: when a program that should write a line a step has written none for long.
#pragma once

#include <chrono>

namespace nanobug::coach {

inline constexpr std::chrono::seconds kLongSilence{10};

class Silence {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit Silence(Time begun) : since_(begun) {}

  void heard(Time now) {
    since_ = now;
    told_ = false;
  }
  // True once a silence, when it has become long.
  bool is_to_be_told(Time now) {
    if (told_ || now - since_ < kLongSilence) return false;
    return told_ = true;
  }

 private:
  Time since_;
  bool told_ = false;
};

}  // namespace nanobug::coach
