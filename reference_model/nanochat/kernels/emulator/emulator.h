// The execution model: runs CUDA kernels on a CPU and finds what goes wrong between their threads.
//
// A kernel is a .cu file that Clang compiled as C++ against cuda_runtime.h here, with every load
// and store reported (the flags are in emulator.cmake). Its blocks run one after another, the
// threads of a block as fibers, in an order that the seed decides. Each access is compared with the
// last ones of the same place: two of them, by threads of which neither is known to come first, at
// least one a write and not both atomic, are a race, whether or not this schedule made it visible.
// What orders threads: a block's barrier, __syncwarp among its lanes, and a fence before an atomic
// with a fence after an atomic of the same place (from there on to all that comes after). Shuffles
// and votes do not, as in CUDA. Launches and copies are ordered by their streams, by events, and by
// the host where it waits.
//
// Use (docs/cuda.md, tools/emulate): launch kernels (launch.cuh) on memory of cudaMalloc;
// take_reports() then has what was found. All of it is for one thread of the operating system. The
// same seed gives the same run and the same reports.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cuda_runtime.h"

namespace emulator {

enum class Kind {
  race,                // two accesses that nothing orders
  out_of_bounds,       // an address in no buffer, or an index beyond its array
  misaligned,          // an address that is no multiple of what its type needs
  unwritten,           // a read of memory that nobody wrote
  barrier_divergence,  // a barrier that not all threads of the block reach
  warp_divergence,     // an operation of a warp that not all lanes of its mask reach
  warp_mask,           // a mask without the caller, or with a lane that is not there
  arithmetic,          // an overflow of a signed index, a shift too far, a division by zero
  launch,              // a grid or a block that no GPU takes
  endless              // more accesses than Options::max_accesses
};
const char* name(Kind kind);

// One side of a report.
struct Access {
  std::string what;  // "write of 4 bytes", "__syncthreads", …
  bool known = false;
  bool by_thread = true;
  std::string launch;  // the kernel of another launch, if it was not by a thread of this one
  uint3 block{}, thread{};
  std::string function, file;  // file without directories
  int line = 0;
};

struct Report {
  Kind kind;
  std::string kernel;  // empty for what the host does
  std::string
      object;  // "tile[3]", "x[17] of 64 floats": what was accessed, where there is something
  std::string message;   // one sentence
  Access first, second;  // second.known is false where there is only one
  uint64_t times = 1;    // how often the same two lines met

  // The whole of it in a few lines.
  std::string text() const;
};

struct Options {
  uint64_t seed =
      0;  // that of the environment's EMULATOR_SEED at first; 0 is threads in their order
  uint64_t max_accesses = 2'000'000'000;  // of one launch
};
Options& options();

// What all launches since the last call found, in the order found; what still waits in a stream is
// run before. What is never taken is printed
// when the program ends, which then ends with exit code 1.
std::vector<Report> take_reports();

// How reports call the buffer that begins here, and the size of its elements.
void name_buffer(const void* buffer, std::string name, size_t element_bytes);

// Accesses to memory seen so far, of all launches.
uint64_t accesses();

// What launch() of launch.cuh ends in: `call(arguments)` runs the kernel for the thread whose turn
// it is. The bytes of the arguments are copied, for that may be later (streams.h).
void launch(cudaStream_t stream, const void* kernel, dim3 grid, dim3 block, size_t shared_bytes,
            void (*call)(const void*), const void* arguments, size_t arguments_bytes);

}  // namespace emulator
