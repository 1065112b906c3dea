// A quality classifier on the disk. Contracts are in the header.

#include "nanochat/quality_checkpoint.h"

#include <torch/serialize.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "nanochat/files.h"
#include "nanochat/pickle.h"

namespace nanochat {

namespace {

constexpr const char* kFormat = "nanochat quality classifier 1";

using Dict = c10::impl::GenericDict;

// Calls visit(name, tensor) for everything that the model has learned.
template <typename Visit>
void visit_tensors(QualityClassifier& model, const Visit& visit) {
  for (const auto& weight : model->named_parameters()) visit(weight.key(), weight.value());
  for (const auto& statistic : model->named_buffers()) visit(statistic.key(), statistic.value());
}

// A model takes the memory that its sizes ask for before a weight has been looked at, so they must
// be those of the weights that the file holds.
void check_sizes(const Dict& values, const QualityConfig& config) {
  const auto has_shape = [&](const char* name, int64_t rows, int64_t columns) {
    const std::vector<int64_t> shape{rows, columns};
    return values.at(name).toTensor().sizes() == torch::IntArrayRef(shape);
  };
  TORCH_CHECK(
      has_shape("model.wte.weight", config.vocab_size, config.n_embd) &&
          has_shape("model.wpe.weight", config.max_len, config.n_embd) &&
          has_shape("model.block.mlp.c_fc.weight", 4 * config.n_embd, config.n_embd) &&
          values.at("model.head.weight").toTensor().size(-1) - config.n_embd == config.n_features,
      "its sizes are not those of its weights");
}

LoadedClassifier classifier_of(const Dict& values, const std::string& path) {
  const auto integer = [&](const char* name) { return values.at(name).toInt(); };
  QualityConfig config;
  config.vocab_size = integer("config.vocab_size");
  config.max_len = integer("config.max_len");
  config.n_embd = integer("config.n_embd");
  config.n_head = integer("config.n_head");
  config.n_kv_head = integer("config.n_kv_head");
  config.n_features = integer("config.n_features");
  config.dropout = values.at("config.dropout").toDouble();

  check_sizes(values, config);

  LoadedClassifier loaded{
      .model = QualityClassifier(config),
      .tokenizer = Tokenizer::from_json(values.at("tokenizer").toStringRef(), path + ", tokenizer"),
      .stats = {.mean = values.at("stats.mean").toTensor(),
                .std = values.at("stats.std").toTensor()}};
  torch::NoGradGuard no_grad;
  visit_tensors(loaded.model, [&](const std::string& name, torch::Tensor target) {
    const torch::Tensor source = values.at("model." + name).toTensor();
    TORCH_CHECK(source.sizes() == target.sizes(), name, " has another shape");
    target.copy_(source);
  });
  loaded.model->eval();
  return loaded;
}

}  // namespace

void save_classifier(const std::string& path, QualityClassifier& model, const Tokenizer& tokenizer,
                     const FeatureStats& stats) {
  const QualityConfig& config = model->config;
  Dict values(c10::StringType::get(), c10::AnyType::get());
  values.insert("format", kFormat);
  values.insert("tokenizer", tokenizer.to_json());
  values.insert("stats.mean", stats.mean);
  values.insert("stats.std", stats.std);
  values.insert("config.vocab_size", config.vocab_size);
  values.insert("config.max_len", config.max_len);
  values.insert("config.n_embd", config.n_embd);
  values.insert("config.n_head", config.n_head);
  values.insert("config.n_kv_head", config.n_kv_head);
  values.insert("config.n_features", config.n_features);
  values.insert("config.dropout", config.dropout);
  visit_tensors(model, [&](const std::string& name, const torch::Tensor& tensor) {
    values.insert("model." + name, tensor.detach().contiguous());
  });
  const std::vector<char> content = torch::pickle_save(values);
  write_file(path, {content.data(), content.size()});
}

LoadedClassifier load_classifier(const std::string& path) {
  const std::string content = read_file(path);
  try {
    const c10::IValue value = unpickled(content);
    if (value.isGenericDict()) {
      const Dict values = value.toGenericDict();
      if (values.contains("format") && values.at("format") == c10::IValue(kFormat)) {
        return classifier_of(values, path);
      }
    }
  } catch (const std::exception&) {
    throw std::runtime_error(path + ": not a quality classifier, or only a part of one");
  }
  throw std::runtime_error(path + ": not a quality classifier (\"" + kFormat + "\")");
}

}  // namespace nanochat
