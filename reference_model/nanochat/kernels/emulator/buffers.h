// The device's buffers and what is known of each of their places, and the host's memory that copies
// may use while the host goes on.
//
// What nobody touches costs nothing, so a buffer may be as large as a GPU's.

#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "machine.h"

namespace emulator {

// What a thread of the launch that runs did to a place.
struct Record {
  uint32_t thread;  // its id and one; 0 is nobody
  uint32_t phase, clock;
  uint32_t site;
};

// What a launch (streams.h) did to a place, and where its program says so.
struct Launched {
  uint32_t operation;  // 0 is none
  uint32_t site;
};

struct Cell {
  uint32_t stamp;
  bool written;
  bool atomically;  // did that launch write by atomics alone?
  Record write;
  Record reads[3];
  Record atomics[2];
  Launched wrote, read;
  Launched wrote_too;    // by atomics, at the same time as `wrote` for all that is known
  Launched read_before;  // the last that read before this launch
};

// Zeros, of which pages that nobody touches cost nothing, however many are asked for.
class Zeros {
 public:
  Zeros() = default;
  Zeros(Zeros&& other) noexcept { *this = std::move(other); }
  Zeros& operator=(Zeros&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Zeros() {
    if (bytes_ >= kMapped) {
      munmap(data_, bytes_);
    } else {
      std::free(data_);
    }
  }
  bool make(size_t bytes) {
    *this = Zeros();
    if (bytes < kMapped) {
      data_ = std::calloc(bytes + 1, 1);
    } else {
      data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (data_ == MAP_FAILED) data_ = nullptr;
    }
    bytes_ = data_ == nullptr ? 0 : bytes;
    return data_ != nullptr;
  }
  void* get() const { return data_; }

 private:
  static constexpr size_t kMapped = size_t{1} << 20;
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

// The cells of a stretch of memory.
class Cells {
 public:
  void make(size_t bytes, int shift) {
    shift_ = shift;
    if (!zeros_.make(((bytes >> shift) + 1) * sizeof(Cell))) {
      std::fputs("emulator: no memory for what is known of a buffer\n", stderr);
      std::abort();
    }
  }
  // Smaller cells, each with what the larger knew.
  void split(size_t bytes, int shift) {
    const Zeros large = std::move(zeros_);
    const Cell* before = static_cast<const Cell*>(large.get());
    const int by = shift_ - shift;
    make(bytes, shift);
    for (size_t i = 0; i <= bytes >> shift; ++i) {
      if (before[i >> by].stamp != 0) (*this)[i] = before[i >> by];
    }
  }
  int shift() const { return shift_; }
  bool made() const { return zeros_.get() != nullptr; }
  Cell& operator[](size_t i) { return static_cast<Cell*>(zeros_.get())[i]; }

 private:
  Zeros zeros_;
  int shift_ = 2;
};

// A copy from or to a stretch of a buffer, or of the host's memory.
struct Copy {
  uint32_t operation;
  size_t begin, end;  // its bytes
  bool writes;        // there

  // Does it matter which is first, it or who reads (or writes) these bytes?
  bool meets(size_t from, size_t to, bool are_written) const {
    return from < end && to > begin && (are_written || writes);
  }
};

struct Buffer {
  char* begin;
  size_t bytes;
  std::string name;
  size_t element = 0;
  Zeros memory;
  Zeros written;  // a byte each
  Cells cells;
  std::vector<uint32_t> launches;  // that touched it, as far as the host does not know their end
  std::vector<Copy> copies;        // the same of copies
  uint32_t launch = 0;             // the one that touches it now
  bool unordered = false;          // some of the others may still run then

  char* written_at(size_t offset) const { return static_cast<char*>(written.get()) + offset; }
};

// Memory of the host that copies read and write while the host goes on.
struct PageLocked {
  size_t bytes = 0;
  Zeros memory;
  std::vector<Copy> copies;  // as far as the host does not know their end; `writes` to this memory
};

// A buffer of this size is not filled when it is made.
constexpr size_t kLarge = size_t{64} << 20;

std::map<const char*, Buffer>& buffers();  // by where they begin
Buffer* find(const char* address);         // null: it is in none

// "x[17] of 64": of a buffer whose element's size is known, else counted in what was accessed.
std::string place(const Buffer& buffer, const char* address, size_t bytes);
// "write of 4 bytes"
std::string in_words(Mode mode, size_t bytes);
// "copy to the device"
std::string device_copy(bool writes);

// The first access of a launch to a buffer.
void begin_buffer(Buffer& buffer);
// This operation and an earlier one meet at a place of a buffer, and no stream orders them.
// `second` is this one's side.
void race_of_launches(const Launched& earlier, const std::string& did, std::string object,
                      uintptr_t site, Access second);

// What the host reads and writes in a kernel's file, outside of kernels.
void host_access(const void* address, size_t bytes, Mode mode, uintptr_t site);

}  // namespace emulator
