// preload: the library in front of a program that nanobug holds ready (mutator/base/standby.h).
//
// It stands in for two functions of glibc. __libc_start_main, which a program's first instruction calls with
// its main, when all its libraries are initialised: here it waits for orders, and forks. __cxa_atexit, by
// which libraries ask to be taken apart at the end: what is not the program's own is not, since the process
// ends anyway. Without its sign in the environment it does nothing at all.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
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
std::array<char, standby::kLongest> g_message;

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

// Does this object lie below the directory that is the program's own? The program itself does.
bool is_own(void* handle, const char* own) {
  dl_find_object found;
  if (!handle || ::_dl_find_object(handle, &found) != 0) return true;
  const char* const name = found.dlfo_link_map->l_name;
  if (name[0] == '\0') return true;
  std::array<char, PATH_MAX> library, root;
  if (!::realpath(name, library.data()) || !::realpath(own, root.data())) return true;
  const std::size_t length = std::strlen(root.data());
  return std::strncmp(library.data(), root.data(), length) == 0 && library[length] == '/';
}

// The same, remembered: a library asks many times over.
bool is_foreign(void* handle) {
  static const char* const own = ::getenv(standby::kSign);
  static std::array<std::pair<void*, bool>, 64> known{};
  static std::size_t count = 0;
  if (!own || own[0] == '\0') return false;
  for (std::size_t i = 0; i < count; ++i)
    if (known[i].first == handle) return known[i].second;
  const bool foreign = !is_own(handle, own);
  if (count < known.size()) known[count++] = {handle, foreign};
  return foreign;
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

[[noreturn]] void enter(const Orders& orders) {
  environ = const_cast<char**>(orders.environment);
  std::exit(g_main(g_argc, const_cast<char**>(orders.argv), environ));
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

int stand_ready(int, char**, char**) {
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
  // C++'s streams are flushed by the last of these.
  static void* const streams = ::dlsym(RTLD_DEFAULT, "_ZNSt8ios_base4InitD1Ev");
  if (is_foreign(handle) && reinterpret_cast<void*>(function) != streams) return 0;
  return real(function, object, handle);
}

__attribute__((visibility("default"))) int __libc_start_main(Main main, int argc, char** argv, void (*init)(),
                                                             void (*fini)(), void (*loader_fini)(),
                                                             void* stack_end) {
  using Start = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  const auto real = next<Start>("__libc_start_main");
  g_main = main;
  return real(::getenv(standby::kSign) ? stand_ready : main, argc, argv, init, fini, loader_fini, stack_end);
}

}  // extern "C"
