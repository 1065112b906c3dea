// format: see format.h.
#include "mutator/rewrite/format.h"

#include <algorithm>
#include <optional>

#include "mutator/base/line_diff.h"
#include "mutator/rewrite/clang.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {
namespace {

namespace format = clang::format;
namespace tooling = clang::tooling;

Result<format::FormatStyle> style_of(const std::filesystem::path& file, const std::string& text) {
  auto style = format::getStyle("file", std::filesystem::absolute(file).string(), "none", text);
  if (style) return *style;
  return fail(Exit::io, "the .clang-format of '" + file.string() +
                            "' cannot be read: " + llvm::toString(style.takeError()));
}

Result<std::string> apply_all(const std::string& text, const tooling::Replacements& changes) {
  auto result = tooling::applyAllReplacements(text, changes);
  if (result) return *result;
  return fail(Exit::io, "clang-format contradicts itself: " + llvm::toString(result.takeError()));
}

Result<std::string> reformatted(const format::FormatStyle& style, const std::string& text,
                                const std::vector<tooling::Range>& ranges,
                                const std::filesystem::path& file) {
  return apply_all(text, format::reformat(style, text, ranges, file.string()));
}

std::vector<tooling::Range> everything(const std::string& text) {
  return {{0, static_cast<unsigned>(text.size())}};
}

Result<std::string> sorted_and_formatted(const format::FormatStyle& style, const std::string& text,
                                         const std::filesystem::path& file) {
  const auto sorted = apply_all(text, format::sortIncludes(style, text, everything(text), file.string()));
  NANOBUG_TRY(sorted);
  return reformatted(style, *sorted, everything(*sorted), file);
}

// Longer than any file that a person reads: clang-format takes a second for 50,000 lines.
constexpr size_t kVeryLarge = 400'000;

// Where a byte of before, outside of the hunks, is in after.
unsigned moved(unsigned offset, const std::vector<Replacement>& hunks) {
  long delta = 0;
  for (const Replacement& hunk : hunks)
    if (hunk.offset + hunk.length <= offset)
      delta += static_cast<long>(hunk.text.size()) - static_cast<long>(hunk.length);
  return static_cast<unsigned>(offset + delta);
}

// `after` with the pieces formatted; nothing where one of them was not formatted before, or is not all.
Result<std::optional<std::string>> formatted_pieces(const format::FormatStyle& style,
                                                    const std::filesystem::path& file,
                                                    const std::string& before, std::string after,
                                                    std::vector<Span> pieces) {
  const auto hunks = difference(before, after);
  const auto inside = [&](const Replacement& hunk) {
    return std::any_of(pieces.begin(), pieces.end(), [&](const Span& piece) {
      return piece.begin < hunk.offset && hunk.offset + hunk.length < piece.end;
    });
  };
  if (!std::all_of(hunks.begin(), hunks.end(), inside)) return std::nullopt;
  std::sort(pieces.begin(), pieces.end(), [](const Span& a, const Span& b) { return a.begin > b.begin; });
  for (const Span& piece : pieces) {
    const std::string old = before.substr(piece.begin, piece.end - piece.begin);
    const auto clean = reformatted(style, old, everything(old), file);
    NANOBUG_TRY(clean);
    if (*clean != old) return std::nullopt;
    const unsigned begin = moved(piece.begin, hunks), end = moved(piece.end, hunks);
    const std::string changed = after.substr(begin, end - begin);
    const auto formatted = reformatted(style, changed, everything(changed), file);
    NANOBUG_TRY(formatted);
    after.replace(begin, end - begin, *formatted);
  }
  return after;
}

// A comment behind the code of a line.
struct EndComment {
  std::string_view said;
  unsigned at = 0;    // its first byte
  size_t code = 0;    // characters of the code before it
  size_t column = 0;  // characters before it
  bool is_there = false;
};

// Of every line; none where tabs decide about columns.
std::vector<EndComment> end_comments(const Tokens& tokens) {
  const std::string_view text = tokens.text();
  std::vector<EndComment> all;
  for (unsigned begin = 0; begin < text.size();) {
    const unsigned end = static_cast<unsigned>(std::min(text.find('\n', begin), text.size()));
    EndComment& line = all.emplace_back();
    const Token* last = tokens.before(end, true);
    const Token* code = last ? tokens.before(last->span.begin, true) : nullptr;
    const auto width = [&](unsigned to) {
      return static_cast<size_t>(
          std::count_if(text.begin() + begin, text.begin() + to, [](char c) { return (c & 0xC0) != 0x80; }));
    };
    if (last && code && last->kind == Token::Kind::comment && code->kind != Token::Kind::comment &&
        code->span.begin >= begin && last->span.end <= end &&
        tokens.text({begin, last->span.begin}).find('\t') == std::string_view::npos)
      line = {tokens.text(*last), last->span.begin, width(code->span.end), width(last->span.begin), true};
    begin = end + 1;
  }
  return all;
}

// Is the comment of a line in the same column as its neighbour's?
bool is_aligned(const std::vector<EndComment>& all, size_t line, size_t column) {
  const auto stands = [&](size_t at) {
    return at < all.size() && all[at].is_there && all[at].column == column;
  };
  return stands(line + 1) || (line > 0 && stands(line - 1));
}

// Does one of three lines leave more between code and comment than anybody would, but for the column?
bool is_spread(const std::vector<EndComment>& all, size_t line) {
  for (size_t at = line - (line > 0); at < std::min(line + 2, all.size()); ++at)
    if (all[at].is_there && all[at].column == all[line].column && all[at].column > all[at].code + 2)
      return true;
  return false;
}

// Comments that were aligned with those of the next lines still are, where the code leaves room for it.
std::string with_aligned_comments(const std::string& before, std::string after) {
  const Tokens was(before), is(after);
  const std::vector<EndComment> old = end_comments(was), now = end_comments(is);
  const std::vector<LineChange> changes = line_changes(before, after);
  for (auto change = changes.rbegin(); change != changes.rend(); ++change)
    for (size_t line = change->after + change->added; line-- > change->after;) {
      if (line >= now.size() || !now[line].is_there) continue;
      for (size_t from = change->before; from < std::min(change->before + change->removed, old.size());
           ++from) {
        const size_t column = old[from].column;
        if (!old[from].is_there || old[from].said != now[line].said || !is_aligned(old, from, column) ||
            !is_spread(old, from) || !is_aligned(now, line, column) || column < now[line].code + 2)
          continue;
        const size_t blanks = now[line].column - now[line].code;
        after.replace(now[line].at - blanks, blanks, column - now[line].code, ' ');
        break;
      }
    }
  return after;
}

}  // namespace

Result<bool> well_formatted(const std::filesystem::path& file, const std::string& before,
                            const std::string& text) {
  const auto style = style_of(file, text);
  NANOBUG_TRY(style);
  // A file that was out of order before is judged by what changed in it.
  const auto whole = sorted_and_formatted(*style, before, file);
  NANOBUG_TRY(whole);
  const auto wanted =
      *whole == before ? sorted_and_formatted(*style, text, file) : formatted_like(file, before, text);
  NANOBUG_TRY(wanted);
  return *wanted == text;
}

Result<std::string> formatted_like(const std::filesystem::path& file, const std::string& before,
                                   const std::string& after, const std::vector<Span>& pieces) {
  const auto style = style_of(file, before);
  NANOBUG_TRY(style);
  if (style->DisableFormat) return with_aligned_comments(before, after);
  if (before.size() > kVeryLarge && !pieces.empty()) {
    auto whole = formatted_pieces(*style, file, before, after, pieces);
    NANOBUG_TRY(whole);
    if (*whole) return std::move(**whole);
  }
  const auto clean = reformatted(*style, before, everything(before), file);
  NANOBUG_TRY(clean);
  if (*clean == before) return reformatted(*style, after, everything(after), file);
  std::vector<tooling::Range> ranges;
  for (const Replacement& hunk : difference(after, before)) ranges.emplace_back(hunk.offset, hunk.length);
  return reformatted(*style, after, ranges, file);
}

}  // namespace nanobug::rewrite
