// stems: what a question's words have in common with a name's, whatever form they are in. English.
#pragma once

#include <string>
#include <vector>

namespace nanobug::coach {

// "stopped" -> "stop", "losses" -> "loss", "decreases" -> "decreas": what its forms have in common.
std::string stem(std::string word);

// Words in small letters, without what is between them; an apostrophe is no end of one.
std::vector<std::string> plain_words(const std::string& text);

// Does it say nothing of what is asked for? "the", "does", "why".
bool is_empty_word(const std::string& word);

// The stems of the words that say something.
std::vector<std::string> stems(const std::string& text);

}  // namespace nanobug::coach
