// fault: a library to preload that makes the n-th write-type system call of a process go wrong.
//
//   FAULT_UNDER=DIR   only calls on paths below DIR count (default: all)
//   FAULT_AT=N        the call that is hit, counted from 1
//   FAULT_KIND=kill   SIGKILL before it; torn: SIGKILL after half of a write; an errno's name: it fails with
//   that
//   FAULT_EXCHANGE=…  every exchange of two names fails with that errno, as on a file system without it
//   FAULT_COUNT=FILE  how many there were is written there when the process ends well
//   FAULT_NEW=N       the n-th operator new finds no memory
//   FAULT_LOG=FILE    what changed the disk, or made a change last, is written there: a call and its paths a
//   line, between tabs
//
// Production code has no hooks for its tests this way. The calls are those by which nanobug, libgit2 and the
// C++ library change a file system; on descriptors they count when the descriptor was opened below DIR.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::atomic<long> calls{0};

long wanted() {
  static const long at = std::getenv("FAULT_AT") ? std::atol(std::getenv("FAULT_AT")) : 0;
  return at;
}

const char* kind() {
  static const char* const value = std::getenv("FAULT_KIND") ? std::getenv("FAULT_KIND") : "kill";
  return value;
}

int error_of(const char* name) {
  if (std::strcmp(name, "ENOSPC") == 0) return ENOSPC;
  if (std::strcmp(name, "EACCES") == 0) return EACCES;
  if (std::strcmp(name, "EMFILE") == 0) return EMFILE;
  if (std::strcmp(name, "EINVAL") == 0) return EINVAL;
  if (std::strcmp(name, "ENOSYS") == 0) return ENOSYS;
  return EIO;
}

bool below(const char* path) {
  static const char* const root = std::getenv("FAULT_UNDER");
  return !root || std::strncmp(path, root, std::strlen(root)) == 0;
}

bool below(int fd) {
  char link[32], path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  if (length < 0) return false;
  path[length] = '\0';
  return below(path);
}

bool below_at(int directory, const char* path) {
  return path[0] == '/' || directory == AT_FDCWD ? below(path) : below(directory);
}

// True when this call must fail, with errno set; does not return when it must kill. `torn` is told apart by
// write.
bool hit(bool counts, bool needs_room, bool* torn = nullptr) {
  if (!counts) return false;
  const long number = ++calls;
  if (std::strcmp(kind(), "full") == 0) {
    errno = ENOSPC;
    return needs_room && wanted() > 0 && number >= wanted();
  }
  if (number != wanted()) return false;
  if (std::strcmp(kind(), "kill") == 0) ::kill(::getpid(), SIGKILL);
  if (std::strcmp(kind(), "torn") == 0) {
    if (!torn) ::kill(::getpid(), SIGKILL);
    *torn = true;
    return false;
  }
  errno = error_of(kind());
  return true;
}

void note(const char* call, const char* path, const char* other = "") {
  static const int log = [] {
    const char* file = std::getenv("FAULT_LOG");
    return file ? ::openat(AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }();
  if (log < 0 || !(below(path) || below(other))) return;
  char line[10000];
  std::snprintf(line, sizeof line, "%s\t%s\t%s\n", call, path, other);
  static auto* const write =
      reinterpret_cast<ssize_t (*)(int, const void*, size_t)>(::dlsym(RTLD_NEXT, "write"));
  [[maybe_unused]] const ssize_t written = write(log, line, std::strlen(line));
}

void note(const char* call, int fd) {
  char link[32], path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = '\0';
  note(call, path);
}

// Passes a result on, noted when the call did what it was asked.
template <class... Paths>
int noted(int result, const char* call, Paths... paths) {
  const int reason = errno;
  if (result >= 0) note(call, paths...);
  errno = reason;
  return result;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// Of this process alone: one that it leaves behind would count over it.
struct AtEnd {
  AtEnd() { ::unsetenv("LD_PRELOAD"); }
  ~AtEnd() {
    const char* file = std::getenv("FAULT_COUNT");
    if (!file) return;
    if (std::FILE* out = std::fopen(file, "w")) {
      std::fprintf(out, "%ld", calls.load());
      std::fclose(out);
    }
  }
} at_end;

constexpr int kWriting = O_CREAT | O_WRONLY | O_RDWR | O_TRUNC;

// Opening for reading changes nothing, but running out of descriptors may strike there too.
bool open_counts(int flags) {
  return (flags & kWriting) != 0 || std::strcmp(kind(), "EMFILE") == 0;
}

}  // namespace

#define WRAP(name, parameters, arguments, counts, needs_room, ...)                   \
  extern "C" int name parameters noexcept {                                          \
    static auto* const real = next<int parameters>(#name);                           \
    return hit(counts, needs_room) ? -1 : noted(real arguments, #name, __VA_ARGS__); \
  }
#define WRAP_THROWING(name, parameters, arguments, counts, needs_room)      \
  extern "C" int name parameters {                                          \
    static auto* const real = next<int parameters>(#name);                  \
    return hit(counts, needs_room) ? -1 : noted(real arguments, #name, fd); \
  }

WRAP(rename, (const char* from, const char* to), (from, to), below(from) || below(to), false, from, to)
WRAP(renameat, (int a, const char* from, int b, const char* to), (a, from, b, to), below_at(a, from), false,
     from, to)
extern "C" int renameat2(int a, const char* from, int b, const char* to, unsigned flags) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*, unsigned)>("renameat2");
  if (hit(below_at(a, from), false)) return -1;
  if (const char* without = std::getenv("FAULT_EXCHANGE"); without && (flags & RENAME_EXCHANGE) != 0) {
    errno = error_of(without);
    return -1;
  }
  return noted(real(a, from, b, to, flags), flags & RENAME_EXCHANGE ? "exchange" : "rename", from, to);
}
WRAP(link, (const char* from, const char* to), (from, to), below(to), true, from, to)
WRAP(symlink, (const char* target, const char* path), (target, path), below(path), true, path)
WRAP(unlink, (const char* path), (path), below(path), false, path)
WRAP(unlinkat, (int directory, const char* path, int flags), (directory, path, flags),
     below_at(directory, path), false, path)
WRAP(rmdir, (const char* path), (path), below(path), false, path)
WRAP(remove, (const char* path), (path), below(path), false, path)
WRAP(mkdir, (const char* path, mode_t mode), (path, mode), below(path), true, path)
WRAP(chmod, (const char* path, mode_t mode), (path, mode), below(path), false, path)
WRAP(fchmod, (int fd, mode_t mode), (fd, mode), below(fd), false, fd)
WRAP(ftruncate, (int fd, off_t size), (fd, size), below(fd), true, fd)
WRAP(utimensat, (int directory, const char* path, const timespec times[2], int flags),
     (directory, path, times, flags), below_at(directory, path), false, path)
WRAP_THROWING(fsync, (int fd), (fd), below(fd), false)
WRAP_THROWING(fdatasync, (int fd), (fd), below(fd), false)
WRAP_THROWING(sync_file_range, (int fd, off64_t from, off64_t length, unsigned flags),
              (fd, from, length, flags), below(fd), false)

// open() and its kin take a mode only with O_CREAT.
#define WRAP_OPEN(name)                                                                               \
  extern "C" int name(const char* path, int flags, ...) {                                             \
    static auto* const real = next<int(const char*, int, ...)>(#name);                                \
    va_list rest;                                                                                     \
    va_start(rest, flags);                                                                            \
    const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                     \
    va_end(rest);                                                                                     \
    if (hit(open_counts(flags) && below(path), (flags & O_CREAT) != 0)) return -1;                    \
    return flags & kWriting ? noted(real(path, flags, mode), "open", path) : real(path, flags, mode); \
  }
WRAP_OPEN(open)
WRAP_OPEN(open64)

#define WRAP_MAKE(name, parameters, arguments)                                      \
  extern "C" int name parameters {                                                  \
    static auto* const real = next<int parameters>(#name);                          \
    return hit(below(pattern), true) ? -1 : noted(real arguments, "open", pattern); \
  }
WRAP_MAKE(mkostemp, (char* pattern, int flags), (pattern, flags))
WRAP_MAKE(mkostemp64, (char* pattern, int flags), (pattern, flags))

extern "C" ssize_t write(int fd, const void* bytes, size_t count) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  bool torn = false;
  if (hit(below(fd), true, &torn)) return -1;
  if (!torn) {
    const ssize_t written = real(fd, bytes, count);
    if (written > 0 && below(fd)) note("write", fd);
    return written;
  }
  [[maybe_unused]] const ssize_t half = real(fd, bytes, count / 2);
  ::kill(::getpid(), SIGKILL);
  return -1;
}

extern "C" ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  if (hit(below(fd), true)) return -1;
  const ssize_t written = real(fd, bytes, count, offset);
  if (written > 0 && below(fd)) note("write", fd);
  return written;
}

void* operator new(std::size_t size) {
  static std::atomic<long> made{0};
  static const long at = std::getenv("FAULT_NEW") ? std::atol(std::getenv("FAULT_NEW")) : 0;
  void* const memory = at > 0 && ++made == at ? nullptr : std::malloc(size > 0 ? size : 1);
  if (!memory) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
