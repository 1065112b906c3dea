// terminal: see terminal.h.
#include "mutator/base/terminal.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "mutator/base/files.h"

namespace nanobug {

Result<Keys> Keys::open() {
  termios before{};
  if (::tcgetattr(STDIN_FILENO, &before) != 0)
    return fail(Exit::io, "cannot read keys from stdin: " + system_reason(errno));
  Keys keys(before);
  keys.take_again();
  return keys;
}

Keys::Keys(Keys&& other) noexcept : before_(other.before_), held_(std::exchange(other.held_, false)) {}

Keys::~Keys() {
  if (held_) give_back();
}

void Keys::give_back() const {
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

void Keys::take_again() const {
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

Keys::Typed Keys::read() const {
  std::array<char, 64> block;
  const ssize_t size = ::read(STDIN_FILENO, block.data(), block.size());
  Typed typed;
  typed.ended = size < 0 && errno != EINTR && errno != EAGAIN;  // 0: there was no key
  for (ssize_t i = 0; i < size && block[static_cast<size_t>(i)] != '\033'; ++i)
    typed.keys.push_back(block[static_cast<size_t>(i)]);
  return typed;
}

Signals::Signals(const std::vector<int>& signals) {
  sigset_t all;
  sigemptyset(&all);
  for (const int signal : signals) {
    struct sigaction action{};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) sigaddset(&all, signal);
  }
  ::sigprocmask(SIG_BLOCK, &all, &before_);
  fd_ = ::signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
}

Signals::~Signals() {
  if (fd_ >= 0) ::close(fd_);
  let_through();
}

std::optional<int> Signals::read() const {
  signalfd_siginfo info{};
  if (::read(fd_, &info, sizeof info) != sizeof info) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

void Signals::let_through() const {
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

void die_of(int signal) {
  ::signal(signal, SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal);
  ::sigprocmask(SIG_UNBLOCK, &one, nullptr);
  ::raise(signal);
  std::_Exit(128 + signal);
}

}  // namespace nanobug
