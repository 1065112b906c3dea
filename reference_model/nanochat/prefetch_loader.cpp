// The loader that works ahead. Contracts are in the header.

#include "nanochat/prefetch_loader.h"

#include <memory>
#include <stdexcept>
#include <utility>

namespace nanochat {

namespace {

std::function<PrefetchLoader::Item()> source_of(std::shared_ptr<DataLoader> loader) {
  return [loader] {
    std::vector<int64_t> tokens = loader->next_tokens();
    return PrefetchLoader::Item{std::move(tokens), loader->state()};
  };
}

size_t positive(int64_t depth) {
  if (depth <= 0) throw std::runtime_error("a queue needs room for at least one batch");
  return static_cast<size_t>(depth);
}

}  // namespace

PrefetchLoader::PrefetchLoader(DataLoader loader, int64_t depth)
    : PrefetchLoader(source_of(std::make_shared<DataLoader>(loader)), loader.state(),
                     loader.batch_size(), loader.sequence_len(), depth) {}

PrefetchLoader::PrefetchLoader(std::function<Item()> source, LoaderState start, int64_t B,
                               int64_t T, int64_t depth)
    : source_(std::move(source)),
      state_(std::move(start)),
      B_(B),
      T_(T),
      depth_(positive(depth)),
      thread_([this] { work(); }) {}

PrefetchLoader::~PrefetchLoader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void PrefetchLoader::work() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || queue_.size() < depth_; });
      if (stopping_) return;
    }
    // Not under the lock: the consumer takes what is ready meanwhile.
    Item item;
    std::exception_ptr error;
    try {
      item = source_();
    } catch (...) {
      error = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      if (error) {
        error_ = error;
      } else {
        queue_.push_back(std::move(item));
      }
    }
    changed_.notify_all();
    if (error) return;
  }
}

Batch PrefetchLoader::next() {
  Item item;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return error_ || !queue_.empty(); });
    if (queue_.empty()) std::rethrow_exception(error_);
    item = std::move(queue_.front());
    queue_.pop_front();
  }
  changed_.notify_all();
  state_ = std::move(item.state);
  return make_batch(item.tokens, B_, T_);
}

}  // namespace nanochat
