// Batches of tokens from documents. Contracts are in the header.

#include "nanochat/dataloader.h"

#include <numeric>
#include <stdexcept>

namespace nanochat {

DataLoader::DataLoader(const std::vector<std::string>& documents, const Tokenizer& tokenizer,
                       int64_t B, int64_t T, uint64_t seed, bool shuffle)
    : B_(B), T_(T), seed_(seed), shuffle_(shuffle) {
  if (documents.empty()) throw std::runtime_error("there are no documents to load");
  if (B <= 0 || T <= 0) throw std::runtime_error("a batch needs at least one row and one token");
  documents_ = tokenizer.encode_batch(documents, "<|bos|>");
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

Batch DataLoader::next() {
  const int64_t count = B_ * T_;
  refill(static_cast<size_t>(count + 1));  // the last input has a target too
  const torch::Tensor tokens = torch::tensor(
      torch::ArrayRef<int64_t>(buffer_.data(), static_cast<size_t>(count + 1)), torch::kInt64);
  buffer_.erase(buffer_.begin(), buffer_.begin() + count);
  return {.inputs = tokens.slice(0, 0, count).view({B_, T_}),
          .targets = tokens.slice(0, 1, count + 1).view({B_, T_})};
}

void DataLoader::rewind() {
  buffer_.clear();
  begin_epoch(0);
}

int64_t DataLoader::tokens_per_epoch() const {
  int64_t tokens = 0;
  for (const auto& document : documents_) tokens += static_cast<int64_t>(document.size());
  return tokens;
}

}  // namespace nanochat
