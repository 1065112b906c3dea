// Reversing a sequence: a task that attention can do and nothing else can.
//
// After "abcdefgh>" comes "hgfedcba". Every letter of the answer stands at another distance from
// its place in the question, so a model has to look the right letter up, by position, among all
// that came before: an average over the past does not help it, nor does the letter before. The
// letters are drawn at random; there is nothing to know about them. A model either attends, and
// gets nearly all sequences right, or gets nearly none.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nanochat/char_tokenizer.h"
#include "nanochat/dataloader.h"
#include "nanochat/gpt.h"

namespace nanochat {

// `count` different sequences of `length` letters out of the first `letters` of the alphabet.
// Throws std::runtime_error if there are not twice as many, or letters is not in [2, 26].
std::vector<std::string> reversal_sequences(int64_t count, int64_t letters, int64_t length,
                                            uint64_t seed);

// "abc" as question and answer, "abc>cba".
std::string reversal_line(const std::string& sequence);

// Sequences of the same length L as rows of 2L tokens. Targets are the answer only: those of the
// question are -1, since nobody can foresee a random letter.
Batch reversal_batch(const std::vector<std::string>& sequences, const CharTokenizer& tokenizer);

// What the model writes after idx (B, T), each time the likeliest token: (B, count). Leaves the
// model in training mode if it was, and records no gradients.
torch::Tensor continue_greedily(GPT& model, const torch::Tensor& idx, int64_t count);

// The share of `sequences`, all of the same length, that the model reverses without a mistake. It
// has to write the answers itself: it could have learned to read them off the targets.
double reversal_accuracy(GPT& model, const std::vector<std::string>& sequences,
                         const CharTokenizer& tokenizer);

}  // namespace nanochat
