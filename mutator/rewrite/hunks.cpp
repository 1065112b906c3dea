// hunks: see hunks.h.
#include "mutator/rewrite/hunks.h"

#include <algorithm>

#include "mutator/base/files.h"
#include "mutator/base/line_diff.h"

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

}  // namespace

std::vector<Replacement> difference(const std::string& before, const std::string& after, unsigned edited) {
  const auto a = lines_of(before), b = lines_of(after);
  std::vector<Replacement> hunks;
  for (const LineChange& change : line_changes(a, b, static_cast<size_t>(line_at(before, edited) - 1))) {
    const size_t begin = change.before < a.size()
                             ? static_cast<size_t>(a[change.before].data() - before.data())
                             : before.size();
    Replacement hunk{static_cast<unsigned>(begin), 0, ""};
    for (size_t i = 0; i < change.removed; ++i)
      hunk.length += static_cast<unsigned>(a[change.before + i].size());
    for (size_t j = 0; j < change.added; ++j) hunk.text += b[change.after + j];
    trim(before, hunk);
    align(before, hunk);
    hunks.push_back(std::move(hunk));
  }
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
