// terminal: keys as they are typed, and signals as something to wait for: what a program needs that stands at
// a terminal for long and leaves it as it was.
#pragma once

#include <signal.h>
#include <termios.h>

#include <optional>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug {

// The keys of stdin, without Enter and without echo. Ctrl-C, Ctrl-Z and Ctrl-\ stay signals.
class Keys {
 public:
  // Errors: Exit::io where stdin is no terminal.
  static Result<Keys> open();
  Keys(Keys&& other) noexcept;
  Keys& operator=(Keys&&) = delete;
  ~Keys();  // the terminal is as it was before open()

  void give_back() const;   // as it was, for as long as nanobug is stopped
  void take_again() const;  // after that, and after whoever may have changed it

  struct Typed {
    std::vector<char> keys;  // those of one byte; arrows and the like are none
    bool ended = false;      // nothing will come any more
  };
  Typed read() const;  // does not wait

 private:
  explicit Keys(const termios& before) : before_(before) {}
  termios before_;
  bool held_ = true;
};

// Signals that do not interrupt, but are read from a descriptor. Those that were ignored stay ignored. While
// one lives they are blocked in this thread, and in what it starts.
class Signals {
 public:
  explicit Signals(const std::vector<int>& signals);
  Signals(const Signals&) = delete;
  ~Signals();

  int descriptor() const { return fd_; }
  std::optional<int> read() const;  // does not wait
  void let_through() const;         // in a child: as it was before

 private:
  sigset_t before_{};
  int fd_ = -1;
};

// Ends this process as the signal does where nobody handles it.
[[noreturn]] void die_of(int signal);

}  // namespace nanobug
