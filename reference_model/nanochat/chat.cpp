// The two ends of a chat. Contracts are in the header.

#include "nanochat/chat.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "nanochat/common.h"
#include "nanochat/conversation.h"

namespace nanochat {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// How many bytes the first character of `text` has, or 0 if it does not begin with a whole one.
size_t character_length(std::string_view text) {
  for (size_t length = 1; length <= std::min<size_t>(4, text.size()); ++length) {
    if (is_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

// Whether `text`, which has no whole character in front, is the beginning of one.
bool may_become_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  const bool continues = std::all_of(text.begin() + 1, text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
  });
  return lead >= 0xc2 && lead <= 0xf4 && text.size() < length && continues;
}

}  // namespace

ChatHistory::ChatHistory(const Tokenizer& tokenizer, int64_t max_tokens, std::string system)
    : tokenizer_(tokenizer), max_tokens_(max_tokens), system_(std::move(system)) {}

// A turn's tokens up to where the assistant writes. The first of a prompt begins with <|bos|> and
// with what the system says.
std::vector<int64_t> ChatHistory::opening(const std::string& message, bool first) const {
  Conversation conversation;
  if (first && !system_.empty()) conversation.messages.emplace_back(Role::system, system_);
  conversation.messages.emplace_back(Role::user, message);
  std::vector<int64_t> tokens = render_for_completion(tokenizer_, conversation);
  if (!first) tokens.erase(tokens.begin());
  return tokens;
}

std::vector<int64_t> ChatHistory::prompt() const {
  std::vector<int64_t> all;
  for (const Turn& turn : turns_) {
    const std::vector<int64_t> begun = opening(turn.message, all.empty());
    all.insert(all.end(), begun.begin(), begun.end());
    all.insert(all.end(), turn.answer.begin(), turn.answer.end());
  }
  return all;
}

std::vector<int64_t> ChatHistory::ask(const std::string& message) {
  if (message.empty()) throw std::runtime_error("the message is empty");
  const int64_t alone = static_cast<int64_t>(opening(message, /*first=*/true).size());
  if (alone > max_tokens_) {
    throw std::runtime_error("the message has " + std::to_string(alone) +
                             " tokens, but there is room for " + std::to_string(max_tokens_));
  }
  turns_.push_back({.message = message, .answer = {}});
  std::vector<int64_t> tokens = prompt();
  while (static_cast<int64_t>(tokens.size()) > max_tokens_) {
    turns_.pop_front();
    tokens = prompt();
  }
  return tokens;
}

void ChatHistory::answer(const std::vector<int64_t>& tokens) {
  std::vector<int64_t>& turn = turns_.back().answer;
  turn.insert(turn.end(), tokens.begin(), tokens.end());
  turn.push_back(tokenizer_.encode_special("<|assistant_end|>"));
}

void ChatHistory::clear() {
  turns_.clear();
}

std::string AnswerText::push(int64_t token) {
  const std::string& bytes = tokenizer_.id_to_token(token);
  const auto is = [&](std::string_view name) { return token == tokenizer_.encode_special(name); };
  std::string shown;
  if (state_ == State::after_expression && !is("<|output_start|>")) shown = finish();
  if (is("<|python_start|>") && state_ == State::text) {
    shown += finish() + "[";
    state_ = State::expression;
  } else if (is("<|python_end|>") && state_ == State::expression) {
    state_ = State::after_expression;
  } else if (is("<|output_start|>") && state_ == State::after_expression) {
    pending_ += " = ";
    state_ = State::result;
  } else if (is("<|output_end|>") && state_ == State::result) {
    shown += finish();
  } else {
    pending_ += bytes;
  }
  return shown + whole_characters();
}

std::string AnswerText::finish() {
  std::string shown = whole_characters();
  if (!pending_.empty()) shown += kReplacement;
  pending_.clear();
  if (in_brackets()) shown += "] ";
  state_ = State::text;
  return shown;
}

std::string AnswerText::whole_characters() {
  std::string shown;
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const size_t length = character_length(rest);
    if (length == 0 && may_become_character(rest)) break;
    shown += length > 0 ? rest.substr(0, length) : kReplacement;
    rest.remove_prefix(std::max<size_t>(length, 1));
  }
  pending_.erase(0, pending_.size() - rest.size());
  return shown;
}

}  // namespace nanochat
