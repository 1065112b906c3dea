// Batches of tokens from documents.
//
// Documents are encoded once, each with <|bos|> in front, and laid end to end into one stream that
// never ends: when the documents run out a new epoch begins, in a new order. A batch is the next
// B * T tokens of the stream, cut into B rows, so nothing is padded and hardly anything is wasted;
// the price is that a row may start in the middle of a document.

#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "nanochat/common.h"
#include "nanochat/tokenizer.h"

namespace nanochat {

struct Batch {
  torch::Tensor inputs;   // (B, T) int64
  torch::Tensor targets;  // (B, T) int64: the token after each input
};

class DataLoader {
 public:
  // Throws std::runtime_error if there are no documents or B or T is not positive. Without
  // `shuffle` every epoch has the documents' own order.
  DataLoader(const std::vector<std::string>& documents, const Tokenizer& tokenizer, int64_t B,
             int64_t T, uint64_t seed = 0, bool shuffle = true);

  // The next batch. Each batch starts with the token that the one before had as its last target.
  Batch next();

  // Back to the first batch, with the order of documents of a fresh loader.
  void rewind();

  // How often all documents have been started on, counted from 0.
  int64_t epoch() const { return epoch_; }

  // Tokens in one epoch, <|bos|> included.
  int64_t tokens_per_epoch() const;

 private:
  void begin_epoch(int64_t epoch);
  void refill(size_t needed);

  std::vector<std::vector<int64_t>> documents_;  // token ids
  int64_t B_, T_;
  uint64_t seed_;
  bool shuffle_;
  int64_t epoch_ = 0;
  std::vector<size_t> order_;    // of this epoch's documents
  size_t next_document_ = 0;     // into order_
  std::vector<int64_t> buffer_;  // tokens taken from documents and not yet from the stream
};

}  // namespace nanochat
