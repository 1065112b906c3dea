// A program for standby_test.cpp: it says in a file when it is initialised and taken apart, so does its
// library, and it does what its arguments say.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "tests/mutator/standby_library.h"

namespace {

const char* env(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "unset";
}

struct Own {
  Own() {
    note("program begins");
    if (std::getenv("STANDBY_DIES")) std::_Exit(3);
    while (std::getenv("STANDBY_HANGS")) ::pause();
    if (!std::getenv("STANDBY_THREAD")) return;
    worker = std::thread([this] {
      while (!over) std::this_thread::yield();
      done = true;
    });
  }
  ~Own() {
    over = true;
    if (worker.joinable()) {
      while (!done) std::this_thread::yield();  // for ever, where only a fork of it is left
      worker.join();
    }
    note("program ends");
  }
  std::atomic<bool> over{false}, done{false};
  std::thread worker;
} own;

}  // namespace

#ifdef STANDBY_LOCAL
thread_local int local = 1;
#endif

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);  // so that something is left to flush
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "exit") return std::atoi(argv[2]);
#ifdef STANDBY_LOCAL
  local += argc;
#endif
  if (what == "abort") std::abort();
  if (what == "throw") throw 1;
  if (what == "version") std::cout << version() << '\n';
  if (what == "tell") {
    char directory[4096];
    std::cout << argc << ' ' << argv[argc - 1] << ' ' << ::getcwd(directory, sizeof directory) << ' '
              << env("ONE") << ' ' << env("TWO") << ' ' << env("LD_PRELOAD") << ' ' << env("NANOBUG_STANDBY")
              << '\n'
              << std::cin.rdbuf();
    std::cerr << "to err\n";
    std::ofstream("/dev/fd/3") << "a line\n";
  }
}
