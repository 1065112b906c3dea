// What the program that the kernels are in, or the library, says of itself: functions and shared
// variables from its symbol table, lines from its debug information. The table is read once; lines
// are asked of llvm-symbolizer, and only when a report is made.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace emulator {

// A variable of a thread of the operating system, which is what __shared__ stands for.
struct SharedVariable {
  size_t offset;  // from the beginning of the thread's variables
  size_t bytes;
  std::string name;
};

struct Line {
  std::string function, file;
  int line = 0;
};

// Where it lies: addresses of its file count from the base.
uintptr_t program_base();
uintptr_t program_begin();
uintptr_t program_end();
size_t shared_bytes();  // of a thread's variables
const std::vector<SharedVariable>& shared_variables();  // by offset

std::string function_name(const void* address);  // without its parameters

// The line that a call returns to; where code was inlined, the innermost that is not the emulator's
// own. "program+0x…" where llvm-symbolizer is missing or the program has no debug information.
Line line_before(uintptr_t offset_in_program);

}  // namespace emulator
