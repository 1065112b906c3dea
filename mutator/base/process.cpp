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
#include "mutator/base/pipe.h"
#include "mutator/base/standby.h"
#include "mutator/base/supervised.h"
#include "mutator/base/supervisor.h"

extern char** environ;

namespace nanobug {

// The supervisors at work, where a signal handler may read them. One that finds no slot still ends with us.
// A standby's are below its own supervisor, which is waited for: they are -1 here.
struct Slot {
  std::atomic<pid_t> supervisor{0};
  std::atomic<int> life{-1};
};

namespace {

constexpr size_t kKeptOfStdout = 64 << 20;
constexpr size_t kKeptOfStderr = 64 << 10;
constexpr size_t kLongestLine = 1 << 20;

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

// Blocks until the writing end of a pipe is closed everywhere.
void wait_for_end(int pipe) {
  std::array<char, 64> rest;
  ssize_t n;
  while ((n = ::read(pipe, rest.data(), rest.size())) > 0 || (n < 0 && errno == EINTR)) {
  }
}

std::vector<std::string> merged_environment(const Command& command) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text(*entry), name = text.substr(0, text.find('='));
    if (!command.environment.contains(std::string(name)) && inherits(command, name)) all.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) all.push_back(name + '=' + value);
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
      : input(command.input),
        own_lines(command.lines_from == 3 && command.on_line),
        out{{}, Sink(Sink::Keep::beginning, own_lines ? nullptr : &command.on_line), !own_lines},
        err{{}, Sink(Sink::Keep::end), false},
        lines{{}, Sink(Sink::Keep::beginning, &command.on_line), own_lines} {
    if (!command.on_output) return;
    err.on_output = &command.on_output;
    if (own_lines || !command.on_line) out.on_output = &command.on_output;
  }

  // False with errno; `what` is then what could not be opened.
  bool open(std::string& what) {
    what = "a pipe";
    if (!input.empty()) {
      what = input.string();
      in.read = raised(::open(input.c_str(), O_RDONLY | O_CLOEXEC));
      if (in.read < 0) return false;
    }
    return out.pipe.open() && err.pipe.open() && (!own_lines || lines.pipe.open()) && life.open() &&
           report.open();
  }
  void close_theirs() {
    for (Channel* channel : {&out, &err, &lines}) channel->pipe.close(channel->pipe.write);
    in.close(in.read), life.close(life.read), report.close(report.write);
  }

  const std::filesystem::path& input;
  bool own_lines;
  Channel out, err, lines;
  Pipe in, life, report;
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

bool inherits(const Command& command, std::string_view name) {
  return std::none_of(command.not_inherited.begin(), command.not_inherited.end(), [&](std::string_view one) {
    return one.ends_with('*') ? name.starts_with(one.substr(0, one.size() - 1)) : name == one;
  });
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

Supervised::Supervised(pid_t pid, int life, int report) : pid_(pid), life_(life), report_(report) {
  for (Slot& slot : g_slots) {
    pid_t none = 0;
    if (!slot.supervisor.compare_exchange_strong(none, -1)) continue;
    slot.life = life;
    if (report < 0) slot.supervisor = pid;  // in this order: who waits for it has closed its pipe
    slot_ = &slot;
    return;
  }
}

Supervised::~Supervised() {
  end();
  if (report_ >= 0) wait_for_end(report_);
  while (report_ < 0 && ::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (slot_) slot_->supervisor = 0;
  wait_for_the_end_if_interrupted();
}

void Supervised::end() {
  const int life = slot_ ? slot_->life.exchange(-1) : std::exchange(life_, -1);
  if (life >= 0) ::close(life);
}

Words::Words(const Command& command) : arguments_(command.argv), environment_(merged_environment(command)) {
  argv_ = pointers(arguments_), environ_ = pointers(environment_);
}

Result<Finished> run(const Command& command, Standby* standby) {
  wait_for_the_end_if_interrupted();
  Channels channels(command);
  if (std::string what; !channels.open(what))
    return fail(Exit::io, "cannot open " + what + ": " + system_reason(errno));
  const Words words(command);
  Orders orders = words.orders();
  orders.directory = command.directory.empty() ? nullptr : command.directory.c_str();
  orders.in = channels.in.read;
  orders.out = channels.out.pipe.write, orders.err = channels.err.pipe.write;
  orders.lines = channels.lines.pipe.write;
  orders.life = channels.life.read, orders.report = channels.report.write;

  const auto start = std::chrono::steady_clock::now();
  const std::optional<pid_t> ready = standby ? standby->launch(orders) : std::nullopt;
  const pid_t pid = ready ? *ready : start_supervisor(orders);
  if (pid < 0) return cannot_start(command, errno);
  Finished finished;
  Report report;
  {
    Supervised supervised(pid, std::exchange(channels.life.write, -1), ready ? channels.report.read : -1);
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
