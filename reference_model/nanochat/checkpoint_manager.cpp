// Checkpoints. Contracts are in the header.

#include "nanochat/checkpoint_manager.h"

#include <torch/serialize.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "nanochat/files.h"

namespace nanochat {

namespace {

constexpr const char* kFormat = "nanochat checkpoint 1";

// The values of a checkpoint by name. Everything that is read says what it expects, so that a file
// that is something else gives a sentence and not a crash.
class Record {
 public:
  explicit Record(std::string path)
      : path_(std::move(path)), values_(c10::StringType::get(), c10::AnyType::get()) {}

  // The record in a file.
  static Record read(const std::string& path) {
    const std::string content = read_file(path);
    Record record(path);
    try {
      const c10::IValue value = torch::pickle_load({content.begin(), content.end()});
      if (value.isGenericDict()) record.values_ = value.toGenericDict();
    } catch (const std::exception&) {
      record.fail("not a checkpoint, or only a part of one");
    }
    if (!record.has("format") || record.text("format") != kFormat) {
      record.fail("not a checkpoint of this program (\"" + std::string(kFormat) + "\")");
    }
    return record;
  }

  void write() const {
    const std::vector<char> content = torch::pickle_save(values_);
    write_file(path_, {content.data(), content.size()});
  }

  void put(const std::string& key, c10::IValue value) { values_.insert(key, std::move(value)); }
  void put(const std::string& key, const torch::Tensor& tensor) {
    values_.insert(key, tensor.detach().to(torch::kCPU).contiguous());
  }

  bool has(const std::string& key) const { return values_.contains(key); }

  int64_t integer(const std::string& key) const {
    return get(key, &c10::IValue::isInt, "a whole number").toInt();
  }
  double real(const std::string& key) const {
    return get(key, &c10::IValue::isDouble, "a number").toDouble();
  }
  std::string text(const std::string& key) const {
    return get(key, &c10::IValue::isString, "a text").toStringRef();
  }
  torch::Tensor tensor(const std::string& key) const {
    return get(key, &c10::IValue::isTensor, "a tensor").toTensor();
  }

  // Fills `target` with the tensor `key`, which must have its shape.
  void copy_to(const std::string& key, torch::Tensor target) const {
    const torch::Tensor source = tensor(key);
    if (source.sizes() != target.sizes()) {
      fail(key + " has the shape " + c10::str(source.sizes()) + " where the model has " +
           c10::str(target.sizes()));
    }
    torch::NoGradGuard no_grad;
    target.copy_(source);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(path_ + ": " + what);
  }

 private:
  c10::IValue get(const std::string& key, bool (c10::IValue::*is)() const, const char* kind) const {
    if (!has(key)) fail(key + " is missing");
    c10::IValue value = values_.at(key);
    if (!(value.*is)()) fail(key + " is not " + kind);
    return value;
  }

  std::string path_;
  c10::impl::GenericDict values_;
};

Record record_of_model(const std::string& path, GPT& model, const Tokenizer& tokenizer,
                       int64_t step, double val_loss) {
  const GPTConfig& config = model->config;
  Record record(path);
  record.put("format", kFormat);
  record.put("step", step);
  record.put("val_loss", val_loss);
  record.put("tokenizer", tokenizer.to_json());
  record.put("config.sequence_len", config.sequence_len);
  record.put("config.vocab_size", config.vocab_size);
  record.put("config.n_layer", config.n_layer);
  record.put("config.n_head", config.n_head);
  record.put("config.n_kv_head", config.n_kv_head);
  record.put("config.n_embd", config.n_embd);
  for (const auto& weight : model->named_parameters()) {
    record.put("model." + weight.key(), weight.value());
  }
  return record;
}

GPTConfig config_of(const Record& record) {
  GPTConfig config;
  config.sequence_len = record.integer("config.sequence_len");
  config.vocab_size = record.integer("config.vocab_size");
  config.n_layer = record.integer("config.n_layer");
  config.n_head = record.integer("config.n_head");
  config.n_kv_head = record.integer("config.n_kv_head");
  config.n_embd = record.integer("config.n_embd");
  return config;
}

GPT model_of(const Record& record, const GPTConfig& config) {
  GPT model{nullptr};
  try {
    model = GPT(config);
  } catch (const std::exception& error) {
    const std::string what = error.what();  // LibTorch appends a stack trace
    record.fail("its sizes make no model: " + what.substr(0, what.find('\n')));
  }
  model->to(record.tensor("model.wte.weight").scalar_type());
  for (const auto& weight : model->named_parameters()) {
    record.copy_to("model." + weight.key(), weight.value());
  }
  return model;
}

}  // namespace

void save_model(const std::string& path, GPT& model, const Tokenizer& tokenizer, int64_t step,
                double val_loss) {
  record_of_model(path, model, tokenizer, step, val_loss).write();
}

LoadedModel load_model(const std::string& path) {
  const Record record = Record::read(path);
  const Tokenizer tokenizer = Tokenizer::from_json(record.text("tokenizer"), path + ", tokenizer");
  const GPTConfig config = config_of(record);
  if (tokenizer.vocab_size() != config.vocab_size) {
    record.fail("its tokenizer has " + std::to_string(tokenizer.vocab_size()) + " ids, its model " +
                std::to_string(config.vocab_size));
  }
  return {.model = model_of(record, config),
          .tokenizer = tokenizer,
          .step = record.integer("step"),
          .val_loss = record.real("val_loss")};
}

}  // namespace nanochat
