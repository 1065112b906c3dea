// Regular expressions. Contracts are in the header.

#define PCRE2_CODE_UNIT_WIDTH 8

#include "nanochat/pattern.h"

#include <pcre2.h>

#include <algorithm>
#include <stdexcept>

namespace nanochat {

struct Pattern::Compiled {
  pcre2_code* code;
  ~Compiled() { pcre2_code_free(code); }
};

// Looks for a pattern in one text, and has what the last match took.
class Pattern::Search {
 public:
  Search(const Compiled& pattern, std::string_view text, uint32_t options)
      : code_(pattern.code),
        text_(text),
        options_(options),
        data_(pcre2_match_data_create_from_pattern(code_, nullptr), &pcre2_match_data_free) {}

  // Whether there is a match from the byte `start` on.
  bool find(size_t start) {
    const int count = pcre2_match(code_, reinterpret_cast<PCRE2_SPTR>(text_.data()), text_.size(),
                                  start, options_, data_.get(), nullptr);
    if (count == PCRE2_ERROR_NOMATCH) return false;
    if (count < 0) throw std::runtime_error("PCRE2 gave up on a text: " + error_message(count));
    return true;
  }

  size_t groups() const { return pcre2_get_ovector_count(data_.get()); }
  size_t end() const { return range(0)[1]; }
  std::string_view group(size_t i) const {
    if (range(i)[0] == PCRE2_UNSET) return {};
    return text_.substr(range(i)[0], range(i)[1] - range(i)[0]);
  }

 private:
  const PCRE2_SIZE* range(size_t i) const { return pcre2_get_ovector_pointer(data_.get()) + 2 * i; }
  static std::string error_message(int error) {
    std::string words(256, '\0');
    const int length =
        pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(words.data()), words.size());
    words.resize(static_cast<size_t>(std::max(length, 0)));
    return words;
  }

  const pcre2_code* code_;
  std::string_view text_;
  uint32_t options_;
  std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data_;
};

namespace {

template <typename Search>
std::optional<Pattern::Groups> first(Search search) {
  if (!search.find(0)) return std::nullopt;
  Pattern::Groups groups;
  for (size_t i = 0; i < search.groups(); ++i) groups.emplace_back(search.group(i));
  return groups;
}

}  // namespace

Pattern::Pattern(const char* expression, Character character) {
  const uint32_t options = character == Character::code_point ? PCRE2_UTF | PCRE2_UCP : 0;
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression), PCRE2_ZERO_TERMINATED,
                                   options, &error, &offset, nullptr);
  if (code == nullptr) throw std::invalid_argument(std::string("no pattern: ") + expression);
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // only faster; without it all works too
  compiled_.reset(new Compiled{code});
}

Pattern::~Pattern() = default;

std::optional<Pattern::Groups> Pattern::match(std::string_view text) const {
  return first(Search(*compiled_, text, PCRE2_ANCHORED | PCRE2_ENDANCHORED));
}

std::optional<Pattern::Groups> Pattern::search(std::string_view text) const {
  return first(Search(*compiled_, text, 0));
}

std::vector<std::string_view> Pattern::find_all(std::string_view text) const {
  Search search(*compiled_, text, PCRE2_NO_UTF_CHECK);
  std::vector<std::string_view> found;
  for (size_t start = 0; start < text.size() && search.find(start); start = search.end()) {
    if (search.group(0).empty()) break;
    found.push_back(search.group(0));
  }
  return found;
}

}  // namespace nanochat
