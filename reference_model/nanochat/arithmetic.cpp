// Questions with a number for an answer. Contracts are in the header.

#include "nanochat/arithmetic.h"

#include <algorithm>

namespace nanochat {

namespace {

constexpr const char* kDigits = "0123456789";

// The last run of digits in a text, empty if there is none.
std::string last_number(const std::string& text) {
  const size_t last = text.find_last_of(kDigits);
  if (last == std::string::npos) return "";
  const size_t before = text.find_last_not_of(kDigits, last);
  const size_t first = before == std::string::npos ? 0 : before + 1;
  return text.substr(first, last + 1 - first);
}

}  // namespace

std::vector<Problem> arithmetic_problems(const std::vector<Conversation>& conversations) {
  std::vector<Problem> problems;
  for (const Conversation& conversation : conversations) {
    std::string result;
    for (const Part& part : conversation.messages.back().parts) {
      if (part.type == PartType::python_output) result = part.text;
    }
    const bool whole = result.find_first_not_of(kDigits) == std::string::npos;
    if (!result.empty() && whole) problems.push_back({conversation, result});
  }
  return problems;
}

double arithmetic_reward(const Tokenizer& tokenizer, const std::vector<int64_t>& tokens,
                         const std::string& answer) {
  const int64_t output_end = tokenizer.encode_special("<|output_end|>");
  const auto words = std::find(tokens.rbegin(), tokens.rend(), output_end).base();
  const std::string said = tokenizer.decode({words, tokens.end()});
  const std::string number = last_number(said);
  if (number.empty()) return 0.0;
  return number == answer ? 1.0 : 0.1;
}

double arithmetic_accuracy(Engine& engine, const Tokenizer& tokenizer,
                           const std::vector<Problem>& problems, int64_t max_tokens) {
  std::vector<std::vector<int64_t>> prompts;
  for (const Problem& problem : problems) {
    prompts.push_back(render_for_completion(tokenizer, problem.conversation));
  }
  const std::vector<Completion> answers =
      engine.complete_each(prompts, {.max_tokens = max_tokens, .temperature = 0.0});
  double right = 0.0;
  for (size_t b = 0; b < problems.size(); ++b) {
    const double reward = arithmetic_reward(tokenizer, answers[b].tokens, problems[b].answer);
    if (reward == 1.0) right += 1.0;
  }
  return right / static_cast<double>(problems.size());
}

}  // namespace nanochat
