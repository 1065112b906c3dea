// Conversations in rows: which goes where, what each row holds, and that sharing a row changes nothing.

#include "nanochat/sft_loader.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "gpt_oracle.h"
#include "nanochat/common.h"
#include "nanochat/dataset.h"
#include "probe.h"

using namespace probe;
using nanochat::collate;
using nanochat::Conversation;
using nanochat::pack_rows;
using nanochat::RenderedConversation;
using nanochat::SFTBatch;
using nanochat::SFTLoader;
using nanochat::SFTLoaderOptions;
using nanochat::Tokenizer;
using Ids = std::vector<int64_t>;
using Rows = std::vector<std::vector<size_t>>;

namespace {

constexpr int64_t kNoLimit = 1 << 30;

const Tokenizer& tokenizer() {
  static const Tokenizer trained = Tokenizer::train(nanochat::generate_documents(60, 4), 330);
  return trained;
}

std::vector<Conversation> conversations(int64_t count, uint64_t seed = 6) {
  return nanochat::generate_conversations(count, seed);
}

// A conversation of random ids, about half of them an assistant's.
RenderedConversation random_conversation(nanochat::Rng& rng, int64_t length, int64_t V) {
  RenderedConversation conversation;
  for (int64_t i = 0; i < length; ++i) {
    conversation.ids.push_back(rng.below(V));
    conversation.mask.push_back(rng.below(2));
  }
  return conversation;
}

Ids list_of(const torch::Tensor& x) {
  const torch::Tensor flat = x.contiguous();
  return Ids(flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel());
}

// One conversation as it comes out of a batch: the tokens that were inputs, and its targets.
using Piece = std::pair<Ids, Ids>;

// The pieces of a batch's rows, by their segments; padding is left out.
std::vector<Piece> pieces_of(const SFTBatch& batch) {
  std::vector<Piece> pieces;
  for (int64_t b = 0; b < batch.inputs.size(0); ++b) {
    const Ids inputs = list_of(batch.inputs[b]), targets = list_of(batch.targets[b]);
    const Ids segments = list_of(batch.segments[b]);
    for (size_t t = 0; t < inputs.size(); ++t) {
      if (segments[t] == -1) continue;
      if (t == 0 || segments[t] != segments[t - 1]) pieces.emplace_back();
      pieces.back().first.push_back(inputs[t]);
      pieces.back().second.push_back(targets[t]);
    }
  }
  return pieces;
}

// What a rendered conversation has to come out as. A row's last token is only a target, so the conversation
// at the end of a full row has one input less than others.
Piece piece_of(const RenderedConversation& conversation) {
  Piece piece;
  for (size_t i = 0; i < conversation.ids.size(); ++i) {
    piece.first.push_back(conversation.ids[i]);
    const bool learned = i + 1 < conversation.ids.size() && conversation.mask[i + 1] == 1;
    piece.second.push_back(learned ? conversation.ids[i + 1] : -1);
  }
  return piece;
}

// Without the last input, which never has a target: what is equal however full the row was.
Piece trimmed(Piece piece, size_t length) {
  if (piece.first.size() == length) {
    CHECK(piece.second.back() == -1);
    piece.first.pop_back();
    piece.second.pop_back();
  }
  return piece;
}

std::vector<Piece> expected_pieces(const std::vector<Conversation>& all, int64_t T) {
  std::vector<Piece> pieces;
  for (const Conversation& conversation : all) {
    const RenderedConversation rendered = nanochat::render_conversation(tokenizer(), conversation, T + 1);
    pieces.push_back(trimmed(piece_of(rendered), rendered.ids.size()));
  }
  return pieces;
}

// The next epoch of a loader, conversation by conversation, in order.
std::vector<Piece> epoch_of(SFTLoader& loader) {
  std::vector<Piece> pieces;
  for (int64_t left = loader.batches_in_epoch(loader.state().epoch); left > 0; --left) {
    for (Piece& piece : pieces_of(loader.next())) pieces.push_back(std::move(piece));
  }
  return pieces;
}

// The same with every piece cut to what is equal however full its row was, known by its beginning.
std::vector<Piece> normalised(std::vector<Piece> pieces, int64_t T) {
  static const int64_t end = tokenizer().encode_special("<|assistant_end|>");
  for (Piece& piece : pieces) {
    // Complete with its end token, or as long as a row can be and still one short of its own end.
    if (piece.first.back() == end && static_cast<int64_t>(piece.first.size()) <= T) {
      piece = trimmed(piece, piece.first.size());
    }
  }
  return pieces;
}

template <typename T>
std::vector<T> sorted(std::vector<T> items) {
  std::sort(items.begin(), items.end());
  return items;
}

bool same(const SFTBatch& a, const SFTBatch& b) {
  return torch::equal(a.inputs, b.inputs) && torch::equal(a.targets, b.targets) &&
         torch::equal(a.segments, b.segments) && a.num_valid == b.num_valid;
}

// Best fit in the plainest way: a list that things are taken out of.
Rows naive_rows(const Ids& lengths, int64_t capacity, int64_t window) {
  Rows rows;
  std::vector<size_t> left(lengths.size());
  std::iota(left.begin(), left.end(), size_t{0});
  while (!left.empty()) {
    rows.push_back({left.front()});
    int64_t used = lengths[left.front()];
    left.erase(left.begin());
    while (true) {
      std::ptrdiff_t best = -1;
      for (std::ptrdiff_t i = 0; i < std::min<std::ptrdiff_t>(window, std::ssize(left)); ++i) {
        const int64_t length = lengths[left[static_cast<size_t>(i)]];
        if (used + length <= capacity && (best < 0 || length > lengths[left[static_cast<size_t>(best)]])) {
          best = i;
        }
      }
      if (best < 0) break;
      rows.back().push_back(left[static_cast<size_t>(best)]);
      used += lengths[rows.back().back()];
      left.erase(left.begin() + best);
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("sft_loader.pack_rows", "[batches]") {
  CHECK(pack_rows({}, 10, 4) == Rows{});
  CHECK(pack_rows({10}, 10, 4) == Rows{{0}});
  // The longest that fits, not the first; exactly full is full enough.
  CHECK(pack_rows({4, 1, 6, 5, 4}, 10, 8) == Rows{{0, 2}, {1, 3, 4}});
  CHECK(pack_rows({5, 3, 3, 2}, 8, 8) == Rows{{0, 1}, {2, 3}});
  // What is behind the window is not looked at.
  CHECK(pack_rows({4, 1, 1, 6}, 10, 2) == Rows{{0, 1, 2}, {3}});
  CHECK(pack_rows({4, 1, 1, 6}, 10, 3) == Rows{{0, 3}, {1, 2}});
  CHECK(pack_rows({4, 7, 1}, 10, 1) == Rows{{0}, {1, 2}});
}

TEST_CASE("sft_loader.pack_rows_loop", "[batches]") {
  nanochat::Rng rng(3);
  for (int64_t round = 0; round < 60; ++round) {
    const int64_t capacity = 5 + rng.below(40), window = 1 + rng.below(12);
    Ids lengths;
    for (int64_t i = rng.below(50); i > 0; --i) lengths.push_back(1 + rng.below(capacity));
    CAPTURE(capacity, window, lengths);
    const Rows rows = pack_rows(lengths, capacity, window);
    CHECK(rows == naive_rows(lengths, capacity, window));
    std::multiset<size_t> seen;
    for (const std::vector<size_t>& row : rows) {
      int64_t used = 0;
      for (const size_t i : row) used += lengths[i];
      CHECK(used <= capacity);
      CHECK_FALSE(row.empty());
      seen.insert(row.begin(), row.end());
    }
    CHECK(seen.size() == lengths.size());
    CHECK(std::set<size_t>(seen.begin(), seen.end()).size() == lengths.size());
  }
}

TEST_CASE("sft_loader.collate", "[batches]") {
  const RenderedConversation a = {{11, 12, 13, 14}, {0, 0, 1, 1}};
  const RenderedConversation b = {{21, 22, 23}, {1, 1, 0}};  // its first token would be learned, if it could
  const RenderedConversation c = {{31, 32}, {0, 1}};
  const SFTBatch batch = collate({{a, b}, {c}, {}, {c, a, c}}, 7, 99);
  CHECK_THAT(batch.inputs, same_as(torch::tensor({{11, 12, 13, 14, 21, 22, 23},
                                                  {31, 32, 99, 99, 99, 99, 99},
                                                  {99, 99, 99, 99, 99, 99, 99},
                                                  {31, 32, 11, 12, 13, 14, 31}},
                                                 torch::kInt64)));
  CHECK_THAT(batch.targets, same_as(torch::tensor({{-1, 13, 14, -1, 22, -1, -1},
                                                   {32, -1, -1, -1, -1, -1, -1},
                                                   {-1, -1, -1, -1, -1, -1, -1},
                                                   {32, -1, -1, 13, 14, -1, 32}},
                                                  torch::kInt64)));
  CHECK_THAT(batch.segments, same_as(torch::tensor({{0, 0, 0, 0, 1, 1, 1},
                                                    {0, 0, -1, -1, -1, -1, -1},
                                                    {-1, -1, -1, -1, -1, -1, -1},
                                                    {0, 0, 1, 1, 1, 1, 2}},
                                                   torch::kInt64)));
  CHECK(batch.num_valid == 8);
  // No room for one more token.
  CHECK_NOTHROW(collate({{a, b}}, 6, 99));
  CHECK_THROWS_AS(collate({{a, b}}, 5, 99), std::runtime_error);
  CHECK_THROWS_AS(collate({{c}, {c, c, c, c, a}}, 10, 99), std::runtime_error);
}

TEST_CASE("sft_loader.collate_random", "[batches]") {
  nanochat::Rng rng(8);
  for (int64_t round = 0; round < 20; ++round) {
    const int64_t T = 6 + rng.below(30), B = 1 + rng.below(4);
    std::vector<std::vector<RenderedConversation>> rows(static_cast<size_t>(B));
    std::vector<Piece> expected;
    int64_t valid = 0;
    for (auto& row : rows) {
      for (int64_t room = T + 1; room > 4;) {
        const int64_t length = 2 + rng.below(room - 2);
        row.push_back(random_conversation(rng, length, 50));
        Piece piece = piece_of(row.back());
        room -= length;
        if (room == 0) piece = trimmed(piece, static_cast<size_t>(length));
        valid += length - std::count(piece.second.begin(), piece.second.end(), -1) -
                 (length - static_cast<int64_t>(piece.second.size()));
        expected.push_back(piece);
      }
    }
    const SFTBatch batch = collate(rows, T, 77);
    CHECK(batch.inputs.sizes() == torch::IntArrayRef({B, T}));
    CHECK(batch.inputs.scalar_type() == torch::kInt64);
    CHECK(batch.targets.scalar_type() == torch::kInt64);
    CHECK(batch.segments.scalar_type() == torch::kInt64);
    CHECK(pieces_of(batch) == expected);
    CHECK(batch.num_valid == valid);
    CHECK(batch.targets.ne(-1).sum().item<int64_t>() == valid);
    const torch::Tensor padding = batch.segments.eq(-1);
    CHECK(batch.inputs.masked_select(padding).eq(77).all().item<bool>());
    CHECK(batch.targets.masked_select(padding).eq(-1).all().item<bool>());
  }
}

TEST_CASE("sft_loader.packing_equality", "[gradients]") {
  // The summed loss of packed rows is that of the conversations on their own, and so are the gradients.
  nanochat::Rng rng(12);
  for (const nanochat::GPTConfig& config : oracle::configs()) {
    CAPTURE(config.n_layer, config.n_head, config.n_kv_head, config.n_embd);
    nanochat::GPT model = oracle::make_gpt(config);
    const std::vector<torch::Tensor> weights = oracle::weights(model);
    std::vector<RenderedConversation> all;
    Ids lengths;
    for (int64_t i = 0; i < 9; ++i) {
      lengths.push_back(3 + rng.below(9));
      all.push_back(random_conversation(rng, lengths.back(), config.vocab_size));
      all.back().mask[1] = 1;  // something to learn in each
    }
    const int64_t T = 19;
    std::vector<std::vector<RenderedConversation>> rows;
    for (const std::vector<size_t>& row : pack_rows(lengths, T + 1, 5)) {
      rows.emplace_back();
      for (const size_t i : row) rows.back().push_back(all[i]);
    }
    REQUIRE(rows.size() < all.size());
    const SFTBatch packed = collate(rows, T, 1);
    const torch::Tensor packed_loss =
        model->loss(packed.inputs, packed.targets, packed.segments) * packed.num_valid;

    torch::Tensor alone_loss = torch::zeros({}, torch::kFloat64);
    int64_t valid = 0;
    for (const RenderedConversation& conversation : all) {
      const Piece piece = piece_of(conversation);
      const int64_t count =
          std::ssize(piece.second) - std::count(piece.second.begin(), piece.second.end(), -1);
      valid += count;
      alone_loss = alone_loss + count * oracle::loss(model, torch::tensor(piece.first).unsqueeze(0),
                                                     torch::tensor(piece.second).unsqueeze(0));
    }
    CHECK(packed.num_valid == valid);
    CHECK_THAT(packed_loss, close_to(alone_loss, 1e-10));
    const std::vector<torch::Tensor> actual = oracle::gradients(packed_loss, weights);
    const std::vector<torch::Tensor> expected = oracle::gradients(alone_loss, weights);
    for (size_t i = 0; i < weights.size(); ++i) {
      CAPTURE(i);
      CHECK_THAT(actual[i], close_to(expected[i], 1e-10));
    }
  }
}

TEST_CASE("sft_loader.padding_equality", "[loss]") {
  // The same without packing: a row a conversation, padded to the longest.
  nanochat::GPT model = oracle::make_gpt({.sequence_len = 60,
                                          .vocab_size = tokenizer().vocab_size(),
                                          .n_layer = 2,
                                          .n_head = 2,
                                          .n_kv_head = 1,
                                          .n_embd = 12});
  torch::NoGradGuard no_grad;
  const std::vector<Conversation> all = conversations(11);
  double sums[2] = {}, counts[2] = {};
  for (const bool pack : {false, true}) {
    SFTLoader loader(all, tokenizer(), 3, 90, {.pack = pack});
    for (int64_t left = loader.batches_in_epoch(0); left > 0; --left) {
      const SFTBatch batch = loader.next();
      if (batch.num_valid == 0) continue;
      const auto count = static_cast<double>(batch.num_valid);
      sums[pack] += count * model->loss(batch.inputs, batch.targets, batch.segments).item<double>();
      counts[pack] += count;
    }
  }
  CHECK(counts[0] == counts[1]);
  CHECK(sums[0] == Approx(sums[1]).epsilon(1e-11));
}

TEST_CASE("sft_loader.complete", "[batches]") {
  // Every epoch has every conversation once, whole, with its own targets, whatever the shapes.
  const std::vector<Conversation> all = conversations(40);
  for (const auto& [B, T] :
       std::vector<std::pair<int64_t, int64_t>>{{3, 200}, {1, 150}, {7, 131}, {2, 40}, {1, 25}}) {
    for (const bool pack : {true, false}) {
      for (const bool shuffle : {true, false}) {
        CAPTURE(B, T, pack, shuffle);
        SFTLoader loader(all, tokenizer(), B, T, {.pack = pack, .shuffle = shuffle, .seed = 2});
        CHECK(loader.num_conversations() == 40);
        const std::vector<Piece> expected = expected_pieces(all, T);
        for (int64_t epoch = 0; epoch < 3; ++epoch) {
          CHECK(loader.state().epoch == epoch);
          CHECK(loader.state().batch == 0);
          const std::vector<Piece> pieces = normalised(epoch_of(loader), T);
          CHECK(sorted(pieces) == sorted(expected));
          if (!shuffle && !pack) CHECK(pieces == expected);
        }
      }
    }
  }
}

TEST_CASE("sft_loader.shapes", "[batches]") {
  const std::vector<Conversation> all = conversations(20);
  const int64_t pad = tokenizer().encode_special("<|assistant_end|>");
  SFTLoader packed(all, tokenizer(), 3, 170), plain(all, tokenizer(), 3, 170, {.pack = false});
  for (int64_t i = 0; i < 12; ++i) {
    const SFTBatch batch = packed.next();
    CHECK(batch.inputs.sizes() == torch::IntArrayRef({3, 170}));
    CHECK(batch.targets.sizes() == torch::IntArrayRef({3, 170}));
    CHECK(batch.segments.sizes() == torch::IntArrayRef({3, 170}));
    CHECK(batch.inputs.masked_select(batch.segments.eq(-1)).eq(pad).all().item<bool>());
    CHECK(batch.targets.ne(-1).sum().item<int64_t>() == batch.num_valid);
  }
  for (int64_t i = 0; i < 12; ++i) {
    // No wider than the longest, whose last token is only a target.
    const SFTBatch batch = plain.next();
    CHECK(batch.inputs.size(0) == 3);
    CHECK(batch.inputs.sizes() == batch.targets.sizes());
    CHECK(batch.inputs.sizes() == batch.segments.sizes());
    CHECK(batch.segments.select(1, -1).ne(-1).any().item<bool>());
    CHECK(batch.segments.max().item<int64_t>() == 0);
    CHECK(batch.targets.select(1, -1).eq(pad).any().item<bool>());
    CHECK(batch.targets.ne(-1).sum().item<int64_t>() == batch.num_valid);
  }
}

TEST_CASE("sft_loader.packs", "[batches]") {
  // Rows are well filled, the more so the further the loader looks ahead.
  const std::vector<Conversation> all = conversations(150);
  int64_t tokens = 0;
  for (const Conversation& conversation : all) {
    tokens += std::ssize(nanochat::render_conversation(tokenizer(), conversation, 301).ids);
  }
  SFTLoader near(all, tokenizer(), 1, 300, {.window = 1}), far(all, tokenizer(), 1, 300, {.window = 64});
  CHECK(far.batches_in_epoch(0) < near.batches_in_epoch(0));
  CHECK(static_cast<double>(tokens) > 0.93 * 301.0 * static_cast<double>(far.batches_in_epoch(0)));
}

TEST_CASE("sft_loader.truncated", "[batches]") {
  // A conversation longer than a row fills one exactly; what fits is never cut.
  const std::vector<Conversation> all = conversations(30);
  for (const int64_t T : {22, 31, 45}) {
    CAPTURE(T);
    SFTLoader loader(all, tokenizer(), 4, T, {.pack = false, .shuffle = false});
    std::vector<Piece> pieces = epoch_of(loader);
    REQUIRE(pieces.size() == all.size());
    for (size_t i = 0; i < all.size(); ++i) {
      const RenderedConversation whole = nanochat::render_conversation(tokenizer(), all[i], kNoLimit);
      const size_t length = std::min(whole.ids.size(), static_cast<size_t>(T + 1));
      const size_t inputs = pieces[i].first.size();
      CHECK((inputs == length || inputs == length - 1));
      CHECK(std::equal(pieces[i].first.begin(), pieces[i].first.end(), whole.ids.begin()));
      for (size_t t = 0; t + 1 < length; ++t) {
        CHECK(pieces[i].second[t] == (whole.mask[t + 1] ? whole.ids[t + 1] : -1));
      }
    }
  }
}

TEST_CASE("sft_loader.shuffled", "[batches]") {
  const std::vector<Conversation> all = conversations(30);
  const int64_t T = 150;
  SFTLoader loader(all, tokenizer(), 4, T, {.pack = false, .seed = 5});
  SFTLoader again(all, tokenizer(), 4, T, {.pack = false, .seed = 5});
  SFTLoader other(all, tokenizer(), 4, T, {.pack = false, .seed = 6});
  SFTLoader fixed(all, tokenizer(), 4, T, {.pack = false, .shuffle = false});
  std::vector<std::vector<Piece>> epochs = {normalised(epoch_of(fixed), T)};
  CHECK(normalised(epoch_of(fixed), T) == epochs[0]);
  epochs.push_back(normalised(epoch_of(other), T));
  for (int64_t epoch = 0; epoch < 4; ++epoch) {
    const std::vector<Piece> pieces = normalised(epoch_of(loader), T);
    CHECK(normalised(epoch_of(again), T) == pieces);
    for (const std::vector<Piece>& before : epochs) CHECK(pieces != before);
    epochs.push_back(pieces);
  }
}

TEST_CASE("sft_loader.ranks", "[ranks]") {
  // Together the ranks' batches are those of one loader with all their rows.
  const std::vector<Conversation> all = conversations(50);
  for (const int64_t world_size : {2, 3}) {
    for (const bool pack : {true, false}) {
      const int64_t B = 2, T = 140;
      SFTLoader one(all, tokenizer(), B * world_size, T, {.pack = pack, .seed = 3});
      std::vector<SFTLoader> ranks;
      for (int64_t rank = 0; rank < world_size; ++rank) {
        ranks.emplace_back(all, tokenizer(), B, T,
                           SFTLoaderOptions{.pack = pack, .seed = 3, .rank = rank, .world_size = world_size});
      }
      for (int64_t epoch = 0; epoch < 3; ++epoch) {
        for (int64_t left = one.batches_in_epoch(epoch); left > 0; --left) {
          CAPTURE(world_size, pack, epoch, left);
          const SFTBatch whole = one.next();
          std::vector<Piece> pieces;
          int64_t valid = 0;
          for (int64_t rank = 0; rank < world_size; ++rank) {
            SFTLoader& loader = ranks[static_cast<size_t>(rank)];
            CHECK(loader.batches_in_epoch(epoch) == one.batches_in_epoch(epoch));
            CHECK(loader.state().epoch == epoch);
            const SFTBatch part = loader.next();
            CHECK(part.inputs.size(0) == B);
            if (pack) CHECK_THAT(part.targets, same_as(whole.targets.narrow(0, rank * B, B)));
            for (const Piece& piece : pieces_of(part)) pieces.push_back(piece);
            valid += part.num_valid;
          }
          CHECK(normalised(pieces, T) == normalised(pieces_of(whole), T));
          CHECK(valid == whole.num_valid);
        }
      }
    }
  }
}

TEST_CASE("sft_loader.last_batch", "[batches]") {
  // Three conversations on two ranks of one row each: the second rank's second batch is padding only.
  const std::vector<Conversation> all = conversations(3);
  SFTLoader loader(all, tokenizer(), 1, 200, {.pack = false, .shuffle = false, .rank = 1, .world_size = 2});
  CHECK(loader.batches_in_epoch(0) == 2);
  CHECK(loader.next().num_valid > 0);
  CHECK(loader.state().batch == 1);
  const SFTBatch empty = loader.next();
  CHECK(empty.num_valid == 0);
  CHECK(empty.segments.eq(-1).all().item<bool>());
  CHECK(empty.targets.eq(-1).all().item<bool>());
  CHECK((empty.inputs.size(0) == 1 && empty.inputs.size(1) >= 1));
  CHECK(loader.state().epoch == 1);
  CHECK(loader.state().batch == 0);
  // Exactly as many as there are rows: no batch of padding.
  SFTLoader exact(conversations(6), tokenizer(), 3, 200, {.pack = false});
  CHECK(exact.batches_in_epoch(0) == 2);
}

TEST_CASE("sft_loader.restored", "[saved]") {
  // Wherever it is interrupted, it goes on as if it had not been.
  const std::vector<Conversation> all = conversations(30);
  const SFTLoaderOptions options = {.seed = 9, .window = 7};
  for (const int64_t taken : {0, 1, 3, 9, 17}) {
    CAPTURE(taken);
    SFTLoader whole(all, tokenizer(), 2, 160, options), resumed(all, tokenizer(), 2, 160, options);
    for (int64_t i = 0; i < taken; ++i) whole.next();
    resumed.next();
    resumed.restore(whole.state());
    CHECK(resumed.state().epoch == whole.state().epoch);
    CHECK(resumed.state().batch == whole.state().batch);
    for (int64_t i = 0; i < 15; ++i) CHECK(same(resumed.next(), whole.next()));
  }
}

TEST_CASE("sft_loader.restore_bounds", "[errors]") {
  SFTLoader loader(conversations(10), tokenizer(), 2, 160);
  const int64_t batches = loader.batches_in_epoch(4);
  CHECK_NOTHROW(loader.restore({.epoch = 4, .batch = batches - 1}));
  CHECK_THROWS_AS(loader.restore({.epoch = 4, .batch = batches}), std::runtime_error);
  CHECK_THROWS_AS(loader.restore({.epoch = 0, .batch = -1}), std::runtime_error);
  CHECK_THROWS_AS(loader.restore({.epoch = -1, .batch = 0}), std::runtime_error);
  CHECK(loader.state().epoch == 4);
  CHECK(loader.state().batch == batches - 1);
}

TEST_CASE("sft_loader.bad_input", "[errors]") {
  const std::vector<Conversation> all = conversations(5);
  CHECK_THROWS_AS(SFTLoader({}, tokenizer(), 2, 50), std::runtime_error);
  CHECK_THROWS_AS(SFTLoader(all, tokenizer(), 0, 50), std::runtime_error);
  CHECK_THROWS_AS(SFTLoader(all, tokenizer(), 2, 0), std::runtime_error);
  CHECK_THROWS_AS(SFTLoader(all, tokenizer(), 2, 50, {.window = 0}), std::runtime_error);
  CHECK_THROWS_AS(SFTLoader(all, tokenizer(), 2, 50, {.rank = 1}), std::runtime_error);
  CHECK_THROWS_AS(SFTLoader(all, tokenizer(), 2, 50, {.rank = -1}), std::runtime_error);
  CHECK_THROWS_AS(SFTLoader(all, tokenizer(), 2, 50, {.rank = 0, .world_size = 0}), std::runtime_error);
  // Rows too short for any answer.
  CHECK_THROWS_AS(SFTLoader(all, tokenizer(), 2, 3), std::runtime_error);
  CHECK_THROWS_AS(SFTLoader({{{nanochat::Message(nanochat::Role::user, "hi")}}}, tokenizer(), 2, 50),
                  std::runtime_error);
  CHECK_THROWS_AS(pack_rows({3, 11}, 10, 4), std::runtime_error);
  CHECK_THROWS_AS(pack_rows({3}, 10, 0), std::runtime_error);
  CHECK_THROWS_AS(pack_rows({3}, 10, -2), std::runtime_error);
}
