// The GPT model. Notable features, all nanochat's:
//   - rotary embeddings, and no other positions (learned ones instead, if asked for)
//   - QK norm
//   - untied weights for embedding and head (tied ones, if asked for)
//   - relu^2 in the MLP
//   - norm after the token embedding
//   - no learned gains in the norms
//   - no biases in the linear layers
//   - fewer key and value heads than query heads
//   - soft cap on the logits
//   - attention to everything before (to a window of it, if asked for)

#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <vector>

#include "nanochat/adamw.h"
#include "nanochat/attention.h"
#include "nanochat/kv_cache.h"
#include "nanochat/learned_positions.h"
#include "nanochat/muon.h"
#include "nanochat/rotary.h"
#include "nanochat/torch_modules.h"

namespace nanochat {

// How a model knows the order of its tokens.
enum class Positions { rotary, learned };

struct GPTConfig {
  int64_t sequence_len = 64;  // T in training; the rotary table holds ten times as many positions
  int64_t vocab_size = 512;   // V
  int64_t n_layer = 4;
  int64_t n_head = 4;                       // H, query heads
  int64_t n_kv_head = 2;                    // KV, key and value heads
  int64_t n_embd = 128;                     // C
  double dropout = 0.0;                     // after attention and after the MLP, in training only
  Positions positions = Positions::rotary;  // a table of learned ones holds sequence_len
  bool tie_embeddings = false;              // the head reads with the embedding's table
  int64_t window = 0;  // how many tokens, the last one included, a token attends to; 0 for all
};

// How the parameters are trained. The learning rates of embedding and head are for 768 channels and
// are scaled to the model's width.
struct OptimizerConfig {
  double embedding_lr = 0.2;
  double unembedding_lr = 0.004;
  double matrix_lr = 0.02;
  double weight_decay = 0.0;  // AdamW only
};

struct Optimizers {
  AdamW adamw;  // groups[0] is the head, groups[1] the embedding; a tied table is in groups[0]
  Muon muon;    // groups[0] is every matrix of every block
};

class MLPImpl : public torch::nn::Module {
 public:
  explicit MLPImpl(int64_t n_embd, double dropout = 0.0);

  torch::Tensor forward(const torch::Tensor& x);  // (B, T, C) to (B, T, C)

  double dropout;
  torch::nn::Linear c_fc{nullptr}, c_proj{nullptr};
};
TORCH_MODULE(MLP);

class BlockImpl : public torch::nn::Module {
 public:
  BlockImpl(const GPTConfig& config, int64_t layer);

  // x (B, T, C) to (B, T, C); the other arguments are attention's.
  torch::Tensor forward(torch::Tensor x, const RotaryCache& rotary, const torch::Tensor& keep,
                        KVCache* cache = nullptr);

  CausalSelfAttention attn{nullptr};
  MLP mlp{nullptr};
};
TORCH_MODULE(Block);

class GPTImpl : public torch::nn::Module {
 public:
  // Throws c10::Error if the sizes do not fit together. Weights come from torch's default
  // generator: torch::manual_seed() before makes them reproducible.
  explicit GPTImpl(const GPTConfig& config);

  // Soft-capped logits (B, T, V) for token ids idx (B, T) of int64, in float32, or in float64 if
  // that is the model's dtype.
  //   With `cache`, idx goes on where the cache ends, and is added to it. Where its rows begin with
  //   padding (left_padding.h), no token sees that, and each row has positions of its own.
  //   With `segments` (B, T) of int64, a token attends to earlier tokens of its own segment only,
  //   so that several sequences can share a row.
  // Throws c10::Error if T and what is cached exceed max_positions(), if both are given, or if
  // there is padding and the positions are learned ones.
  torch::Tensor forward(const torch::Tensor& idx, KVCache* cache = nullptr,
                        const torch::Tensor& segments = {});

  // The mean cross-entropy of `targets` (B, T), in nats a token; targets of -1 are ignored.
  torch::Tensor loss(const torch::Tensor& idx, const torch::Tensor& targets,
                     const torch::Tensor& segments = {}, double label_smoothing = 0.0);

  // Draws all weights anew.
  void init_weights();

  // One AdamW and one Muon that between them own every parameter once. Their state has the dtype
  // and device that the parameters have now.
  Optimizers configure_optimizers(const OptimizerConfig& options = {});

  int64_t num_parameters() const;

  // The most positions that forward() accepts.
  int64_t max_positions() const { return wpe ? wpe->length() : rotary.length(); }

  GPTConfig config;
  bool recompute_blocks = false;  // training keeps what goes into a block, and not what is in it
  torch::nn::Embedding wte{nullptr};
  LearnedPositions wpe{nullptr};  // with learned positions only
  std::vector<Block> blocks;
  torch::nn::Linear lm_head{nullptr};  // unless the embeddings are tied
  RotaryCache rotary;
};
TORCH_MODULE(GPT);

}  // namespace nanochat
