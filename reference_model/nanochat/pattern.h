// A regular expression in Perl's language, by PCRE2: std::regex takes seconds to compile in every
// file that uses it.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nanochat {

class Pattern {
 public:
  // Throws std::invalid_argument if PCRE2 does not take the expression.
  explicit Pattern(const char* expression);
  ~Pattern();

  // What the expression and its groups match, in order (the whole first; a group that takes no part
  // is empty): of all of the text, or of the first place in it.
  using Groups = std::vector<std::string>;
  std::optional<Groups> match(const std::string& text) const;
  std::optional<Groups> search(const std::string& text) const;

 private:
  struct Compiled;
  std::optional<Groups> find(const std::string& text, unsigned options) const;

  std::unique_ptr<Compiled> compiled_;
};

}  // namespace nanochat
