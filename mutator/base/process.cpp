// process: see process.h. The child gets a process group of its own, so that a time limit ends its children
// too.
#include "mutator/base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "mutator/base/files.h"

extern char** environ;

namespace nanobug {
namespace {

using Clock = std::chrono::steady_clock;

// The process groups that run() waits for, where a signal handler may read them.
std::array<std::atomic<pid_t>, 16> g_children{};

struct Registered {
  explicit Registered(pid_t pid) {
    for (auto& slot : g_children) {
      pid_t none = 0;
      if (slot.compare_exchange_strong(none, pid)) {
        mine = &slot;
        return;
      }
    }
  }
  ~Registered() {
    if (mine) mine->store(0);
  }
  std::atomic<pid_t>* mine = nullptr;
};

void on_interrupt(int signal) {
  for (auto& slot : g_children)
    if (const pid_t pid = slot.load(); pid > 0) ::kill(-pid, SIGKILL);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}
constexpr size_t kKeptOfStderr = 64 * 1024;

struct Pipe {
  int read = -1, write = -1;
  bool open() {
    int fd[2];
    if (::pipe2(fd, O_CLOEXEC) != 0) return false;
    read = fd[0], write = fd[1];
    return true;
  }
  void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  ~Pipe() { close(read), close(write); }
};

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text(*entry);
    if (!added.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
  }
  for (const auto& [name, value] : added) all.push_back(name + '=' + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (std::string& s : strings) all.push_back(s.data());
  all.push_back(nullptr);
  return all;
}

// Starts the program with its stdout and stderr on the pipes; 0 or the errno.
int spawn(const Command& command, const Pipe& out, const Pipe& err, pid_t* pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  if (!command.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  std::vector<std::string> arguments = command.argv, environment = merged_environment(command.environment);
  const int reason = ::posix_spawnp(pid, arguments[0].c_str(), &actions, &attributes,
                                    pointers(arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return reason;
}

// What came on one pipe: kept, or handed on line by line.
struct Sink {
  std::string kept;
  const std::function<void(std::string_view)>* on_line = nullptr;

  void take(std::string_view bytes) {
    kept += bytes;
    if (!on_line || !*on_line) return;
    size_t begin = 0;
    for (size_t end; (end = kept.find('\n', begin)) != std::string::npos; begin = end + 1)
      (*on_line)(std::string_view(kept).substr(begin, end - begin));
    kept.erase(0, begin);
  }
  void finish() {
    if (on_line && *on_line && !kept.empty()) (*on_line)(std::exchange(kept, {}));
  }
};

// Milliseconds until the nearer limit, -1 without one.
int until_limit(const Command& command, Clock::time_point start, Clock::time_point last_byte) {
  auto left = std::chrono::milliseconds::max();
  const auto now = Clock::now();
  auto consider = [&](const auto& limit, Clock::time_point since) {
    if (limit)
      left = std::min(left, *limit - std::chrono::duration_cast<std::chrono::milliseconds>(now - since));
  };
  consider(command.time_limit, start);
  consider(command.quiet_limit, last_byte);
  if (left == std::chrono::milliseconds::max()) return -1;
  return static_cast<int>(std::clamp<long long>(left.count(), 0, 1 << 30));
}

// Reads both pipes to their ends; false when a limit was passed.
bool drain(const Command& command, Pipe& out, Pipe& err, Sink& out_sink, Sink& err_sink,
           Clock::time_point start) {
  auto last_byte = start;
  std::array<char, 16384> block;
  while (out.read >= 0 || err.read >= 0) {
    std::array<pollfd, 2> polled{{{out.read, POLLIN, 0}, {err.read, POLLIN, 0}}};
    const int ready = ::poll(polled.data(), polled.size(), until_limit(command, start, last_byte));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    for (int i = 0; i < 2; ++i) {
      if (!(polled[i].revents & (POLLIN | POLLHUP | POLLERR))) continue;
      Pipe& pipe = i == 0 ? out : err;
      Sink& sink = i == 0 ? out_sink : err_sink;
      const ssize_t n = ::read(pipe.read, block.data(), block.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        pipe.close(pipe.read);
        continue;
      }
      if (i == 0) last_byte = Clock::now();
      sink.take({block.data(), static_cast<size_t>(n)});
      if (i == 1 && sink.kept.size() > kKeptOfStderr) sink.kept.erase(0, sink.kept.size() - kKeptOfStderr);
    }
    if (until_limit(command, start, last_byte) == 0) return false;
  }
  return true;
}

}  // namespace

void end_children_when_interrupted() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, on_interrupt);
}

std::string Finished::how() const {
  if (timed_out) return "no answer within its time limit";
  if (signal != 0) return std::string("killed by SIG") + ::sigabbrev_np(signal);
  return "exit code " + std::to_string(exit_code);
}

std::optional<std::filesystem::path> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? std::optional<fs::path>(name) : std::nullopt;
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "/usr/bin:/bin";
  while (true) {
    const size_t end = rest.find(':');
    const fs::path candidate = fs::path(rest.substr(0, end)) / name;
    std::error_code error;
    if (::access(candidate.c_str(), X_OK) == 0 && fs::is_regular_file(candidate, error)) return candidate;
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end + 1);
  }
}

Result<Finished> run(const Command& command) {
  Pipe out, err;
  if (!out.open() || !err.open()) return fail(Exit::io, "cannot make a pipe: " + system_reason(errno));
  const auto start = Clock::now();
  pid_t pid = -1;
  if (const int reason = spawn(command, out, err, &pid); reason != 0)
    return fail(Exit::io, "cannot start " + command.argv[0] + ": " + system_reason(reason) +
                              "; nanobug doctor says what is missing");
  out.close(out.write), err.close(err.write);
  const Registered registered(pid);

  Finished finished;
  Sink out_sink{{}, &command.on_line}, err_sink;
  finished.timed_out = !drain(command, out, err, out_sink, err_sink, start);
  if (finished.timed_out) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  out_sink.finish();
  finished.out = std::move(out_sink.kept);
  finished.err = std::move(err_sink.kept);
  finished.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (WIFEXITED(status)) finished.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) finished.signal = WTERMSIG(status);
  return finished;
}

}  // namespace nanobug
