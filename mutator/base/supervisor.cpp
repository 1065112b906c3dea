// supervisor: see supervisor.h. After the fork nothing of nanobug's is touched but its copied memory: another
// thread may have held any lock but malloc's, which glibc puts right.
#include "mutator/base/supervisor.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace nanobug {
namespace {

struct Running {
  pid_t pid = 0, parent = 0;
  long own_ticks = 0, waited_ticks = 0;  // of itself, of the children that it has waited for
};

// /proc/PID/stat; false when the process has gone.
bool read_stat(const char* pid, Running& process) {
  std::array<char, 64> path;
  std::snprintf(path.data(), path.size(), "/proc/%.20s/stat", pid);
  const int fd = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  std::array<char, 1024> text;
  const ssize_t length = ::read(fd, text.data(), text.size() - 1);
  ::close(fd);
  if (length <= 0) return false;
  text[static_cast<size_t>(length)] = '\0';
  const char* rest = std::strrchr(text.data(), ')');  // the name in front may hold anything
  long user = 0, system = 0;
  if (!rest || std::sscanf(rest + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &process.parent,
                           &user, &system) != 3)
    return false;
  long waited_user = 0, waited_system = 0;
  if (std::sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*d %*d %ld %ld", &waited_user,
                  &waited_system) != 2)
    return false;
  process.pid = std::atoi(pid);
  process.own_ticks = user + system;
  process.waited_ticks = waited_user + waited_system;
  return true;
}

std::vector<Running> all_processes() {
  std::vector<Running> all;
  DIR* directory = ::opendir("/proc");
  if (!directory) return all;
  while (const dirent* entry = ::readdir(directory)) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    if (Running process; read_stat(entry->d_name, process)) all.push_back(process);
  }
  ::closedir(directory);
  return all;
}

// `root` first, when it is there, then all that is below it.
std::vector<Running> family(pid_t root) {
  std::vector<Running> all = all_processes(), found;
  for (const Running& process : all)
    if (process.pid == root) found.push_back(process);
  for (size_t i = 0; i < found.size(); ++i)
    for (const Running& process : all)
      if (process.parent == found[i].pid) found.push_back(process);
  return found;
}

void kill_below(pid_t root) {
  const std::vector<Running> processes = family(root);
  for (size_t i = 1; i < processes.size(); ++i) ::kill(processes[i].pid, SIGKILL);
}

void close_all_but(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned from = 3;
  for (const int fd : kept) {
    if (static_cast<unsigned>(fd) > from) ::close_range(from, static_cast<unsigned>(fd) - 1, 0);
    from = static_cast<unsigned>(fd) + 1;
  }
  ::close_range(from, ~0U, 0);
}

// Loaded from its file it runs in the memory of the supervisor, which waits until it is loaded or has ended.
[[noreturn]] void become_program(const Orders& orders, const sigset_t& mask, int* not_started) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    struct sigaction action{};
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN || signal == SIGPIPE) ::signal(signal, SIG_DFL);
  }
  if (orders.in >= 0) ::dup2(orders.in, STDIN_FILENO);
  ::dup2(orders.out, STDOUT_FILENO);
  ::dup2(orders.err, STDERR_FILENO);
  if (orders.lines >= 0) ::dup2(orders.lines, 3);
  if (!orders.directory || ::chdir(orders.directory) == 0) {
    if (orders.enter) {
      std::vector<int> kept(orders.kept, orders.kept + orders.kept_count);
      if (orders.lines >= 0) kept.push_back(3);
      close_all_but(kept);
    }
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    if (orders.enter) orders.enter(orders);
    ::execvpe(orders.argv[0], orders.argv, orders.environment);
  }
  *not_started = errno;
  ::_exit(127);
}

void write_report(const Orders& orders, Report report) {
  struct rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  report.processor_micros = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * std::int64_t{1'000'000} +
                            used.ru_utime.tv_usec + used.ru_stime.tv_usec;
  while (::write(orders.report, &report, sizeof report) < 0 && errno == EINTR) {
  }
}

// Waits for whoever has ended; false when nobody is left.
bool reap(pid_t program, bool& returned, int& status) {
  for (;;) {
    int how = 0;
    const pid_t pid = ::waitpid(-1, &how, WNOHANG);
    if (pid == 0) return true;
    if (pid < 0) return errno == EINTR;
    if (pid != program) continue;
    returned = true;
    status = how;
  }
}

[[noreturn]] void supervise(const Orders& orders, const sigset_t& mask) {
  ::setpgid(0, 0);
  ::signal(SIGCHLD, SIG_DFL);  // ignored, as some start us, children would go without a word
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) ::dup2(nothing, fd);
  std::vector<int> kept = {orders.out, orders.err, orders.life, orders.report};
  for (const int fd : {orders.in, orders.lines})
    if (fd >= 0) kept.push_back(fd);
  kept.insert(kept.end(), orders.kept, orders.kept + orders.kept_count);
  close_all_but(kept);

  Report report;
  void* const shared =
      ::mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) ::_exit(1);
  auto* const not_started = static_cast<int*>(shared);
  // What goes on in this process's own memory needs a copy of it.
  const pid_t program = orders.enter ? ::fork() : ::vfork();
  if (program == 0) become_program(orders, mask, not_started);
  if (program < 0) *not_started = errno;
  for (const int fd : {orders.in, orders.out, orders.err, orders.lines})
    if (fd >= 0) ::close(fd);

  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  const int children = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  bool returned = program < 0, ordered = false;
  // What cannot be killed at all (another user's, one that the disk holds) is given up after some ten
  // seconds.
  for (int tries = 0; reap(program, returned, report.status) && tries < 2000;) {
    if (returned || ordered) {
      if (program > 0 && !returned) ::kill(-program, SIGKILL);
      kill_below(::getpid());
      ++tries;
    }
    std::array<pollfd, 2> polled{{{children, POLLIN, 0}, {ordered ? -1 : orders.life, POLLIN, 0}}};
    ::poll(polled.data(), polled.size(), returned || ordered ? 5 : -1);
    if (polled[1].revents != 0) ordered = true;
    signalfd_siginfo ignored;
    while (::read(children, &ignored, sizeof ignored) > 0) {
    }
  }
  report.not_started = *not_started;
  write_report(orders, report);
  ::_exit(0);
}

}  // namespace

pid_t start_supervisor(const Orders& orders) {
  // No handler of nanobug's may run in the copy.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) supervise(orders, before);
  const int reason = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = reason;
  return pid;
}

std::optional<double> processor_time_below(pid_t supervisor) {
  const std::vector<Running> processes = family(supervisor);
  if (processes.empty()) return std::nullopt;
  long ticks = processes[0].waited_ticks;  // its own time is nanobug's
  for (size_t i = 1; i < processes.size(); ++i) ticks += processes[i].own_ticks + processes[i].waited_ticks;
  return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace nanobug
