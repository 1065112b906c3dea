// snippets: see snippets.h.
#include "mutator/grade/snippets.h"

#include <regex>
#include <string_view>
#include <utility>

#include "mutator/base/files.h"

namespace nanobug::grade {
namespace {

// Both texts are the snippet with what stands above all of them, so a line of that may be what differs.
std::string not_as_written(const std::string& written, const std::string& made) {
  const std::string diff = unified_diff("", written, made);
  return "the snippet above becomes another text than this one (-: as written here, +: what it becomes)\n" +
         diff.substr(diff.find("@@"));
}

// The lines [begin, end) without blank ones at its ends.
std::pair<size_t, size_t> trimmed(const std::vector<std::string_view>& lines, size_t begin, size_t end) {
  const auto blank = [&](size_t i) {
    return lines[i].find_first_not_of(" \t\r\n") == std::string_view::npos;
  };
  while (begin < end && blank(begin)) ++begin;
  while (begin < end && blank(end - 1)) --end;
  return {begin, end};
}

// Clang counts the lines of a snippet with what stands above all of them in front; a maintainer has those of
// the file.
std::string with_lines_of_file(const std::string& message, const catalog::Text& code) {
  const fs::path file = code.place.file;
  const auto text = file.extension() == ".cpp" ? read_file(file) : Result<std::string>("");
  if (!text || text->empty()) return message;
  const auto lines = lines_of(*text);
  const auto is_mark = [&](size_t i) { return lines[i].starts_with("// ---- "); };
  size_t first = 0;
  while (first < lines.size() && !is_mark(first)) ++first;
  const size_t mark = static_cast<size_t>(code.place.line) - 1;
  size_t end = mark + 1;
  while (end < lines.size() && !is_mark(end)) ++end;
  const auto shared = trimmed(lines, 0, first), own = trimmed(lines, mark + 1, end);
  const size_t in_front = shared.second == shared.first ? 0 : shared.second - shared.first + 1;
  static const std::regex kPlace(R"(snippet\.c(?:pp|u)?:(\d+):)");
  std::string words;
  auto rest = message.cbegin();
  for (std::smatch found; std::regex_search(rest, message.cend(), found, kPlace); rest = found[0].second) {
    const size_t line = std::stoul(found[1]);
    const size_t there = line > in_front ? own.first + line - in_front : shared.first + line;
    words.append(rest, found[0].first);
    words += file.filename().string() + ':' + std::to_string(there) + ':';
  }
  return words.append(rest, message.cend());
}

// Why Clang cannot answer, after what it was asked; nothing where it can.
std::string trouble(const Result<std::vector<rewrite::Site>>& sites, const catalog::Text& code) {
  return sites ? "" : ": " + with_lines_of_file(sites.error().message, code);
}

void run(rewrite::Rewriter& clang, const catalog::Rule& rule, std::vector<Error>& errors) {
  for (const catalog::Snippet& snippet : rule.matches) {
    const auto sites = clang.find_in(rule, snippet.code.value);
    if (!sites || sites->empty()) {
      errors.push_back(
          {Exit::catalog, "this snippet should match" + trouble(sites, snippet.code), snippet.code.place});
      continue;
    }
    const auto after = rewrite::apply(sites->front(), snippet.code.value);
    if (!after)
      errors.push_back({Exit::catalog, "the edits do not fit the snippet above: " + after.error().message,
                        snippet.after.place});
    else if (*after != snippet.after.value)
      errors.push_back({Exit::catalog, not_as_written(snippet.after.value, *after), snippet.after.place});
  }
  for (const catalog::Snippet& snippet : rule.no_matches) {
    const auto sites = clang.find_in(rule, snippet.code.value);
    if (!sites || !sites->empty())
      errors.push_back({Exit::catalog, "this snippet should not match" + trouble(sites, snippet.code),
                        snippet.code.place});
  }
}

}  // namespace

// The text of every file that clang-format may look at for a file there, the nearest first.
const std::string& Snippets::style_for(const fs::path& directory) {
  const auto [known, is_new] = styles_.try_emplace(directory);
  if (is_new) {
    std::string style;
    for (const char* name : {".clang-format", "_clang-format"})
      if (const auto text = read_file(directory / name)) style += std::string(name) + '\n' + *text + '\n';
    if (directory.has_relative_path()) style += style_for(directory.parent_path());
    known->second = std::move(style);
  }
  return known->second;
}

Result<std::vector<Error>> Snippets::check(const catalog::Rule& rule) {
  const fs::path file = fs::absolute(rule.place.file).parent_path() / rule.in.value;  // as engine.cpp has it
  const std::string key = rewrite::Index::key_of_snippets(rule, style_for(file.parent_path()));
  if (mutants_.index().look_up(key)) return std::vector<Error>();
  const auto clang = mutants_.rewriter();
  NANOBUG_TRY(clang);
  std::vector<Error> errors = (*clang)->check(rule);
  if (errors.empty()) run(**clang, rule, errors);
  if (errors.empty()) (void)mutants_.index().keep(key, {});  // else it is asked again, which is no harm
  return errors;
}

}  // namespace nanobug::grade
