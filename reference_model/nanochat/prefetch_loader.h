// A loader that works ahead.
//
// While the model computes, a thread takes the next batches from a loader and puts them into a
// queue, so that a step never waits for data. The queue is short: what is ready and not yet used is
// memory and nothing else. The order is the loader's own, and no number of a run depends on how far
// ahead the thread happens to be; not even the count of tensor memory, because tokens become
// tensors only when a batch is asked for.

#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "nanochat/dataloader.h"

namespace nanochat {

class PrefetchLoader {
 public:
  // The B * T + 1 tokens of a batch, and where their loader was after them.
  struct Item {
    std::vector<int64_t> tokens;
    LoaderState state;
  };

  // Takes `loader` over and starts the thread, which keeps up to `depth` batches ready and fetches
  // no further one before one is taken. Throws std::runtime_error if depth is not positive.
  explicit PrefetchLoader(DataLoader loader, int64_t depth = 4);

  // The same for any source of batches of B rows of T tokens. It runs on the thread, and not again
  // after it has thrown; `start` is its state now.
  PrefetchLoader(std::function<Item()> source, LoaderState start, int64_t B, int64_t T,
                 int64_t depth);

  // Ends the thread, however many batches it still has, and waits for it.
  ~PrefetchLoader();

  PrefetchLoader(const PrefetchLoader&) = delete;
  PrefetchLoader& operator=(const PrefetchLoader&) = delete;

  // The next batch. An exception of the source comes out here, after the batches before it and from
  // then on every time.
  Batch next();

  // The state of the batches that next() has given out, whatever the thread has fetched since.
  LoaderState state() const { return state_; }
  int64_t epoch() const { return state_.epoch; }

 private:
  void work();

  std::function<Item()> source_;  // the thread's
  LoaderState state_;             // the consumer's
  const int64_t B_, T_;
  const size_t depth_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Item> queue_;
  std::exception_ptr error_;
  bool stopping_ = false;

  std::thread thread_;  // last, so that everything is there when it starts
};

}  // namespace nanochat
