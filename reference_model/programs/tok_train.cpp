// tok_train: trains the tokenizer on its own, so that several models can share one.
//
// A tokenizer is worth a look before a model is trained on top of it: how much text one token
// stands for decides how much a batch holds, and the merges show what it took for words.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/dataset.h"
#include "nanochat/files.h"
#include "nanochat/tokenizer.h"

namespace {

using namespace nanochat;

struct Options {
  int64_t vocab_size = 512;
  int64_t documents = 8000;
  int64_t seed = 42;
  int64_t show = 10;
  std::string data;
  std::string out = "runs/tokenizer.json";
};

Args declare(Options& o) {
  Args args("tok_train",
            "Trains a byte-pair tokenizer and says how well it compresses.\n"
            "base_train takes the file with --tokenizer.");
  args.section("tokenizer");
  args.add("vocab-size", &o.vocab_size, "token ids, 256 bytes and special tokens included");
  args.section("data");
  args.add("data", &o.data, "a .txt file (blank lines between documents) or .jsonl (\"text\")");
  args.add("documents", &o.documents, "how many documents to make up without --data").at_least(2);
  args.add("seed", &o.seed, "of the documents that are made up").at_least(0);
  args.section("output");
  args.add("show", &o.show, "how many of the first and of the last merges to show").at_least(0);
  args.add("out", &o.out, "where the tokenizer goes, empty for nowhere");
  return args;
}

// Bytes of text that one token stands for.
double bytes_per_token(const Tokenizer& tokenizer, const std::vector<std::string>& documents) {
  size_t bytes = 0, tokens = 0;
  for (const std::string& document : documents) {
    bytes += document.size();
    tokens += tokenizer.encode(document).size();
  }
  return static_cast<double>(bytes) / static_cast<double>(tokens);
}

// The bytes of a token, those that are no printable ASCII as \xNN.
std::string printable(const std::string& token) {
  std::string text;
  for (const char c : token) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(c));
    text += c >= ' ' && c <= '~' ? std::string(1, c) : escape;
  }
  return text;
}

void print_merges(const Tokenizer& tokenizer, const char* which, int64_t from, int64_t to) {
  std::printf("%s merges:", which);
  for (int64_t i = from; i < to; ++i) {
    std::printf(" [%s]", printable(tokenizer.id_to_token(256 + i)).c_str());
  }
  std::printf("\n");
}

void run(const Options& o) {
  if (!o.out.empty()) check_writable(o.out);
  const auto seed = static_cast<uint64_t>(o.seed);
  const Split split = split_documents(o.data.empty() ? generate_documents(o.documents, seed)
                                                     : load_documents(o.data));
  const Tokenizer tokenizer = Tokenizer::train(split.train, o.vocab_size);
  if (!o.out.empty()) tokenizer.save(o.out);

  const int64_t merges = static_cast<int64_t>(tokenizer.merges().size());
  std::printf("vocabulary: %ld ids (256 bytes, %ld merges, %zu special tokens)\n",
              tokenizer.vocab_size(), merges, kSpecialTokens.size());
  std::printf("bytes per token: %.3f in training, %.3f in validation\n",
              bytes_per_token(tokenizer, split.train), bytes_per_token(tokenizer, split.val));
  if (o.show == 0) return;
  print_merges(tokenizer, "first", 0, std::min(o.show, merges));
  print_merges(tokenizer, "last", std::max<int64_t>(0, merges - o.show), merges);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("tok_train", args, argc, argv, [&] { run(options); });
}
