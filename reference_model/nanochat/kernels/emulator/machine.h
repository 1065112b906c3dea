// The state of a launch: the threads of the block that runs, and where each of them is. Shared by
// the files that schedule (run.cpp), bring warps together (warp.cpp), check memory (memory.cpp) and
// report (report.cpp).

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "emulator.h"
#include "fiber.h"
#include "order.h"
#include "streams.h"

namespace emulator {

constexpr size_t kStackBytes = 64 * 1024;
constexpr uint32_t kWarp = 32;

// What a lane brings to an operation of its warp.
struct WarpOperation {
  enum class Type { sync, vote, shuffle, match } type = Type::sync;
  int kind = 0;  // of Vote or Shuffle
  uint32_t mask = 0;
  uint64_t value = 0;
  int lane = 0, width = 32;  // of a shuffle
  uint64_t result = 0;

  bool same_as(const WarpOperation& other) const {
    return type == other.type && kind == other.kind && mask == other.mask;
  }
};

// What a thread that uses fences knows of others.
struct Order {
  Knowledge knowledge;  // came before what it does now
  Knowledge pending;    // will be known after its next fence
  Knowledge fenced;     // what its next atomic tells
  bool of_the_device = false;
};

struct Thread {
  enum class State { ready, at_barrier, at_warp, done };

  uint32_t id;      // in the launch
  uint32_t number;  // in the block
  uint32_t warp, lane;
  uint3 index;
  State state;
  const char* waits_for = "";  // the operation's name
  uintptr_t site = 0;          // and place, from the program's base
  bool predicate = false;
  int barrier_result = 0;
  WarpOperation operation;
  std::array<uint32_t, kWarp> clock;  // of its warp's lanes, as far as it knows; its own among them
  std::unique_ptr<Order> order;
  char* stack = nullptr;
  Fiber fiber;
};

// A random number generator small enough for a decision at every access.
struct Random {
  uint64_t state = 1;
  uint32_t next() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<uint32_t>(state >> 32);
  }
  uint32_t below(uint32_t n) { return static_cast<uint32_t>((uint64_t{next()} * n) >> 32); }
};

struct Machine {
  dim3 grid, block;
  uint32_t threads_per_block = 0;
  const void* kernel = nullptr;
  void (*call)(const void*) = nullptr;
  const char* arguments = nullptr;
  size_t arguments_bytes = 0;
  size_t dynamic_bytes = 0;
  uint32_t operation = 0;  // of streams.h: the launch, or a copy

  uint3 block_index{};
  uint32_t block_number = 0;
  uint32_t first_thread = 0;  // the id of the block's first
  uint32_t phase = 0;         // barriers that the block has passed
  uint32_t stamps = 0;        // given out so far, none twice
  uint32_t launch_stamp = 0;
  uint32_t block_stamp = 0;

  struct Warp {
    uint32_t live = 0;     // lanes that are there and have not ended
    uint32_t waiting = 0;  // lanes in an operation of the warp
  };
  std::vector<Warp> warps;
  std::vector<Thread> threads;      // of the block
  std::deque<uint32_t> ready;       // numbers of those that can go on
  Thread* current = nullptr;        // null outside of kernels
  bool stopped = false;             // the launch ends here: what comes after would mean nothing
  cudaError_t error = cudaSuccess;  // the runtime's last
  bool orders = false;              // some thread of the block has an Order
  Knowledge block_knowledge;        // what all of the block's threads have had from its barriers

  Random random;
  uint32_t until_switch = 0;
  uint64_t accesses = 0, total_accesses = 0;
};
extern Machine machine;

// Scheduling, called within a kernel.
void give_way();  // to the scheduler; comes back when the thread is chosen again
void make_ready(Thread& thread);
// The current thread never goes on, nor does any other; the runtime's last error is this one.
[[noreturn]] void stop_launch(cudaError_t error);
uint32_t draw_until_switch();

// Warps.
void lane_left(Thread& thread);  // a thread ended: who waited for it?
void report_deadlock();

// Memory.
enum class Mode { read, write, atomic };
void access(const void* address, size_t bytes, Mode mode, uintptr_t site);
void begin_launch_memory();

// Reports. A site is a return address, from the program's base.
Access describe(const Thread& thread, uintptr_t site, std::string what);
Access describe(uint32_t thread_id, uintptr_t site, std::string what);
// Of whichever thread of another launch; of a copy, if there is no kernel.
Access describe_launch(const void* kernel, uintptr_t site, std::string what);
void report(Kind kind, std::string object, std::string message, uintptr_t site1, uintptr_t site2,
            Access first, Access second = {});
// Was this very pair reported already? Then it is counted and nothing need be said.
bool reported(Kind kind, uintptr_t site1, uintptr_t site2);
uintptr_t site_of(const void* return_address);

}  // namespace emulator
