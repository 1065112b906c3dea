// Data for the quality classifier (quality_classifier.h): documents with a label, on their way from
// text to batches.
//
// The order of the steps is what keeps the validation honest. Duplicates go before the split, or
// the same text stands on both sides of it. The split comes before everything that is measured on
// documents, or the validation documents have a say in it. And only what is trained on is made
// noisy, because what is measured should be documents as they are.

#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "nanochat/common.h"
#include "nanochat/tokenizer.h"

namespace nanochat {

struct LabelledDocument {
  std::string text;
  int64_t label;  // 1: fit to train a language model on, 0: junk
};

// Stories and sums, and six times as much of what crawlers bring home with them: words out of
// order, keyboard noise, advertising, stubs, the same sentence again and again. Some documents are
// long, and some are copies of one before, to the letter or but for case and white space.
std::vector<LabelledDocument> generate_labelled_documents(int64_t count, uint64_t seed);

// The documents of a .jsonl file, {"text":"Once upon a time","label":1} in every line. Throws
// std::runtime_error, with one sentence that names file and line, if it is anything else, or if
// there is no document.
std::vector<LabelledDocument> load_labelled_documents(const std::string& path);

// What duplicates have in common: `text` with A to Z in lower case and one blank for every stretch
// of white space, none at the ends.
std::string normalise_text(const std::string& text);

// The first document of every normalised text, in their order.
std::vector<LabelledDocument> deduplicate(const std::vector<LabelledDocument>& documents);

struct LabelledSplit {
  std::vector<LabelledDocument> train, val;  // no normalised text is on both sides
};

// Deduplicates, then sets every `val_every`-th document apart for validation. Throws
// std::runtime_error if val_every is below two, or if one side lacks one of the labels.
LabelledSplit split_labelled(const std::vector<LabelledDocument>& documents, int64_t val_every);

// The columns of a row of features, in this order.
inline const std::vector<std::string> kFeatureNames = {
    "log of length",        "share of letters", "share of digits",          "share of capitals",
    "share of punctuation", "mean word length", "share of different words", "words a sentence",
};

// What can be said about a text without reading it, (F) of float64. Finite for every text.
torch::Tensor document_features(const std::string& text);

// Mean and standard deviation (the unbiased one) of every column, (F) each.
struct FeatureStats {
  torch::Tensor mean, std;
};

// Of features (N, F), N at least 2.
FeatureStats feature_stats(const torch::Tensor& features);

// Features (..., F) to mean 0 and standard deviation 1 as measured by `stats`. A column that is the
// same everywhere comes out as 0 there.
torch::Tensor standardise(const torch::Tensor& features, const FeatureStats& stats);

// A document as the model sees it.
struct Example {
  std::vector<int64_t> tokens;  // <|bos|> first
  torch::Tensor features;       // (F), standardised, float32
  int64_t label;
};

struct QualityDataset {
  std::vector<Example> train, val;
  FeatureStats stats;  // of the training side
};

// Token ids are cut off after max_len, <|bos|> included.
Example make_example(const LabelledDocument& document, const Tokenizer& tokenizer,
                     const FeatureStats& stats, int64_t max_len);
QualityDataset make_dataset(const LabelledSplit& split, const Tokenizer& tokenizer,
                            int64_t max_len);

struct QualityBatch {
  torch::Tensor tokens;    // (B, T) int64, T as long as the longest; padding is <|bos|>
  torch::Tensor mask;      // (B, T) bool, true where there is a token
  torch::Tensor features;  // (B, F)
  torch::Tensor labels;    // (B) int64
};

// `pad` fills up the rows that are shorter than the longest.
QualityBatch collate(const std::vector<Example>& examples, int64_t pad);

// `tokens` with every one but the first, with probability `noise`, lost or replaced by any of
// vocab_size ids, the one as often as the other.
std::vector<int64_t> add_token_noise(const std::vector<int64_t>& tokens, double noise,
                                     int64_t vocab_size, Rng& rng);

struct NoiseOptions {
  double noise = 0.1;
  int64_t vocab_size = 0;
};

// An epoch of training: all examples in a new order, with noise, in batches of batch_size. What
// does not fill a batch is left out, unless it is all there is.
std::vector<QualityBatch> train_batches(const std::vector<Example>& examples, int64_t batch_size,
                                        int64_t pad, const NoiseOptions& noise, Rng& rng);

// All examples in their order and as they are; the last batch may be smaller.
std::vector<QualityBatch> val_batches(const std::vector<Example>& examples, int64_t batch_size,
                                      int64_t pad);

}  // namespace nanochat
