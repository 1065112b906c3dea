// Batches of tokens from documents.
//
// Documents are encoded once, each with <|bos|> in front, and laid end to end into one stream that
// never ends: when the documents run out a new epoch begins, in a new order. A batch is the next
// B * T tokens of the stream, cut into B rows, so nothing is padded and hardly anything is wasted;
// the price is that a row may start in the middle of a document.
//
// Several ranks read one stream together: a batch of theirs is the next world_size * B * T tokens,
// and each rank takes its own B rows of it. So what is trained on depends on how many rows there
// are in all, and not on how many machines share them.

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

// B rows of T inputs and their targets from B * T + 1 tokens in a row.
Batch make_batch(const std::vector<int64_t>& tokens, int64_t B, int64_t T);

// Where in the stream a loader is, the same on every rank.
struct LoaderState {
  int64_t epoch = 0;
  int64_t next_document = 0;     // in the order of this epoch
  std::vector<int64_t> buffer;   // tokens of the documents before it that no batch has had yet
  int64_t tokens_per_epoch = 0;  // tells other documents from the same ones
};

class DataLoader {
 public:
  // The batches of rank `rank` out of `world_size`. Throws std::runtime_error if there are no
  // documents, if B or T is not positive, or if there is no such rank. Without `shuffle` every
  // epoch has the documents' own order.
  DataLoader(const std::vector<std::string>& documents, const Tokenizer& tokenizer, int64_t B,
             int64_t T, uint64_t seed = 0, bool shuffle = true, int64_t rank = 0,
             int64_t world_size = 1);

  // The next batch. The one after starts, over all ranks, with the last target of this one.
  Batch next();

  // The B * T + 1 tokens of the next batch, in place of next().
  std::vector<int64_t> next_tokens();

  // Back to the first batch, with the order of documents of a fresh loader.
  void rewind();

  // Where the next batch comes from, and how to get there again: a loader of the same documents and
  // seed that is given the state gives the same batches from then on. restore() throws
  // std::runtime_error if the state is that of other documents.
  LoaderState state() const;
  void restore(const LoaderState& state);

  // How often all documents have been started on, counted from 0.
  int64_t epoch() const { return epoch_; }

  // Tokens in one epoch, <|bos|> included.
  int64_t tokens_per_epoch() const { return tokens_per_epoch_; }

  int64_t batch_size() const { return B_; }    // B
  int64_t sequence_len() const { return T_; }  // T

 private:
  void begin_epoch(int64_t epoch);
  void refill(size_t needed);

  std::vector<std::vector<int64_t>> documents_;  // token ids
  int64_t tokens_per_epoch_ = 0;
  int64_t B_, T_;
  uint64_t seed_;
  bool shuffle_;
  int64_t rank_, world_size_;
  int64_t epoch_ = 0;
  std::vector<size_t> order_;    // of this epoch's documents
  size_t next_document_ = 0;     // into order_
  std::vector<int64_t> buffer_;  // tokens taken from documents and not yet from the stream
};

}  // namespace nanochat
