// The cache of keys and values: what is put in comes out, in order, and decoding with it equals reading
// everything at once.

#include "nanochat/kv_cache.h"

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::GPT;
using nanochat::GPTConfig;
using nanochat::KVCache;

namespace {

// Logits for idx (B, T), read in pieces of these lengths.
torch::Tensor in_pieces(GPT& model, const torch::Tensor& idx, const std::vector<int64_t>& lengths,
                        KVCache& cache) {
  std::vector<torch::Tensor> logits;
  int64_t start = 0;
  for (const int64_t length : lengths) {
    logits.push_back(model(idx.narrow(1, start, length), &cache));
    start += length;
    CHECK(cache.position() == start);
  }
  return torch::cat(logits, 1);
}

}  // namespace

TEST_CASE("kv_cache.insert", "[cache]") {
  // Three layers, pieces of different lengths, past several growths: always the whole of it, in order.
  const int64_t B = 2, KV = 3, D = 4, L = 3;
  KVCache cache(L);
  CHECK(cache.position() == 0);
  CHECK(cache.capacity() == 0);
  std::vector<torch::Tensor> all_k(L), all_v(L);
  int64_t end = 0;
  for (const int64_t T : {5, 1, 1, 60, 130, 2}) {
    for (int64_t layer = 0; layer < L; ++layer) {
      const auto l = static_cast<size_t>(layer);
      const torch::Tensor k = oracle::strided({B, KV, T, D}), v = oracle::strided({B, KV, T, D});
      all_k[l] = all_k[l].defined() ? torch::cat({all_k[l], k}, 2) : k;
      all_v[l] = all_v[l].defined() ? torch::cat({all_v[l], v}, 2) : v;
      CHECK(cache.position() == end);  // until the last layer is in
      const auto [keys, values] = cache.insert(layer, k, v);
      CHECK_THAT(keys, same_as(all_k[l]));
      CHECK_THAT(values, same_as(all_v[l]));
    }
    end += T;
    CHECK(cache.position() == end);
    CHECK(cache.capacity() >= end);
  }
}

TEST_CASE("kv_cache.repeat", "[cache]") {
  // A pass that failed before its last layer can be done again.
  KVCache cache(2);
  const auto piece = [] { return oracle::normal({1, 2, 3, 4}); };
  const torch::Tensor first = piece();
  cache.insert(0, first, first);
  cache.insert(1, first, first);
  cache.insert(0, piece(), piece());  // and then something went wrong
  const torch::Tensor k = piece(), v = piece();
  const auto [keys, values] = cache.insert(0, k, v);
  CHECK_THAT(keys, same_as(torch::cat({first, k}, 2)));
  CHECK_THAT(values, same_as(torch::cat({first, v}, 2)));
  CHECK(cache.position() == 3);
}

TEST_CASE("kv_cache.capacity", "[cache]") {
  // Room for what is needed and not for much more, however it came to be.
  for (const int64_t T : {1, 7, 64, 65, 300}) {
    CAPTURE(T);
    KVCache cache(1);
    for (int64_t t = 0; t < T; ++t) {
      const torch::Tensor x = torch::zeros({1, 1, 1, 2});
      cache.insert(0, x, x);
      CHECK(cache.capacity() >= cache.position());
    }
    CHECK(cache.capacity() - T < 1024);
    KVCache at_once(1);
    const torch::Tensor x = torch::zeros({1, 1, T, 2});
    at_once.insert(0, x, x);
    CHECK(at_once.capacity() - T < 1024);
    const int64_t room = at_once.capacity() - T;
    if (room > 0) {
      const torch::Tensor rest = torch::zeros({1, 1, room, 2});
      at_once.insert(0, rest, rest);
      CHECK(at_once.capacity() == T + room);  // it fits
    }
  }
}

TEST_CASE("kv_cache.growth", "[cache]") {
  // One token at a time must not copy everything at every token.
  KVCache cache(1);
  int64_t growths = 0, capacity = 0;
  for (int64_t t = 0; t < 512; ++t) {
    const torch::Tensor x = torch::zeros({1, 1, 1, 2});
    cache.insert(0, x, x);
    growths += cache.capacity() != capacity;
    capacity = cache.capacity();
  }
  CHECK(growths <= 64);
}

TEST_CASE("kv_cache.reset", "[cache]") {
  KVCache cache(2);
  const auto fill = [&](int64_t B, int64_t T) {
    const torch::Tensor k = oracle::normal({B, 2, T, 4}), v = oracle::normal({B, 2, T, 4});
    for (int64_t layer = 0; layer < 2; ++layer) {
      const auto [keys, values] = cache.insert(layer, k, v);
      CHECK_THAT(keys, same_as(k));
      CHECK_THAT(values, same_as(v));
    }
  };
  fill(1, 9);
  cache.reset();
  CHECK(cache.position() == 0);
  CHECK(cache.capacity() == 0);  // the memory is given back
  fill(3, 4);                    // another number of rows is fine
  CHECK(cache.position() == 4);
}

TEST_CASE("kv_cache.frees", "[cache]") {
  // After a reset the cache holds on to nothing: neither to what it was given nor to what it gave.
  KVCache cache(2);
  std::vector<c10::weak_intrusive_ptr<c10::StorageImpl>> storages;
  const auto watch = [&](const torch::Tensor& x) {
    storages.emplace_back(
        c10::intrusive_ptr<c10::StorageImpl>::reclaim_copy(x.storage().unsafeGetStorageImpl()));
  };
  for (int64_t layer = 0; layer < 2; ++layer) {
    for (int64_t step = 0; step < 2; ++step) {
      const torch::Tensor k = oracle::normal({1, 2, 3, 4}), v = oracle::normal({1, 2, 3, 4});
      const auto [keys, values] = cache.insert(layer, k, v);
      for (const torch::Tensor& x : {k, v, keys, values}) watch(x);
    }
  }
  cache.reset();
  for (const auto& storage : storages) CHECK(storage.expired());
}

TEST_CASE("kv_cache.prefill", "[cache]") {
  KVCache one(2);
  std::vector<torch::Tensor> k, v;
  for (int64_t layer = 0; layer < 2; ++layer) {
    k.push_back(oracle::normal({1, 3, 70, 4}));
    v.push_back(oracle::normal({1, 3, 70, 4}));
    one.insert(layer, k.back(), v.back());
  }
  KVCache many(2);
  many.prefill(one, 5);
  CHECK(many.position() == 70);
  for (int64_t layer = 0; layer < 2; ++layer) {
    const auto l = static_cast<size_t>(layer);
    const torch::Tensor more_k = oracle::normal({5, 3, 2, 4}), more_v = oracle::normal({5, 3, 2, 4});
    const auto [keys, values] = many.insert(layer, more_k, more_v);
    CHECK_THAT(keys, same_as(torch::cat({k[l].expand({5, 3, 70, 4}), more_k}, 2)));
    CHECK_THAT(values, same_as(torch::cat({v[l].expand({5, 3, 70, 4}), more_v}, 2)));
  }
  // The one is as it was, and goes its own way.
  CHECK(one.position() == 70);
  for (int64_t layer = 0; layer < 2; ++layer) {
    const auto l = static_cast<size_t>(layer);
    const torch::Tensor more = oracle::normal({1, 3, 1, 4});
    CHECK_THAT(one.insert(layer, more, more).first, same_as(torch::cat({k[l], more}, 2)));
  }
}

TEST_CASE("kv_cache.detached", "[cache]") {
  KVCache cache(1);
  const torch::Tensor x = oracle::leaf(oracle::normal({1, 2, 3, 4}));
  const auto [keys, values] = cache.insert(0, 2.0 * x, 3.0 * x);
  CHECK_FALSE(keys.requires_grad());
  CHECK_FALSE(values.requires_grad());
  CHECK(torch::GradMode::is_enabled());
}

TEST_CASE("kv_cache.decode", "[cache]") {
  // Read at once, a token at a time, or in pieces: the same logits.
  torch::NoGradGuard no_grad;
  for (const GPTConfig& config : oracle::configs()) {
    CAPTURE(config.n_layer, config.n_head, config.n_kv_head, config.n_embd);
    GPT model = oracle::make_gpt(config);
    for (const int64_t B : {1, 3}) {
      const torch::Tensor idx = oracle::token_ids(B, 9, config.vocab_size);
      const torch::Tensor whole = oracle::logits(model, idx);
      for (const std::vector<int64_t>& lengths : std::vector<std::vector<int64_t>>{
               {9}, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {4, 1, 3, 1}, {1, 8}, {8, 1}}) {
        KVCache cache(config.n_layer);
        CHECK_THAT(in_pieces(model, idx, lengths, cache), close_to(whole, 1e-11));
      }
    }
  }
}

TEST_CASE("kv_cache.decode_again", "[cache]") {
  torch::NoGradGuard no_grad;
  const GPTConfig config = oracle::configs()[0];
  GPT model = oracle::make_gpt(config);
  KVCache cache(config.n_layer);
  for (const int64_t B : {2, 1, 4}) {
    const torch::Tensor idx = oracle::token_ids(B, 6, config.vocab_size);
    CHECK_THAT(in_pieces(model, idx, {2, 1, 3}, cache), close_to(oracle::logits(model, idx), 1e-11));
    cache.reset();
  }
}

TEST_CASE("kv_cache.decode_long", "[cache]") {
  // Past several growths of the cache, up to the last position there is and not beyond.
  torch::NoGradGuard no_grad;
  GPTConfig config = oracle::configs()[0];
  config.sequence_len = 15;
  GPT model = oracle::make_gpt(config);
  const torch::Tensor idx = oracle::token_ids(1, 150, config.vocab_size);
  KVCache cache(config.n_layer);
  CHECK_THAT(in_pieces(model, idx, {60, 1, 1, 1, 1, 1, 1, 62, 1, 1, 1, 1, 18}, cache),
             close_to(oracle::logits(model, idx), 1e-11));
  CHECK_THROWS_AS(model(idx.narrow(1, 0, 1), &cache), c10::Error);
  CHECK(cache.position() == 150);
}

TEST_CASE("kv_cache.bad_input", "[errors]") {
  CHECK_THROWS_AS(KVCache(0), c10::Error);
  KVCache cache(2);
  const torch::Tensor x = torch::zeros({1, 2, 3, 4});
  CHECK_THROWS_AS(cache.insert(-1, x, x), c10::Error);
  CHECK_THROWS_AS(cache.insert(2, x, x), c10::Error);
  CHECK_THROWS_AS(cache.insert(0, x, torch::zeros({1, 2, 4, 4})), c10::Error);
  CHECK_THROWS_AS(cache.insert(0, x[0], x[0]), c10::Error);
  KVCache empty(2), other(2);
  CHECK_THROWS_AS(other.prefill(empty, 2), c10::Error);
  for (const int64_t layer : {0, 1}) cache.insert(layer, x, x);
  CHECK(cache.position() == 3);
  for (const torch::Tensor& wrong :
       {torch::zeros({2, 2, 1, 4}), torch::zeros({1, 1, 1, 4}), torch::zeros({1, 2, 1, 6})}) {
    CHECK_THROWS_AS(cache.insert(0, wrong, wrong), c10::Error);
  }
  CHECK_THROWS_AS(other.prefill(cache, 0), c10::Error);
  KVCache deeper(3);
  CHECK_THROWS_AS(deeper.prefill(cache, 2), c10::Error);
  other.prefill(cache, 2);
  CHECK_THROWS_AS(other.prefill(cache, 2), c10::Error);  // it is not empty any more
  KVCache third(2);
  CHECK_THROWS_AS(third.prefill(other, 2), c10::Error);  // two rows
}
