// standby: see standby.h. nanobug's side.
#include "mutator/base/standby.h"

#include <elf.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/base/meter.h"
#include "mutator/base/standby_message.h"
#include "mutator/base/supervised.h"
#include "mutator/base/supervisor.h"

namespace nanobug {
namespace {

// Only what glibc's loader starts asks the library before it calls main; another program would run.
bool can_be_held(const fs::path& program) {
  std::ifstream in(program, std::ios::binary);
  Elf64_Ehdr head;
  if (!in.read(reinterpret_cast<char*>(&head), sizeof head) ||
      std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
      head.e_phentsize != sizeof(Elf64_Phdr))
    return false;
  for (unsigned i = 0; i < head.e_phnum; ++i) {
    Elf64_Phdr part;
    in.seekg(static_cast<std::streamoff>(head.e_phoff + i * sizeof part));
    if (!in.read(reinterpret_cast<char*>(&part), sizeof part)) return false;
    if (part.p_type != PT_INTERP || part.p_filesz > 4096) continue;
    std::string loader(part.p_filesz, '\0');
    in.seekg(static_cast<std::streamoff>(part.p_offset));
    in.read(loader.data(), static_cast<std::streamsize>(loader.size()));
    return in && loader.find("/ld-linux") != std::string::npos;
  }
  return false;
}

// The library, by a name without spaces and colons, at which the loader parts its list. Open to the end.
std::optional<std::string> library() {
  static const int opened = [] {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    const fs::path file = program.parent_path().parent_path() / "lib" / "libnanobug_standby.so";
    return ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  }();
  if (opened < 0) return std::nullopt;
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(opened);
}

// Above the descriptors that a program gets.
int raised(int low) {
  const int high = ::fcntl(low, F_DUPFD_CLOEXEC, 10);
  ::close(low);
  return high;
}

struct Descriptors {
  std::vector<int> all;
  int add(int fd) {
    all.push_back(fd);
    return fd;
  }
  void close() {
    for (const int fd : std::exchange(all, {}))
      if (fd >= 0) ::close(fd);
  }
  ~Descriptors() { close(); }
};

}  // namespace

class Standby::Held {
 public:
  Held(pid_t supervisor, int life, int socket) : supervised(supervisor, life), socket(socket) {}
  ~Held() { ::close(socket); }

  Supervised supervised;
  int socket;
};

Standby::Standby(std::unique_ptr<Held> held) : held_(std::move(held)) {}

Standby::~Standby() = default;

std::unique_ptr<Standby> Standby::start(const Command& command, const fs::path& own) {
  const auto preload = library();
  if (!preload || !can_be_held(command.argv.front())) return nullptr;
  Command held = command;
  held.argv.resize(1);
  held.environment[standby::kSign] = own.string();
  const char* others = std::getenv("LD_PRELOAD");
  held.environment["LD_PRELOAD"] = *preload + (others ? std::string(":") + others : "");
  const Words words(held);

  int sockets[2], life[2], report[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) return nullptr;
  Descriptors theirs;
  const int ours = raised(sockets[0]);
  Orders orders = words.orders();
  orders.lines = theirs.add(raised(sockets[1]));
  orders.out = orders.err = theirs.add(raised(::open("/dev/null", O_WRONLY | O_CLOEXEC)));
  orders.directory = held.directory.empty() ? nullptr : held.directory.c_str();
  const bool piped = ::pipe2(life, O_CLOEXEC) == 0 && ::pipe2(report, O_CLOEXEC) == 0;
  if (!piped) {
    ::close(ours);
    return nullptr;
  }
  Descriptors reading;
  orders.life = theirs.add(raised(life[0])), orders.report = theirs.add(raised(report[1]));
  const int ended = reading.add(raised(report[0])), ending = raised(life[1]);
  const pid_t pid = start_supervisor(orders);
  if (pid < 0) {
    ::close(ours), ::close(ending);
    return nullptr;
  }
  auto made = std::make_unique<Held>(pid, ending, ours);
  theirs.close();
  Meter meter(held, pid);
  for (Finished finished; !meter.passed(finished); meter.look()) {
    std::array<pollfd, 2> polled = {{{ours, POLLIN, 0}, {ended, POLLIN, 0}}};
    if (::poll(polled.data(), polled.size(), meter.until_next_look()) < 0 && errno != EINTR) return nullptr;
    if (char ready; polled[0].revents != 0 && ::recv(ours, &ready, 1, MSG_DONTWAIT) == 1)
      return std::unique_ptr<Standby>(new Standby(std::move(made)));
    if (polled[0].revents != 0 || polled[1].revents != 0) return nullptr;
  }
  return nullptr;
}

std::optional<pid_t> Standby::launch(const Orders& orders) {
  using namespace standby;
  Launch launch;
  std::string words;
  const auto add = [&](const char* word) { words.append(word, std::strlen(word) + 1); };
  if ((launch.has_directory = orders.directory != nullptr)) add(orders.directory);
  for (char* const* word = orders.argv; *word; ++word, ++launch.arguments) add(*word);
  for (char* const* word = orders.environment; *word; ++word, ++launch.variables) add(*word);
  std::vector<int> descriptors = {orders.out, orders.err, orders.life, orders.report};
  if ((launch.has_in = orders.in >= 0)) descriptors.push_back(orders.in);
  if ((launch.has_lines = orders.lines >= 0)) descriptors.push_back(orders.lines);
  if (sizeof launch + words.size() > kLongest) return std::nullopt;

  iovec parts[2] = {{&launch, sizeof launch}, {words.data(), words.size()}};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kDescriptors * sizeof(int))> room{};
  msghdr message{};
  message.msg_iov = parts, message.msg_iovlen = 2;
  message.msg_control = room.data(), message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET, rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
  std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size() * sizeof(int));

  const std::lock_guard lock(asking_);
  if (::sendmsg(held_->socket, &message, MSG_NOSIGNAL) < 0) return std::nullopt;
  pid_t pid = -1;
  ssize_t n;
  while ((n = ::recv(held_->socket, &pid, sizeof pid, 0)) < 0 && errno == EINTR) {
  }
  if (n != sizeof pid || pid <= 0) return std::nullopt;
  return pid;
}

}  // namespace nanobug
