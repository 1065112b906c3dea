// process: see process.h. nanobug's side: the pipes, the limits, and the order to kill.
#include "mutator/base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "mutator/base/files.h"
#include "mutator/base/meter.h"
#include "mutator/base/supervisor.h"

extern char** environ;

namespace nanobug {
namespace {

constexpr size_t kKeptOfStdout = 64 << 20;
constexpr size_t kKeptOfStderr = 64 << 10;
constexpr size_t kLongestLine = 1 << 20;

// Both ends are above the descriptors that a program gets, whatever nanobug was started without.
struct Pipe {
  int read = -1, write = -1;
  bool open() {
    int low[2];
    if (::pipe2(low, O_CLOEXEC) != 0) return false;
    read = ::fcntl(low[0], F_DUPFD_CLOEXEC, 10), write = ::fcntl(low[1], F_DUPFD_CLOEXEC, 10);
    const int reason = errno;
    ::close(low[0]), ::close(low[1]);
    errno = reason;
    return read >= 0 && write >= 0;
  }
  void close(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }
  ~Pipe() { close(read), close(write); }
};

// The supervisors at work, where a signal handler may read them. One that finds no slot still ends with us.
struct Slot {
  std::atomic<pid_t> supervisor{0};
  std::atomic<int> life{-1};
};
std::array<Slot, 64> g_slots;
std::atomic<bool> g_interrupted{false};

// What is known from here on is of no use: the children did not end by themselves.
void wait_for_the_end_if_interrupted() {
  while (g_interrupted.load()) ::pause();
}

void on_interrupt(int signal) {
  g_interrupted = true;
  for (Slot& slot : g_slots)
    if (const int life = slot.life.exchange(-1); life >= 0) ::close(life);
  for (Slot& slot : g_slots)
    if (const pid_t pid = slot.supervisor.load(); pid > 0) ::waitpid(pid, nullptr, 0);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

// Owns a running supervisor: however run() is left, all that is below it is dead then.
class Supervised {
 public:
  Supervised(pid_t pid, int life) : pid_(pid), life_(life) {
    for (Slot& slot : g_slots) {
      pid_t none = 0;
      if (!slot.supervisor.compare_exchange_strong(none, -1)) continue;
      slot.life = life, slot.supervisor = pid;  // in this order: who waits for it has closed its pipe
      slot_ = &slot;
      return;
    }
  }
  Supervised(const Supervised&) = delete;
  Supervised& operator=(const Supervised&) = delete;
  ~Supervised() {
    end();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (slot_) slot_->supervisor = 0;
    wait_for_the_end_if_interrupted();
  }
  pid_t pid() const { return pid_; }
  void end() {
    const int life = slot_ ? slot_->life.exchange(-1) : std::exchange(life_, -1);
    if (life >= 0) ::close(life);
  }

 private:
  pid_t pid_;
  int life_;
  Slot* slot_ = nullptr;
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

// What comes on one pipe: its beginning, its end, or line by line. No byte is looked at twice.
class Sink {
 public:
  enum class Keep { beginning, end };
  explicit Sink(Keep keep, const std::function<void(std::string_view)>* on_line = nullptr)
      : keep_(keep), on_line_(on_line && *on_line ? on_line : nullptr) {}

  // -> whether a line was completed; where nobody wants lines every byte is news.
  bool take(std::string_view bytes) {
    if (!on_line_) {
      keep(bytes);
      return true;
    }
    bool whole = false;
    for (size_t end; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1)) {
      append(bytes.substr(0, end), kLongestLine);
      whole = true;
      const std::string line = std::exchange(kept_, {});
      (*on_line_)(line);
    }
    append(bytes, kLongestLine);
    return whole;
  }

  // The last line may have no newline; what was kept is handed out.
  std::string finish() {
    if (on_line_ && !kept_.empty()) (*on_line_)(std::exchange(kept_, {}));
    if (keep_ == Keep::end && kept_.size() > kKeptOfStderr) kept_.erase(0, kept_.size() - kKeptOfStderr);
    return std::move(kept_);
  }

 private:
  void append(std::string_view bytes, size_t most) {
    kept_ += bytes.substr(0, most - std::min(most, kept_.size()));
  }
  void keep(std::string_view bytes) {
    if (keep_ == Keep::beginning) return append(bytes, kKeptOfStdout);
    kept_ += bytes;
    if (kept_.size() > 4 * kKeptOfStderr) kept_.erase(0, kept_.size() - kKeptOfStderr);
  }

  Keep keep_;
  const std::function<void(std::string_view)>* on_line_;
  std::string kept_;
};

struct Channel {
  Pipe pipe;
  Sink sink;
  bool has_lines = false;
  const std::function<void(std::string_view)>* on_output = nullptr;
};

struct Channels {
  explicit Channels(const Command& command)
      : own_lines(command.lines_from == 3 && command.on_line),
        out{{}, Sink(Sink::Keep::beginning, own_lines ? nullptr : &command.on_line), !own_lines},
        err{{}, Sink(Sink::Keep::end), false},
        lines{{}, Sink(Sink::Keep::beginning, &command.on_line), own_lines} {
    if (!command.on_output) return;
    err.on_output = &command.on_output;
    if (own_lines || !command.on_line) out.on_output = &command.on_output;
  }

  bool open() {
    return out.pipe.open() && err.pipe.open() && (!own_lines || lines.pipe.open()) && life.open() &&
           report.open();
  }
  void close_theirs() {
    for (Channel* channel : {&out, &err, &lines}) channel->pipe.close(channel->pipe.write);
    life.close(life.read), report.close(report.write);
  }

  bool own_lines;
  Channel out, err, lines;
  Pipe life, report;
};

// Reads once what is there; false at the end, or when there is nothing and the pipe does not wait.
bool read_some(Channel& channel, Meter& meter) {
  std::array<char, 65536> block;
  const ssize_t n = ::read(channel.pipe.read, block.data(), block.size());
  if (n < 0 && errno == EINTR) return true;
  if (n <= 0) return false;
  if (channel.on_output) (*channel.on_output)({block.data(), static_cast<size_t>(n)});
  if (channel.sink.take({block.data(), static_cast<size_t>(n)}) && channel.has_lines) meter.heard_line();
  return true;
}

// Takes what comes until the supervisor has reported, and orders it to kill when a limit is passed.
Report attend(Channels& channels, Supervised& supervised, Meter& meter, Finished& finished) {
  Report report;
  while (true) {
    std::array<Channel*, 3> all = {&channels.out, &channels.err, &channels.lines};
    std::array<pollfd, 4> polled{};
    for (size_t i = 0; i < all.size(); ++i) polled[i] = {all[i]->pipe.read, POLLIN, 0};
    polled[3] = {channels.report.read, POLLIN, 0};
    const int ready = ::poll(polled.data(), polled.size(), finished.timed_out ? -1 : meter.until_next_look());
    if (ready < 0 && errno != EINTR) break;
    if (ready > 0) {
      for (size_t i = 0; i < all.size(); ++i)
        if (polled[i].revents != 0 && !read_some(*all[i], meter)) all[i]->pipe.close(all[i]->pipe.read);
      if (polled[3].revents != 0) {
        if (::read(channels.report.read, &report, sizeof report) != sizeof report) report.status = SIGKILL;
        break;
      }
    }
    meter.look();
    if (!finished.timed_out && meter.passed(finished)) supervised.end();
  }
  // All who could write are dead; what they wrote may still be in the pipes.
  for (Channel* channel : {&channels.out, &channels.err, &channels.lines}) {
    if (channel->pipe.read < 0) continue;
    ::fcntl(channel->pipe.read, F_SETFL, O_NONBLOCK);
    while (read_some(*channel, meter)) {
    }
  }
  return report;
}

tl::unexpected<Error> cannot_start(const Command& command, int reason) {
  return fail(Exit::io, "cannot start " + command.argv[0] + ": " + system_reason(reason) +
                            "; nanobug doctor says what is missing");
}

}  // namespace

void end_children_when_interrupted() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    struct sigaction action{};
    action.sa_handler = on_interrupt;
    sigfillset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
  }
}

std::string Finished::how() const {
  if (over_processor_limit) return "no answer within its limit of processor time";
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
  wait_for_the_end_if_interrupted();
  Channels channels(command);
  if (!channels.open()) return fail(Exit::io, "cannot make a pipe: " + system_reason(errno));
  std::vector<std::string> arguments = command.argv, environment = merged_environment(command.environment);
  const std::vector<char*> argv = pointers(arguments), environ_of_it = pointers(environment);
  Orders orders;
  orders.argv = argv.data(), orders.environment = environ_of_it.data();
  orders.directory = command.directory.empty() ? nullptr : command.directory.c_str();
  orders.out = channels.out.pipe.write, orders.err = channels.err.pipe.write;
  orders.lines = channels.lines.pipe.write;
  orders.life = channels.life.read, orders.report = channels.report.write;

  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = start_supervisor(orders);
  if (pid < 0) return cannot_start(command, errno);
  Finished finished;
  Report report;
  {
    Supervised supervised(pid, std::exchange(channels.life.write, -1));
    channels.close_theirs();
    Meter meter(command, pid);
    report = attend(channels, supervised, meter, finished);
    finished.processor_s = std::max(meter.processor_s(), static_cast<double>(report.processor_micros) / 1e6);
  }
  if (report.not_started != 0) return cannot_start(command, report.not_started);
  finished.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  finished.out = channels.out.sink.finish();
  finished.err = channels.err.sink.finish();
  channels.lines.sink.finish();
  if (WIFEXITED(report.status)) finished.exit_code = WEXITSTATUS(report.status);
  if (WIFSIGNALED(report.status)) finished.signal = WTERMSIG(report.status);
  return finished;
}

}  // namespace nanobug
