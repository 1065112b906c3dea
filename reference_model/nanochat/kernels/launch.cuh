// launch: how this tree starts a kernel, on a GPU and in the emulator.
//
// The sign of CUDA's own launches, <<<…>>>, is no C++; one function instead lets the same file be
// compiled by nvcc, by Clang for the GPU, and as C++ for the emulator.

#pragma once

#include <cuda_runtime.h>

#include <cstddef>

#ifdef NANOCHAT_EMULATOR
#include <tuple>
#include <utility>

#include "emulator.h"
#endif

namespace nanochat::kernels {

// Runs `kernel` on `grid` blocks of `block` threads with `shared_bytes` of dynamic shared memory
// each. The arguments become the types of the kernel's parameters.
template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, size_t shared_bytes,
            cudaStream_t stream, Arguments... arguments) {
#ifndef NANOCHAT_EMULATOR
  if (shared_bytes > 48 * 1024) {  // more has to be asked for
    cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                         cudaFuncAttributeMaxDynamicSharedMemorySize,
                         static_cast<int>(shared_bytes));
  }
  kernel<<<grid, block, shared_bytes, stream>>>(static_cast<Parameters>(arguments)...);
#else
  using Bound = std::pair<void (*)(Parameters...), std::tuple<Parameters...>>;
  const Bound bound{kernel, {static_cast<Parameters>(arguments)...}};
  emulator::launch(
      stream, reinterpret_cast<const void*>(kernel), grid, block, shared_bytes,
      [](const void* it) {
        const Bound& b = *static_cast<const Bound*>(it);
        std::apply(b.first, b.second);
      },
      &bound, sizeof(bound));
#endif
}

}  // namespace nanochat::kernels
