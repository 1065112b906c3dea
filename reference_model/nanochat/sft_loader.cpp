// Packing and batching of conversations. Contracts are in the header.

#include "nanochat/sft_loader.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <stdexcept>

#include "nanochat/common.h"

namespace nanochat {

namespace {

int64_t length_of(const RenderedConversation& conversation) {
  return static_cast<int64_t>(conversation.ids.size());
}

}  // namespace

std::vector<std::vector<size_t>> pack_rows(const std::vector<int64_t>& lengths, int64_t capacity,
                                           int64_t window) {
  if (window <= 0) throw std::runtime_error("packing needs a window of at least one conversation");
  for (const int64_t length : lengths) {
    if (length > capacity) throw std::runtime_error("a conversation does not fit into a row");
  }
  std::vector<std::vector<size_t>> rows;
  std::deque<size_t> waiting;  // the window, in the order in which they came
  size_t next = 0;
  int64_t room = 0;  // in the last row
  while (true) {
    while (next < lengths.size() && waiting.size() < static_cast<size_t>(window)) {
      waiting.push_back(next++);
    }
    if (waiting.empty()) return rows;

    auto best = waiting.end();
    for (auto it = waiting.begin(); it != waiting.end(); ++it) {
      if (lengths[*it] <= room && (best == waiting.end() || lengths[*it] > lengths[*best])) {
        best = it;
      }
    }
    if (best == waiting.end()) {
      // The one that waits longest opens the new row, so that nobody waits for ever.
      best = waiting.begin();
      rows.emplace_back();
      room = capacity;
    }
    rows.back().push_back(*best);
    room -= lengths[*best];
    waiting.erase(best);
  }
}

SFTBatch collate(const std::vector<std::vector<RenderedConversation>>& rows, int64_t T,
                 int64_t pad_id) {
  const int64_t B = static_cast<int64_t>(rows.size());
  torch::Tensor tokens = torch::full({B, T + 1}, pad_id, torch::kInt64);
  torch::Tensor mask = torch::zeros({B, T + 1}, torch::kInt64);
  torch::Tensor segments = torch::full({B, T + 1}, -1, torch::kInt64);
  for (int64_t b = 0; b < B; ++b) {
    int64_t start = 0;
    int64_t segment = 0;
    for (const RenderedConversation& conversation : rows[static_cast<size_t>(b)]) {
      const int64_t end = start + length_of(conversation);
      if (end > T + 1) throw std::runtime_error("the conversations do not fit into their row");
      tokens[b].slice(0, start, end).copy_(torch::tensor(conversation.ids, torch::kInt64));
      mask[b].slice(0, start, end).copy_(torch::tensor(conversation.mask, torch::kInt64));
      segments[b].slice(0, start, end).fill_(segment);
      segment += 1;
      start = end;
    }
  }
  const torch::Tensor of_inputs = segments.slice(1, 0, T);         // (B, T)
  const torch::Tensor of_targets = segments.slice(1, 1, T + 1);    // (B, T)
  const torch::Tensor learned = mask.slice(1, 1, T + 1).eq(1);     // (B, T)
  const torch::Tensor valid = learned & of_targets.eq(of_inputs);  // (B, T)
  return {.inputs = tokens.slice(1, 0, T).contiguous(),
          .targets = tokens.slice(1, 1, T + 1).where(valid, -1),
          .segments = of_inputs.contiguous(),
          .num_valid = valid.sum().item<int64_t>()};
}

SFTLoader::SFTLoader(const std::vector<Conversation>& conversations, const Tokenizer& tokenizer,
                     int64_t B, int64_t T, SFTLoaderOptions options)
    : B_(B), T_(T), pad_id_(tokenizer.encode_special("<|assistant_end|>")), options_(options) {
  if (B <= 0 || T <= 0) throw std::runtime_error("a batch needs at least one row and one token");
  if (options.rank < 0 || options.rank >= options.world_size) {
    throw std::runtime_error("there is no rank " + std::to_string(options.rank) + " of " +
                             std::to_string(options.world_size));
  }
  bool anything = false;
  for (const Conversation& conversation : conversations) {
    conversations_.push_back(render_conversation(tokenizer, conversation, T + 1));
    const std::vector<int64_t>& mask = conversations_.back().mask;
    anything = anything || std::find(mask.begin(), mask.end(), 1) != mask.end();
  }
  if (!anything) {
    throw std::runtime_error("no conversation has an answer within its first " +
                             std::to_string(T + 1) + " tokens");
  }
  rows_ = rows_in_epoch(0);
}

std::vector<std::vector<size_t>> SFTLoader::rows_in_epoch(int64_t epoch) const {
  std::vector<size_t> order(conversations_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (options_.shuffle) {
    // Two seeds in a row, or two epochs, must not share their order.
    Rng rng(options_.seed * 0x100000001b3 + static_cast<uint64_t>(epoch));
    rng.shuffle(order);
  }
  std::vector<std::vector<size_t>> rows;
  if (!options_.pack) {
    for (const size_t conversation : order) rows.push_back({conversation});
    return rows;
  }
  std::vector<int64_t> lengths;
  for (const size_t conversation : order)
    lengths.push_back(length_of(conversations_[conversation]));
  rows = pack_rows(lengths, T_ + 1, options_.window);
  for (std::vector<size_t>& row : rows) {
    for (size_t& conversation : row) conversation = order[conversation];
  }
  return rows;
}

int64_t SFTLoader::batches_in_epoch(int64_t epoch) const {
  const int64_t rows = static_cast<int64_t>(rows_in_epoch(epoch).size());
  const int64_t rows_per_batch = B_ * options_.world_size;
  return (rows + rows_per_batch - 1) / rows_per_batch;
}

SFTBatch SFTLoader::next() {
  const int64_t first = (state_.batch * options_.world_size + options_.rank) * B_;
  std::vector<std::vector<RenderedConversation>> rows(static_cast<size_t>(B_));
  int64_t longest = 2;  // an input and a target
  for (int64_t b = 0; b < B_ && first + b < static_cast<int64_t>(rows_.size()); ++b) {
    for (const size_t conversation : rows_[static_cast<size_t>(first + b)]) {
      rows[static_cast<size_t>(b)].push_back(conversations_[conversation]);
      longest = std::max(longest, length_of(conversations_[conversation]));
    }
  }
  state_.batch += 1;
  const int64_t rows_per_batch = B_ * options_.world_size;
  if (state_.batch * rows_per_batch >= static_cast<int64_t>(rows_.size())) {
    state_ = {.epoch = state_.epoch + 1, .batch = 0};
    rows_ = rows_in_epoch(state_.epoch);
  }
  return collate(rows, options_.pack ? T_ : longest - 1, pad_id_);
}

void SFTLoader::restore(const State& state) {
  if (state.epoch < 0 || state.batch < 0 || state.batch >= batches_in_epoch(state.epoch)) {
    throw std::runtime_error("there is no batch " + std::to_string(state.batch) + " in epoch " +
                             std::to_string(state.epoch) + " of the conversations");
  }
  state_ = state;
  rows_ = rows_in_epoch(state.epoch);
}

}  // namespace nanochat
