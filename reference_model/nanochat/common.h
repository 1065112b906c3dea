// Small things that several files need: a random generator that is the same everywhere, errors of
// usage, and the UTF-8 check.

#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nanochat {

// The command line makes no sense. Programs exit with 2 on it, and with 1 on any other error.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// SplitMix64 (Steele et al. 2014). The standard library's generators are portable but its
// distributions and its shuffle are not; documents and their order must not depend on the platform.
class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(seed) {}

  uint64_t next();

  // Uniform in [0, n); n must be positive.
  int64_t below(int64_t n);

  // Fisher and Yates.
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<size_t>(below(static_cast<int64_t>(i)))]);
    }
  }

 private:
  uint64_t state_;
};

// Whether `text` is well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace nanochat
