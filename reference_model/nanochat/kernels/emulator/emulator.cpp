// The emulator as one file to compile: its parts are short, and reading the headers takes most of
// the time.

#include "buffers.cpp"
#include "callbacks.cpp"
#include "fiber.cpp"
#include "memory.cpp"
#include "order.cpp"
#include "report.cpp"
#include "run.cpp"
#include "streams.cpp"
#include "symbols.cpp"
#include "warp.cpp"
