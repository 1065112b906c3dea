// Checkpoints. Contracts are in the header.

#include "nanochat/checkpoint_manager.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/serialize.h>

#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "nanochat/common.h"
#include "nanochat/files.h"
#include "nanochat/pickle.h"

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
      const c10::IValue value = unpickled(content);
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
  bool flag(const std::string& key) const {
    return get(key, &c10::IValue::isBool, "true or false").toBool();
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

  std::map<std::string, std::string> texts(const std::string& key) const {
    std::map<std::string, std::string> all;
    for (const auto& entry :
         get(key, &c10::IValue::isGenericDict, "a dictionary").toGenericDict()) {
      if (!entry.key().isString() || !entry.value().isString()) fail(key + " has no texts in it");
      all[entry.key().toStringRef()] = entry.value().toStringRef();
    }
    return all;
  }

  // How many numbers all tensors together hold whose keys begin with `prefix`.
  double numel(const std::string& prefix) const {
    double sum = 0.0;
    for (const auto& entry : values_) {
      if (!entry.key().isString() || !entry.value().isTensor()) continue;
      if (entry.key().toStringRef().rfind(prefix, 0) != 0) continue;
      sum += static_cast<double>(entry.value().toTensor().numel());
    }
    return sum;
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

  // Makes `key` the state of torch's default generator.
  void restore_generator(const std::string& key) const {
    try {
      at::Generator generator = at::detail::getDefaultCPUGenerator();
      generator.set_state(tensor(key));
    } catch (const c10::Error&) {
      fail(key + " is not the state of a random generator");
    }
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
  record.put("config.dropout", config.dropout);
  record.put("config.learned_positions", config.positions == Positions::learned);
  record.put("config.tie_embeddings", config.tie_embeddings);
  record.put("config.window", config.window);
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
  config.dropout = record.real("config.dropout");
  config.positions =
      record.flag("config.learned_positions") ? Positions::learned : Positions::rotary;
  config.tie_embeddings = record.flag("config.tie_embeddings");
  config.window = record.integer("config.window");
  return config;
}

// A model takes the memory that its sizes ask for before a weight has been looked at, so they must
// be those of the weights that the file holds: the embedding's shape, and in every block more than
// C * C numbers. The rotary table is as long as the file says.
void check_sizes(const Record& record, const GPTConfig& config) {
  constexpr int64_t kLongest = 1 << 20;
  if (config.sequence_len > kLongest) {
    record.fail("config.sequence_len is " + std::to_string(config.sequence_len) + ", more than " +
                std::to_string(kLongest));
  }
  const torch::Tensor embedding = record.tensor("model.wte.weight");
  const std::vector<int64_t> shape{config.vocab_size, config.n_embd};
  const double C = static_cast<double>(config.n_embd);
  if (!embedding.is_floating_point() || embedding.sizes() != torch::IntArrayRef(shape) ||
      static_cast<double>(config.n_layer) * C * C > record.numel("model.")) {
    record.fail("its sizes are not those of its weights");
  }
}

GPT model_of(const Record& record, const GPTConfig& config) {
  check_sizes(record, config);
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

// What the optimizers remember, name by name: saving and restoring both go through it.
template <typename SomeOptimizers, typename Visit>
void visit_state(SomeOptimizers& optimizers, const Visit& visit) {
  for (size_t g = 0; g < optimizers.adamw.states.size(); ++g) {
    for (size_t i = 0; i < optimizers.adamw.states[g].size(); ++i) {
      const std::string name = "adamw." + std::to_string(g) + "." + std::to_string(i);
      auto& state = optimizers.adamw.states[g][i];
      visit(name + ".exp_avg", state.exp_avg);
      visit(name + ".exp_avg_sq", state.exp_avg_sq);
      visit(name + ".step", state.step);
    }
  }
  for (size_t g = 0; g < optimizers.muon.momentum_buffers.size(); ++g) {
    for (size_t i = 0; i < optimizers.muon.momentum_buffers[g].size(); ++i) {
      visit("muon." + std::to_string(g) + "." + std::to_string(i) + ".momentum_buffer",
            optimizers.muon.momentum_buffers[g][i]);
    }
  }
}

// A run that goes on with another option would be neither the old run nor a new one.
void check_options(const std::string& path, const std::map<std::string, std::string>& before,
                   const std::map<std::string, std::string>& now) {
  for (const auto& [name, value] : now) {
    const auto found = before.find(name);
    if (found != before.end() && found->second == value) continue;
    const std::string was = found == before.end() ? "no such option" : "'" + found->second + "'";
    throw UsageError("the run in " + path + " has --" + name + " " + was + ", not '" + value + "'");
  }
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

void save_checkpoint(const std::string& path, GPT& model, const Tokenizer& tokenizer, int64_t step,
                     double val_loss, const Optimizers& optimizers, const TrainingState& state) {
  Record record = record_of_model(path, model, tokenizer, step, val_loss);
  visit_state(optimizers, [&](const std::string& name, const auto& value) {
    record.put("training." + name, value);
  });
  record.put("training.random", at::detail::getDefaultCPUGenerator().get_state());
  record.put("training.data.epoch", state.data.epoch);
  record.put("training.data.next_document", state.data.next_document);
  record.put("training.data.buffer", torch::tensor(state.data.buffer, torch::kInt64));
  record.put("training.data.tokens_per_epoch", state.data.tokens_per_epoch);
  record.put("training.scaler.scale", state.scaler.scale);
  record.put("training.scaler.growth_tracker", state.scaler.growth_tracker);
  record.put("training.smoothed_loss.sum", state.smoothed_loss.sum);
  record.put("training.smoothed_loss.count", state.smoothed_loss.count);
  record.put("training.epoch_loss.sum", state.epoch_loss.sum);
  record.put("training.epoch_loss.count", state.epoch_loss.count);
  record.put("training.early_stopping.best", state.early_stopping.best);
  record.put("training.early_stopping.best_step", state.early_stopping.best_step);
  record.put("training.early_stopping.bad_evaluations", state.early_stopping.bad_evaluations);
  c10::Dict<std::string, std::string> options;
  for (const auto& [name, value] : state.options) options.insert(name, value);
  record.put("training.options", options);
  record.write();
}

TrainingState load_training_state(const std::string& path, Optimizers& optimizers,
                                  const std::map<std::string, std::string>& options) {
  const Record record = Record::read(path);
  if (!record.has("training.options")) {
    record.fail("holds a model, but no state of training to go on from");
  }
  TrainingState state;
  state.options = record.texts("training.options");
  check_options(path, state.options, options);
  visit_state(optimizers, [&](const std::string& name, auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, torch::Tensor>) {
      record.copy_to("training." + name, value);
    } else {
      value = record.integer("training." + name);
    }
  });
  state.data.epoch = record.integer("training.data.epoch");
  state.data.next_document = record.integer("training.data.next_document");
  const torch::Tensor buffer = record.tensor("training.data.buffer").to(torch::kInt64);
  state.data.buffer.assign(buffer.data_ptr<int64_t>(), buffer.data_ptr<int64_t>() + buffer.numel());
  state.data.tokens_per_epoch = record.integer("training.data.tokens_per_epoch");
  state.scaler.scale = record.real("training.scaler.scale");
  state.scaler.growth_tracker = record.integer("training.scaler.growth_tracker");
  state.smoothed_loss.sum = record.real("training.smoothed_loss.sum");
  state.smoothed_loss.count = record.integer("training.smoothed_loss.count");
  state.epoch_loss.sum = record.real("training.epoch_loss.sum");
  state.epoch_loss.count = record.integer("training.epoch_loss.count");
  state.early_stopping.best = record.real("training.early_stopping.best");
  state.early_stopping.best_step = record.integer("training.early_stopping.best_step");
  state.early_stopping.bad_evaluations = record.integer("training.early_stopping.bad_evaluations");
  record.restore_generator("training.random");
  return state;
}

}  // namespace nanochat
