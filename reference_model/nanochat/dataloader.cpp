// Batches of tokens from documents. Contracts are in the header.

#include "nanochat/dataloader.h"

#include <numeric>
#include <stdexcept>

namespace nanochat {

Batch make_batch(const std::vector<int64_t>& tokens, int64_t B, int64_t T) {
  const int64_t count = B * T;
  TORCH_CHECK(static_cast<int64_t>(tokens.size()) == count + 1, tokens.size(),
              " tokens are no batch of ", B, " rows of ", T);
  const torch::Tensor stream = torch::tensor(tokens, torch::kInt64);  // (B * T + 1)
  return {.inputs = stream.slice(0, 0, count).view({B, T}),
          .targets = stream.slice(0, 1, count + 1).view({B, T})};
}

DataLoader::DataLoader(const std::vector<std::string>& documents, const Tokenizer& tokenizer,
                       int64_t B, int64_t T, uint64_t seed, bool shuffle, int64_t rank,
                       int64_t world_size)
    : B_(B), T_(T), seed_(seed), shuffle_(shuffle), rank_(rank), world_size_(world_size) {
  if (documents.empty()) throw std::runtime_error("there are no documents to load");
  if (B <= 0 || T <= 0) throw std::runtime_error("a batch needs at least one row and one token");
  if (rank < 0 || rank >= world_size) {
    throw std::runtime_error("there is no rank " + std::to_string(rank) + " among " +
                             std::to_string(world_size));
  }
  documents_ = tokenizer.encode_batch(documents, "<|bos|>");
  for (const auto& document : documents_) {
    tokens_per_epoch_ += static_cast<int64_t>(document.size());
  }
  begin_epoch(0);
}

void DataLoader::begin_epoch(int64_t epoch) {
  epoch_ = epoch;
  next_document_ = 0;
  order_.resize(documents_.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  if (shuffle_) {
    // Two seeds in a row, or two epochs, must not share their order.
    Rng rng(seed_ * 0x100000001b3 + static_cast<uint64_t>(epoch));
    rng.shuffle(order_);
  }
}

void DataLoader::refill(size_t needed) {
  while (buffer_.size() < needed) {
    if (next_document_ == order_.size()) begin_epoch(epoch_ + 1);
    const std::vector<int64_t>& document = documents_[order_[next_document_++]];
    buffer_.insert(buffer_.end(), document.begin(), document.end());
  }
}

std::vector<int64_t> DataLoader::next_tokens() {
  const int64_t count = B_ * T_;              // of this rank
  const int64_t total = count * world_size_;  // of all
  refill(static_cast<size_t>(total + 1));     // the last input has a target too
  const auto start = buffer_.begin() + rank_ * count;
  std::vector<int64_t> tokens(start, start + count + 1);
  buffer_.erase(buffer_.begin(), buffer_.begin() + total);
  return tokens;
}

Batch DataLoader::next() {
  return make_batch(next_tokens(), B_, T_);
}

void DataLoader::rewind() {
  buffer_.clear();
  begin_epoch(0);
}

LoaderState DataLoader::state() const {
  return {.epoch = epoch_,
          .next_document = static_cast<int64_t>(next_document_),
          .buffer = buffer_,
          .tokens_per_epoch = tokens_per_epoch_};
}

void DataLoader::restore(const LoaderState& state) {
  if (state.tokens_per_epoch != tokens_per_epoch_ || state.epoch < 0 || state.next_document < 0 ||
      state.next_document > static_cast<int64_t>(documents_.size())) {
    throw std::runtime_error("the documents have changed: an epoch has " +
                             std::to_string(tokens_per_epoch_) + " tokens and had " +
                             std::to_string(state.tokens_per_epoch));
  }
  begin_epoch(state.epoch);
  next_document_ = static_cast<size_t>(state.next_document);
  buffer_ = state.buffer;
}

}  // namespace nanochat
