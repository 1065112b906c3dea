// questions: see questions.h.
#include "mutator/cli/questions.h"

#include <fmt/format.h>

#include "mutator/cli/statement.h"

namespace nanobug::cli {
namespace {

std::string uncapitalized(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string trimmed(const std::string& text) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

}  // namespace

Questions::Questions(const Ui& ui, std::string verb, rewrite::Lines* lines)
    : ui_(ui), verb_(std::move(verb)), lines_(lines) {}

Status Questions::ask(const Question& question) const {
  if (!question.given->empty()) {
    for (std::string& value : *question.given)
      if (const Status right = question.check(value); !right)
        return fail(Exit::usage, question.option + ": " + right.error().message);
    return {};
  }
  const std::string preset = question.preset();
  if (!lines_) {
    if (preset.empty() && question.required)
      return fail(Exit::usage,
                  fmt::format("'{}' needs {}: {}", verb_, question.option, uncapitalized(question.asks)));
    if (!preset.empty()) question.given->push_back(preset);
    return {};
  }
  do {
    std::string answer;
    NANOBUG_TRY(ask_one(question, answer));
    if (answer.empty()) break;
    question.given->push_back(std::move(answer));
  } while (question.many);
  return {};
}

// "" is an answer where there may be none, or no more.
Status Questions::ask_one(const Question& question, std::string& answer) const {
  const bool first = question.given->empty();
  const std::string preset = first ? question.preset() : "";
  std::string prompt = first ? question.asks : "  and another";
  if (!preset.empty())
    prompt += " [" + preset + "]";
  else if (!first || !question.required)
    prompt += " [none]";
  for (;;) {
    auto line = lines_->read(prompt + ": ");
    while (line && is_open(*line)) {
      const auto more = lines_->read("  ... ");
      if (!more) break;
      *line += '\n' + *more;
    }
    if (!line) return fail(Exit::usage, "'" + verb_ + "' was ended before it knew all; nothing is written");
    answer = trimmed(*line);
    if (answer.empty()) answer = preset;
    if (answer.empty()) {
      if (!first || !question.required) return {};
      continue;
    }
    const Status right = question.check(answer);
    if (right) return {};
    ui_.say("  " + right.error().message);
  }
}

}  // namespace nanobug::cli
