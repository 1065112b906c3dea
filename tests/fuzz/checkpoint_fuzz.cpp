// checkpoint: any file is a checkpoint or is refused with one sentence that names it, and nothing that it
// says of its sizes is believed before they are seen. An input that begins with `edit` is a list of changes
// to a checkpoint that is right, because few changes of the bytes get past the archive that they are in; one
// that begins with `quality`, to a classifier:
//   edit
//   x KEY            takes the value out
//   i KEY NUMBER     an integer in its place; d a float, b true or false, s the rest of the line as text
//   t KEY SIZES…     a tensor of zeros; T the same in int64
#include <torch/serialize.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#include "nanochat/checkpoint_manager.h"
#include "nanochat/quality_checkpoint.h"
#include "tests/fuzz/place.h"

using namespace nanobug;
using c10::impl::GenericDict;

namespace {

nanochat::Tokenizer small_tokenizer() {
  return nanochat::Tokenizer(std::vector<nanochat::TokenPair>{{'f', 'i'}, {'s', 'h'}, {256, 257}});
}

nanochat::GPT small_model() {
  return nanochat::GPT(nanochat::GPTConfig{.sequence_len = 4,
                                           .vocab_size = small_tokenizer().vocab_size(),
                                           .n_layer = 1,
                                           .n_head = 2,
                                           .n_kv_head = 1,
                                           .n_embd = 8,
                                           .dropout = 0.0});
}

GenericDict read_dictionary(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  return torch::pickle_load({bytes.begin(), bytes.end()}).toGenericDict();
}

// Whole files, as the programs write them.
struct Right {
  GenericDict checkpoint, classifier;
};

Right make_right() {
  torch::set_num_threads(1);
  nanochat::GPT model = small_model();
  const nanochat::Optimizers optimizers = model->configure_optimizers();
  const std::string path = fuzz::place() + "/right";
  nanochat::save_checkpoint(path, model, small_tokenizer(), 3, 2.5, optimizers, {.options = {{"seed", "1"}}});
  const GenericDict checkpoint = read_dictionary(path);
  nanochat::QualityClassifier classifier(nanochat::QualityConfig{.vocab_size = small_tokenizer().vocab_size(),
                                                                 .max_len = 4,
                                                                 .n_embd = 8,
                                                                 .n_head = 2,
                                                                 .n_kv_head = 1,
                                                                 .n_features = 2});
  nanochat::save_classifier(path, classifier, small_tokenizer(),
                            {.mean = torch::zeros(2), .std = torch::ones(2)});
  return {checkpoint, read_dictionary(path)};
}

c10::IValue value_of(char kind, std::istringstream& line) {
  if (kind == 'i') {
    // A length that is allowed and long makes a table as long: a second's work that shows nothing new.
    constexpr std::int64_t kLong = 4096, kLongest = 1 << 20;
    std::int64_t number = 0;
    line >> number;
    return number > kLong && number <= kLongest ? kLong : number;
  }
  if (kind == 'd') {
    double number = 0;
    line >> number;
    return number;
  }
  if (kind == 'b') return line.get() == '1';
  if (kind == 's') {
    std::string text;
    std::getline(line, text);
    return text;
  }
  std::vector<std::int64_t> sizes;
  std::int64_t numel = 1;
  for (std::int64_t size = 0; line >> size && sizes.size() < 4 && size >= 0 && numel * size <= 4096;
       numel *= size)
    sizes.push_back(size);
  return torch::zeros(sizes, kind == 'T' ? torch::kInt64 : torch::kFloat32);
}

std::string edited(const GenericDict& right, std::string_view edits) {
  const GenericDict values = right.copy();
  std::istringstream lines{std::string(edits)};
  for (std::string text; std::getline(lines, text);) {
    std::istringstream line(text);
    char kind = 0;
    std::string key;
    if (!(line >> kind >> key)) continue;
    line.get();
    if (kind == 'x')
      (void)values.erase(key);
    else if (std::string_view("idbstT").find(kind) != std::string_view::npos)
      values.insert_or_assign(key, value_of(kind, line));
  }
  const std::vector<char> bytes = torch::pickle_save(values);
  return {bytes.data(), bytes.size()};
}

// Loads, or says in one sentence what is wrong with the file.
void loads_or_says_why(const std::string& path, const std::function<void()>& load) {
  try {
    load();
  } catch (const std::runtime_error& error) {
    const std::string what = error.what();
    fuzz::must(what.find(path) != std::string::npos, "the sentence names the file");
    fuzz::must(what.find('\n') == std::string::npos, "it is one sentence");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Right right = make_right();
  const std::string_view input = fuzz::text_of(data, size);
  constexpr std::string_view kEdit = "edit\n", kQuality = "quality\n";
  const bool edits = input.starts_with(kEdit), edits_quality = input.starts_with(kQuality);
  if (!edits_quality) {
    const std::string path = fuzz::file_of(
        edits ? edited(right.checkpoint, input.substr(kEdit.size())) : std::string(input), "model.pt");
    const bool edits_state = edits && input.find("training.") != std::string_view::npos;
    if (!edits_state) loads_or_says_why(path, [&] { nanochat::load_model(path); });
    if (edits && !edits_state) return 0;  // the state is as it was: a second reading shows nothing new
    static nanochat::GPT model = small_model();
    nanochat::Optimizers optimizers = model->configure_optimizers();
    loads_or_says_why(path, [&] { nanochat::load_training_state(path, optimizers); });
  }
  if (!edits) {
    const std::string path = fuzz::file_of(
        edits_quality ? edited(right.classifier, input.substr(kQuality.size())) : std::string(input),
        "classifier.pt");
    loads_or_says_why(path, [&] { nanochat::load_classifier(path); });
  }
  return 0;
}
