// Small kernels in pairs: one that is right and its twin with one thing wrong, so that a checker is measured
// both ways. A line on which the wrong one goes wrong ends in the comment "wrong".
//
// Every kernel is given x, n numbers 0, 1, 2, …, and y, n numbers that nobody wrote.
#pragma once

#include <vector>

#include "launch.cuh"

namespace cases {

typedef void (*Kernel)(int* x, int* y, int n);
typedef void (*Host)(bool wrong, int* x, int* y, int n);

struct Case {
  const char* name;
  const char* kind;  // what the emulator calls the wrong one's fault
  const char* tool;  // of compute-sanitizer, which finds it too; null if none does
  Kernel right, wrong;
  dim3 grid, block;
  int n;
  size_t shared_bytes;
  const char* file;
  Host host = nullptr;  // launches by itself, in place of the two
};

inline std::vector<Case>& all() {
  static std::vector<Case> it;
  return it;
}

struct Add {
  explicit Add(Case it) { all().push_back(it); }
};

}  // namespace cases

// A kernel template `name<bool wrong>` as a pair.
#define PAIR(name, kind, tool, grid, block, n, ...) \
  static const cases::Add add_##name(               \
      {#name, kind, tool, name<false>, name<true>, grid, block, n, __VA_ARGS__ + 0, __FILE__})

// A pair on the host's side: a function `name(wrong, x, y, n)` that launches and waits.
#define HOST_PAIR(name, kind, n) \
  static const cases::Add add_##name({#name, kind, nullptr, nullptr, nullptr, 1, 1, n, 0, __FILE__, name})
