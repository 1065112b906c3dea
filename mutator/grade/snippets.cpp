// snippets: see snippets.h.
#include "mutator/grade/snippets.h"

#include "mutator/base/files.h"

namespace nanobug::grade {
namespace {

// Both texts are the snippet with what stands above all of them, so a line of that may be what differs.
std::string not_as_written(const std::string& written, const std::string& made) {
  const std::string diff = unified_diff("", written, made);
  return "the snippet above becomes another text than this one (-: as written here, +: what it becomes)\n" +
         diff.substr(diff.find("@@"));
}

void run(rewrite::Rewriter& clang, const catalog::Rule& rule, std::vector<Error>& errors) {
  for (const catalog::Snippet& snippet : rule.matches) {
    const auto sites = clang.find_in(rule, snippet.code.value);
    if (!sites || sites->empty()) {
      errors.push_back({Exit::catalog,
                        "this snippet should match" + (sites ? std::string() : ": " + sites.error().message),
                        snippet.code.place});
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
      errors.push_back(
          {Exit::catalog,
           "this snippet should not match" + (sites ? std::string() : ": " + sites.error().message),
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
