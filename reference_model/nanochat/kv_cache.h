// The keys and values of what a model has read so far, so that the next token costs one position
// and not the whole sequence.
//
// Every layer hands its new keys and values in and gets all of them back. Room is made as it is
// needed: a chat does not know how long it will become.

#pragma once

#include <torch/types.h>

#include <utility>
#include <vector>

namespace nanochat {

class KVCache {
 public:
  // An empty cache for a model of `n_layer` layers. It takes the rows, heads, dtype and device of
  // what is put in first. The first `padding` columns of a row, (B) of int64 on the CPU, are none
  // of its text (left_padding.h); without it no row has any.
  explicit KVCache(int64_t n_layer, torch::Tensor padding = {});

  // Appends k and v, (B, KV, T, D) each, to what `layer` has and returns everything it has now,
  // (B, KV, position() + T, D) each, without gradients. What is returned is a view: it holds until
  // the next insert or reset. The layers of one forward pass are inserted in order, and position()
  // moves on when the last of them is in, so a pass that fails halfway can be repeated. Throws
  // c10::Error if there is no such layer or the shapes do not continue what is there.
  std::pair<torch::Tensor, torch::Tensor> insert(int64_t layer, const torch::Tensor& k,
                                                 const torch::Tensor& v);

  // How many positions have been read.
  int64_t position() const { return position_; }

  // How many columns of each row are padding, (B) of int64; undefined if there is none.
  const torch::Tensor& padding() const { return padding_; }

  // How many positions there is room for before the cache has to grow.
  int64_t capacity() const;

  // Forgets everything, the padding too, and gives the memory back.
  void reset();

  // Takes over a copy of what `other`, which has no padding, has read, its single row repeated for
  // B rows: a prompt is read once and continued B times. Throws c10::Error if this cache is not
  // empty, or `other` is empty or does not have one row and as many layers.
  void prefill(const KVCache& other, int64_t B);

 private:
  std::vector<torch::Tensor> keys_, values_;  // a layer each, (B, KV, capacity, D)
  torch::Tensor padding_;                     // (B)
  int64_t position_ = 0;
};

}  // namespace nanochat
