// A fiber: a stack of its own that runs a function until it gives way, and goes on there when it is
// resumed.
//
// Made with ucontext and switched with _setjmp and _longjmp, as QEMU does it: swapcontext asks the
// kernel for the signal mask at every switch and is twenty times slower. No library is needed for
// it.

#pragma once

#include <csetjmp>
#include <cstddef>
#include <memory>

namespace emulator {

class Fiber {
 public:
  // `body` is called, with `argument`, each time that a finished fiber is resumed. `stack` has
  // `bytes`.
  void make(char* stack, size_t bytes, void (*body)(void*), void* argument);

  // Runs it until it gives way or its body ends. Called from the one that schedules, never from a
  // fiber.
  void resume();

  // Called within the fiber: back to who resumed it.
  void give_way();

 private:
  static void enter(unsigned low, unsigned high);

  char* stack_ = nullptr;
  size_t bytes_ = 0;
  bool started_ = false;
  void (*body_)(void*) = nullptr;
  void* argument_ = nullptr;
  jmp_buf here_;
  jmp_buf scheduler_;
};

}  // namespace emulator
