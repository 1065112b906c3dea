// The two ends of a chat: what the model is given to read, and how its tokens become text on a
// screen while they come.
//
// A chat goes on for longer than a model can read, so its oldest turns are forgotten, whole ones.
// And a token may end in the middle of a character, so what is shown waits until the character is
// there.

#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "nanochat/tokenizer.h"

namespace nanochat {

class ChatHistory {
 public:
  // A chat without turns, of which at most `max_tokens` tokens are given to the model at once. What
  // the system says, if anything, is never forgotten.
  ChatHistory(const Tokenizer& tokenizer, int64_t max_tokens, std::string system = "");

  // Begins a turn: the tokens of the chat with this message of the user, up to where the assistant
  // is to write. Forgets the oldest turns until there are at most max_tokens of them. Throws
  // std::runtime_error, with one sentence, if the message alone, behind what the system says, has
  // more, is empty, or is not valid UTF-8; the chat is as before then.
  std::vector<int64_t> ask(const std::string& message);

  // Ends the turn with what the assistant wrote, without <|assistant_end|>.
  void answer(const std::vector<int64_t>& tokens);

  // Forgets all turns.
  void clear();

  // How many turns the next prompt would go back.
  int64_t turns() const { return static_cast<int64_t>(turns_.size()); }

 private:
  struct Turn {
    std::string message;          // the user's
    std::vector<int64_t> answer;  // up to <|assistant_end|>; empty until it is there
  };

  std::vector<int64_t> opening(const std::string& message, bool first) const;
  std::vector<int64_t> prompt() const;

  const Tokenizer& tokenizer_;
  int64_t max_tokens_;
  std::string system_;
  std::deque<Turn> turns_;
};

// The text of an answer, token by token. A call of the calculator is shown in brackets with a blank
// behind them, "[17+25 = 42] ", other special tokens by their names.
class AnswerText {
 public:
  explicit AnswerText(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  // What can be shown after this token: always whole characters. Bytes that can never become one
  // are replaced by U+FFFD.
  std::string push(int64_t token);

  // What is left when the answer ends: a bracket to close, or the beginning of a character that did
  // not come, as U+FFFD.
  std::string finish();

  // Whether the text so far ends inside brackets.
  bool in_brackets() const { return state_ != State::text; }

 private:
  enum class State { text, expression, after_expression, result };

  std::string whole_characters();

  const Tokenizer& tokenizer_;
  State state_ = State::text;
  std::string pending_;  // bytes that were not shown yet
};

}  // namespace nanochat
