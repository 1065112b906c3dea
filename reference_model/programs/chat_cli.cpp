// chat_cli: talks with a model in the terminal.
//
// The answer appears as it is written, a call of the calculator in brackets. Without --prompt or
// --complete it reads a line, answers, and remembers both, until the input ends. With --questions
// it answers a file of questions at once, each for itself.

#include <torch/utils.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/chat.h"
#include "nanochat/checkpoint_manager.h"
#include "nanochat/common.h"
#include "nanochat/devices.h"
#include "nanochat/engine.h"
#include "nanochat/files.h"
#include "nanochat/metrics.h"

namespace {

using namespace nanochat;

struct Options {
  std::string model;
  std::string prompt;
  std::string complete;
  std::string questions;
  std::string system;
  SampleOptions sample{.max_tokens = 128, .temperature = 0.6, .top_k = 50};
  std::string metrics;
  bool quiet = false;
  int64_t seed = 42;
  int64_t threads = 1;
  std::string device = "cpu";
};

Args declare(Options& o) {
  Args args("chat_cli",
            "Talks with a model: a line in, an answer out. \"clear\" begins anew, \"quit\" ends.");
  args.section("model and text");
  args.add("model", &o.model,
           "a checkpoint; if none, runs/sft.pt, or runs/base.pt with --complete");
  args.add("prompt", &o.prompt, "answer this and end");
  args.add("system", &o.system, "what the model is told before the chat, and never forgets");
  args.add("questions", &o.questions,
           "answer every line of this file, all of them as one batch, and end");
  args.add("complete", &o.complete, "continue this text, as a base model does, and end");
  args.section("sampling");
  args.add("max-tokens", &o.sample.max_tokens, "the longest answer").at_least(1);
  args.add("temperature", &o.sample.temperature, "0 for the likeliest token").at_least(0);
  args.add("top-k", &o.sample.top_k, "draw from the k likeliest tokens, 0 for all").at_least(0);
  args.add("top-p", &o.sample.top_p, "draw from the likeliest tokens with this mass, 1 for all")
      .at_least(0)
      .at_most(1);
  args.add("repetition-penalty", &o.sample.repetition_penalty,
           "above 1 makes tokens that were there before less likely")
      .at_least(1e-3);
  args.section("output and reproducibility");
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("quiet", &o.quiet, "no greeting");
  args.add("seed", &o.seed, "of what is drawn").at_least(0);
  add_device_option(args, &o.device);
  args.add("threads", &o.threads, "threads of LibTorch").at_least(1).at_most(1024);
  return args;
}

void validate(const Options& o) {
  if (!o.prompt.empty() && !o.complete.empty()) {
    throw UsageError("--prompt and --complete cannot both be given");
  }
  if (!o.questions.empty() && !(o.prompt.empty() && o.complete.empty())) {
    throw UsageError("--questions cannot be given with --prompt or --complete");
  }
  std::error_code missing;  // a file that is not there yet is not the same
  if (!o.questions.empty() && std::filesystem::equivalent(o.questions, o.metrics, missing)) {
    throw UsageError("the file given with --questions would be overwritten");
  }
  if (!o.system.empty() && !o.complete.empty()) {
    throw UsageError("--system and --complete cannot both be given");
  }
  if (!is_utf8(o.system)) throw UsageError("--system is not valid UTF-8");
  if (!is_utf8(o.prompt)) throw UsageError("--prompt is not valid UTF-8");
  if (!is_utf8(o.complete)) throw UsageError("--complete is not valid UTF-8");
}

LoadedModel load(const std::string& path, const char* maker) {
  std::error_code unreadable;
  if (!std::filesystem::exists(path, unreadable)) {
    throw std::runtime_error("there is no " + path + ": run " + maker +
                             " first, or name a model with --model");
  }
  return load_model(path);
}

class Chat {
 public:
  Chat(const Options& o, LoadedModel& loaded)
      : options_(o.sample),
        tokenizer_(loaded.tokenizer),
        engine_(loaded.model, loaded.tokenizer),
        metrics_(o.metrics),
        dim_(::isatty(STDOUT_FILENO) != 0) {
    options_.seed = static_cast<uint64_t>(o.seed);
  }

  // Writes what the model says after `prompt`, as it says it, and returns it.
  std::vector<int64_t> answer(const std::vector<int64_t>& prompt) {
    std::vector<int64_t> tokens;
    AnswerText text(tokenizer_);
    engine_.generate(prompt, 1, options_, [&](const TokenColumn& column) {
      const int64_t token = column.tokens[0];
      record(answers_, column, 0);
      if (engine_.ends_answer(token)) return;
      tokens.push_back(token);
      const bool was_in_brackets = text.in_brackets();
      show(text.push(token), was_in_brackets || text.in_brackets());
    });
    show(text.finish() + "\n", false);
    ++answers_;
    ++options_.seed;  // the same question again deserves another answer
    return tokens;
  }

  // Writes each question and what the model says after its prompt.
  void answer_each(const std::vector<std::string>& questions,
                   const std::vector<std::vector<int64_t>>& prompts) {
    std::vector<AnswerText> texts(prompts.size(), AnswerText(tokenizer_));
    std::vector<std::string> answers(prompts.size());
    std::vector<bool> ended(prompts.size());
    engine_.generate_each(prompts, options_, [&](const TokenColumn& column) {
      for (size_t b = 0; b < prompts.size(); ++b) {
        if (ended[b]) continue;
        record(static_cast<int64_t>(b), column, b);
        ended[b] = engine_.ends_answer(column.tokens[b]);
        if (!ended[b]) answers[b] += texts[b].push(column.tokens[b]);
      }
    });
    for (size_t b = 0; b < prompts.size(); ++b) {
      std::printf("> %s\n%s%s\n", questions[b].c_str(), answers[b].c_str(),
                  texts[b].finish().c_str());
    }
  }

 private:
  // A line of metrics for the token of one row.
  void record(int64_t answer, const TokenColumn& column, size_t row) {
    MetricsLine line;
    line.add("answer", answer).add("token", column.tokens[row]);
    line.add("log_prob", column.log_probs[row]).add("kv_length", column.kv_length);
    metrics_.write(line.add("sampled", column.mask[row]));
  }

  void show(const std::string& text, bool tool) const {
    if (text.empty()) return;
    std::printf(tool && dim_ ? "\x1b[2m%s\x1b[0m" : "%s", text.c_str());
    std::fflush(stdout);
  }

  SampleOptions options_;
  const Tokenizer& tokenizer_;
  Engine engine_;
  MetricsWriter metrics_;
  bool dim_;
  int64_t answers_ = 0;
};

// Lines in, answers out. A line that cannot be answered is refused with one sentence, and the chat
// goes on.
void converse(Chat& chat, ChatHistory& history, bool terminal) {
  std::string line;
  const auto prompt = [&] {
    if (terminal) std::fprintf(stderr, "\nYou: ");
    return static_cast<bool>(std::getline(std::cin, line));
  };
  while (prompt()) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line == "quit" || line == "exit") return;
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    if (line == "clear") {
      history.clear();
      continue;
    }
    std::vector<int64_t> tokens;
    try {
      const int64_t turns = history.turns();
      tokens = history.ask(line);
      const int64_t forgotten = turns + 1 - history.turns();
      if (forgotten > 0)
        std::fprintf(stderr, "(The chat is long; turns forgotten: %ld.)\n", forgotten);
    } catch (const std::runtime_error& error) {
      std::fprintf(stderr, "chat_cli: %s\n", error.what());
      continue;
    }
    history.answer(chat.answer(tokens));
  }
  if (terminal) std::fprintf(stderr, "\n");
}

// Answers every line of a file, blank ones left out, as if each began a chat.
void answer_questions(const Options& o, Chat& chat, const Tokenizer& tokenizer, int64_t room) {
  std::vector<std::string> questions;
  std::vector<std::vector<int64_t>> prompts;
  std::istringstream lines(read_file(o.questions));
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    questions.push_back(line);
    prompts.push_back(ChatHistory(tokenizer, room, o.system).ask(line));
  }
  if (prompts.empty()) throw std::runtime_error("there is no question in " + o.questions);
  chat.answer_each(questions, prompts);
}

void run(Options o) {
  torch::set_num_threads(static_cast<int>(o.threads));
  const bool base = !o.complete.empty();
  if (o.model.empty()) o.model = base ? "runs/base.pt" : "runs/sft.pt";
  LoadedModel loaded = load(o.model, base ? "base_train" : "chat_sft");
  loaded.model->to(device_named(o.device));
  const int64_t room = loaded.model->max_positions() - o.sample.max_tokens;
  if (room < 1) {
    throw UsageError("--max-tokens must be below the model's " +
                     std::to_string(loaded.model->max_positions()) + " positions");
  }
  Chat chat(o, loaded);
  ChatHistory history(loaded.tokenizer, room, o.system);
  if (base) {
    chat.answer(loaded.tokenizer.encode(o.complete, "<|bos|>"));
  } else if (!o.questions.empty()) {
    answer_questions(o, chat, loaded.tokenizer, room);
  } else if (!o.prompt.empty()) {
    chat.answer(history.ask(o.prompt));
  } else {
    const bool terminal = ::isatty(STDIN_FILENO) != 0;
    if (terminal && !o.quiet) {
      std::fprintf(stderr, "%s after %ld steps. \"clear\" begins anew, \"quit\" ends.\n",
                   o.model.c_str(), loaded.step);
    }
    converse(chat, history, terminal);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("chat_cli", args, argc, argv, [&] {
    validate(options);
    run(options);
  });
}
