// How much memory the process uses: what its tensors hold, and what the system says.
//
// A tensor lives as long as anything refers to it, and a graph of gradients refers to all that went
// into it. So memory that nobody needs any more shows as a number that should stand still from step
// to step and grows instead. The bytes of tensors are exact, and the same in every run; the
// resident set is what the machine has to find room for; it keeps what a step has freed, for the
// next one.

#pragma once

#include <cstdint>

namespace nanochat {

struct MemoryUse {
  int64_t tensor_bytes;       // in all tensors on the CPU that are alive now, on whatever thread
  int64_t peak_tensor_bytes;  // the most there were at once since the last reset_peak_memory()
  int64_t resident_bytes;     // of the whole process, code and libraries included; 0 if unknown
};

// Counts what LibTorch allocates for tensors, so views and memory that a tensor borrows
// (torch::from_blob) are free. Safe to call from any thread.
MemoryUse memory_use();

// Starts the peak again, from what is alive now.
void reset_peak_memory();

}  // namespace nanochat
