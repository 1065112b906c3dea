// notes: what a learner writes in a session, in their own words.
#pragma once

#include <string>

#include "mutator/base/error.h"

namespace nanobug::coach {

inline constexpr int kLongestWords = 1000;  // characters

// Errors: Exit::usage for words without a letter or a digit, and for more than a person writes; the sentence
// begins with `what` ("the note is not kept"), and `missing` says what should have been there.
Status can_be_kept(const std::string& words, const std::string& what, const std::string& missing);

// On one line, and without what would move a terminal's cursor.
std::string plain(std::string words);

}  // namespace nanobug::coach
