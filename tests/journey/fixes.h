// fixes: tests/journey/fixes.txt, which says how it is written: other ways to put a bug right, and to seem
// to.
#pragma once

#include <string>
#include <vector>

namespace nanobug::journey {

struct Fix {
  std::string code, file;
  bool hidden = false;  // looks like one, and must not pass
  std::string from, to;
};

std::vector<Fix> all_fixes();

// `text` with the one place where `from` stands replaced; fails the test where there is none, or another.
std::string fixed(const Fix& fix, std::string text);

// The mutated text with every line that the clean one has not commented out; "" where none is left to comment
// out, or where the clean text is what comes of it.
std::string commented_out(const std::string& mutated, const std::string& clean);

}  // namespace nanobug::journey
