// What stands between a tensor and a kernel: the pointers that a kernel gets, how it is spread over
// threads, and the error that it may have left. For operators.cpp, which is compiled for a GPU or,
// with NANOCHAT_EMULATOR, for the emulator.

#pragma once

#include <ATen/ATen.h>

#include "kernels.h"
#ifdef NANOCHAT_EMULATOR
#include "emulator.h"
#else
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace nanochat::operators {

#ifdef NANOCHAT_EMULATOR

// LibTorch's streams wait for no other, and neither does the one that the emulator's kernels run on.
inline cudaStream_t current_stream() {
  static const cudaStream_t it = [] {
    cudaStream_t made = nullptr;
    cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking);
    return made;
  }();
  return it;
}

// The emulator's device has memory of its own, in which it sees every access and whether somebody
// wrote there before: what a kernel reads is copied to it, what a kernel writes is copied back.
class Memory {
 public:
  Memory(const at::Tensor& tensor, const char* name, bool is_read, bool is_written)
      : tensor_(tensor), is_written_(is_written) {
    TORCH_CHECK(cudaMalloc(&device_, tensor.nbytes()) == cudaSuccess, "no memory for ", name);
    emulator::name_buffer(device_, name, tensor.element_size());
    if (is_read) {
      cudaMemcpyAsync(device_, tensor.const_data_ptr(), tensor.nbytes(), cudaMemcpyHostToDevice,
                      current_stream());
    }
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() {
    if (is_written_) {
      cudaMemcpyAsync(tensor_.mutable_data_ptr(), device_, tensor_.nbytes(), cudaMemcpyDeviceToHost,
                      current_stream());
    }
    cudaFree(device_);
  }
  void* get() const { return device_; }

 private:
  at::Tensor tensor_;
  bool is_written_;
  void* device_ = nullptr;
};

// Every thread costs as much as a call, and the numbers are few: small blocks, but several of them.
inline int threads_a_block = 64;
inline kernels::Shape shape_on(const at::Tensor&) {
  return {.threads = threads_a_block, .max_blocks = 8, .stream = current_stream()};
}
inline void launched() {
  const cudaError_t error = cudaGetLastError();
  TORCH_CHECK(error == cudaSuccess, "CUDA error: ", cudaGetErrorString(error));
}

#else

class Memory {
 public:
  Memory(const at::Tensor& tensor, const char*, bool, bool) : tensor_(tensor) {}
  void* get() const { return tensor_.data_ptr(); }

 private:
  at::Tensor tensor_;
};

inline int threads_a_block = 256;
inline kernels::Shape shape_on(const at::Tensor& tensor) {
  return {.threads = threads_a_block,
          .stream = c10::cuda::getCurrentCUDAStream(tensor.device().index())};
}
inline void launched() {
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

#endif

// What a kernel gets of a tensor, for as long as the call that it stands in.
template <typename T>
struct Reads : Memory {
  Reads(const at::Tensor& tensor, const char* name) : Memory(tensor, name, true, false) {}
  operator const T*() const { return static_cast<const T*>(get()); }
};
template <typename T>
struct Writes : Memory {
  Writes(const at::Tensor& tensor, const char* name) : Memory(tensor, name, false, true) {}
  operator T*() const { return static_cast<T*>(get()); }
};
template <typename T>
struct Changes : Memory {
  Changes(const at::Tensor& tensor, const char* name) : Memory(tensor, name, true, true) {}
  operator T*() const { return static_cast<T*>(get()); }
};

}  // namespace nanochat::operators
