// Labelled documents, from text to batches. Contracts are in the header; the generator is in
// quality_documents.cpp.

#include "nanochat/quality_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "nanochat/files.h"
#include "nanochat/jsonl.h"

namespace nanochat {

namespace {

// Classes of ASCII characters, whatever the locale.
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_punctuation(char c) {
  return c > ' ' && c < 127 && !is_digit(c) && !is_upper(c) && !is_lower(c);
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

void require_both_labels(const std::vector<LabelledDocument>& documents, const char* side) {
  for (const int64_t label : {0, 1}) {
    const bool found = std::any_of(documents.begin(), documents.end(),
                                   [&](const auto& document) { return document.label == label; });
    if (!found) {
      throw std::runtime_error("there is no document with label " + std::to_string(label) + " to " +
                               side + " on: more documents are needed");
    }
  }
}

}  // namespace

std::vector<LabelledDocument> load_labelled_documents(const std::string& path) {
  std::istringstream lines(read_file(path));
  std::vector<LabelledDocument> documents;
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::string place = path + ", line " + std::to_string(number) + ": ";
    if (!is_utf8(line)) throw std::runtime_error(place + "not valid UTF-8");
    const std::optional<std::string> text = text_of_json(line);
    const std::optional<int64_t> label = label_of_json(line);
    if (!text || !label) {
      throw std::runtime_error(
          place + "not a JSON object with a string \"text\" and a \"label\" of 0 or 1");
    }
    documents.push_back({*text, *label});
  }
  if (documents.empty()) throw std::runtime_error(path + " holds no document");
  return documents;
}

std::string normalise_text(const std::string& text) {
  std::string normal;
  for (const std::string& word : words_of(text)) {
    if (!normal.empty()) normal += ' ';
    for (const char c : word) normal += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return normal;
}

std::vector<LabelledDocument> deduplicate(const std::vector<LabelledDocument>& documents) {
  std::set<std::string> seen;
  std::vector<LabelledDocument> different;
  for (const LabelledDocument& document : documents) {
    if (seen.insert(normalise_text(document.text)).second) different.push_back(document);
  }
  return different;
}

LabelledSplit split_labelled(const std::vector<LabelledDocument>& documents, int64_t val_every) {
  if (val_every < 2) throw std::runtime_error("not every document can be set apart");
  const std::vector<LabelledDocument> different = deduplicate(documents);
  LabelledSplit split;
  for (size_t i = 0; i < different.size(); ++i) {
    const bool apart = i % static_cast<size_t>(val_every) == 0;
    (apart ? split.val : split.train).push_back(different[i]);
  }
  require_both_labels(split.train, "train");
  require_both_labels(split.val, "validate");
  return split;
}

torch::Tensor document_features(const std::string& text) {
  int64_t letters = 0, digits = 0, capitals = 0, punctuation = 0, sentences = 0;
  for (const char c : text) {
    letters += is_upper(c) || is_lower(c);
    digits += is_digit(c);
    capitals += is_upper(c);
    punctuation += is_punctuation(c);
    sentences += c == '.' || c == '!' || c == '?';
  }
  const std::vector<std::string> words = words_of(text);
  size_t word_characters = 0;
  for (const std::string& word : words) word_characters += word.size();
  const std::set<std::string> different(words.begin(), words.end());

  // An empty text has nothing of anything: 0 rather than 0 / 0.
  const auto share = [](auto part, auto whole) {
    return static_cast<double>(part) / static_cast<double>(std::max<size_t>(whole, 1));
  };
  return torch::tensor(
      {std::log(1.0 + static_cast<double>(text.size())), share(letters, text.size()),
       share(digits, text.size()), share(capitals, text.size()), share(punctuation, text.size()),
       share(word_characters, words.size()), share(different.size(), words.size()),
       share(words.size(), static_cast<size_t>(sentences))},
      torch::kFloat64);
}

FeatureStats feature_stats(const torch::Tensor& features) {
  TORCH_CHECK(features.dim() == 2 && features.size(0) > 1,
              "statistics need features of shape (N, F) with N > 1, not ", features.sizes());
  const double N = static_cast<double>(features.size(0));
  const torch::Tensor mean = features.sum(0) / N;                                // (F)
  const torch::Tensor variance = (features - mean).square().sum(0) / (N - 1.0);  // (F)
  return {.mean = mean, .std = variance.sqrt()};
}

torch::Tensor standardise(const torch::Tensor& features, const FeatureStats& stats) {
  // Rounding leaves a tiny deviation in a column that is the same everywhere.
  const torch::Tensor constant = stats.std <= 1e-9 * stats.mean.abs().clamp_min(1.0);  // (F)
  return ((features - stats.mean) / stats.std).masked_fill(constant, 0.0);
}

Example make_example(const LabelledDocument& document, const Tokenizer& tokenizer,
                     const FeatureStats& stats, int64_t max_len) {
  std::vector<int64_t> tokens = tokenizer.encode(document.text, "<|bos|>");
  if (static_cast<int64_t>(tokens.size()) > max_len) tokens.resize(static_cast<size_t>(max_len));
  const torch::Tensor features = standardise(document_features(document.text), stats);  // (F)
  return {std::move(tokens), features.to(torch::kFloat32), document.label};
}

QualityDataset make_dataset(const LabelledSplit& split, const Tokenizer& tokenizer,
                            int64_t max_len) {
  std::vector<torch::Tensor> rows;
  for (const LabelledDocument& document : split.train) {
    rows.push_back(document_features(document.text));
  }
  QualityDataset dataset;
  dataset.stats = feature_stats(torch::stack(rows));
  for (const LabelledDocument& document : split.train) {
    dataset.train.push_back(make_example(document, tokenizer, dataset.stats, max_len));
  }
  for (const LabelledDocument& document : split.val) {
    dataset.val.push_back(make_example(document, tokenizer, dataset.stats, max_len));
  }
  return dataset;
}

QualityBatch collate(const std::vector<Example>& examples, int64_t pad) {
  size_t longest = 0;
  for (const Example& example : examples) longest = std::max(longest, example.tokens.size());
  const auto B = static_cast<int64_t>(examples.size()), T = static_cast<int64_t>(longest);

  QualityBatch batch;
  batch.tokens = torch::full({B, T}, pad, torch::kInt64);
  batch.mask = torch::zeros({B, T}, torch::kBool);
  batch.labels = torch::empty({B}, torch::kInt64);
  auto tokens = batch.tokens.accessor<int64_t, 2>();
  auto mask = batch.mask.accessor<bool, 2>();
  std::vector<torch::Tensor> features;
  for (int64_t b = 0; b < B; ++b) {
    const Example& example = examples[static_cast<size_t>(b)];
    for (size_t t = 0; t < example.tokens.size(); ++t) {
      tokens[b][static_cast<int64_t>(t)] = example.tokens[t];
      mask[b][static_cast<int64_t>(t)] = true;
    }
    batch.labels[b] = example.label;
    features.push_back(example.features);
  }
  batch.features = torch::stack(features);
  return batch;
}

std::vector<int64_t> add_token_noise(const std::vector<int64_t>& tokens, double noise,
                                     int64_t vocab_size, Rng& rng) {
  constexpr int64_t kResolution = int64_t{1} << 30;
  const auto below = static_cast<int64_t>(noise * static_cast<double>(kResolution));
  std::vector<int64_t> noisy;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (i == 0 || rng.below(kResolution) >= below) {
      noisy.push_back(tokens[i]);
    } else if (rng.below(2) == 0) {
      noisy.push_back(rng.below(vocab_size));
    }
  }
  return noisy;
}

std::vector<QualityBatch> train_batches(const std::vector<Example>& examples, int64_t batch_size,
                                        int64_t pad, const NoiseOptions& noise, Rng& rng) {
  std::vector<Example> shuffled = examples;
  rng.shuffle(shuffled);
  for (Example& example : shuffled) {
    example.tokens = add_token_noise(example.tokens, noise.noise, noise.vocab_size, rng);
  }
  const size_t size = std::min(static_cast<size_t>(batch_size), shuffled.size());
  std::vector<QualityBatch> batches;
  for (size_t i = 0; i + size <= shuffled.size(); i += size) {
    const auto first = shuffled.begin() + static_cast<std::ptrdiff_t>(i);
    batches.push_back(collate({first, first + static_cast<std::ptrdiff_t>(size)}, pad));
  }
  return batches;
}

std::vector<QualityBatch> val_batches(const std::vector<Example>& examples, int64_t batch_size,
                                      int64_t pad) {
  std::vector<QualityBatch> batches;
  for (size_t i = 0; i < examples.size(); i += static_cast<size_t>(batch_size)) {
    const size_t end = std::min(i + static_cast<size_t>(batch_size), examples.size());
    batches.push_back(collate({examples.begin() + static_cast<std::ptrdiff_t>(i),
                               examples.begin() + static_cast<std::ptrdiff_t>(end)},
                              pad));
  }
  return batches;
}

}  // namespace nanochat
