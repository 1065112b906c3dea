// The small vectors and the index triples of CUDA, as nvcc knows them without an include.
//
// A float4 is loaded and stored in one piece, as on a GPU: its copies go through a vector of the compiler, which
// Clang's instrumentation sees as one access of sixteen bytes.

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

#define NANOCHAT_VECTOR2(name, scalar)                                                \
  struct alignas(2 * sizeof(scalar)) name {                                           \
    scalar x, y;                                                                      \
  };                                                                                  \
  inline name make_##name(scalar x, scalar y) { return {x, y}; }

#define NANOCHAT_VECTOR4(name, scalar)                                                \
  struct alignas(16) name {                                                           \
    typedef scalar Whole __attribute__((vector_size(16)));                            \
    scalar x, y, z, w;                                                                \
    name() = default;                                                                 \
    constexpr name(scalar x_in, scalar y_in, scalar z_in, scalar w_in)                \
        : x(x_in), y(y_in), z(z_in), w(w_in) {}                                       \
    name(const name& other) { *this = other; }                                        \
    name& operator=(const name& other) {                                              \
      *reinterpret_cast<Whole*>(this) = *reinterpret_cast<const Whole*>(&other);      \
      return *this;                                                                   \
    }                                                                                 \
  };                                                                                  \
  inline name make_##name(scalar x, scalar y, scalar z, scalar w) { return {x, y, z, w}; }

NANOCHAT_VECTOR2(float2, float)
NANOCHAT_VECTOR2(int2, int)
NANOCHAT_VECTOR2(uint2, unsigned int)
NANOCHAT_VECTOR4(float4, float)
NANOCHAT_VECTOR4(int4, int)
NANOCHAT_VECTOR4(uint4, unsigned int)
#undef NANOCHAT_VECTOR2
#undef NANOCHAT_VECTOR4
