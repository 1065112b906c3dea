// beside: the files beside a catalog that belong to its rules; see page.h.
#include <algorithm>
#include <functional>
#include <regex>

#include "mutator/base/files.h"
#include "mutator/catalog/page.h"
#include "mutator/catalog/table.h"

namespace nanobug::catalog {
namespace {

constexpr char kPage[] = ".md", kSnippets[] = ".cpp";

using Reader = void (*)(const std::string&, const std::string&, Rule&, Errors&);

// What each rule's file there says; `has_own`: the rule says it in the catalog already.
void read_each(Catalog& catalog, const std::string& name, const std::string& extension,
               const std::string& what, const std::function<bool(const Rule&)>& has_own, Reader read,
               Errors& errors) {
  if (name.empty()) return;
  for (Rule& rule : catalog.rules) {
    if (rule.code.value.empty()) continue;
    const std::string file = (fs::path(name) / (rule.code.value + extension)).generic_string();
    const fs::path path = catalog.directory() / file;
    std::error_code ignored;
    if (!fs::exists(path, ignored)) continue;
    if (has_own(rule)) {
      errors.push_back(
          {Exit::catalog,
           "rule '" + rule.id.value + "' has its " + what + " here and in '" + file + "'; remove one of them",
           rule.place});
      continue;
    }
    if (const auto text = read_file(path))
      read(*text, path.string(), rule, errors);
    else
      errors.push_back(text.error());
  }
}

// A file that is called as if it were a rule's, and is nobody's.
void refuse_strays(const Catalog& catalog, const std::string& name, const std::string& extension,
                   Errors& errors) {
  if (name.empty()) return;
  const std::regex code(kCode);
  std::vector<fs::path> strays;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(catalog.directory() / name, ignored)) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == extension && std::regex_match(stem, code) &&
        std::none_of(catalog.rules.begin(), catalog.rules.end(),
                     [&](const Rule& rule) { return rule.code.value == stem; }))
      strays.push_back(entry.path());
  }
  std::sort(strays.begin(), strays.end());
  for (const fs::path& path : strays)
    errors.push_back({Exit::catalog,
                      "no rule has the code '" + path.stem().string() + "'; rename this file, or remove it",
                      Place{path.string(), 1, 1}});
}

bool has_words(const Rule& rule) {
  return !rule.brief.empty() || !rule.hints.empty() || !rule.cause.empty() || !rule.questions.empty() ||
         !rule.read_next.empty();
}

// A rule is tried on code of its own: some that it changes, and some that it must not. Only where its tests
// are kept: what a session began with has none.
void want_snippets(Catalog& catalog) {
  const std::string& tests = catalog.tree.snippets;
  std::error_code ignored;
  if (tests.empty() || !fs::is_directory(catalog.directory() / tests, ignored)) return;
  for (Rule& rule : catalog.rules) {
    if (rule.decoy || rule.code.value.empty()) continue;
    const std::string file = (fs::path(tests) / (rule.code.value + kSnippets)).generic_string();
    const bool has_any = !rule.matches.empty() || !rule.no_matches.empty();
    const auto want = [&](const std::string& what) {
      rule.unwritten.push_back({Exit::catalog, what, rule.place});
    };
    if (!has_any && !fs::exists(catalog.directory() / file, ignored))
      want("rule '" + rule.id.value + "' has no test; write '" + file +
           "', with code that it changes and code that it must not");
    const auto is_of_it = [&](const Error& one) { return one.place && one.place->file.ends_with(file); };
    if (!rule.matches.empty() && rule.no_matches.empty() &&
        std::none_of(rule.unwritten.begin(), rule.unwritten.end(), is_of_it))
      want("the test of rule '" + rule.id.value +
           "' has no '// ---- no match': code that it must not change");
  }
}

}  // namespace

void read_beside(Catalog& catalog, Errors& errors) {
  const std::string &pages = catalog.tree.pages, &tests = catalog.tree.snippets;
  const bool has_its_rules = errors.empty();  // else a file may be of one whose code is what is wrong
  for (const Rule& rule : catalog.rules) {
    std::error_code ignored;
    const std::string page = (fs::path(pages) / (rule.code.value + kPage)).generic_string();
    if (!pages.empty() && !rule.code.value.empty() && !has_words(rule) &&
        !fs::exists(catalog.directory() / page, ignored))
      errors.push_back({Exit::catalog,
                        "rule '" + rule.id.value + "' has no page; write '" + page +
                            "', or say it here: brief, hints, cause, questions",
                        rule.place});
  }
  read_each(catalog, pages, kPage, "words", has_words, read_page, errors);
  read_each(
      catalog, tests, kSnippets, "snippets",
      [](const Rule& rule) { return !rule.matches.empty() || !rule.no_matches.empty(); }, read_snippets,
      errors);
  want_snippets(catalog);
  if (!has_its_rules) return;
  refuse_strays(catalog, pages, kPage, errors);
  refuse_strays(catalog, tests, kSnippets, errors);
}

std::vector<std::string> files_beside(const Catalog& catalog) {
  std::vector<std::string> all;
  for (const auto& [name, extension] :
       {std::pair(catalog.tree.pages, kPage), {catalog.tree.snippets, kSnippets}}) {
    if (name.empty()) continue;
    const fs::path directory = catalog.directory() / name;
    all.push_back(directory.string());
    for (const Rule& rule : catalog.rules) {
      std::error_code ignored;
      const fs::path file = directory / (rule.code.value + extension);
      // Also a link to nothing: what it leads to may come.
      if (fs::symlink_status(file, ignored).type() != fs::file_type::not_found) all.push_back(file.string());
    }
  }
  return all;
}

}  // namespace nanobug::catalog
