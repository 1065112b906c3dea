// preload: the library in front of a program that nanobug holds ready (mutator/base/standby.h).
//
// It stands in for two functions of glibc. __libc_start_main, which a program's first instruction calls with
// its main, when all its libraries are initialised: here it waits for orders, and forks. __cxa_atexit, by
// which libraries ask to be taken apart at the end: what is not the program's own is not, since the process
// ends anyway. Without its sign in the environment it does nothing at all.
//
// In front of standby_host, which is no program, it loads libraries; its forks then load a program as one
// more, and go on at the program's first instruction.
#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "mutator/base/standby_message.h"
#include "mutator/base/supervisor.h"

namespace {

using namespace nanobug;
using Main = int (*)(int, char**, char**);
using AtExit = int (*)(void (*)(void*), void*, void*);

Main g_main = nullptr;
int g_argc = 0;  // of the run that is about to begin
char** g_argv = nullptr;
bool g_is_host = false, g_has_joined = false;
std::vector<const link_map*>* g_of_host = nullptr;  // what it had loaded before any program joined
std::array<char, standby::kLongest> g_message;

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

// Does this object lie below the directory that is the program's own? The program itself does.
bool is_own(const char* name, const char* own) {
  if (name[0] == '\0') return true;
  std::array<char, PATH_MAX> library, root;
  if (!::realpath(name, library.data()) || !::realpath(own, root.data())) return true;
  const std::size_t length = std::strlen(root.data());
  return std::strncmp(library.data(), root.data(), length) == 0 && library[length] == '/';
}

// In a program that has joined, what was there before it.
bool is_of_host(void* handle) {
  dl_find_object found;
  return handle && ::_dl_find_object(handle, &found) == 0 &&
         std::find(g_of_host->begin(), g_of_host->end(), found.dlfo_link_map) != g_of_host->end();
}

// The same, remembered: a library asks many times over.
bool is_foreign(void* handle) {
  if (g_has_joined) return is_of_host(handle);
  static const char* const own = ::getenv(standby::kSign);
  static const bool is_host = ::getenv(standby::kLibraries) != nullptr;
  if (is_host) return true;
  static std::array<std::pair<void*, bool>, 64> known{};
  static std::size_t count = 0;
  if (!own || own[0] == '\0') return false;
  for (std::size_t i = 0; i < count; ++i)
    if (known[i].first == handle) return known[i].second;
  dl_find_object found;
  const bool foreign =
      handle && ::_dl_find_object(handle, &found) == 0 && !is_own(found.dlfo_link_map->l_name, own);
  if (count < known.size()) known[count++] = {handle, foreign};
  return foreign;
}

// Is it what flushes C++'s streams? Since GCC 13 it is asked for by their own library alone, which nobody
// finds by name before it is initialised; so the function is asked who it is.
bool flushes_streams(void (*function)(void*)) {
  void* const address = reinterpret_cast<void*>(function);
  dl_find_object found;
  Dl_info info;
  return ::_dl_find_object(address, &found) == 0 && std::strstr(found.dlfo_link_map->l_name, "/libstdc++.") &&
         ::dladdr(address, &info) != 0 && info.dli_sname &&
         std::strncmp(info.dli_sname, "_ZNSt8ios_base4InitD", 20) == 0;
}

// The descriptors that the program's libraries have opened by now.
std::vector<int> open_descriptors() {
  std::vector<int> all;
  DIR* const directory = ::opendir("/proc/self/fd");
  if (!directory) return all;
  while (const dirent* entry = ::readdir(directory))
    if (const int fd = std::atoi(entry->d_name); fd > standby::kSocket && fd != ::dirfd(directory))
      all.push_back(fd);
  ::closedir(directory);
  return all;
}

// ---- a program that joins

[[noreturn]] void give_up(const char* program, const char* why) {
  const iovec words[] = {{const_cast<char*>(program), std::strlen(program)},
                         {const_cast<char*>(": error while loading shared libraries: "), 40},
                         {const_cast<char*>(why), std::strlen(why)},
                         {const_cast<char*>("\n"), 1}};
  (void)!::writev(STDERR_FILENO, words, std::size(words));
  ::_exit(127);  // as the loader does
}

// Calls `act` with each of the paths, a line each.
template <class Act>
void for_each_line(const char* lines, Act act) {
  for (const char* end; lines && (end = std::strchr(lines, '\n')); lines = end + 1) {
    std::array<char, PATH_MAX> path{};
    if (static_cast<std::size_t>(end - lines) < path.size()) {
      std::memcpy(path.data(), lines, static_cast<std::size_t>(end - lines));
      act(path.data());
    }
  }
}

// The loader refuses a file that says it is a program (DF_1_PIE), so it gets a copy that does not.
// -> a descriptor, or -1.
int as_library(const char* program) {
  const int in = ::open(program, O_RDONLY | O_CLOEXEC), copy = ::memfd_create("program", MFD_CLOEXEC);
  struct stat status{};
  if (in < 0 || copy < 0 || ::fstat(in, &status) != 0) return -1;
  for (off_t left = status.st_size; left > 0;) {
    const ssize_t n = ::sendfile(copy, in, nullptr, static_cast<std::size_t>(left));
    if (n <= 0) return -1;
    left -= n;
  }
  ::close(in);
  Elf64_Ehdr head;
  if (::pread(copy, &head, sizeof head, 0) != sizeof head) return -1;
  for (int i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr segment;
    const auto at = static_cast<off_t>(head.e_phoff + static_cast<std::size_t>(i) * sizeof segment);
    if (::pread(copy, &segment, sizeof segment, at) != sizeof segment) return -1;
    if (segment.p_type != PT_DYNAMIC) continue;
    for (std::size_t entry = 0; entry < segment.p_filesz / sizeof(Elf64_Dyn); ++entry) {
      Elf64_Dyn dynamic;
      const auto place = static_cast<off_t>(segment.p_offset + entry * sizeof dynamic);
      if (::pread(copy, &dynamic, sizeof dynamic, place) != sizeof dynamic) return -1;
      if (dynamic.d_tag != DT_FLAGS_1) continue;
      dynamic.d_un.d_val &= ~static_cast<Elf64_Xword>(DF_1_PIE);
      if (::pwrite(copy, &dynamic, sizeof dynamic, place) != sizeof dynamic) return -1;
    }
  }
  return copy;
}

// Its first instruction calls __libc_start_main, below, which knows better than it what its arguments are.
[[noreturn]] void join(const Orders& orders) {
  const char* const program = orders.argv[0];
  for_each_line(::getenv(standby::kLibraries), [&](const char* library) {
    if (!::dlopen(library, RTLD_LAZY | RTLD_GLOBAL)) give_up(program, ::dlerror());
  });
  ::unsetenv(standby::kLibraries);
  const int copy = as_library(program);
  if (copy < 0) give_up(program, "it cannot be read");
  std::array<char, 32> path;
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", copy);
  void* const handle = ::dlopen(path.data(), RTLD_LAZY | RTLD_GLOBAL);
  if (!handle) give_up(program, ::dlerror());
  ::close(copy);
  link_map* map = nullptr;
  Elf64_Ehdr head;
  dl_find_object found;
  if (::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || ::_dl_find_object(map->l_ld, &found) != 0)
    give_up(program, "it is not where it was loaded");
  std::memcpy(&head, found.dlfo_map_start, sizeof head);
  const char* const slash = std::strrchr(program, '/');
  ::program_invocation_name = orders.argv[0];
  ::program_invocation_short_name = const_cast<char*>(slash ? slash + 1 : program);
  ::prctl(PR_SET_NAME, ::program_invocation_short_name);
  reinterpret_cast<void (*)()>(map->l_addr + head.e_entry)();
  ::_exit(127);
}

// False when one does not load, or something came with it that lies below the directory.
bool load_libraries(const char* names, const char* not_these) {
  bool good = true;
  for_each_line(names,
                [&](const char* library) { good = good && ::dlopen(library, RTLD_NOW | RTLD_GLOBAL); });
  g_of_host = new std::vector<const link_map*>;
  for (const link_map* map = _r_debug.r_map; map; map = map->l_next) {
    g_of_host->push_back(map);
    good = good && (map->l_name[0] != '/' || not_these[0] == '\0' || !is_own(map->l_name, not_these));
  }
  return good;
}

[[noreturn]] void enter(const Orders& orders) {
  g_argv = const_cast<char**>(orders.argv);
  if (g_is_host) {
    environ = const_cast<char**>(orders.environment);
    g_is_host = false, g_has_joined = true;
    join(orders);
  }
  environ = const_cast<char**>(orders.environment);
  std::exit(g_main(g_argc, g_argv, environ));
}

// One message: its length, 0 at the end. The descriptors are raised above those that a program gets.
ssize_t receive(int socket, std::array<int, standby::kDescriptors>& descriptors) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(standby::kDescriptors * sizeof(int))> room;
  iovec part{g_message.data(), g_message.size()};
  msghdr message{};
  message.msg_iov = &part, message.msg_iovlen = 1;
  message.msg_control = room.data(), message.msg_controllen = room.size();
  ssize_t length;
  while ((length = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  descriptors.fill(-1);
  const cmsghdr* const rights = length > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (!rights || rights->cmsg_type != SCM_RIGHTS) return 0;
  const std::size_t bytes = rights->cmsg_len - CMSG_LEN(0);
  std::memcpy(descriptors.data(), CMSG_DATA(rights), bytes);
  for (std::size_t i = 0; i < bytes / sizeof(int); ++i) {
    const int low = descriptors[i];
    descriptors[i] = ::fcntl(low, F_DUPFD_CLOEXEC, 10);
    ::close(low);
  }
  return length;
}

// The words of a message, as pointers into it.
std::vector<char*> words(char*& at, std::uint32_t count) {
  std::vector<char*> all;
  for (std::uint32_t i = 0; i < count; ++i, at += std::strlen(at) + 1) all.push_back(at);
  all.push_back(nullptr);
  return all;
}

// -> the supervisor's pid, or -errno.
pid_t launch(const std::array<int, standby::kDescriptors>& descriptors, const std::vector<int>& kept) {
  standby::Launch launch;
  std::memcpy(&launch, g_message.data(), sizeof launch);
  char* at = g_message.data() + sizeof launch;
  Orders orders;
  if (launch.has_directory) orders.directory = at, at += std::strlen(at) + 1;
  const std::vector<char*> argv = words(at, launch.arguments), environment = words(at, launch.variables);
  g_argc = static_cast<int>(launch.arguments);
  orders.argv = argv.data(), orders.environment = environment.data();
  orders.out = descriptors[standby::out], orders.err = descriptors[standby::err];
  orders.life = descriptors[standby::life], orders.report = descriptors[standby::report];
  const int more = standby::report + 1;
  if (launch.has_in) orders.in = descriptors[more];
  if (launch.has_lines) orders.lines = descriptors[more + launch.has_in];
  orders.enter = enter;
  orders.kept = kept.data(), orders.kept_count = static_cast<int>(kept.size());
  const pid_t pid = start_supervisor(orders);
  return pid < 0 ? -errno : pid;
}

// A run is a fork, which has this thread alone: whoever waits for another one there waits for ever.
bool has_threads() {
  DIR* const directory = ::opendir("/proc/self/task");
  if (!directory) return false;
  int count = 0;
  while (const dirent* entry = ::readdir(directory)) count += entry->d_name[0] != '.';
  ::closedir(directory);
  return count > 1;
}

int stand_ready(int, char**, char**) {
  if (const char* names = g_has_joined ? nullptr : ::getenv(standby::kLibraries)) {
    g_is_host = true;
    if (!load_libraries(names, ::getenv(standby::kSign))) ::_exit(1);
  }
  if (has_threads()) ::_exit(1);
  const std::vector<int> kept = open_descriptors();
  const int socket = ::fcntl(standby::kSocket, F_DUPFD_CLOEXEC, 100);
  ::close(standby::kSocket);
  const char ready = 'r';
  if (::send(socket, &ready, 1, MSG_NOSIGNAL) != 1) ::_exit(1);
  for (std::array<int, standby::kDescriptors> descriptors; receive(socket, descriptors) > 0;) {
    const pid_t answer = launch(descriptors, kept);
    for (const int fd : descriptors)
      if (fd >= 0) ::close(fd);
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    if (::send(socket, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) break;
  }
  ::_exit(0);
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) int __cxa_atexit(void (*function)(void*), void* object, void* handle) {
  static const AtExit real = next<AtExit>("__cxa_atexit");
  if (is_foreign(handle) && !flushes_streams(function)) return 0;
  return real(function, object, handle);
}

__attribute__((visibility("default"))) int __libc_start_main(Main main, int argc, char** argv, void (*init)(),
                                                             void (*fini)(), void (*loader_fini)(),
                                                             void* stack_end) {
  using Start = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  const auto real = next<Start>("__libc_start_main");
  g_main = main;
  const Main first = ::getenv(standby::kSign) ? stand_ready : main;
  // The process has begun long ago, and `argv` is what happened to lie on its stack.
  if (g_has_joined) std::exit(first(g_argc, g_argv, environ));
  return real(first, argc, argv, init, fini, loader_fini, stack_end);
}

}  // extern "C"
