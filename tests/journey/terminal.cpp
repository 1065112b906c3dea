// terminal: see terminal.h.
#include "tests/journey/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>

#include "tests/probes/catch.h"

namespace nanobug::journey {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{60};

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (std::string& one : strings) all.push_back(one.data());
  all.push_back(nullptr);
  return all;
}

// As the user has it, without what says that there is no terminal to draw on.
std::vector<std::string> environment_of(const User& user, const std::vector<std::string>& extra) {
  std::vector<std::string> all;
  const std::string told = user.command({"env", "-0", "-u", "NO_COLOR", "TERM=xterm"}).out;
  for (size_t at = 0; at < told.size(); at += std::strlen(told.c_str() + at) + 1) {
    const std::string entry = told.c_str() + at;
    const std::string name = entry.substr(0, entry.find('='));
    const bool is_other = std::any_of(extra.begin(), extra.end(), [&](const std::string& one) {
      return one.substr(0, one.find('=')) == name;
    });
    if (!is_other) all.push_back(entry);
  }
  for (const std::string& one : extra)
    if (has(one, "=")) all.push_back(one);
  return all;
}

}  // namespace

Terminal::Terminal(const User& user, std::vector<std::string> words, Size size,
                   std::vector<std::string> extra) {
  words.insert(words.begin(), user.program.string());
  std::vector<std::string> environment = environment_of(user, extra);
  std::vector<char*> argv = pointers(words), envp = pointers(environment);
  ours_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(ours_ >= 0);
  REQUIRE((::grantpt(ours_) == 0 && ::unlockpt(ours_) == 0));
  std::array<char, 128> name{};
  REQUIRE(::ptsname_r(ours_, name.data(), name.size()) == 0);
  theirs_ = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(theirs_ >= 0);
  resize(size);
  REQUIRE(::tcgetattr(theirs_, &before_) == 0);
  pid = ::fork();
  if (pid == 0) {
    ::setsid();
    ::ioctl(theirs_, TIOCSCTTY, 0);
    for (const int standard : {0, 1, 2}) ::dup2(theirs_, standard);
    if (::chdir(user.home.c_str()) == 0) ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  REQUIRE(pid > 0);
}

Terminal::~Terminal() {
  if (pid > 0) {
    ::kill(pid, SIGKILL);
    ::kill(pid, SIGCONT);
    ::waitpid(pid, nullptr, 0);
  }
  ::close(theirs_), ::close(ours_);
}

bool Terminal::read_some(std::chrono::milliseconds time) {
  pollfd one{ours_, POLLIN, 0};
  if (::poll(&one, 1, static_cast<int>(time.count())) <= 0) return false;
  std::array<char, 4096> block;
  const ssize_t size = ::read(ours_, block.data(), block.size());
  if (size > 0) come_.append(block.data(), static_cast<size_t>(size));
  return size > 0;
}

std::string Terminal::until(const std::string& text) {
  for (const auto last = Clock::now() + kPatience; Clock::now() < last;) {
    if (const size_t at = come_.find(text); at != std::string::npos) {
      std::string all = come_.substr(0, at + text.size());
      come_.erase(0, all.size());
      return all;
    }
    read_some(std::chrono::milliseconds(50));
  }
  FAIL("'" << text << "' does not come; what came: " << come_);
  return "";
}

std::string Terminal::during(std::chrono::milliseconds time) {
  for (const auto last = Clock::now() + time; Clock::now() < last;) read_some(std::chrono::milliseconds(20));
  return std::exchange(come_, {});
}

void Terminal::type(const std::string& keys) {
  REQUIRE(::write(ours_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
}

void Terminal::resize(Size size) {
  winsize both{};
  both.ws_row = size.rows, both.ws_col = size.columns;
  REQUIRE(::ioctl(ours_, TIOCSWINSZ, &both) == 0);
}

int Terminal::ended() {
  int status = 0;
  for (const auto last = Clock::now() + kPatience; Clock::now() < last;) {
    read_some(std::chrono::milliseconds(5));  // it may wait for room
    if (::waitpid(pid, &status, WNOHANG) == pid) {
      pid = 0;
      return status;
    }
  }
  FAIL("it does not end; what came: " << come_);
  return status;
}

bool Terminal::stopped() {
  for (const auto last = Clock::now() + kPatience; Clock::now() < last;) {
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG | WUNTRACED) == pid) return WIFSTOPPED(status);
    read_some(std::chrono::milliseconds(5));
  }
  return false;
}

bool Terminal::as_it_was() const {
  termios now{};
  REQUIRE(::tcgetattr(theirs_, &now) == 0);
  return now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag && now.c_cflag == before_.c_cflag &&
         now.c_lflag == before_.c_lflag && std::memcmp(now.c_cc, before_.c_cc, sizeof now.c_cc) == 0;
}

}  // namespace nanobug::journey
