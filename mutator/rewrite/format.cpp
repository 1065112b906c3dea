// format: see format.h.
#include "mutator/rewrite/format.h"

#include <algorithm>
#include <optional>

#include "mutator/rewrite/clang.h"
#include "mutator/rewrite/hunks.h"

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
  if (style->DisableFormat) return after;
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
