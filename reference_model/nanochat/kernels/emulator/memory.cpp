// Memory, as threads see it: who accessed a place last, and was it written?
//
// Every four bytes of a buffer have a cell with the last write, up to three reads and two atomics
// since; one access looks at one cell, however many there were before. A buffer that is accessed in
// smaller pieces gets smaller cells, once. Cells of an earlier launch (or block, in shared memory)
// are known by their stamp and count as empty, but for the last launch that wrote there and the
// last that read: where their streams do not order them and this one, they are asked.

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "buffers.h"
#include "symbols.h"

extern "C" {
// Dynamic shared memory, under every name that extern __shared__ may give it.
alignas(1024) constinit thread_local char emulator_dynamic_shared[100 * 1024];
}
EMULATOR_DYNAMIC_SHARED("smem");
EMULATOR_DYNAMIC_SHARED("shared");
EMULATOR_DYNAMIC_SHARED("shmem");
EMULATOR_DYNAMIC_SHARED("sdata");
EMULATOR_DYNAMIC_SHARED("shared_memory");
EMULATOR_DYNAMIC_SHARED("_ZN8nanochat4smemE");
EMULATOR_DYNAMIC_SHARED("_ZN8nanochat7kernels4smemE");

namespace emulator {
namespace {

constexpr const char* kDynamic = "emulator_dynamic_shared";

struct Memory {
  Cells shared;
  std::vector<bool> shared_valid;  // bytes of static variables
  char *shared_begin = nullptr, *dynamic = nullptr;
  size_t shared_bytes = 0;

  // What atomics have told: by place and by how far it reaches, a block or (0) the device.
  std::map<std::pair<const void*, uint32_t>, Knowledge> told;
};

Memory& memory() {
  static Memory& it = *new Memory;  // for as long as the program: its end may still use it
  return it;
}

// The variables of the thread that launches: another one has others.
void find_shared(Memory& m) {
  m.dynamic = emulator_dynamic_shared;
  m.shared_bytes = shared_bytes();
  m.shared_begin = m.dynamic;
  m.shared_valid.assign(m.shared_bytes, false);
  for (const SharedVariable& variable : shared_variables())
    if (variable.name == kDynamic) m.shared_begin = m.dynamic - variable.offset;
  for (const SharedVariable& variable : shared_variables()) {
    if (m.shared_begin + variable.offset == m.dynamic) continue;  // by whichever of its names
    for (size_t i = 0; i < variable.bytes; ++i) m.shared_valid[variable.offset + i] = true;
  }
  m.shared.make(m.shared_bytes, 2);
}

std::string shared_place(const char* address, size_t bytes) {
  const Memory& m = memory();
  const size_t offset = static_cast<size_t>(address - m.shared_begin);
  const SharedVariable* nearest = nullptr;
  for (const SharedVariable& variable : shared_variables()) {
    if (variable.offset <= offset && variable.name != kDynamic) nearest = &variable;
  }
  const bool is_dynamic =
      address >= m.dynamic && address < m.dynamic + sizeof(emulator_dynamic_shared);
  if (is_dynamic || nearest == nullptr) {
    return "dynamic shared memory, element " +
           std::to_string((address - m.dynamic) / static_cast<ptrdiff_t>(bytes)) + " of " +
           std::to_string(machine.dynamic_bytes / bytes);
  }
  if (nearest->bytes <= bytes && offset == nearest->offset) return "shared " + nearest->name;
  return "shared " + nearest->name + "[" + std::to_string((offset - nearest->offset) / bytes) +
         "] of " + std::to_string(nearest->bytes / bytes);
}

void out_of_bounds(const char* address, size_t bytes, Mode mode, uintptr_t site,
                   const std::string& object, const std::string& why) {
  (void)address;
  const Thread& self = *machine.current;
  if (!reported(Kind::out_of_bounds, site, 0)) {
    report(Kind::out_of_bounds, object, why, site, 0, describe(self, site, in_words(mode, bytes)));
  }
  stop_launch(cudaErrorIllegalAddress);
}

// The address is in no buffer: which one was meant?
void wild(const char* address, size_t bytes, Mode mode, uintptr_t site) {
  const Buffer* nearest = nullptr;
  ptrdiff_t distance = ptrdiff_t{1} << 46;
  for (const auto& [begin, buffer] : buffers()) {
    const ptrdiff_t before = begin - address, after = address - (begin + buffer.bytes);
    const ptrdiff_t away = std::max(before, after + 1);
    if (away < distance) {
      distance = away;
      nearest = &buffer;
    }
  }
  if (reinterpret_cast<uintptr_t>(address) < 4096) {
    out_of_bounds(address, bytes, mode, site, "", "a null pointer is followed");
  } else if (nearest == nullptr || distance > 1 << 20) {
    out_of_bounds(address, bytes, mode, site, "", "the address is in no buffer");
  } else {
    out_of_bounds(address, bytes, mode, site, place(*nearest, address, bytes),
                  "the address is outside of its buffer");
  }
}

bool is_block_mate(uint32_t id) {
  return id - machine.first_thread < machine.threads_per_block;
}

// Did what the record says come before all that the current thread does now?
bool ordered(const Record& record, const Thread& self, bool is_atomic = false) {
  const uint32_t id = record.thread - 1;
  if (id == self.id) return true;
  uint32_t block = machine.block_number;
  if (is_block_mate(id)) {
    if (record.phase < machine.phase) return true;
    const uint32_t number = id - machine.first_thread;
    if (number / kWarp == self.warp && self.clock[number % kWarp] >= record.clock) return true;
  } else {
    block = id / machine.threads_per_block;
  }
  if (!machine.orders) return false;
  for (const Knowledge* knowledge :
       {&machine.block_knowledge, self.order ? &self.order->knowledge : nullptr}) {
    if (knowledge == nullptr) continue;
    if (knowledge->covers(block, id, record.phase, record.clock)) return true;
    if (is_atomic && knowledge->covers(block, id | kItsAtomics, record.phase, record.clock))
      return true;
  }
  return false;
}

std::string object_at(const char* address, size_t bytes, const Buffer* buffer) {
  return buffer != nullptr ? place(*buffer, address, bytes) : shared_place(address, bytes);
}

void race(const Record& earlier, Mode was, Mode is, const char* address, size_t bytes,
          const Buffer* buffer, uintptr_t site) {
  if (reported(Kind::race, earlier.site, site)) return;
  const uint32_t id = earlier.thread - 1;
  const bool mates = is_block_mate(id);
  const bool warp_mates = mates && (id - machine.first_thread) / kWarp == machine.current->warp;
  const std::string missing =
      !mates ? "two blocks meet here, and nothing in a launch orders blocks but atomics with fences"
      : warp_mates
          ? "two lanes of one warp meet here with neither __syncthreads nor __syncwarp in between"
          : "two threads of one block meet here with no __syncthreads in between";
  report(Kind::race, object_at(address, bytes, buffer), missing, earlier.site, site,
         describe(id, earlier.site, in_words(was, bytes)),
         describe(*machine.current, site, in_words(is, bytes)));
}

// Keeps the new record among those of its kind. One that came before it says nothing that the new
// one does not; else there is room for one of another warp and for another lane of the same.
void remember(Record* records, int count, const Record& now, const Thread& self) {
  for (int i = 0; i < count; ++i) {
    if (records[i].thread == 0 || ordered(records[i], self)) {
      records[i] = now;
      return;
    }
  }
  const uint32_t my_warp = (now.thread - 1) / kWarp;
  bool one_of_my_warp = false;
  for (int i = 0; i < count; ++i) one_of_my_warp |= (records[i].thread - 1) / kWarp == my_warp;
  if (!one_of_my_warp) records[count - 1] = now;
}

// What other launches and copies did to a place, where this one's stream does not come after them.
void check_launches(const Cell& cell, Mode mode, const Record& now, const char* address,
                    size_t bytes, const Buffer& buffer) {
  const auto meet = [&](const Launched& earlier, const std::string& did) {
    if (came_before(earlier.operation) || reported(Kind::race, earlier.site, now.site)) return;
    race_of_launches(earlier, did, place(buffer, address, bytes), now.site,
                     describe(*machine.current, now.site, in_words(mode, bytes)));
  };
  if (mode != Mode::atomic || !cell.atomically) {
    meet(cell.wrote, "write");
    meet(cell.wrote_too, "write");
  }
  if (mode != Mode::read) meet(cell.read_before, "read");
  const size_t at = static_cast<size_t>(address - buffer.begin);
  for (const Copy& copy : buffer.copies) {
    if (copy.meets(at, at + bytes, mode != Mode::read))
      meet({copy.operation, 0}, device_copy(copy.writes));
  }
}

void remember_launch(Cell& cell, Mode mode, Launched now) {
  if (mode == Mode::read) {
    cell.read = now;
    return;
  }
  const bool is_another = cell.wrote.operation != now.operation;
  const bool atomic_too = cell.atomically && mode == Mode::atomic;
  if (is_another)
    cell.wrote_too = atomic_too && !came_before(cell.wrote.operation) ? cell.wrote : Launched{};
  cell.atomically = mode == Mode::atomic && (is_another || cell.atomically);
  cell.wrote = now;
}

void check_cell(Cell& cell, uint32_t stamp, Mode mode, const Record& now, const char* address,
                size_t bytes, const Buffer* buffer) {
  const Thread& self = *machine.current;
  const bool is_first = cell.stamp != stamp;
  if (is_first) {
    cell.stamp = stamp;
    cell.written = false;
    cell.write = {};
    for (Record& r : cell.reads) r = {};
    for (Record& r : cell.atomics) r = {};
    cell.read_before = cell.read;
  }
  if (buffer != nullptr) {
    if (buffer->unordered && (is_first || mode != Mode::read))
      check_launches(cell, mode, now, address, bytes, *buffer);
    remember_launch(cell, mode, {buffer->launch, now.site});
  }
  if (cell.write.thread != 0 && !ordered(cell.write, self)) {
    race(cell.write, Mode::write, mode, address, bytes, buffer, now.site);
  }
  if (mode != Mode::atomic) {
    for (const Record& r : cell.atomics) {
      if (r.thread != 0 && !ordered(r, self, true))
        race(r, Mode::atomic, mode, address, bytes, buffer, now.site);
    }
  }
  if (mode == Mode::read) {
    remember(cell.reads, 3, now, self);
    return;
  }
  for (const Record& r : cell.reads) {
    if (r.thread != 0 && !ordered(r, self))
      race(r, Mode::read, mode, address, bytes, buffer, now.site);
  }
  if (mode == Mode::atomic) {
    remember(cell.atomics, 2, now, self);
  } else {
    cell.write = now;
    for (Record& r : cell.reads) r = {};
    for (Record& r : cell.atomics) r = {};
  }
  cell.written = true;
}

// Nobody wrote what is about to be read: it is reported, and holds what no kernel expects.
void unwritten(char* address, size_t bytes, Mode mode, const Buffer* buffer, uintptr_t site) {
  if (!reported(Kind::unwritten, site, 0)) {
    report(
        Kind::unwritten, object_at(address, bytes, buffer),
        buffer != nullptr ? "nobody wrote this memory" : "nobody in this block wrote this memory",
        site, 0, describe(*machine.current, site, in_words(mode, bytes)));
  }
  if (buffer == nullptr || buffer->bytes >= kLarge) std::memset(address, 0xff, bytes);
}

// The cells must be no larger than the access, and begin where it does.
void fit_cells(Cells& cells, size_t memory_bytes, size_t offset, size_t bytes) {
  const size_t both = offset | bytes;
  const int fits = both % 4 == 0 ? 2 : both % 2 == 0 ? 1 : 0;
  if (!cells.made()) {
    cells.make(memory_bytes, fits);
  } else if (fits < cells.shift()) {
    cells.split(memory_bytes, fits);
  }
}

void in_buffer(Buffer& buffer, char* address, size_t bytes, Mode mode, const Record& now) {
  const size_t offset = static_cast<size_t>(address - buffer.begin);
  if (buffer.launch != machine.operation) begin_buffer(buffer);
  fit_cells(buffer.cells, buffer.bytes, offset, bytes);
  if (mode != Mode::write && std::memchr(buffer.written_at(offset), 0, bytes) != nullptr) {
    unwritten(address, bytes, mode, &buffer, now.site);
  }
  const size_t step = size_t{1} << buffer.cells.shift();
  for (size_t i = 0; i < bytes; i += step) {
    check_cell(buffer.cells[(offset + i) >> buffer.cells.shift()], machine.launch_stamp, mode, now,
               address + i, bytes, &buffer);
  }
  if (mode != Mode::read) std::memset(buffer.written_at(offset), 1, bytes);
}

void in_shared(char* address, size_t bytes, Mode mode, const Record& now) {
  Memory& m = memory();
  const size_t offset = static_cast<size_t>(address - m.shared_begin);
  const bool valid = address >= m.dynamic && address < m.dynamic + sizeof(emulator_dynamic_shared)
                         ? address + bytes <= m.dynamic + machine.dynamic_bytes
                         : offset + bytes <= m.shared_bytes && m.shared_valid[offset] &&
                               m.shared_valid[offset + bytes - 1];
  if (!valid) {
    out_of_bounds(address, bytes, mode, now.site, shared_place(address, bytes),
                  "the address is outside of the block's shared memory");
  }
  fit_cells(m.shared, m.shared_bytes, offset, bytes);
  const size_t step = size_t{1} << m.shared.shift();
  if (mode != Mode::write) {
    for (size_t i = 0; i < bytes; i += step) {
      const Cell& cell = m.shared[(offset + i) >> m.shared.shift()];
      if (cell.stamp == machine.block_stamp && cell.written) continue;
      unwritten(address, bytes, mode, nullptr, now.site);
      break;
    }
  }
  for (size_t i = 0; i < bytes; i += step) {
    check_cell(m.shared[(offset + i) >> m.shared.shift()], machine.block_stamp, mode, now,
               address + i, bytes, nullptr);
  }
}

// An atomic tells what its thread fenced before, and learns what was told here.
void exchange_knowledge(const void* address, Thread& self) {
  Memory& m = memory();
  const std::pair<const void*, uint32_t> device{address, 0}, block{address, machine.block_stamp};
  if (self.order && !self.order->fenced.empty()) {
    Knowledge& told = m.told[self.order->of_the_device ? device : block];
    told.join(self.order->fenced);
    told.learn_thread(self.id | kItsAtomics, machine.phase, self.clock[self.lane]);
  }
  if (m.told.empty()) return;
  for (const auto& key : {device, block}) {
    const auto told = m.told.find(key);
    if (told == m.told.end()) continue;
    machine.orders = true;
    if (!self.order) self.order = std::make_unique<Order>();
    self.order->pending.join(told->second);
  }
}

}  // namespace

void begin_launch_memory() {
  Memory& m = memory();
  if (m.dynamic != emulator_dynamic_shared) find_shared(m);
  m.told.clear();
  machine.launch_stamp = ++machine.stamps;
}

void access(const void* where, size_t bytes, Mode mode, uintptr_t site) {
  Thread* self = machine.current;
  if (self == nullptr) {
    host_access(where, bytes, mode, site);
    return;
  }
  char* address = static_cast<char*>(const_cast<void*>(where));
  if (static_cast<size_t>(address - self->stack) < kStackBytes) return;  // its own variables
  Memory& m = memory();
  const bool is_shared = static_cast<size_t>(address - m.shared_begin) < m.shared_bytes;
  Buffer* buffer = is_shared ? nullptr : find(address);
  if (!is_shared && buffer == nullptr) {
    const uintptr_t place = reinterpret_cast<uintptr_t>(address);
    if (place >= program_begin() && place < program_end()) return;  // its tables and variables
    if (static_cast<size_t>(address - machine.arguments) < machine.arguments_bytes) return;
  }
  if (++machine.accesses > options().max_accesses) {
    report(Kind::endless, "", "the launch made more accesses than options().max_accesses", site, 0,
           describe(*self, site, in_words(mode, bytes)));
    stop_launch(cudaErrorLaunchTimeout);
  }
  if (--machine.until_switch == 0) {
    machine.until_switch = draw_until_switch();
    make_ready(*self);
    give_way();
    machine.until_switch = draw_until_switch();
  }
  const Record now{self->id + 1, machine.phase, self->clock[self->lane],
                   static_cast<uint32_t>(site)};
  if (is_shared) {
    in_shared(address, bytes, mode, now);
  } else if (buffer == nullptr) {
    wild(address, bytes, mode, site);
  } else if (address + bytes > buffer->begin + buffer->bytes) {
    out_of_bounds(address, bytes, mode, site, place(*buffer, address, bytes),
                  "the access ends outside of its buffer");
  } else {
    in_buffer(*buffer, address, bytes, mode, now);
  }
  if (mode == Mode::atomic) exchange_knowledge(address, *self);
}

void atomic_access(void* address, size_t bytes, const void* site) {
  access(address, bytes, Mode::atomic, site_of(site));
}

}  // namespace emulator
