// hunks: see hunks.h. Lines are compared by a longest common subsequence between the first and the last that
// differ; a mutant changes a few lines close together, so the quadratic table stays small.
#include "mutator/rewrite/hunks.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "mutator/base/files.h"

namespace nanobug::rewrite {
namespace {

bool continues_character(const std::string& text, size_t offset) {
  return offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80;
}

// Takes what both sides share off both ends, whole characters only.
void trim(const std::string& before, Replacement& hunk) {
  unsigned front = 0;
  const unsigned most = std::min<unsigned>(hunk.length, hunk.text.size());
  while (front < most && before[hunk.offset + front] == hunk.text[front]) ++front;
  while (front > 0 &&
         (continues_character(before, hunk.offset + front) || continues_character(hunk.text, front)))
    --front;
  unsigned back = 0;
  while (back < most - front &&
         before[hunk.offset + hunk.length - 1 - back] == hunk.text[hunk.text.size() - 1 - back])
    ++back;
  while (back > 0 && continues_character(before, hunk.offset + hunk.length - back)) --back;
  hunk.offset += front;
  hunk.length -= front + back;
  hunk.text = hunk.text.substr(front, hunk.text.size() - front - back);
}

// "\n  x;" before "\n" says the same as "  x;\n" one byte later: slide to the start of a line.
void align(const std::string& before, Replacement& hunk) {
  std::string piece = hunk.length ? before.substr(hunk.offset, hunk.length) : hunk.text;
  if (hunk.length && !hunk.text.empty()) return;
  unsigned slide = 0;
  while (true) {
    const unsigned at = hunk.offset + slide;
    if (at == 0 || before[at - 1] == '\n') break;
    if (slide >= piece.size() || at + hunk.length >= before.size() ||
        before[at + hunk.length] != piece[slide])
      return;
    ++slide;
  }
  hunk.offset += slide;
  if (!hunk.length) hunk.text = piece.substr(slide) + piece.substr(0, slide);
}

// The pairs (i, j) of lines that stay, in order, between the common head and tail.
class Matching {
 public:
  // At most `upmost` lines count as the common head.
  Matching(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b, size_t upmost)
      : a_(a), b_(b) {
    const size_t most = std::min(a.size(), b.size());
    while (head < std::min(most, upmost) && a[head] == b[head]) ++head;
    while (tail < most - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    rows_ = a.size() - head - tail;
    columns_ = b.size() - head - tail;
    table_.assign((rows_ + 1) * (columns_ + 1), 0);
    for (size_t i = rows_; i-- > 0;)
      for (size_t j = columns_; j-- > 0;)
        at(i, j) = same(i, j) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  }

  size_t head = 0, tail = 0;

  // Calls keep(i, j) for each pair of lines that stays.
  template <class Keep>
  void walk(Keep keep) {
    for (size_t i = 0, j = 0; i < rows_ && j < columns_;) {
      if (same(i, j))
        keep(head + i++, head + j++);
      else if (at(i + 1, j) >= at(i, j + 1))
        ++i;
      else
        ++j;
    }
  }

 private:
  bool same(size_t i, size_t j) const { return a_[head + i] == b_[head + j]; }
  uint32_t& at(size_t i, size_t j) { return table_[i * (columns_ + 1) + j]; }

  const std::vector<std::string_view>&a_, &b_;
  size_t rows_ = 0, columns_ = 0;
  std::vector<uint32_t> table_;
};

}  // namespace

std::vector<Replacement> difference(const std::string& before, const std::string& after, unsigned edited) {
  const auto a = lines_of(before), b = lines_of(after);
  Matching matching(a, b, line_at(before, edited) - 1);
  std::vector<Replacement> hunks;
  size_t i = matching.head, j = matching.head;
  const auto close = [&](size_t to_i, size_t to_j) {
    if (i == to_i && j == to_j) return;
    Replacement hunk{static_cast<unsigned>(i < a.size() ? a[i].data() - before.data() : before.size()), 0,
                     ""};
    for (; i < to_i; ++i) hunk.length += a[i].size();
    for (; j < to_j; ++j) hunk.text += b[j];
    trim(before, hunk);
    align(before, hunk);
    hunks.push_back(std::move(hunk));
  };
  matching.walk([&](size_t kept_i, size_t kept_j) {
    close(kept_i, kept_j);
    i = kept_i + 1;
    j = kept_j + 1;
  });
  close(a.size() - matching.tail, b.size() - matching.tail);
  return hunks;
}

int line_at(const std::string& text, unsigned offset) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + std::min<size_t>(offset, text.size()), '\n'));
}

int column_at(const std::string& text, unsigned offset) {
  const size_t end = offset == 0 ? std::string::npos : text.rfind('\n', offset - 1);
  return static_cast<int>(offset - (end == std::string::npos ? 0 : end + 1)) + 1;
}

}  // namespace nanobug::rewrite
