// Batches from conversations, for supervised fine-tuning.
//
// Conversations are short and of different lengths; a row of a batch for each would be mostly
// padding. So several are packed into one row, each whole: of the next conversations in line, the
// longest that still fits goes in, until none does (best fit). What shares a row must not see each
// other, hence the segments: attention stays within one. Positions need no reset, since rotary
// embeddings only know distances. The loss and the gradients of a packed row are those of its
// conversations fed one by one.

#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "nanochat/conversation.h"

namespace nanochat {

struct SFTBatch {
  torch::Tensor inputs;    // (B, T) int64
  torch::Tensor targets;   // (B, T) int64: the token after each input if the assistant writes it,
                           // else -1, which the loss ignores
  torch::Tensor segments;  // (B, T) int64: which conversation of the row, from 0; -1 for padding
  int64_t num_valid = 0;   // targets that are not -1
};

// Which conversations share a row, by their positions in `lengths`: rows of at most `capacity`
// tokens, every conversation in exactly one of them. The first that has no row yet opens one; then,
// of the next `window` that have none, the longest that fits goes in, the earlier of two equally
// long ones, until none fits. Throws std::runtime_error if a conversation is longer than a row or
// window is not positive.
std::vector<std::vector<size_t>> pack_rows(const std::vector<int64_t>& lengths, int64_t capacity,
                                           int64_t window);

// Lays conversations into rows of T + 1 tokens, those of rows[b] one after the other, and fills up
// with `pad_id`. Inputs are a row without its last token, targets a row without its first; the
// first token of a conversation is nobody's target. Throws std::runtime_error if a row is too
// short for its conversations.
SFTBatch collate(const std::vector<std::vector<RenderedConversation>>& rows, int64_t T,
                 int64_t pad_id);

struct SFTLoaderOptions {
  bool pack = true;     // else a row a conversation, and only as long as a batch's longest
  bool shuffle = true;  // else every epoch has the conversations' own order
  uint64_t seed = 0;
  int64_t window = 64;  // conversations to choose from when packing
  int64_t rank = 0;     // which share of each batch of world_size * B rows is this loader's
  int64_t world_size = 1;
};

class SFTLoader {
 public:
  // Everything there is to save, and to restore in a run that is taken up again.
  struct State {
    int64_t epoch = 0;
    int64_t batch = 0;  // the next one of the epoch
  };

  // Conversations of more than T + 1 tokens lose their end. Throws std::runtime_error if B or T is
  // not positive, there is no such rank, or no token of any conversation is an assistant's.
  SFTLoader(const std::vector<Conversation>& conversations, const Tokenizer& tokenizer, int64_t B,
            int64_t T, SFTLoaderOptions options = {});

  // The next batch, B rows; the last of an epoch may have rows of padding only. After that a new
  // epoch begins, in a new order.
  SFTBatch next();

  // How many batches an epoch has, the same on every rank. Packing makes it depend on the order.
  int64_t batches_in_epoch(int64_t epoch) const;

  // The epoch and, within it, the position of the batch that next() gives.
  const State& state() const { return state_; }

  // Goes on from there. Throws std::runtime_error if there is no such batch.
  void restore(const State& state);

  int64_t num_conversations() const { return static_cast<int64_t>(conversations_.size()); }

 private:
  std::vector<std::vector<size_t>> rows_in_epoch(int64_t epoch) const;

  std::vector<RenderedConversation> conversations_;
  int64_t B_, T_, pad_id_;
  SFTLoaderOptions options_;
  State state_;
  std::vector<std::vector<size_t>> rows_;  // of this epoch, for all ranks
};

}  // namespace nanochat
