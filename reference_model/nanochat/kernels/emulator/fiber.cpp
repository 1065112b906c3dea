// Fibers. Contracts are in the header.

#include "fiber.h"

#include <ucontext.h>

#include <cstdint>

namespace emulator {

void Fiber::make(char* stack, size_t bytes, void (*body)(void*), void* argument) {
  stack_ = stack;
  bytes_ = bytes;
  body_ = body;
  argument_ = argument;
  started_ = false;
}

void Fiber::enter(unsigned low, unsigned high) {
  Fiber* self = reinterpret_cast<Fiber*>(uintptr_t{low} | uintptr_t{high} << 32);
  while (true) {
    self->body_(self->argument_);
    self->give_way();
  }
}

void Fiber::resume() {
  if (_setjmp(scheduler_) != 0) return;
  if (started_) _longjmp(here_, 1);
  started_ = true;
  ucontext_t context;
  getcontext(&context);
  context.uc_stack.ss_sp = stack_;
  context.uc_stack.ss_size = bytes_;
  context.uc_link = nullptr;
  const uintptr_t self = reinterpret_cast<uintptr_t>(this);
  makecontext(&context, reinterpret_cast<void (*)()>(&Fiber::enter), 2, static_cast<unsigned>(self),
              static_cast<unsigned>(self >> 32));
  setcontext(&context);
}

void Fiber::give_way() {
  if (_setjmp(here_) == 0) _longjmp(scheduler_, 1);
}

}  // namespace emulator
