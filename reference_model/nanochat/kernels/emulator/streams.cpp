// Who waits for whom, and who is next. Contracts are in the header.

#include "streams.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "machine.h"

struct CUstream_st {
  uint32_t index = 0;
  bool blocks = true;  // with the null stream
  emulator::Moment known;
  std::vector<uint32_t> after;  // what its next operation waits for
};

struct CUevent_st {
  uint32_t operation = 0;
  emulator::Moment known;
};

namespace emulator {
namespace {

struct Operation {
  uint32_t number = 0;
  bool is_late = false;
  std::vector<uint32_t> after;
  Moment known;
  std::function<void()> run;
};

struct Past {
  uint32_t stream;
  const void* kernel;
};

struct Streams {
  CUstream_st null;
  std::vector<std::unique_ptr<CUstream_st>> others;
  std::vector<Past> past{{0, nullptr}};  // by operation
  std::vector<Operation> pending;
  Moment host;
  const Moment* known = nullptr;  // to the operation that runs
  uint32_t first = 1;             // since the last reports
};

Streams& streams() {
  static Streams& it = *new Streams;  // for as long as the program: its end may still use it
  return it;
}

void join(Moment& moment, const Moment& other) {
  if (moment.size() < other.size()) moment.resize(other.size());
  for (size_t i = 0; i < other.size(); ++i) moment[i] = std::max(moment[i], other[i]);
}

void learn(Moment& moment, uint32_t stream, uint32_t operation) {
  if (moment.size() <= stream) moment.resize(stream + 1);
  moment[stream] = std::max(moment[stream], operation);
}

bool covers(const Moment& moment, uint32_t operation) {
  const uint32_t stream = streams().past[operation].stream;
  return stream < moment.size() && moment[stream] >= operation;
}

CUstream_st& stream_of(cudaStream_t stream) {
  return stream == nullptr ? streams().null : *stream;
}

Operation* find_pending(uint32_t number) {
  for (Operation& operation : streams().pending)
    if (operation.number == number) return &operation;
  return nullptr;
}

bool can_run(const Operation& operation) {
  return std::none_of(operation.after.begin(), operation.after.end(), find_pending);
}

void run(Operation operation) {
  Streams& s = streams();
  s.known = &operation.known;
  machine.operation = operation.number;
  operation.run();
  s.known = nullptr;
}

// All operations that this one waits for, itself among them.
std::vector<uint32_t> needed_for(uint32_t number) {
  std::vector<uint32_t> all{number};
  for (size_t i = 0; i < all.size(); ++i) {
    const Operation* operation = find_pending(all[i]);
    if (operation == nullptr) continue;
    for (const uint32_t earlier : operation->after)
      if (std::find(all.begin(), all.end(), earlier) == all.end()) all.push_back(earlier);
  }
  return all;
}

// Runs what may come next, by the seed, until this operation has run.
void run_until(uint32_t number) {
  Streams& s = streams();
  while (find_pending(number) != nullptr) {
    const std::vector<uint32_t> needed = needed_for(number);
    std::vector<size_t> may;
    for (size_t i = 0; i < s.pending.size(); ++i) {
      const Operation& one = s.pending[i];
      const bool is_needed = std::find(needed.begin(), needed.end(), one.number) != needed.end();
      if ((is_needed || !one.is_late) && can_run(one)) may.push_back(i);
    }
    size_t pick = 0;
    if (options().seed != 0) {
      Random random{(options().seed + 1) * 0x9e3779b97f4a7c15u + s.pending[may[0]].number -
                    s.first};
      for (int i = 0; i < 4; ++i) random.next();  // the first numbers are much like their seed
      pick = random.below(static_cast<uint32_t>(may.size()));
    }
    Operation next = std::move(s.pending[may[pick]]);
    s.pending.erase(s.pending.begin() + static_cast<ptrdiff_t>(may[pick]));
    run(std::move(next));
  }
}

void run_all() {
  Streams& s = streams();
  while (!s.pending.empty()) run_until(s.pending.back().number);
}

}  // namespace

uint32_t enqueue(cudaStream_t stream, const void* kernel, std::function<void()> body,
                 bool as_late_as_may_be) {
  Streams& s = streams();
  CUstream_st& own = stream_of(stream);
  Operation operation;
  operation.number = static_cast<uint32_t>(s.past.size());
  operation.is_late = as_late_as_may_be;
  operation.run = std::move(body);
  operation.known = s.host;
  const auto wait = [&](const CUstream_st& other) {
    join(operation.known, other.known);
    operation.after.insert(operation.after.end(), other.after.begin(), other.after.end());
  };
  wait(own);
  if (stream == nullptr) {
    for (const auto& other : s.others)
      if (other->blocks) wait(*other);
  } else if (own.blocks) {
    wait(s.null);
  }
  s.past.push_back({own.index, kernel});
  own.after = {operation.number};
  own.known = operation.known;
  learn(own.known, own.index, operation.number);

  const uint32_t number = operation.number;
  const bool at_once = options().seed == 0 || s.others.empty();
  if (at_once && s.pending.empty() && !as_late_as_may_be) {
    run(std::move(operation));
  } else {
    s.pending.push_back(std::move(operation));
  }
  return number;
}

const void* kernel_of(uint32_t operation) {
  return streams().past[operation].kernel;
}

bool came_before(uint32_t operation) {
  const Streams& s = streams();
  return operation == 0 || operation == machine.operation ||
         (s.known != nullptr && covers(*s.known, operation));
}

bool host_knows(uint32_t operation) {
  return covers(streams().host, operation);
}

bool is_past(uint32_t operation) {
  return streams().pending.empty() && came_before(operation) && host_knows(operation);
}

void synchronize(cudaStream_t stream) {
  const CUstream_st& own = stream_of(stream);
  for (const uint32_t operation : own.after) run_until(operation);
  join(streams().host, own.known);
}

void synchronize_all() {
  run_all();
  Streams& s = streams();
  for (uint32_t stream = 0; stream <= s.others.size(); ++stream)
    learn(s.host, stream, static_cast<uint32_t>(s.past.size() - 1));
}

void run_what_is_left() {
  run_all();
  streams().first = static_cast<uint32_t>(streams().past.size());
}

}  // namespace emulator

using emulator::streams;

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  auto& others = streams().others;
  others.push_back(std::make_unique<CUstream_st>());
  *stream = others.back().get();
  (*stream)->index = static_cast<uint32_t>(others.size());
  (*stream)->blocks = (flags & cudaStreamNonBlocking) == 0;
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  // What it was asked for is still done, and others may wait for that.
  return stream == nullptr ? cudaErrorInvalidValue : cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  // Whoever waits for the null stream waits for those that block with it.
  if (stream == nullptr) emulator::enqueue(nullptr, nullptr, [] {});
  emulator::synchronize(stream);
  return cudaPeekAtLastError();
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  CUstream_st& own = emulator::stream_of(stream);
  emulator::join(own.known, event->known);
  if (event->operation != 0) own.after.push_back(event->operation);
  return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = new CUevent_st;
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  event->operation = emulator::enqueue(stream, nullptr, [] {});
  event->known = emulator::stream_of(stream).known;
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (event->operation != 0) emulator::run_until(event->operation);
  emulator::join(streams().host, event->known);
  return cudaPeekAtLastError();
}

cudaError_t cudaDeviceSynchronize() {
  emulator::synchronize_all();
  return cudaPeekAtLastError();
}
