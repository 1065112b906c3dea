// The memory gauge: an allocator that counts, and that keeps what is freed for later. Contracts are
// in the header.

#include "nanochat/memory.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

namespace nanochat {

namespace {

std::atomic<int64_t> live_bytes{0};
std::atomic<int64_t> peak_bytes{0};

void count(int64_t bytes) {
  const int64_t live = live_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  int64_t peak = peak_bytes.load(std::memory_order_relaxed);
  while (live > peak && !peak_bytes.compare_exchange_weak(peak, live, std::memory_order_relaxed)) {
  }
}

// LibTorch aligns what it allocates to 64 bytes, and its kernels count on it.
constexpr size_t kHeader = 64;

// LibTorch's allocator does not tell how large a block is that it takes back. So every block starts
// with its size, in a header as long as the alignment.
class CountingAllocator : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &release, c10::Device(c10::kCPU)};
    char* block = static_cast<char*>(c10::alloc_cpu(kHeader + bytes));
    *reinterpret_cast<int64_t*>(block) = static_cast<int64_t>(bytes);
    count(static_cast<int64_t>(bytes));
    char* data = block + kHeader;
    return {data, data, &release, c10::Device(c10::kCPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void* to, const void* from, size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }

 private:
  static void release(void* data) {
    if (data == nullptr) return;
    char* block = static_cast<char*>(data) - kHeader;
    count(-*reinterpret_cast<const int64_t*>(block));
    c10::free_cpu(block);
  }
};

// A step frees what the next one needs again. If it goes back to the system in between, fresh pages
// have to be filled with zeros every time, which costs a training step a few per cent of its time.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that mallopt takes
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

// Installed when the library is loaded, before there is a tensor; never destroyed, because tensors
// with static lifetime go last.
[[maybe_unused]] const bool installed = [] {
  keep_freed_memory();
  c10::SetCPUAllocator(new CountingAllocator, /*priority=*/0);
  return true;
}();

int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");  // in pages: the whole address space, what is resident
  int64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace

MemoryUse memory_use() {
  return {.tensor_bytes = live_bytes,
          .peak_tensor_bytes = peak_bytes,
          .resident_bytes = resident_bytes()};
}

void reset_peak_memory() {
  peak_bytes = live_bytes.load();
}

}  // namespace nanochat
