// format: see format.h.
#include "mutator/rewrite/format.h"

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
                                   const std::string& after) {
  const auto style = style_of(file, before);
  NANOBUG_TRY(style);
  if (style->DisableFormat) return after;
  const auto clean = reformatted(*style, before, everything(before), file);
  NANOBUG_TRY(clean);
  if (*clean == before) return reformatted(*style, after, everything(after), file);
  std::vector<tooling::Range> ranges;
  for (const Replacement& hunk : difference(after, before)) ranges.emplace_back(hunk.offset, hunk.length);
  return reformatted(*style, after, ranges, file);
}

}  // namespace nanobug::rewrite
