// Streams: in which order the device does what the host asks of it, and what that order may be.
//
// Everything asked for is an operation of a stream. It waits for the one before it in its stream,
// for the events that the stream was told to wait for, and, between the null stream and those that
// are made to block with it, for all that was asked for earlier. The host goes on meanwhile. Among
// all that this allows, the seed chooses; with seed 0, or where there is no stream but the null
// one, an operation runs at once. A copy to page-locked memory of the host runs as late as it may:
// when the host waits for it.

#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "cuda_runtime.h"

namespace emulator {

// By stream: its operations up to this number are known to have ended. Numbers are given out to all
// streams together, and 0 is none.
using Moment = std::vector<uint32_t>;

// Adds an operation, which runs now or later. `kernel` names it in reports; null for a copy.
// Returns its number.
uint32_t enqueue(cudaStream_t stream, const void* kernel, std::function<void()> run,
                 bool as_late_as_may_be = false);

// The kernel of an operation, null for a copy.
const void* kernel_of(uint32_t operation);
// Is it known to have ended when the current one begins, or (of the host) when the host goes on?
bool came_before(uint32_t operation);
bool host_knows(uint32_t operation);
// Do the current operation and all that are still to run come after it?
bool is_past(uint32_t operation);

// The host waits for all that was asked of a stream, or of all.
void synchronize(cudaStream_t stream);
void synchronize_all();
// Runs what is left, without the host knowing of it.
void run_what_is_left();

}  // namespace emulator
