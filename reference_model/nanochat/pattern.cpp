// Regular expressions. Contracts are in the header.

#define PCRE2_CODE_UNIT_WIDTH 8

#include "nanochat/pattern.h"

#include <pcre2.h>

#include <stdexcept>

namespace nanochat {

struct Pattern::Compiled {
  pcre2_code* code;
  ~Compiled() { pcre2_code_free(code); }
};

Pattern::Pattern(const char* expression) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression), PCRE2_ZERO_TERMINATED,
                                   0, &error, &offset, nullptr);
  if (code == nullptr) throw std::invalid_argument(std::string("no pattern: ") + expression);
  compiled_.reset(new Compiled{code});
}

Pattern::~Pattern() = default;

std::optional<Pattern::Groups> Pattern::find(const std::string& text, unsigned options) const {
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create_from_pattern(compiled_->code, nullptr), &pcre2_match_data_free);
  const int count = pcre2_match(compiled_->code, reinterpret_cast<PCRE2_SPTR>(text.data()),
                                text.size(), 0, options, data.get(), nullptr);
  if (count < 0) return std::nullopt;
  const PCRE2_SIZE* range = pcre2_get_ovector_pointer(data.get());
  Groups groups(pcre2_get_ovector_count(data.get()));
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    if (range[2 * i] == PCRE2_UNSET) continue;
    groups[i] = text.substr(range[2 * i], range[2 * i + 1] - range[2 * i]);
  }
  return groups;
}

std::optional<Pattern::Groups> Pattern::match(const std::string& text) const {
  return find(text, PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}

std::optional<Pattern::Groups> Pattern::search(const std::string& text) const {
  return find(text, 0);
}

}  // namespace nanochat
