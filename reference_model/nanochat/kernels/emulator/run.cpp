// A launch: its blocks one after another, the threads of each as fibers, in an order that the seed
// decides.

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <utility>

#include "machine.h"
#include "symbols.h"

namespace emulator {

Machine machine;

Options& options() {
  static Options it = [] {
    const char* seed = std::getenv("EMULATOR_SEED");
    return Options{.seed = seed == nullptr ? 0 : std::strtoull(seed, nullptr, 10)};
  }();
  return it;
}

uint64_t accesses() {
  return machine.total_accesses;
}

uint3 thread_index() {
  return machine.current->index;
}
uint3 block_index() {
  return machine.block_index;
}
dim3 block_dim() {
  return machine.block;
}
dim3 grid_dim() {
  return machine.grid;
}

void give_way() {
  Thread* self = machine.current;
  self->fiber.give_way();
}

void make_ready(Thread& thread) {
  thread.state = Thread::State::ready;
  machine.ready.push_back(thread.number);
}

void stop_launch(cudaError_t error) {
  machine.stopped = true;
  machine.error = error;
  give_way();
  std::abort();  // nobody resumes it
}

// How many accesses a thread makes before another has its turn: few or many, by the seed. Seed 0
// never interrupts.
uint32_t draw_until_switch() {
  if (options().seed == 0) return ~uint32_t{0};
  const uint32_t mean = 8u << (2 * (options().seed % 4));
  return 1 + machine.random.below(2 * mean);
}

namespace {

void body(void* argument) {
  Thread& self = *static_cast<Thread*>(argument);
  machine.call(machine.arguments);
  self.state = Thread::State::done;
}

// Enough threads and stacks for a block. Fibers that were left in the middle of a kernel begin
// anew.
void prepare_threads(uint32_t count, bool anew) {
  static char* stacks = nullptr;
  static size_t have = 0;
  if (have < count) {
    void* memory = mmap(nullptr, count * kStackBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      std::fputs("emulator: no memory for the stacks of a block's threads\n", stderr);
      std::abort();
    }
    if (stacks != nullptr) munmap(stacks, have * kStackBytes);
    stacks = static_cast<char*>(memory);
    have = count;
    machine.threads.clear();
    machine.threads.resize(count);
    anew = true;
  }
  if (!anew) return;
  for (size_t i = 0; i < machine.threads.size(); ++i) {
    Thread& thread = machine.threads[i];
    thread.stack = stacks + i * kStackBytes;
    // Tops at different places of a page: else all of them compete for the same lines of the cache.
    thread.fiber.make(thread.stack, kStackBytes - i % 31 * 128, body, &thread);
  }
}

void begin_block(uint32_t number) {
  const dim3& grid = machine.grid;
  const dim3& block = machine.block;
  machine.block_number = number;
  machine.block_index = {number % grid.x, number / grid.x % grid.y, number / grid.x / grid.y};
  machine.first_thread = number * machine.threads_per_block;
  machine.phase = 0;
  machine.orders = false;
  machine.block_knowledge = {};
  machine.block_stamp = ++machine.stamps;
  machine.ready.clear();
  machine.warps.assign((machine.threads_per_block + kWarp - 1) / kWarp, {});
  for (uint32_t i = 0; i < machine.threads_per_block; ++i) {
    Thread& thread = machine.threads[i];
    thread.number = i;
    thread.id = machine.first_thread + i;
    thread.warp = i / kWarp;
    thread.lane = i % kWarp;
    thread.index = {i % block.x, i / block.x % block.y, i / block.x / block.y};
    thread.clock.fill(0);
    thread.clock[thread.lane] = 1;
    thread.order.reset();
    machine.warps[thread.warp].live |= 1u << thread.lane;
    make_ready(thread);
  }
}

void run_block() {
  uint32_t done = 0;
  while (done < machine.threads_per_block && !machine.stopped) {
    if (machine.ready.empty()) {
      report_deadlock();
      machine.stopped = true;
      machine.error = cudaErrorLaunchTimeout;
      return;
    }
    const bool in_order = options().seed == 0;
    const uint32_t pick =
        in_order ? 0 : machine.random.below(static_cast<uint32_t>(machine.ready.size()));
    Thread& thread = machine.threads[machine.ready[pick]];
    if (in_order) {
      machine.ready.pop_front();
    } else {
      machine.ready[pick] = machine.ready.back();
      machine.ready.pop_back();
    }
    machine.current = &thread;
    machine.until_switch = draw_until_switch();
    thread.fiber.resume();
    if (thread.state == Thread::State::done && !machine.stopped) {
      ++done;
      lane_left(thread);
    }
    machine.current = nullptr;
  }
}

bool takes(dim3 grid, dim3 block, size_t shared_bytes, std::string& why) {
  const uint64_t threads = uint64_t{block.x} * block.y * block.z;
  const uint64_t blocks = uint64_t{grid.x} * grid.y * grid.z;
  if (threads == 0 || threads > 1024 || block.z > 64) {
    why = "a block has 1 to 1024 threads, and this one " + std::to_string(threads);
  } else if (blocks == 0 || grid.y > 65535 || grid.z > 65535) {
    why = "a grid has at least one block, and at most 65535 in y and z; this one is " +
          std::to_string(grid.x) + " x " + std::to_string(grid.y) + " x " + std::to_string(grid.z);
  } else if (blocks * threads >= kItsAtomics) {
    why = "the emulator numbers at most 2147483647 threads";
  } else if (shared_bytes > 99 * 1024) {
    why =
        "a block has at most 99 KB of dynamic shared memory on every GPU since sm_86, and this one "
        "asks for " +
        std::to_string(shared_bytes) + " bytes";
  }
  return why.empty();
}

void run_launch(const void* kernel, dim3 grid, dim3 block, size_t shared_bytes,
                void (*call)(const void*), const void* arguments, size_t arguments_bytes) {
  static bool anew = true;
  machine.kernel = kernel;
  machine.grid = grid;
  machine.block = block;
  machine.threads_per_block = block.x * block.y * block.z;
  machine.call = call;
  machine.arguments = static_cast<const char*>(arguments);
  machine.arguments_bytes = arguments_bytes;
  machine.dynamic_bytes = shared_bytes;
  machine.stopped = false;
  machine.accesses = 0;
  machine.random.state = options().seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du;
  prepare_threads(machine.threads_per_block, anew);
  anew = false;
  begin_launch_memory();

  std::vector<uint32_t> blocks(size_t{grid.x} * grid.y * grid.z);
  std::iota(blocks.begin(), blocks.end(), 0);
  if (options().seed != 0) {
    for (size_t i = blocks.size(); i > 1; --i) {
      std::swap(blocks[i - 1], blocks[machine.random.below(static_cast<uint32_t>(i))]);
    }
  }
  for (const uint32_t number : blocks) {
    begin_block(number);
    run_block();
    if (machine.stopped) break;
  }
  machine.current = nullptr;
  anew = machine.stopped;
  machine.total_accesses += machine.accesses;
}

}  // namespace

void launch(cudaStream_t stream, const void* kernel, dim3 grid, dim3 block, size_t shared_bytes,
            void (*call)(const void*), const void* arguments, size_t arguments_bytes) {
  std::string why;
  if (!takes(grid, block, shared_bytes, why)) {
    machine.kernel = kernel;
    report(Kind::launch, "", why, 0, 0, {});
    machine.error = cudaErrorInvalidConfiguration;
    return;
  }
  const std::shared_ptr<char[]> copy(new char[arguments_bytes]);
  std::memcpy(copy.get(), arguments, arguments_bytes);
  enqueue(stream, kernel, [=] {
    run_launch(kernel, grid, block, shared_bytes, call, copy.get(), arguments_bytes);
  });
}

}  // namespace emulator

cudaError_t cudaPeekAtLastError() {
  return emulator::machine.error;
}

cudaError_t cudaGetLastError() {
  return std::exchange(emulator::machine.error, cudaSuccess);
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidConfiguration:
      return "invalid configuration argument";
    case cudaErrorIllegalAddress:
      return "an illegal memory access was encountered";
    case cudaErrorLaunchTimeout:
      return "the launch timed out and was terminated";
    case cudaErrorMisalignedAddress:
      return "misaligned address";
    case cudaErrorLaunchFailure:
      return "unspecified launch failure";
  }
  return "unknown error";
}
