// terminal: the nanobug command in a terminal of its own, a pseudo-terminal of the kernel's, whose other end
// the test holds: it types, reads what is drawn, and looks at how the terminal was left.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tests/journey/journey.h"

namespace nanobug::journey {

class Terminal {
 public:
  struct Size {
    unsigned short rows = 24, columns = 80;
  };
  // nanobug WORDS of that user, its catalog included; `extra`: "NAME=value", "NAME" takes one away.
  Terminal(const User& user, std::vector<std::string> words, Size size, std::vector<std::string> extra = {});
  Terminal(const Terminal&) = delete;
  ~Terminal();  // kills what is left

  // Reads on until this has come since the last call; -> all that came up to its end. Fails the test when it
  // does not come in a minute.
  std::string until(const std::string& text);
  // What comes in that time.
  std::string during(std::chrono::milliseconds time);
  void type(const std::string& keys);
  void resize(Size size);

  // Waits until it has ended; -> its status as waitpid tells it. Fails the test when that takes a minute.
  int ended();
  // Is it stopped, as Ctrl-Z does?
  bool stopped();

  // As it is now, and as it was before nanobug began.
  bool as_it_was() const;

  pid_t pid = 0;

 private:
  bool read_some(std::chrono::milliseconds time);

  int ours_ = -1, theirs_ = -1;
  termios before_{};
  std::string come_;
};

}  // namespace nanobug::journey
