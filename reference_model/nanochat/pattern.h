// A regular expression in Perl's language, by PCRE2: std::regex takes seconds to compile in every
// file that uses it.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nanochat {

// Matching throws std::runtime_error where PCRE2 gives up (an expression that tries too many ways).
class Pattern {
 public:
  // What one character of expression and text is. Texts of code points must be valid UTF-8.
  enum class Character { byte, code_point };

  // Throws std::invalid_argument if PCRE2 does not take the expression.
  explicit Pattern(const char* expression, Character character = Character::byte);
  ~Pattern();

  // What the expression and its groups match, in order (the whole first; a group that takes no part
  // is empty): of all of the text, or of the first place in it.
  using Groups = std::vector<std::string>;
  std::optional<Groups> match(std::string_view text) const;
  std::optional<Groups> search(std::string_view text) const;

  // All places that the expression matches, each sought from where the last one ended, up to an
  // empty one. They are views of the text.
  std::vector<std::string_view> find_all(std::string_view text) const;

 private:
  struct Compiled;
  class Search;

  std::unique_ptr<Compiled> compiled_;
};

}  // namespace nanochat
