// The device's buffers, as the host makes, fills and reads them.

#include "buffers.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace emulator {
namespace {

// On both sides of a buffer: what is a little out of bounds is in none.
constexpr size_t kGap = 512;

struct Buffers {
  std::map<const char*, Buffer> all;
  Buffer* last = nullptr;  // found
  int made = 0;
  std::map<const char*, PageLocked> of_host;
};

Buffers& it() {
  static Buffers& it = *new Buffers;  // for as long as the program: its end may still use it
  return it;
}

bool has_unordered(const Buffer& buffer) {
  return !std::all_of(buffer.launches.begin(), buffer.launches.end(), came_before) ||
         !std::all_of(buffer.copies.begin(), buffer.copies.end(),
                      [](const Copy& copy) { return came_before(copy.operation); });
}

// Which of these stretches of memory, by where they begin, has the address, and where in it?
template <typename T>
struct Stretch {
  T* memory = nullptr;
  size_t offset = 0;
};
template <typename T>
Stretch<T> stretch_of(std::map<const char*, T>& all, const void* pointer) {
  const char* address = static_cast<const char*>(pointer);
  const auto next = all.upper_bound(address);
  if (next == all.begin()) return {};
  auto& [begin, memory] = *std::prev(next);
  const size_t offset = static_cast<size_t>(address - begin);
  return offset < memory.bytes ? Stretch<T>{&memory, offset} : Stretch<T>{};
}

Stretch<PageLocked> page_locked(const void* pointer) {
  return stretch_of(it().of_host, pointer);
}

}  // namespace

std::map<const char*, Buffer>& buffers() {
  return it().all;
}

Buffer* find(const char* address) {
  Buffers& m = it();
  if (m.last != nullptr && address >= m.last->begin && address < m.last->begin + m.last->bytes)
    return m.last;
  Buffer* found = stretch_of(m.all, address).memory;
  if (found != nullptr) m.last = found;
  return found;
}

std::string place(const Buffer& buffer, const char* address, size_t bytes) {
  const size_t element = buffer.element != 0 ? buffer.element : bytes;
  const ptrdiff_t offset = address - buffer.begin;
  const ptrdiff_t size = static_cast<ptrdiff_t>(element);
  const ptrdiff_t index = offset >= 0 ? offset / size : -((size - 1 - offset) / size);
  return buffer.name + "[" + std::to_string(index) + "] of " +
         std::to_string(buffer.bytes / element);
}

std::string in_words(Mode mode, size_t bytes) {
  const char* what = mode == Mode::read ? "read" : mode == Mode::write ? "write" : "atomic";
  return std::string(what) + " of " + std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

std::string device_copy(bool writes) {
  return writes ? "copy to the device" : "copy from the device";
}

void race_of_launches(const Launched& earlier, const std::string& did, std::string object,
                      uintptr_t site, Access second) {
  report(Kind::race, std::move(object),
         "two launches or copies meet here, and neither their streams nor the host order them",
         earlier.site, site, describe_launch(kernel_of(earlier.operation), earlier.site, did),
         std::move(second));
}

void begin_buffer(Buffer& buffer) {
  // Whoever comes after this launch comes after those before it: they need not be remembered.
  buffer.launch = machine.operation;
  buffer.unordered = has_unordered(buffer);
  std::erase_if(buffer.launches, came_before);
  std::erase_if(buffer.copies, [](const Copy& copy) { return is_past(copy.operation); });
  buffer.launches.push_back(buffer.launch);
}

// The host's own: what it reads and writes while a copy of the same memory goes on.
void host_access(const void* address, size_t bytes, Mode mode, uintptr_t site) {
  if (it().of_host.empty()) return;
  const auto [host, offset] = page_locked(address);
  if (host == nullptr) return;
  std::erase_if(host->copies, [](const Copy& copy) { return host_knows(copy.operation); });
  for (const Copy& copy : host->copies) {
    if (!copy.meets(offset, offset + bytes, mode != Mode::read)) continue;
    if (reported(Kind::race, 0, site)) continue;
    machine.kernel = nullptr;
    report(Kind::race, "", "the host does not wait for the copy", 0, site,
           describe_launch(nullptr, 0, device_copy(!copy.writes)),
           describe_launch(nullptr, site, in_words(mode, bytes) + " by the host"));
  }
}

void name_buffer(const void* buffer, std::string name, size_t element_bytes) {
  const auto found = it().all.find(static_cast<const char*>(buffer));
  if (found == it().all.end()) return;
  found->second.name = std::move(name);
  found->second.element = element_bytes;
}

}  // namespace emulator

cudaError_t cudaMalloc(void** pointer, size_t bytes) {
  using namespace emulator;
  constexpr size_t kAlignment = 256;
  Zeros room, written;
  const size_t all = bytes + 2 * kGap + kAlignment;
  if (all < bytes || !room.make(all) || !written.make(bytes)) return cudaErrorMemoryAllocation;
  const uintptr_t from = reinterpret_cast<uintptr_t>(room.get()) + kGap;
  char* begin =
      static_cast<char*>(room.get()) + kGap + (kAlignment - from % kAlignment) % kAlignment;
  // What nobody wrote is NaN, or −1; in a large buffer it is so from its first read on.
  if (bytes < kLarge) std::memset(begin, 0xff, bytes);
  Buffer& buffer = it().all[begin];
  buffer.begin = begin;
  buffer.bytes = bytes;
  buffer.name = "allocation " + std::to_string(++it().made);
  buffer.memory = std::move(room);
  buffer.written = std::move(written);
  *pointer = begin;
  return cudaSuccess;
}

cudaError_t cudaFree(void* pointer) {
  using namespace emulator;
  if (pointer == nullptr) return cudaSuccess;
  synchronize_all();
  Buffers& m = it();
  const auto found = m.all.find(static_cast<char*>(pointer));
  if (found == m.all.end()) return cudaErrorInvalidValue;
  if (m.last == &found->second) m.last = nullptr;
  m.all.erase(found);
  return cudaSuccess;
}

namespace emulator {
namespace {

// All of it is one buffer's.
bool on_device(const void* pointer, size_t bytes) {
  const auto [buffer, offset] = stretch_of(buffers(), pointer);
  return buffer != nullptr && bytes <= buffer->bytes - offset;
}

// A copy (or a memset) from or to the device's memory, which runs now: does it meet a launch or
// another copy? What is written there counts as written.
void copied(const void* pointer, size_t bytes, bool writes) {
  const auto [buffer, offset] = stretch_of(buffers(), pointer);
  if (writes) std::memset(buffer->written_at(offset), 1, bytes);
  const Copy self{machine.operation, offset, offset + bytes, writes};
  if (has_unordered(*buffer)) {
    machine.kernel = nullptr;
    const uintptr_t site = writes ? 1 : 2;
    const auto meet = [&, buffer = buffer](const Launched& earlier, const std::string& did,
                                           const char* address) {
      if (came_before(earlier.operation) || reported(Kind::race, earlier.site, site)) return;
      race_of_launches(earlier, did, place(*buffer, address, 4), site,
                       describe_launch(nullptr, 0, device_copy(writes)));
    };
    for (const Copy& copy : buffer->copies) {
      if (!copy.meets(self.begin, self.end, writes)) continue;
      meet({copy.operation, 0}, device_copy(copy.writes),
           buffer->begin + std::max(offset, copy.begin));
    }
    const int shift = buffer->cells.shift();
    for (size_t i = offset >> shift; buffer->cells.made() && i <= (offset + bytes - 1) >> shift;
         ++i) {
      const Cell& cell = buffer->cells[i];
      meet(cell.wrote, "write", buffer->begin + (i << shift));
      meet(cell.wrote_too, "write", buffer->begin + (i << shift));
      if (writes) meet(cell.read, "read", buffer->begin + (i << shift));
    }
  }
  std::erase_if(buffer->copies, [&](const Copy& copy) {
    const bool is_covered = copy.begin >= self.begin && copy.end <= self.end &&
                            (self.writes || !copy.writes) && came_before(copy.operation);
    return is_covered || is_past(copy.operation);
  });
  buffer->copies.push_back(self);
}

// Remembers that a copy from or to memory of the host may go on while the host does.
void goes_on(const void* pointer, size_t bytes, bool writes, uint32_t operation) {
  const auto [memory, offset] = page_locked(pointer);
  if (memory != nullptr) memory->copies.push_back({operation, offset, offset + bytes, writes});
}

}  // namespace
}  // namespace emulator

cudaError_t cudaMallocHost(void** pointer, size_t bytes) {
  using namespace emulator;
  PageLocked host;
  host.bytes = bytes;
  if (!host.memory.make(bytes)) return cudaErrorMemoryAllocation;
  *pointer = host.memory.get();
  std::memset(*pointer, 0xff, bytes);
  it().of_host[static_cast<char*>(*pointer)] = std::move(host);
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* pointer) {
  using namespace emulator;
  if (pointer == nullptr) return cudaSuccess;
  synchronize_all();
  return it().of_host.erase(static_cast<char*>(pointer)) == 1 ? cudaSuccess : cudaErrorInvalidValue;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  using namespace emulator;
  if (bytes == 0) return cudaSuccess;
  const bool reads_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  const bool writes_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  if (reads_device && !on_device(from, bytes)) return cudaErrorInvalidValue;
  if (writes_device && !on_device(to, bytes)) return cudaErrorInvalidValue;
  const void* of_host = !reads_device ? from : !writes_device ? to : nullptr;
  const bool host_goes_on = of_host == nullptr || page_locked(of_host).memory != nullptr;
  const auto run = [=] {
    if (reads_device) copied(from, bytes, false);
    if (writes_device) copied(to, bytes, true);
    std::memcpy(to, from, bytes);
  };
  const uint32_t operation = enqueue(stream, nullptr, run, of_host == to && host_goes_on);
  if (of_host != nullptr) goes_on(of_host, bytes, of_host == to, operation);
  if (!host_goes_on) synchronize(stream);
  return cudaSuccess;
}

cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
  const cudaError_t error = cudaMemcpyAsync(to, from, bytes, kind, nullptr);
  if (error == cudaSuccess) emulator::synchronize(nullptr);
  return error;
}

cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t stream) {
  using namespace emulator;
  if (bytes == 0) return cudaSuccess;
  if (!on_device(to, bytes)) return cudaErrorInvalidValue;
  enqueue(stream, nullptr, [=] {
    copied(to, bytes, true);
    std::memset(to, value, bytes);
  });
  return cudaSuccess;
}

cudaError_t cudaMemset(void* to, int value, size_t bytes) {
  return cudaMemsetAsync(to, value, bytes, nullptr);
}
