// standby: see standby.h. nanobug's side.
#include "mutator/base/standby.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mutator/base/elf.h"
#include "mutator/base/files.h"
#include "mutator/base/for_loader.h"
#include "mutator/base/meter.h"
#include "mutator/base/paths.h"
#include "mutator/base/pipe.h"
#include "mutator/base/standby_message.h"
#include "mutator/base/supervised.h"
#include "mutator/base/supervisor.h"

namespace nanobug {
namespace {

// One name a line, as the library takes them from the environment.
std::string lines(const std::vector<fs::path>& paths) {
  std::string all;
  for (const fs::path& path : paths) all += path.string() + '\n';
  return all;
}

}  // namespace

struct Standby::Held {
  Pipe sockets;  // nanobug's end is `read`; closed after the supervisor has ended
  Pipe report;   // of the supervisor
  std::optional<Supervised> supervised;
};

Standby::Standby(std::unique_ptr<Held> held) : held_(std::move(held)) {}

Standby::~Standby() = default;

std::unique_ptr<Standby> Standby::start(const Command& command, const fs::path& own) {
  // Only what glibc's loader starts asks the library before it calls main; another program would run.
  if (!elf_wants_glibc(command.argv.front())) return nullptr;
  Command held = command;
  held.environment[standby::kSign] = own.string();
  return hold(std::move(held), nullptr);
}

std::unique_ptr<Standby> Standby::of_libraries(const Command& command, const std::vector<fs::path>& libraries,
                                               const fs::path& not_these) {
  Command held = command;
  held.argv = {own_library("nanobug_standby_host").string()};
  held.environment[standby::kSign] = not_these.string();
  held.environment[standby::kLibraries] = lines(libraries);
  return hold(std::move(held), nullptr);
}

std::unique_ptr<Standby> Standby::join(Standby& libraries, const Command& command,
                                       const std::vector<fs::path>& besides) {
  Command held = command;
  held.environment[standby::kSign] = "";
  held.environment[standby::kLibraries] = lines(besides);
  return hold(std::move(held), &libraries);
}

std::unique_ptr<Standby> Standby::hold(Command held, Standby* from) {
  const ForLoader preload(own_library("libnanobug_standby.so"));
  if (!preload) return nullptr;
  held.argv.resize(1);
  if (!from) {
    const char* others = inherits(held, "LD_PRELOAD") ? std::getenv("LD_PRELOAD") : nullptr;
    held.environment["LD_PRELOAD"] = preload.name() + (others ? std::string(":") + others : "");
  }
  const Words words(held);

  auto made = std::make_unique<Held>();
  Pipe &sockets = made->sockets, &report = made->report, nothing, life;
  nothing.write = raised(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!sockets.open_sockets() || !life.open() || !report.open()) return nullptr;
  Orders orders = words.orders();
  orders.directory = held.directory.empty() ? nullptr : held.directory.c_str();
  orders.out = orders.err = nothing.write;
  orders.lines = sockets.write, orders.life = life.read, orders.report = report.write;
  const pid_t pid = from ? from->launch(orders).value_or(-1) : start_supervisor(orders);
  if (pid < 0) return nullptr;
  made->supervised.emplace(pid, std::exchange(life.write, -1), from ? report.read : -1);
  sockets.close(sockets.write), report.close(report.write);
  Meter meter(held, pid);
  for (Finished finished; !meter.passed(finished); meter.look()) {
    std::array<pollfd, 2> polled = {{{sockets.read, POLLIN, 0}, {report.read, POLLIN, 0}}};
    if (::poll(polled.data(), polled.size(), meter.until_next_look()) < 0 && errno != EINTR) return nullptr;
    if (char ready; polled[0].revents != 0 && ::recv(sockets.read, &ready, 1, MSG_DONTWAIT) == 1)
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
  if (::sendmsg(held_->sockets.read, &message, MSG_NOSIGNAL) < 0) return std::nullopt;
  pid_t pid = -1;
  ssize_t n;
  while ((n = ::recv(held_->sockets.read, &pid, sizeof pid, 0)) < 0 && errno == EINTR) {
  }
  if (n != sizeof pid || pid <= 0) return std::nullopt;
  return pid;
}

}  // namespace nanobug
