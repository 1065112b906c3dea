// The document filter of a pretraining pipeline: is a text fit to train a language model on?
//
// A small model, since it has to read everything that was ever crawled. It looks at a document in
// two ways: at its words, through an embedding that a base model may have learned already and one
// block of attention, pooled into a single vector; and at its surface, through a handful of
// hand-made features (quality_data.h). Both go through batch normalisation into one linear layer.
//
// There is much more junk than anything else. Classes are weighted by how rare they are, or the
// cheapest answer would be that everything is junk; and what counts in the end is the balanced
// accuracy, in which that answer is worth one half.

#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <vector>

#include "nanochat/batch_norm.h"
#include "nanochat/gpt.h"
#include "nanochat/learned_positions.h"
#include "nanochat/quality_data.h"
#include "nanochat/torch_modules.h"

namespace nanochat {

inline constexpr int64_t kNumClasses = 2;  // K: junk, good

struct QualityConfig {
  int64_t vocab_size = 512;  // V
  int64_t max_len = 64;      // the longest T
  int64_t n_embd = 64;       // C
  int64_t n_head = 4;        // H
  int64_t n_kv_head = 2;     // KV
  int64_t n_features = 8;    // F
  double dropout = 0.1;      // before the last layer and in the block, in training only
};

// The mean over the positions that are true in `mask` (B, T) of x (B, T, C): (B, C). What x holds
// elsewhere does not matter. A row without any position comes out as zeros.
torch::Tensor masked_mean(const torch::Tensor& x, const torch::Tensor& mask);

class QualityClassifierImpl : public torch::nn::Module {
 public:
  explicit QualityClassifierImpl(const QualityConfig& config);

  // Logits (B, K) from tokens (B, T), mask (B, T) and features (B, F) as in QualityBatch. Padding
  // has no influence, whatever it is. Throws c10::Error if T exceeds max_len.
  torch::Tensor forward(const torch::Tensor& tokens, const torch::Tensor& mask,
                        const torch::Tensor& features);

  // Starts from the embedding (V, C) of a base model. Throws c10::Error if the sizes differ.
  void load_embedding(const torch::Tensor& weight);

  QualityConfig config;
  torch::nn::Embedding wte{nullptr};
  LearnedPositions wpe{nullptr};
  Block block{nullptr};
  BatchNorm norm{nullptr};          // over C + F channels
  torch::nn::Linear head{nullptr};  // C + F to K
};
TORCH_MODULE(QualityClassifier);

struct QualityOptimizerConfig {
  double embedding_lr = 0.02;  // of tokens and positions
  double head_lr = 0.01;       // of batch norm and the last layer
  double matrix_lr = 0.01;     // of the block
  double weight_decay = 0.0;   // AdamW only
};

// Owns every parameter once: AdamW's groups are "embedding" and "head", Muon's is "matrix".
Optimizers configure_optimizers(QualityClassifier& model, const QualityOptimizerConfig& options);

// A weight (K) for every class, inverse to how often it occurs in `examples`; their mean over the
// examples is 1. Throws std::runtime_error if a class does not occur.
torch::Tensor class_weights(const std::vector<Example>& examples);

// The mean of -log softmax(logits)[label], each example counting as much as `weights` (K) says for
// its label: logits (B, K), labels (B) in [0, K).
torch::Tensor weighted_cross_entropy(const torch::Tensor& logits, const torch::Tensor& labels,
                                     const torch::Tensor& weights);

// How good predictions are.
struct QualityScores {
  double loss = 0.0;               // weighted
  double accuracy = 0.0;           // share of right answers
  double balanced_accuracy = 0.0;  // mean of the recalls
  std::vector<double> recall;      // of every class, NaN for one that does not occur
  torch::Tensor confusion;         // (K, K) int64, a row a label, a column a prediction
  std::vector<double> good;        // the probability of being good, an example each
};

// From logits (N, K) and labels (N).
QualityScores score_predictions(const torch::Tensor& logits, const torch::Tensor& labels,
                                const torch::Tensor& weights);

// Scores the model in evaluation mode, and leaves it in the mode it was in.
QualityScores evaluate_quality(QualityClassifier& model, const std::vector<QualityBatch>& batches,
                               const torch::Tensor& weights);

}  // namespace nanochat
