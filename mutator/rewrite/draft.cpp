// draft: see draft.h.
#include "mutator/rewrite/draft.h"

#include <algorithm>

namespace nanobug::rewrite {
namespace {

constexpr char kOpen = '\x01', kClose = '\x02';

bool ends_in_number(std::string_view text) {
  size_t begin = text.size();
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  return begin < text.size() && text[begin] >= '0' && text[begin] <= '9';
}

class Writer {
 public:
  explicit Writer(const std::vector<bool>& on) : on_(on) {}

  // A piece of the file, or of what comes into it: a joint is before it.
  void piece(std::string_view text) {
    if (text.empty()) return;
    if (run_together(out_.text, text)) out_.text += ' ';
    out_.text += text;
  }

  void cut(const std::string& text) {
    // The blank of a joint belongs to nobody, so a hole begins behind it.
    size_t at = 0;
    unsigned begin = 0;
    bool begun = false;
    const auto write = [&](std::string_view part) {
      if (part.empty()) return;
      if (run_together(out_.text, part)) out_.text += ' ';
      if (!begun) begin = size(), begun = true;
      out_.text += part;
    };
    while (at < text.size()) {
      const size_t mark = std::min(text.find_first_of("\x01\x02", at), text.size());
      write(std::string_view(text).substr(at, mark - at));
      if (mark == text.size()) break;
      if (text[mark] == kOpen) {
        open_.push_back(out_.pairs.size());
        out_.pairs.push_back({on_[out_.pairs.size()], 0, 0});
        if (out_.pairs.back().on) write("(");
        out_.pairs.back().open = size() - 1;
      } else {
        Assembled::Pair& pair = out_.pairs[open_.back()];
        open_.pop_back();
        if (pair.on) write(")");
        pair.close = size() - 1;
      }
      at = mark + 1;
    }
    out_.holes.push_back({begun ? begin : size(), size()});
  }

  Assembled finish() { return std::move(out_); }

 private:
  unsigned size() const { return static_cast<unsigned>(out_.text.size()); }

  const std::vector<bool>& on_;
  std::vector<size_t> open_;
  Assembled out_;
};

}  // namespace

bool run_together(std::string_view left, std::string_view right) {
  if (left.size() == text_start(left) || right.empty()) return false;
  const char a = left.back(), b = right.front();
  const auto one_of = [](char c, std::string_view set) { return set.find(c) != std::string_view::npos; };
  if ((b == '+' || b == '-') && one_of(a, "eEpP") && ends_in_number(left)) return true;  // 0x1e+1
  if (is_word(a)) return is_word(b) || b == '"' || b == '\'' || (b == '.' && ends_in_number(left));
  if (a == '.' && b >= '0' && b <= '9') return true;
  if (b == '=') return one_of(a, "=!<>+-*/%&|^");
  if (a == b) return one_of(a, "+-&|<:#/.");
  if (a == '.' && b == '*' && ends_in_number(left.substr(0, left.size() - 1))) return false;  // 1.*x
  static constexpr std::string_view kPairs[] = {"->", "/*", "<:", "<%", "%:", "%>", ":>", ".*"};
  return std::any_of(std::begin(kPairs), std::end(kPairs),
                     [&](std::string_view pair) { return pair[0] == a && pair[1] == b; });
}

size_t marks_in(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), kOpen));
}

std::string marked(const std::string& text) {
  return kOpen + text + kClose;
}

std::string without_marks(const std::string& text) {
  std::string plain;
  std::copy_if(text.begin(), text.end(), std::back_inserter(plain),
               [](char c) { return c != kOpen && c != kClose; });
  return plain;
}

std::string written(const std::string& text, const std::vector<bool>& on) {
  Writer writer(on);
  writer.cut(text);
  return writer.finish().text;
}

Assembled assemble(const std::string& pristine, const std::vector<const Cut*>& cuts,
                   const std::vector<bool>& on) {
  Writer writer(on);
  unsigned at = 0;
  for (const Cut* cut : cuts) {
    writer.piece(std::string_view(pristine).substr(at, cut->span.begin - at));
    writer.cut(cut->text);
    at = cut->span.end;
  }
  writer.piece(std::string_view(pristine).substr(at));
  return writer.finish();
}

}  // namespace nanobug::rewrite
