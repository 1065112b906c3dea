// The small vectors and the index triples of CUDA, as nvcc knows them without an include.
//
// A float4 or a float2 is loaded and stored in one piece, as on a GPU: its copies go through a
// vector of the compiler, which Clang's instrumentation sees as one access.

#pragma once

#include <cstdint>

struct uint3 {
  unsigned int x, y, z;
};

struct dim3 {
  unsigned int x, y, z;
  constexpr dim3(unsigned int x_in = 1, unsigned int y_in = 1, unsigned int z_in = 1)
      : x(x_in), y(y_in), z(z_in) {}
};

// A name whose copies are one access of `bytes`.
#define NANOCHAT_WHOLE(name, scalar, bytes)                                    \
  typedef scalar Whole __attribute__((vector_size(bytes)));                    \
  name() = default;                                                            \
  name(const name& other) {                                                    \
    *this = other;                                                             \
  }                                                                            \
  name& operator=(const name& other) {                                         \
    *reinterpret_cast<Whole*>(this) = *reinterpret_cast<const Whole*>(&other); \
    return *this;                                                              \
  }

#define NANOCHAT_VECTOR2(name, scalar)                             \
  struct alignas(8) name {                                         \
    scalar x, y;                                                   \
    constexpr name(scalar x_in, scalar y_in) : x(x_in), y(y_in) {} \
    NANOCHAT_WHOLE(name, scalar, 8)                                \
  };                                                               \
  inline name make_##name(scalar x, scalar y) {                    \
    return {x, y};                                                 \
  }

#define NANOCHAT_VECTOR4(name, scalar)                                 \
  struct alignas(16) name {                                            \
    scalar x, y, z, w;                                                 \
    constexpr name(scalar x_in, scalar y_in, scalar z_in, scalar w_in) \
        : x(x_in), y(y_in), z(z_in), w(w_in) {}                        \
    NANOCHAT_WHOLE(name, scalar, 16)                                   \
  };                                                                   \
  inline name make_##name(scalar x, scalar y, scalar z, scalar w) {    \
    return {x, y, z, w};                                               \
  }

NANOCHAT_VECTOR2(float2, float)
NANOCHAT_VECTOR2(int2, int)
NANOCHAT_VECTOR2(uint2, unsigned int)
NANOCHAT_VECTOR4(float4, float)
NANOCHAT_VECTOR4(int4, int)
NANOCHAT_VECTOR4(uint4, unsigned int)
#undef NANOCHAT_VECTOR2
#undef NANOCHAT_VECTOR4
#undef NANOCHAT_WHOLE
