// Memory: which addresses there are, which were written, and who accessed each last.
//
// Every four bytes of a buffer have a cell with the last write, up to three reads and two atomics
// since; one access looks at one cell, however many there were before. A buffer that is accessed in
// smaller pieces gets smaller cells, once. Cells of an earlier launch (or block, in shared memory)
// are known by their stamp and count as empty.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "machine.h"
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

struct Record {
  uint32_t thread;  // its id and one; 0 is nobody
  uint32_t phase, clock;
  uint32_t site;
};

struct Cell {
  uint32_t stamp;
  bool written;
  Record write;
  Record reads[3];
  Record atomics[2];
};

// The cells of a stretch of memory. All zeros is a good beginning, so that untouched pages cost
// nothing.
class Cells {
 public:
  void make(size_t bytes, int shift) {
    std::free(cells_);
    shift_ = shift;
    cells_ = static_cast<Cell*>(std::calloc((bytes >> shift) + 1, sizeof(Cell)));
    if (cells_ == nullptr) {
      std::fputs("emulator: no memory for what is known of a buffer\n", stderr);
      std::abort();
    }
  }
  void drop() {
    std::free(cells_);
    cells_ = nullptr;
  }
  // Smaller cells, each with what the larger knew.
  void split(size_t bytes, int shift) {
    Cell* before = cells_;
    const int by = shift_ - shift;
    cells_ = nullptr;
    make(bytes, shift);
    for (size_t i = 0; i <= bytes >> shift; ++i) cells_[i] = before[i >> by];
    std::free(before);
  }
  int shift() const { return shift_; }
  bool made() const { return cells_ != nullptr; }
  Cell& operator[](size_t i) { return cells_[i]; }

 private:
  Cell* cells_ = nullptr;
  int shift_ = 2;
};

struct Buffer {
  char* begin;
  size_t bytes;
  std::string name;
  size_t element = 0;
  std::vector<char> written;  // a byte each
  Cells cells;
};

constexpr size_t kGap =
    512;  // on both sides of a buffer: what is a little out of bounds is in none

constexpr const char* kDynamic = "emulator_dynamic_shared";

struct Memory {
  std::map<const char*, Buffer> buffers;  // by where they begin
  Buffer* last = nullptr;
  int made = 0;

  Cells shared;
  std::vector<bool> shared_valid;  // bytes of static variables
  char *shared_begin = nullptr, *dynamic = nullptr;
  size_t shared_bytes = 0;

  // What atomics have told: by place and by how far it reaches, a block or (0) the device.
  std::map<std::pair<const void*, uint32_t>, Knowledge> told;
};

Memory& memory() {
  static Memory it;
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

Buffer* find(const char* address) {
  Memory& m = memory();
  if (m.last != nullptr && address >= m.last->begin && address < m.last->begin + m.last->bytes)
    return m.last;
  auto next = m.buffers.upper_bound(address);
  if (next == m.buffers.begin()) return nullptr;
  Buffer& buffer = std::prev(next)->second;
  if (address >= buffer.begin + buffer.bytes) return nullptr;
  return m.last = &buffer;
}

// "x[17] of 64": of a buffer whose element's size is known, else counted in what was accessed.
std::string place(const Buffer& buffer, const char* address, size_t bytes) {
  const size_t element = buffer.element != 0 ? buffer.element : bytes;
  const ptrdiff_t offset = address - buffer.begin;
  const ptrdiff_t size = static_cast<ptrdiff_t>(element);
  const ptrdiff_t index = offset >= 0 ? offset / size : -((size - 1 - offset) / size);
  return buffer.name + "[" + std::to_string(index) + "] of " +
         std::to_string(buffer.bytes / element);
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

std::string in_words(Mode mode, size_t bytes) {
  const char* what = mode == Mode::read ? "read" : mode == Mode::write ? "write" : "atomic";
  return std::string(what) + " of " + std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
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
  Memory& m = memory();
  const Buffer* nearest = nullptr;
  ptrdiff_t distance = ptrdiff_t{1} << 46;
  for (const auto& [begin, buffer] : m.buffers) {
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

void check_cell(Cell& cell, uint32_t stamp, Mode mode, const Record& now, const char* address,
                size_t bytes, const Buffer* buffer) {
  const Thread& self = *machine.current;
  if (cell.stamp != stamp) {
    cell = {};
    cell.stamp = stamp;
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
  if (buffer == nullptr) std::memset(address, 0xff, bytes);
}

// The cells must be no larger than the access, and begin where it does.
void fit_cells(Cells& cells, size_t memory_bytes, size_t offset, size_t bytes) {
  const size_t both = offset | bytes;
  const int fits = both % 4 == 0 ? 2 : both % 2 == 0 ? 1 : 0;
  if (fits < cells.shift()) cells.split(memory_bytes, fits);
}

void in_buffer(Buffer& buffer, char* address, size_t bytes, Mode mode, const Record& now) {
  const size_t offset = static_cast<size_t>(address - buffer.begin);
  if (!buffer.cells.made()) buffer.cells.make(buffer.bytes, 2);
  fit_cells(buffer.cells, buffer.bytes, offset, bytes);
  if (mode != Mode::write && std::memchr(&buffer.written[offset], 0, bytes) != nullptr) {
    unwritten(address, bytes, mode, &buffer, now.site);
  }
  const size_t step = size_t{1} << buffer.cells.shift();
  for (size_t i = 0; i < bytes; i += step) {
    check_cell(buffer.cells[(offset + i) >> buffer.cells.shift()], machine.launch_stamp, mode, now,
               address + i, bytes, &buffer);
  }
  if (mode == Mode::read) return;
  for (size_t i = 0; i < bytes; ++i) buffer.written[offset + i] = true;
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
  if (self == nullptr) return;  // the host's own
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

void name_buffer(const void* buffer, std::string name, size_t element_bytes) {
  const auto found = memory().buffers.find(static_cast<const char*>(buffer));
  if (found == memory().buffers.end()) return;
  found->second.name = std::move(name);
  found->second.element = element_bytes;
}

}  // namespace emulator

cudaError_t cudaMalloc(void** pointer, size_t bytes) {
  using namespace emulator;
  const size_t room = (bytes + 255) / 256 * 256 + 2 * kGap;
  char* begin = static_cast<char*>(std::aligned_alloc(256, room));
  if (begin == nullptr) return cudaErrorMemoryAllocation;
  std::memset(begin, 0xff, room);
  begin += kGap;
  Buffer& buffer = memory().buffers[begin];
  buffer.begin = begin;
  buffer.bytes = bytes;
  buffer.name = "allocation " + std::to_string(++memory().made);
  buffer.written.assign(bytes, false);
  *pointer = begin;
  return cudaSuccess;
}

cudaError_t cudaFree(void* pointer) {
  using namespace emulator;
  if (pointer == nullptr) return cudaSuccess;
  Memory& m = memory();
  const auto found = m.buffers.find(static_cast<char*>(pointer));
  if (found == m.buffers.end()) return cudaErrorInvalidValue;
  if (m.last == &found->second) m.last = nullptr;
  found->second.cells.drop();
  m.buffers.erase(found);
  std::free(static_cast<char*>(pointer) - kGap);
  return cudaSuccess;
}

namespace {

// Is this stretch of the device's memory one buffer's? What is written there counts as written.
bool on_device(const void* pointer, size_t bytes, bool writes) {
  using namespace emulator;
  Buffer* buffer = find(static_cast<const char*>(pointer));
  if (buffer == nullptr) return false;
  const size_t offset = static_cast<size_t>(static_cast<const char*>(pointer) - buffer->begin);
  if (bytes > buffer->bytes - offset) return false;
  for (size_t i = 0; writes && i < bytes; ++i) buffer->written[offset + i] = true;
  return true;
}

}  // namespace

cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
  if (bytes == 0) return cudaSuccess;
  const bool reads_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  const bool writes_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  if (reads_device && !on_device(from, bytes, false)) return cudaErrorInvalidValue;
  if (writes_device && !on_device(to, bytes, true)) return cudaErrorInvalidValue;
  std::memcpy(to, from, bytes);
  return cudaSuccess;
}

cudaError_t cudaMemset(void* to, int value, size_t bytes) {
  if (bytes == 0) return cudaSuccess;
  if (!on_device(to, bytes, true)) return cudaErrorInvalidValue;
  std::memset(to, value, bytes);
  return cudaSuccess;
}
