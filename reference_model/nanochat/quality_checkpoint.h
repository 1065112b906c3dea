// A quality classifier on the disk: weights, running statistics, tokenizer, and the statistics that
// features are standardised with, because a model is worth nothing without any of them. As a
// checkpoint's, the file is a dictionary in PyTorch's own format.

#pragma once

#include <string>

#include "nanochat/quality_classifier.h"
#include "nanochat/quality_data.h"
#include "nanochat/tokenizer.h"

namespace nanochat {

struct LoadedClassifier {
  QualityClassifier model{nullptr};  // in evaluation mode
  Tokenizer tokenizer;
  FeatureStats stats;
};

// Writes them to `path`, making directories on the way. Throws std::runtime_error, with one
// sentence, if that fails; what was there before is untouched then.
void save_classifier(const std::string& path, QualityClassifier& model, const Tokenizer& tokenizer,
                     const FeatureStats& stats);

// Reads them back, to the bit. Throws std::runtime_error, with one sentence that names the file, if
// it is missing, cut short, or something else.
LoadedClassifier load_classifier(const std::string& path);

}  // namespace nanochat
