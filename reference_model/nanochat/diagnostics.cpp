// What a run tells of itself. Contracts are in the header.

#include "nanochat/diagnostics.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>
#include <system_error>

namespace nanochat {

Watcher*& watcher() {
  thread_local Watcher* who = nullptr;
  return who;
}

namespace {

constexpr int64_t kMostCells = 24;  // of a table, each way
constexpr size_t kMostBytes = 200;  // of a row of the batch
constexpr size_t kMostOfEach = 32;  // of a document's beginning
constexpr int64_t kMostDocuments = 8;

double l2(const torch::Tensor& x) {
  return x.detach().to(torch::kFloat64).norm().item<double>();
}

double rms(const torch::Tensor& x) {
  return x.detach().to(torch::kFloat64).square().mean().sqrt().item<double>();
}

// No more than `most` bytes, and no letter cut in two.
std::string first_bytes(const std::string& text, size_t most) {
  if (text.size() <= most) return text;
  size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// The bytes as text, with U+FFFD for each that is part of no character: JSON knows characters only.
std::string characters_of(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    size_t length = std::min<size_t>(4, bytes.size());
    while (length > 0 && !is_utf8(bytes.substr(0, length))) --length;
    text += length > 0 ? bytes.substr(0, length) : "\xef\xbf\xbd";
    bytes.remove_prefix(std::max<size_t>(length, 1));
  }
  return text;
}

// Tokens need not be whole characters. Ids that are no tokens are a fault that somebody may be
// looking for, and no reason to end.
std::string text_of(const Diagnostics::Decode& decode, const std::vector<int64_t>& ids) {
  try {
    return characters_of(decode(ids));
  } catch (const std::exception&) {
    return "[no tokens]";
  }
}

std::vector<int64_t> row_of(const torch::Tensor& ids, int64_t row) {
  const torch::Tensor flat = ids[row].to(torch::kCPU, torch::kInt64).contiguous();
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}

std::string targets_text(const Diagnostics::Decode& decode, const std::vector<int64_t>& targets,
                         int64_t ignored) {
  std::string text;
  std::vector<int64_t> counted;
  bool skipping = false;
  for (const int64_t target : targets) {
    if (target != ignored) {
      counted.push_back(target);
      skipping = false;
      continue;
    }
    text += text_of(decode, counted);
    counted.clear();
    if (!skipping) text += "[-]";
    skipping = true;
  }
  return text + text_of(decode, counted);
}

Diagnostics::Decode decoder_of(const Tokenizer& tokenizer) {
  return [&tokenizer](const std::vector<int64_t>& ids) { return tokenizer.decode(ids); };
}

}  // namespace

void Diagnostics::open(const DiagnosticsOptions& options) {
  options_ = options;
  TORCH_CHECK(options.every > 0, "diagnostics: every must be positive, not ", options.every);
  if (options.path.empty() || !options.writes) return;
  const int64_t lines = (options.first_step + options.every - 1) / options.every;
  file_.emplace(options.path, lines);
}

Diagnostics::~Diagnostics() {
  if (watcher() == this) watcher() = nullptr;
}

void Diagnostics::begin(int64_t step, const torch::nn::Module& model) {
  step_ = step;
  on_ = !options_.path.empty() && step % options_.every == 0;
  if (!on_) return;
  torch::NoGradGuard no_grad;
  looked_ = batch_noted_ = question_noted_ = false;
  seen_.clear();
  parameters_.clear();
  before_.clear();
  for (const auto& item : model.named_parameters()) {
    parameters_.emplace_back(item.key(), item.value());
    before_.emplace_back(item.key(), item.value().detach().clone());
    note("weight_norm/" + item.key(), l2(item.value()));
  }
}

Diagnostics::Look::Look(Diagnostics& diagnostics) : before_(watcher()), diagnostics_(diagnostics) {
  if (diagnostics.on_ && !diagnostics.looked_) watcher() = &diagnostics;
}

Diagnostics::Look::~Look() {
  if (watcher() == &diagnostics_) diagnostics_.looked_ = true;
  watcher() = before_;
}

void Diagnostics::see(std::string_view what, const torch::Tensor& x) {
  torch::NoGradGuard no_grad;
  const std::string layer = "h" + std::to_string(seen_[std::string(what)]++);
  if (what == "block") {
    note("activation_rms/" + layer, rms(x));
  } else if (what == "attn") {
    note("activation_rms/" + layer + ".attn", rms(x));
  } else if (what == "mlp") {
    note("activation_rms/" + layer + ".mlp", rms(x));
    note("zeros/" + layer + ".mlp", x.eq(0).to(torch::kFloat64).mean().item<double>());
  } else if (what == "weights") {
    see_weights(layer, x.detach());
  } else if (what == "logits" && layer == "h0") {
    const torch::Tensor logits = x.detach().to(torch::kFloat64);
    note("logits/mean", logits.mean().item<double>());
    note("logits/largest", logits.max().item<double>());
    note("logits/spread", logits.std(/*unbiased=*/false).item<double>());
  }
}

void Diagnostics::see_weights(const std::string& layer, const torch::Tensor& weights) {
  const torch::Tensor w = weights.to(torch::kCPU, torch::kFloat64);        // (B, H, T, S)
  const torch::Tensor entropy = -torch::xlogy(w, w).sum(-1).mean({0, 2});  // (H)
  for (int64_t head = 0; head < entropy.size(0); ++head) {
    note("attention_entropy/" + layer + "." + std::to_string(head), entropy[head].item<double>());
  }
  if (!line_) return;
  const torch::Tensor picture =
      w[0].mean(0).slice(0, 0, kMostCells).slice(1, 0, kMostCells).contiguous();  // (T, S)
  std::vector<std::vector<double>> rows;
  for (int64_t row = 0; row < picture.size(0); ++row) {
    const double* cells = picture.data_ptr<double>() + row * picture.size(1);
    rows.emplace_back(cells, cells + picture.size(1));
  }
  line_->add("attention/" + layer, rows);
}

void Diagnostics::batch(const torch::Tensor& inputs, const torch::Tensor& targets,
                        const Decode& decode, int64_t ignored) {
  if (!on_ || batch_noted_) return;
  torch::NoGradGuard no_grad;
  batch_noted_ = true;
  note("batch/inputs", first_bytes(text_of(decode, row_of(inputs, 0)), kMostBytes));
  note("batch/targets", first_bytes(targets_text(decode, row_of(targets, 0), ignored), kMostBytes));
  note("batch/tokens", static_cast<double>(inputs.numel()));
  note("batch/counted", targets.ne(ignored).sum().item<double>());
}

void Diagnostics::batch(const torch::Tensor& inputs, const torch::Tensor& targets,
                        const Tokenizer& tokenizer, int64_t ignored) {
  if (!on_ || batch_noted_) return;
  torch::NoGradGuard no_grad;
  const Decode decode = decoder_of(tokenizer);
  batch(inputs, targets, decode, ignored);
  std::string documents;
  for (int64_t row = 0; row < std::min(inputs.size(0), kMostDocuments); ++row) {
    const std::vector<int64_t> ids = row_of(inputs, row);
    const auto bos = std::find(ids.begin(), ids.end(), tokenizer.bos_token_id());
    if (bos == ids.end()) continue;
    if (!documents.empty()) documents += "\n";
    documents += first_bytes(text_of(decode, {bos + 1, ids.end()}), kMostOfEach);
  }
  if (!documents.empty()) note("documents", documents);
}

void Diagnostics::gradients() {
  if (!on_) return;
  for (const auto& [name, parameter] : parameters_) {
    if (parameter.grad().defined()) note("grad_norm/" + name, l2(parameter.grad()));
  }
}

void Diagnostics::updates(const Optimizers& optimizers) {
  if (!on_) return;
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const auto& [name, was] = before_[i];
    const double size = l2(was);
    if (size > 0.0) note("update_ratio/" + name, l2(parameters_[i].second - was) / size);
  }
  for (const AdamWGroup& group : optimizers.adamw.groups) {
    note("lr/" + group.name, group.lr);
    note("weight_decay/" + group.name, group.weight_decay);
  }
  for (const MuonGroup& group : optimizers.muon.groups) {
    note("lr/" + group.name, group.lr);
    note("momentum/" + group.name, group.momentum);
  }
  before_.clear();
}

void Diagnostics::ranks(Distributed& ranks, double loss) {
  if (!on_ || ranks.world_size() == 1) return;
  torch::NoGradGuard no_grad;
  double checksum = 0.0;
  for (const auto& [name, parameter] : parameters_) {
    checksum += parameter.detach().to(torch::kFloat64).sum().item<double>();
  }
  for (int64_t rank = 0; rank < ranks.world_size(); ++rank) {
    const bool own = rank == ranks.rank();
    const double its_loss = ranks.all_reduce_sum(own ? loss : 0.0);
    const double its_checksum = ranks.all_reduce_sum(own ? checksum : 0.0);
    note("rank_loss/" + std::to_string(rank), its_loss);
    note("weights_checksum/" + std::to_string(rank), its_checksum);
  }
}

void Diagnostics::note(const std::string& name, double value) {
  if (!file_) return;
  if (!line_) line_.emplace().add("step", step_);
  line_->add(name, value);
}

void Diagnostics::note(const std::string& name, const std::string& words) {
  if (!file_) return;
  if (!line_) line_.emplace().add("step", step_);
  line_->add(name, words);
}

void Diagnostics::note_file(const std::string& name, const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  const std::string file = std::filesystem::path(path).filename().string();
  note(name, error ? file + " is not there" : file + ", " + std::to_string(size) + " bytes");
}

void Diagnostics::question(const torch::Tensor& rewards, const torch::Tensor& advantages,
                           const std::vector<int64_t>& answer, const Tokenizer& tokenizer) {
  if (!on_ || question_noted_) return;
  torch::NoGradGuard no_grad;
  question_noted_ = true;
  for (const auto& [name, values] : {std::pair("reward/", rewards), {"advantage/", advantages}}) {
    const torch::Tensor all = values.detach().to(torch::kFloat64);
    note(std::string(name) + "mean", all.mean().item<double>());
    note(std::string(name) + "spread", all.std(/*unbiased=*/false).item<double>());
  }
  note("answer", first_bytes(text_of(decoder_of(tokenizer), answer), kMostBytes));
}

void Diagnostics::write() {
  if (line_) file_->write(*line_);
  line_.reset();
  parameters_.clear();
}

}  // namespace nanochat
