// The loader: one endless stream of documents, cut into batches.

#include "nanochat/dataloader.h"

#include <algorithm>

#include "nanochat/dataset.h"
#include "probe.h"

using namespace probe;
using nanochat::Batch;
using nanochat::DataLoader;
using nanochat::Tokenizer;
using Ids = std::vector<int64_t>;

namespace {

// Documents of different lengths, no two alike.
const std::vector<std::string> kDocuments = {
    "one", "two fish", "red fish", "a", "blue fish, and more of it", "seven", "8", "ninety-nine"};

Tokenizer tokenizer() {
  return Tokenizer(std::vector<nanochat::TokenPair>{{'f', 'i'}, {'s', 'h'}, {256, 257}});
}

Ids list_of(const torch::Tensor& x) {
  const torch::Tensor flat = x.contiguous();
  return Ids(flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel());
}

// <|bos|> and the document's ids, for every document, by the tokenizer's plain encode.
std::vector<Ids> rows(const Tokenizer& t, const std::vector<std::string>& documents) {
  std::vector<Ids> all;
  for (const std::string& document : documents) {
    all.push_back(t.encode(document));
    all.back().insert(all.back().begin(), t.bos_token_id());
  }
  return all;
}

// The first `count` tokens of the loader's inputs, row by row and batch by batch.
Ids stream(DataLoader& loader, size_t count) {
  Ids all;
  while (all.size() < count) {
    const Ids some = list_of(loader.next().inputs);
    all.insert(all.end(), some.begin(), some.end());
  }
  all.resize(count);
  return all;
}

// Cuts a stream where documents begin.
std::vector<Ids> cut(const Ids& tokens, int64_t bos) {
  std::vector<Ids> documents;
  for (const int64_t id : tokens) {
    if (id == bos || documents.empty()) documents.emplace_back();
    documents.back().push_back(id);
  }
  return documents;
}

template <typename T>
std::vector<T> sorted(std::vector<T> items) {
  std::sort(items.begin(), items.end());
  return items;
}

}  // namespace

TEST_CASE("dataloader.targets", "[batches]") {
  // The target of a position is the input of the next one, also across rows and batches.
  for (const auto& [B, T] : std::vector<std::pair<int64_t, int64_t>>{{3, 7}, {1, 1}, {5, 2}, {2, 64}}) {
    for (const bool shuffle : {false, true}) {
      CAPTURE(B, T, shuffle);
      DataLoader loader(kDocuments, tokenizer(), B, T, 4, shuffle);
      Ids inputs, targets;
      for (int64_t step = 0; step < 30; ++step) {
        const Batch batch = loader.next();
        REQUIRE(batch.inputs.sizes() == torch::IntArrayRef({B, T}));
        REQUIRE(batch.targets.sizes() == torch::IntArrayRef({B, T}));
        const Ids x = list_of(batch.inputs), y = list_of(batch.targets);
        inputs.insert(inputs.end(), x.begin(), x.end());
        targets.insert(targets.end(), y.begin(), y.end());
      }
      CHECK(std::equal(inputs.begin() + 1, inputs.end(), targets.begin(), targets.end() - 1));
    }
  }
}

TEST_CASE("dataloader.dtype", "[batches]") {
  DataLoader loader(kDocuments, tokenizer(), 2, 5);
  const Batch batch = loader.next();
  CHECK(batch.inputs.scalar_type() == torch::kInt64);
  CHECK(batch.targets.scalar_type() == torch::kInt64);
  CHECK_FALSE(batch.inputs.requires_grad());
}

TEST_CASE("dataloader.stream", "[batches]") {
  // Without shuffling: the documents in their own order, each after <|bos|>, again and again.
  const Tokenizer t = tokenizer();
  Ids expected;
  for (int64_t epoch = 0; epoch < 5; ++epoch) {
    for (const Ids& row : rows(t, kDocuments)) expected.insert(expected.end(), row.begin(), row.end());
  }
  for (const auto& [B, T] : std::vector<std::pair<int64_t, int64_t>>{{2, 5}, {1, 13}, {4, 50}}) {
    DataLoader loader(kDocuments, t, B, T, 0, false);
    CHECK(loader.tokens_per_epoch() == static_cast<int64_t>(expected.size() / 5));
    CHECK(stream(loader, expected.size()) == expected);
  }
}

TEST_CASE("dataloader.bos", "[batches]") {
  // As many beginnings in an epoch as documents, and the first token is one.
  const Tokenizer t = tokenizer();
  for (const bool shuffle : {false, true}) {
    DataLoader loader(kDocuments, t, 2, 6, 1, shuffle);
    const Ids tokens = stream(loader, 4 * static_cast<size_t>(loader.tokens_per_epoch()));
    CHECK(tokens.front() == t.bos_token_id());
    CHECK(std::count(tokens.begin(), tokens.end(), t.bos_token_id()) ==
          static_cast<int64_t>(4 * kDocuments.size()));
  }
}

TEST_CASE("dataloader.shuffled", "[batches]") {
  // Every epoch has every document once, whole, in an order of its own.
  const Tokenizer t = tokenizer();
  std::vector<std::string> documents = kDocuments;
  for (int64_t i = 0; i < 12; ++i) documents.push_back("more " + std::to_string(i));
  const std::vector<Ids> own_order = rows(t, documents);
  for (const uint64_t seed : {0, 1, 17}) {
    CAPTURE(seed);
    DataLoader loader(documents, t, 3, 11, seed, true);
    const size_t n = documents.size();
    const std::vector<Ids> cut_up =
        cut(stream(loader, 4 * static_cast<size_t>(loader.tokens_per_epoch())), t.bos_token_id());
    REQUIRE(cut_up.size() == 4 * n);
    std::vector<std::vector<Ids>> epochs;
    for (size_t e = 0; e < 4; ++e) {
      epochs.emplace_back(cut_up.begin() + static_cast<std::ptrdiff_t>(e * n),
                          cut_up.begin() + static_cast<std::ptrdiff_t>((e + 1) * n));
      CHECK(sorted(epochs[e]) == sorted(own_order));
      CHECK(epochs[e] != own_order);
      for (size_t before = 0; before < e; ++before) CHECK(epochs[before] != epochs[e]);
    }
  }
}

TEST_CASE("dataloader.seed", "[batches]") {
  const std::vector<std::string> documents = nanochat::generate_documents(40, 8);
  DataLoader one(documents, tokenizer(), 2, 32, 5), same(documents, tokenizer(), 2, 32, 5);
  DataLoader other(documents, tokenizer(), 2, 32, 6);
  const Ids tokens = stream(one, 4000);
  CHECK(stream(same, 4000) == tokens);
  CHECK(stream(other, 4000) != tokens);
}

TEST_CASE("dataloader.rewind", "[batches]") {
  for (const bool shuffle : {false, true}) {
    DataLoader loader(kDocuments, tokenizer(), 2, 9, 3, shuffle);
    const Ids first = stream(loader, 400);
    loader.rewind();
    CHECK(loader.epoch() == 0);
    CHECK(stream(loader, 400) == first);
    loader.next();
    loader.rewind();
    CHECK(stream(loader, 400) == first);
  }
}

TEST_CASE("dataloader.epoch", "[batches]") {
  DataLoader loader(kDocuments, tokenizer(), 1, 4);
  const int64_t per_epoch = loader.tokens_per_epoch();
  CHECK(loader.epoch() == 0);
  for (int64_t taken = 4; taken < 6 * per_epoch; taken += 4) {
    loader.next();
    CAPTURE(taken, per_epoch);
    // Counted from the documents that were started on to fill the batch: its inputs and one more target.
    const int64_t started = taken / per_epoch;
    CHECK(loader.epoch() == started);
  }
}

TEST_CASE("dataloader.batches_stay", "[batches]") {
  // What was handed out does not change when more is taken, and does not depend on the documents' lifetime.
  auto documents = std::make_unique<std::vector<std::string>>(kDocuments);
  DataLoader loader(*documents, tokenizer(), 2, 7);
  documents.reset();
  const Batch first = loader.next();
  const torch::Tensor inputs = first.inputs.clone(), targets = first.targets.clone();
  for (int64_t step = 0; step < 50; ++step) loader.next();
  CHECK_THAT(first.inputs, same_as(inputs));
  CHECK_THAT(first.targets, same_as(targets));
}

TEST_CASE("dataloader.one_document", "[batches]") {
  // A batch of many epochs.
  const Tokenizer t = tokenizer();
  DataLoader loader({"ab"}, t, 2, 8);
  const int64_t bos = t.bos_token_id();
  CHECK(stream(loader, 16) ==
        Ids{bos, 'a', 'b', bos, 'a', 'b', bos, 'a', 'b', bos, 'a', 'b', bos, 'a', 'b', bos});
}

TEST_CASE("dataloader.bad_input", "[errors]") {
  CHECK_THROWS_AS(DataLoader({}, tokenizer(), 2, 8), std::runtime_error);
  CHECK_THROWS_AS(DataLoader(kDocuments, tokenizer(), 0, 8), std::runtime_error);
  CHECK_THROWS_AS(DataLoader(kDocuments, tokenizer(), 2, 0), std::runtime_error);
  CHECK_THROWS_AS(DataLoader(kDocuments, tokenizer(), -1, 8), std::runtime_error);
}
