// The loader's place in the stream, its share of it on several ranks, and the loader that works ahead.

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>

#include "nanochat/dataset.h"
#include "nanochat/prefetch_loader.h"
#include "patience.h"
#include "probe.h"

using namespace probe;
using nanochat::Batch;
using nanochat::DataLoader;
using nanochat::LoaderState;
using nanochat::PrefetchLoader;
using nanochat::Tokenizer;

namespace {

const std::vector<std::string> kDocuments = {
    "one", "two fish", "red fish", "a", "blue fish, and more of it", "seven", "8", "ninety-nine"};

Tokenizer tokenizer() {
  return Tokenizer(std::vector<nanochat::TokenPair>{{'f', 'i'}, {'s', 'h'}, {256, 257}});
}

DataLoader make_loader(int64_t B, int64_t T, uint64_t seed = 4, bool shuffle = true, int64_t rank = 0,
                       int64_t world_size = 1) {
  return DataLoader(kDocuments, tokenizer(), B, T, seed, shuffle, rank, world_size);
}

void check_same(const Batch& actual, const Batch& expected) {
  CHECK_THAT(actual.inputs, same_as(expected.inputs));
  CHECK_THAT(actual.targets, same_as(expected.targets));
}

void check_same(const LoaderState& actual, const LoaderState& expected) {
  CHECK(actual.epoch == expected.epoch);
  CHECK(actual.next_document == expected.next_document);
  CHECK(actual.buffer == expected.buffer);
  CHECK(actual.tokens_per_epoch == expected.tokens_per_epoch);
}

using Source = std::function<PrefetchLoader::Item()>;

// The threads that have asked a source, and those of them that have ended. What a key holds for a thread goes
// before anybody has joined it. (A thread_local of this program's would keep it from joining a process.)
class Census {
 public:
  Census() {
    REQUIRE(::pthread_key_create(&here_, [](void* self) { ++static_cast<Census*>(self)->ended; }) == 0);
  }
  Census(const Census&) = delete;
  Census& operator=(const Census&) = delete;
  ~Census() { ::pthread_key_delete(here_); }

  void count() {
    if (::pthread_getspecific(here_)) return;
    ++begun;
    ::pthread_setspecific(here_, this);
  }

  std::atomic<int64_t> begun = 0, ended = 0;

 private:
  pthread_key_t here_{};
};

// The same source, which counts who asks.
Source counted(const std::shared_ptr<Census>& census, Source source) {
  return [census, source] {
    census->count();
    return source();
  };
}

// A batch of nothing but `number`, in the epoch of that number.
PrefetchLoader::Item item(int64_t number, int64_t B, int64_t T) {
  LoaderState state;
  state.epoch = number;
  return {std::vector<int64_t>(static_cast<size_t>(B * T + 1), number), state};
}

}  // namespace

TEST_CASE("loader_state.resumed", "[saved]") {
  // From any batch on, in the same loader or in another, also across epochs.
  for (const auto& [B, T] : std::vector<std::pair<int64_t, int64_t>>{{2, 9}, {1, 3}, {3, 40}}) {
    for (const bool shuffle : {false, true}) {
      for (const int64_t before : {0, 1, 2, 7, 23}) {
        CAPTURE(B, T, shuffle, before);
        DataLoader loader = make_loader(B, T, 4, shuffle), other = make_loader(B, T, 4, shuffle);
        for (int64_t i = 0; i < before; ++i) loader.next();
        const LoaderState state = loader.state();
        std::vector<Batch> expected;
        for (int64_t i = 0; i < 15; ++i) expected.push_back(loader.next());
        const int64_t epoch = loader.epoch();
        other.next();
        other.restore(state);
        check_same(other.state(), state);
        for (const Batch& batch : expected) check_same(other.next(), batch);
        CHECK(other.epoch() == epoch);
        loader.restore(state);
        for (const Batch& batch : expected) check_same(loader.next(), batch);
      }
    }
  }
}

TEST_CASE("loader_state.rewind", "[saved]") {
  DataLoader loader = make_loader(2, 9), fresh = make_loader(2, 9);
  for (int64_t i = 0; i < 11; ++i) loader.next();
  loader.restore(loader.state());
  loader.rewind();
  check_same(loader.state(), fresh.state());
  for (int64_t i = 0; i < 11; ++i) check_same(loader.next(), fresh.next());
}

TEST_CASE("loader_state.bad_input", "[errors]") {
  DataLoader loader = make_loader(2, 9);
  for (int64_t i = 0; i < 3; ++i) loader.next();
  const LoaderState good = loader.state();
  std::vector<std::string> documents = kDocuments;
  documents.push_back("more");
  DataLoader other(documents, tokenizer(), 2, 9, 4);
  CHECK_THROWS_AS(other.restore(good), std::runtime_error);
  LoaderState bad = good;
  bad.epoch = -1;
  CHECK_THROWS_AS(loader.restore(bad), std::runtime_error);
  bad = good;
  bad.next_document = -1;
  CHECK_THROWS_AS(loader.restore(bad), std::runtime_error);
  bad.next_document = static_cast<int64_t>(kDocuments.size()) + 1;
  CHECK_THROWS_AS(loader.restore(bad), std::runtime_error);
  bad.next_document = static_cast<int64_t>(kDocuments.size());  // the end of an epoch is a place too
  CHECK_NOTHROW(loader.restore(bad));
  check_same(loader.state(), bad);
}

TEST_CASE("loader_ranks.share", "[ranks]") {
  // Rank r of W has rows [r * B, (r + 1) * B) of what one rank with W * B rows has.
  for (const int64_t W : {2, 3}) {
    for (const auto& [B, T] : std::vector<std::pair<int64_t, int64_t>>{{2, 9}, {1, 4}, {4, 17}}) {
      DataLoader whole = make_loader(W * B, T);
      std::vector<DataLoader> ranks;
      for (int64_t r = 0; r < W; ++r) ranks.push_back(make_loader(B, T, 4, true, r, W));
      for (int64_t step = 0; step < 12; ++step) {
        CAPTURE(W, B, T, step);
        const Batch all = whole.next();
        for (int64_t r = 0; r < W; ++r) {
          const Batch share = ranks[static_cast<size_t>(r)].next();
          CHECK_THAT(share.inputs, same_as(all.inputs.slice(0, r * B, (r + 1) * B)));
          CHECK_THAT(share.targets, same_as(all.targets.slice(0, r * B, (r + 1) * B)));
          check_same(ranks[static_cast<size_t>(r)].state(), whole.state());
        }
      }
    }
  }
}

TEST_CASE("loader_ranks.state", "[ranks]") {
  // The state belongs to the stream: every rank can go on from any other's, and so can another number of
  // ranks.
  DataLoader first = make_loader(2, 5, 4, true, 0, 2), second = make_loader(2, 5, 4, true, 1, 2);
  DataLoader whole = make_loader(4, 5);
  for (int64_t step = 0; step < 6; ++step) first.next();
  second.restore(first.state());
  whole.restore(first.state());
  for (int64_t step = 0; step < 9; ++step) {
    const Batch all = whole.next();
    CHECK_THAT(first.next().inputs, same_as(all.inputs.slice(0, 0, 2)));
    CHECK_THAT(second.next().inputs, same_as(all.inputs.slice(0, 2, 4)));
  }
}

TEST_CASE("loader_ranks.bad_input", "[errors]") {
  CHECK_THROWS_AS(make_loader(2, 5, 4, true, 2, 2), std::runtime_error);
  CHECK_THROWS_AS(make_loader(2, 5, 4, true, -1, 2), std::runtime_error);
  CHECK_THROWS_AS(make_loader(2, 5, 4, true, 0, 0), std::runtime_error);
  CHECK_NOTHROW(make_loader(2, 5, 4, true, 1, 2));
}

TEST_CASE("loader_batch.tokens", "[batches]") {
  DataLoader loader = make_loader(3, 4), other = make_loader(3, 4);
  CHECK(loader.batch_size() == 3);
  CHECK(loader.sequence_len() == 4);
  for (int64_t step = 0; step < 8; ++step) {
    const std::vector<int64_t> tokens = loader.next_tokens();
    REQUIRE(tokens.size() == 13);
    check_same(nanochat::make_batch(tokens, 3, 4), other.next());
    const torch::Tensor all = torch::tensor(tokens, torch::kInt64);
    const Batch batch = nanochat::make_batch(tokens, 6, 2);
    CHECK_THAT(batch.inputs, same_as(all.slice(0, 0, 12).view({6, 2})));
    CHECK_THAT(batch.targets, same_as(all.slice(0, 1, 13).view({6, 2})));
    CHECK_THROWS_AS(nanochat::make_batch(tokens, 3, 5), c10::Error);
    CHECK_THROWS_AS(nanochat::make_batch(tokens, 13, 1), c10::Error);
    CHECK_THROWS_AS(nanochat::make_batch(tokens, 5, 2), c10::Error);
  }
}

TEST_CASE("prefetch.order", "[threads]") {
  for (const int64_t depth : {1, 2, 5, 100}) {
    DataLoader plain = make_loader(2, 9);
    PrefetchLoader ahead(make_loader(2, 9), depth);
    CHECK(ahead.epoch() == 0);
    for (int64_t step = 0; step < 60; ++step) {
      CAPTURE(depth, step);
      check_same(ahead.next(), plain.next());
      CHECK(ahead.epoch() == plain.epoch());
    }
  }
}

TEST_CASE("prefetch.state", "[threads]") {
  // What was given out counts, not what was fetched.
  DataLoader plain = make_loader(2, 9);
  PrefetchLoader ahead(make_loader(2, 9), 6);
  for (int64_t step = 0; step < 25; ++step) {
    CAPTURE(step);
    check_same(ahead.state(), plain.state());
    check_same(ahead.next(), plain.next());
  }
  DataLoader resumed = make_loader(2, 9);
  resumed.restore(ahead.state());
  PrefetchLoader again(resumed);
  check_same(again.state(), plain.state());
  for (int64_t step = 0; step < 5; ++step) check_same(again.next(), plain.next());
}

TEST_CASE("prefetch.ahead", "[threads]") {
  // It fetches before it is asked, and no more than there is room for.
  const int64_t depth = 3;
  std::mutex mutex;
  std::condition_variable changed;
  int64_t made = 0;
  const auto reaches = [&](int64_t count, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, patience, [&] { return made >= count; });
  };
  const auto source = [&] {
    const std::lock_guard lock(mutex);
    changed.notify_all();
    return item(made++, 2, 4);
  };
  PrefetchLoader ahead(source, {}, 2, 4, depth);
  for (int64_t step = 0; step < 20; ++step) {
    REQUIRE(reaches(step + depth, patience()));
    {
      const std::lock_guard lock(mutex);
      CHECK(made == step + depth);
    }
    CHECK_THAT(ahead.next().inputs, same_as(torch::full({2, 4}, step, torch::kInt64)));
    CHECK(ahead.state().epoch == step);
  }
  // A loader that does not know when to stop goes on while this waits; one that does is asleep by then.
  CHECK_FALSE(reaches(20 + depth + 1, std::chrono::milliseconds(20)));
}

TEST_CASE("prefetch.thread_ends", "[threads]") {
  // Whoever destroys the loader finds its thread gone, wherever it was.
  for (const int64_t taken : {0, 1, 5, 30}) {
    CAPTURE(taken);
    const auto census = std::make_shared<Census>();
    int64_t made = 0;
    {
      PrefetchLoader ahead(counted(census, [&made] { return item(made++, 2, 4); }), {}, 2, 4, 3);
      for (int64_t step = 0; step < taken; ++step) ahead.next();
    }
    CHECK(census->ended == census->begun);
    CHECK(made >= taken);
    {
      PrefetchLoader of_documents(make_loader(2, 9), 3);
    }
  }
}

TEST_CASE("prefetch.exception", "[threads]") {
  // After the batches before it, and again if asked again; the thread ends.
  const auto census = std::make_shared<Census>();
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
  };
  const auto before = threads();
  std::atomic<bool> failed = false;
  int64_t made = 0;
  {
    const Source source = [&]() -> PrefetchLoader::Item {
      if (made == 3) {
        failed = true;
        throw std::out_of_range("no more");
      }
      return item(made++, 1, 2);
    };
    PrefetchLoader ahead(counted(census, source), {}, 1, 2, 8);
    // Three batches and the error are there before the first is asked for; a thread that stays is waited for
    // in vain.
    using std::chrono::milliseconds;
    for (auto waited = milliseconds(0); !failed && waited < patience(); waited += milliseconds(1))
      std::this_thread::sleep_for(milliseconds(1));
    for (int i = 0; i < 200 && threads() > before; ++i) std::this_thread::sleep_for(milliseconds(1));
    for (int64_t step = 0; step < 3; ++step) {
      CHECK_THAT(ahead.next().targets, same_as(torch::full({1, 2}, step, torch::kInt64)));
    }
    CHECK_THROWS_AS(ahead.next(), std::out_of_range);
    CHECK_THROWS_AS(ahead.next(), std::out_of_range);
    CHECK(ahead.state().epoch == 2);
  }
  {
    const Source nothing = []() -> PrefetchLoader::Item { throw std::out_of_range("nothing"); };
    PrefetchLoader never(counted(census, nothing), {}, 1, 2, 2);
  }
  CHECK(census->ended == census->begun);
}

TEST_CASE("prefetch.no_more", "[threads]") {
  // A source that has failed is not asked again, though it would answer.
  std::atomic<int64_t> asked = 0;
  {
    PrefetchLoader ahead(
        [&]() -> PrefetchLoader::Item {
          const int64_t call = asked++;
          if (call == 1) throw std::out_of_range("only this once");
          return item(call, 1, 2);
        },
        {}, 1, 2, 3);
    CHECK_THAT(ahead.next().targets, same_as(torch::full({1, 2}, 0, torch::kInt64)));
    for (int64_t i = 0; i < 300; ++i) {
      REQUIRE_THROWS_AS(ahead.next(), std::out_of_range);
      std::this_thread::yield();
    }
  }
  CHECK(asked == 2);
}

TEST_CASE("prefetch.bad_input", "[errors]") {
  CHECK_THROWS_AS(PrefetchLoader(make_loader(2, 9), 0), std::runtime_error);
  CHECK_THROWS_AS(PrefetchLoader(make_loader(2, 9), -2), std::runtime_error);
}
