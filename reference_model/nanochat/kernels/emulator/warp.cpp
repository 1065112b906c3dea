// Where threads wait for each other: the block's barrier, and the operations of a warp.

#include <bit>

#include "machine.h"
#include "symbols.h"

namespace emulator {

namespace {

Thread* lane_of(uint32_t warp, uint32_t lane) {
  const uint32_t number = warp * kWarp + lane;
  return number < machine.threads_per_block ? &machine.threads[number] : nullptr;
}

// The lanes of a mask that are there and have not ended.
uint32_t live(uint32_t warp, uint32_t mask) {
  return mask & machine.warps[warp].live;
}

std::string lanes(uint32_t mask) {
  std::string text;
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    if (!(mask >> lane & 1)) continue;
    uint32_t last = lane;
    while (last + 1 < kWarp && (mask >> (last + 1) & 1)) ++last;
    if (!text.empty()) text += ", ";
    text += std::to_string(lane) + (last > lane ? "-" + std::to_string(last) : "");
    lane = last;
  }
  return text;
}

void check_mask(const Thread& self) {
  const uint32_t mask = self.operation.mask;
  if (!(mask >> self.lane & 1)) {
    if (reported(Kind::warp_mask, self.site, 1)) return;
    report(Kind::warp_mask, "",
           "the mask does not name the lane that calls, " + std::to_string(self.lane), self.site, 1,
           describe(self, self.site, self.waits_for));
    return;
  }
  const uint32_t absent = mask & ~live(self.warp, mask);
  if (absent == 0 || reported(Kind::warp_mask, self.site, 2)) return;
  report(Kind::warp_mask, "",
         "the mask names lanes that are not there or have ended: " + lanes(absent), self.site, 2,
         describe(self, self.site, self.waits_for));
}

// Lanes that synchronise know of each other's past; what they do next is new to the others.
void join_clocks(uint32_t warp, uint32_t mask) {
  std::array<uint32_t, kWarp> joined{};
  Knowledge knowledge;
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    if (!(mask >> lane & 1)) continue;
    Thread& thread = *lane_of(warp, lane);
    for (uint32_t i = 0; i < kWarp; ++i) joined[i] = std::max(joined[i], thread.clock[i]);
    if (thread.order) knowledge.join(thread.order->knowledge);
  }
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    if (!(mask >> lane & 1)) continue;
    Thread& thread = *lane_of(warp, lane);
    thread.clock = joined;
    ++thread.clock[lane];
    if (knowledge.empty()) continue;
    if (!thread.order) thread.order = std::make_unique<Order>();
    thread.order->knowledge.join(knowledge);
  }
}

uint64_t voted(uint32_t warp, uint32_t taking_part, Vote kind) {
  uint64_t result = 0;
  bool first = true;
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    if (!(taking_part >> lane & 1)) continue;
    const int64_t value = static_cast<int64_t>(lane_of(warp, lane)->operation.value);
    const int64_t before = static_cast<int64_t>(result);
    switch (kind) {
      case Vote::ballot:
        result |= uint64_t{value != 0} << lane;
        break;
      case Vote::any:
        result |= value != 0;
        break;
      case Vote::all:
        result = (first || result != 0) && value != 0;
        break;
      case Vote::sum:
        result = static_cast<uint64_t>(before + value);
        break;
      case Vote::min:
        result = static_cast<uint64_t>(first ? value : std::min(before, value));
        break;
      case Vote::max:
        result = static_cast<uint64_t>(first ? value : std::max(before, value));
        break;
      case Vote::bit_and:
        result = static_cast<uint64_t>(first ? value : before & value);
        break;
      case Vote::bit_or:
        result = static_cast<uint64_t>(before | value);
        break;
      case Vote::bit_xor:
        result = static_cast<uint64_t>(before ^ value);
        break;
    }
    first = false;
  }
  return result;
}

// What a shuffle brings to one lane. A lane that does not take part has nothing to give.
uint64_t shuffled(Thread& self, uint32_t taking_part) {
  const WarpOperation& op = self.operation;
  const int width = op.width, lane = static_cast<int>(self.lane);
  const int begin = lane / width * width, end = begin + width;
  int from = lane;
  switch (static_cast<Shuffle>(op.kind)) {
    case Shuffle::index:
      from = begin + (op.lane & (width - 1));
      break;
    case Shuffle::up:
      from = lane - op.lane < begin ? lane : lane - op.lane;
      break;
    case Shuffle::down:
      from = lane + op.lane >= end ? lane : lane + op.lane;
      break;
    case Shuffle::exclusive_or:
      from = (lane ^ op.lane) >= end ? lane : lane ^ op.lane;
      break;
  }
  if (taking_part >> from & 1)
    return lane_of(self.warp, static_cast<uint32_t>(from))->operation.value;
  if (!reported(Kind::warp_mask, self.site, 3)) {
    report(Kind::warp_mask, "",
           "the value of lane " + std::to_string(from) + " is read, which does not take part",
           self.site, 3, describe(self, self.site, self.waits_for));
  }
  return 0x7fc0dead7fc0deadu;
}

uint64_t matched(const Thread& self, uint32_t taking_part) {
  uint64_t result = 0;
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    if ((taking_part >> lane & 1) &&
        lane_of(self.warp, lane)->operation.value == self.operation.value) {
      result |= uint64_t{1} << lane;
    }
  }
  return result;
}

// Carries the operation out if every live lane of the mask has come.
bool complete(const Thread& one) {
  const WarpOperation op = one.operation;
  const uint32_t taking_part = live(one.warp, op.mask) | 1u << one.lane;
  if (taking_part & ~machine.warps[one.warp].waiting) return false;
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    if (!(taking_part >> lane & 1)) continue;
    if (!lane_of(one.warp, lane)->operation.same_as(op)) return false;
  }
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    if (!(taking_part >> lane & 1)) continue;
    Thread& thread = *lane_of(one.warp, lane);
    switch (op.type) {
      case WarpOperation::Type::sync:
        break;
      case WarpOperation::Type::vote:
        thread.operation.result = voted(one.warp, taking_part, static_cast<Vote>(op.kind));
        break;
      case WarpOperation::Type::shuffle:
        thread.operation.result = shuffled(thread, taking_part);
        break;
      case WarpOperation::Type::match:
        thread.operation.result = matched(thread, taking_part);
        break;
    }
  }
  if (op.type == WarpOperation::Type::sync) join_clocks(one.warp, taking_part);
  machine.warps[one.warp].waiting &= ~taking_part;
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    if (taking_part >> lane & 1) make_ready(*lane_of(one.warp, lane));
  }
  return true;
}

uint64_t meet(WarpOperation operation, const char* name, const void* return_address) {
  Thread& self = *machine.current;
  self.operation = operation;
  self.waits_for = name;
  self.site = site_of(return_address);
  check_mask(self);
  self.state = Thread::State::at_warp;
  machine.warps[self.warp].waiting |= 1u << self.lane;
  complete(self);
  give_way();
  return self.operation.result;
}

void release_barrier() {
  int count = 0;
  for (uint32_t i = 0; i < machine.threads_per_block; ++i) {
    Thread& thread = machine.threads[i];
    if (thread.state == Thread::State::at_barrier) count += thread.predicate;
    if (!machine.orders || !thread.order) continue;
    machine.block_knowledge.join(thread.order->knowledge);
    thread.order->knowledge = {};  // it has it from the block now
  }
  ++machine.phase;
  for (uint32_t i = 0; i < machine.threads_per_block; ++i) {
    Thread& thread = machine.threads[i];
    if (thread.state != Thread::State::at_barrier) continue;
    thread.barrier_result = count;
    make_ready(thread);
  }
}

// The block's threads have all come to the barrier or ended. Did they come to the same one?
void check_barrier(const Thread& one) {
  for (uint32_t i = 0; i < machine.threads_per_block; ++i) {
    const Thread& other = machine.threads[i];
    if (other.state == Thread::State::done) {
      if (reported(Kind::barrier_divergence, one.site, 0)) continue;
      report(Kind::barrier_divergence, "", "not all threads of the block reach this barrier",
             one.site, 0, describe(one, one.site, one.waits_for),
             describe(other, 0, "left the kernel without it"));
    } else if (other.site != one.site) {
      if (reported(Kind::barrier_divergence, one.site, other.site)) continue;
      const Line here = line_before(one.site), there = line_before(other.site);
      if (here.line == there.line && here.file == there.file) continue;  // one line, compiled twice
      report(Kind::barrier_divergence, "", "threads of one block wait at different barriers",
             one.site, other.site, describe(one, one.site, one.waits_for),
             describe(other, other.site, other.waits_for));
    }
  }
}

// Releases the barrier if nobody is left that could still come.
void try_barrier() {
  const Thread* one = nullptr;
  for (uint32_t i = 0; i < machine.threads_per_block; ++i) {
    const Thread& thread = machine.threads[i];
    if (thread.state == Thread::State::ready || thread.state == Thread::State::at_warp) return;
    if (thread.state == Thread::State::at_barrier && one == nullptr) one = &thread;
  }
  if (one == nullptr) return;
  check_barrier(*one);
  release_barrier();
}

}  // namespace

int barrier(bool value, const char* name, const void* site) {
  Thread& self = *machine.current;
  self.state = Thread::State::at_barrier;
  self.predicate = value;
  self.waits_for = name;
  self.site = site_of(site);
  if (machine.ready.empty()) try_barrier();
  give_way();
  return self.barrier_result;
}

void lane_left(Thread& thread) {
  machine.warps[thread.warp].live &= ~(1u << thread.lane);
  for (uint32_t lane = 0; machine.warps[thread.warp].waiting != 0 && lane < kWarp; ++lane) {
    const Thread* other = lane_of(thread.warp, lane);
    if (other == nullptr || other->state != Thread::State::at_warp) continue;
    if (!(other->operation.mask >> thread.lane & 1)) continue;
    check_mask(*other);
    complete(*other);
  }
  if (machine.ready.empty()) try_barrier();
}

void report_deadlock() {
  for (uint32_t i = 0; i < machine.threads_per_block; ++i) {
    const Thread& one = machine.threads[i];
    if (one.state != Thread::State::at_warp) continue;
    for (uint32_t lane = 0; lane < kWarp; ++lane) {
      const Thread* other = lane_of(one.warp, lane);
      if (!(one.operation.mask >> lane & 1) || other == nullptr ||
          other->state == Thread::State::done)
        continue;
      if (other->state == Thread::State::at_warp && other->operation.same_as(one.operation))
        continue;
      if (reported(Kind::warp_divergence, one.site, other->site)) return;
      const bool masks = other->state == Thread::State::at_warp &&
                         other->operation.type == one.operation.type &&
                         other->operation.kind == one.operation.kind;
      report(Kind::warp_divergence, "",
             masks ? "lanes of one warp come to one operation with different masks"
                   : "a lane that the mask names waits elsewhere, and none of them ever goes on",
             one.site, other->site, describe(one, one.site, one.waits_for),
             describe(*other, other->site, other->waits_for));
      return;
    }
  }
}

uint64_t warp_vote(Vote kind, unsigned mask, int64_t value, const void* site) {
  static const char* const names[] = {
      "__ballot_sync",     "__any_sync",        "__all_sync",
      "__reduce_add_sync", "__reduce_min_sync", "__reduce_max_sync",
      "__reduce_and_sync", "__reduce_or_sync",  "__reduce_xor_sync"};
  return meet({.type = WarpOperation::Type::vote,
               .kind = static_cast<int>(kind),
               .mask = mask,
               .value = static_cast<uint64_t>(value)},
              names[static_cast<int>(kind)], site);
}

uint64_t warp_shuffle(Shuffle kind, unsigned mask, uint64_t value, int lane, int width,
                      const void* site) {
  static const char* const names[] = {"__shfl_sync", "__shfl_up_sync", "__shfl_down_sync",
                                      "__shfl_xor_sync"};
  return meet({.type = WarpOperation::Type::shuffle,
               .kind = static_cast<int>(kind),
               .mask = mask,
               .value = value,
               .lane = lane,
               .width = width},
              names[static_cast<int>(kind)], site);
}

uint64_t warp_match(unsigned mask, uint64_t value, const void* site) {
  return meet({.type = WarpOperation::Type::match, .mask = mask, .value = value},
              "__match_any_sync", site);
}

void fence(bool of_the_device) {
  Thread& self = *machine.current;
  machine.orders = true;
  if (!self.order) self.order = std::make_unique<Order>();
  Order& order = *self.order;
  order.knowledge.join(order.pending);
  order.pending = {};
  order.fenced = machine.block_knowledge;
  order.fenced.join(order.knowledge);
  order.of_the_device = of_the_device;
  order.fenced.learn_phase(machine.block_number, machine.phase);
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    const Thread* other = lane_of(self.warp, lane);
    if (other == nullptr || self.clock[lane] == 0) continue;
    order.fenced.learn_thread(other->id, machine.phase, self.clock[lane]);
  }
  ++self.clock[self.lane];
}

}  // namespace emulator

void __syncwarp(unsigned mask) {
  emulator::meet({.type = emulator::WarpOperation::Type::sync, .mask = mask}, "__syncwarp",
                 __builtin_return_address(0));
}

unsigned __activemask() {
  return 1u << emulator::machine.current->lane;  // no two lanes are ever together for certain
}
