// Questions whose answer is a number, and what an answer to one is worth: the task of chat_rl, in
// the place of nanochat's GSM8K.
//
// Any conversation whose last message computes something is such a question. The reward looks at
// nothing but the number that an answer ends with: how it was found is the model's own affair.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nanochat/conversation.h"
#include "nanochat/engine.h"
#include "nanochat/tokenizer.h"

namespace nanochat {

struct Problem {
  Conversation conversation;  // its last message is an answer that is right
  std::string answer;         // a whole number, in digits
};

// Those of `conversations` whose last message has a result of the calculator that is a whole number
// and not negative; the last result is the answer.
std::vector<Problem> arithmetic_problems(const std::vector<Conversation>& conversations);

// What the tokens of an answer are worth: 1 if the last number that is said in words, behind all
// calls of the calculator, is `answer`; 0.1 if there is another number; 0 if there is none.
double arithmetic_reward(const Tokenizer& tokenizer, const std::vector<int64_t>& tokens,
                         const std::string& answer);

// The share of `problems`, of which there must be one, whose likeliest answer of at most max_tokens
// tokens has a reward of 1.
double arithmetic_accuracy(Engine& engine, const Tokenizer& tokenizer,
                           const std::vector<Problem>& problems, int64_t max_tokens);

}  // namespace nanochat
