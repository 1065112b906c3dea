// enumerate: see enumerate.h.
#include "tools/strength/enumerate.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "mutator/base/files.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/unit.h"
#include "tools/strength/operators.h"

namespace nanobug::strength {
namespace {

using rewrite::Unit;

bool is_source(const std::string& file) {
  return file.ends_with(".cpp");
}

// One line of the lines that the bytes touch, blanks folded.
std::string folded(const std::string& text, size_t begin, size_t end) {
  const size_t newline = begin == 0 ? std::string::npos : text.rfind('\n', begin - 1);
  const size_t first = newline == std::string::npos ? 0 : newline + 1;
  const size_t last = std::min(text.find('\n', std::max(end, begin + 1) - 1), text.size());
  std::string line;
  for (const char c : text.substr(first, last - first)) {
    const bool blank = c == ' ' || c == '\n' || c == '\t';
    if (!blank)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

int rank(const std::string& op) {
  const auto& all = operators();
  return static_cast<int>(std::find(all.begin(), all.end(), op) - all.begin());
}

// A file's changes as mutants: sorted, each text once, each id once.
std::vector<Mutant> of_file(const std::string& file, const std::string& text, std::vector<Change> all) {
  const auto key = [](const Change& c) { return std::tuple(rank(c.op), c.span.begin, c.span.end, c.text); };
  std::sort(all.begin(), all.end(), [&](const Change& a, const Change& b) { return key(a) < key(b); });
  std::set<std::string> texts = {text};
  std::set<std::string> ids;
  std::vector<Mutant> mutants;
  for (const Change& change : all) {
    Mutant mutant;
    mutant.op = change.op, mutant.file = file;
    mutant.edit = {change.span.begin, change.span.end - change.span.begin, change.text};
    const std::string result = mutated(mutant, text);
    if (!texts.insert(result).second) continue;
    mutant.line = rewrite::line_at(text, change.span.begin);
    mutant.column = rewrite::column_at(text, change.span.begin);
    mutant.before = folded(text, change.span.begin, change.span.end);
    mutant.after = folded(result, change.span.begin, change.span.begin + change.text.size());
    const std::string id =
        file + ":" + std::to_string(mutant.line) + ":" + std::to_string(mutant.column) + ":" + change.op;
    mutant.id = id;
    for (int n = 2; !ids.insert(mutant.id).second; ++n) mutant.id = id + ":" + std::to_string(n);
    mutants.push_back(std::move(mutant));
  }
  std::sort(mutants.begin(), mutants.end(), [](const Mutant& a, const Mutant& b) {
    return std::tie(a.edit.offset, a.id) < std::tie(b.edit.offset, b.id);
  });
  return mutants;
}

std::vector<clang::Decl*> declarations(Unit& unit) {
  return {unit.ast->top_level_begin(), unit.ast->top_level_end()};
}

std::string path_below(const fs::path& file, const fs::path& root) {
  std::error_code ignored;
  return fs::weakly_canonical(file, ignored).lexically_relative(fs::weakly_canonical(root, ignored)).string();
}

// The sources whose parse is needed: the files themselves, and for a header all that stand beside them.
std::vector<std::string> to_parse(const Parsed& tree, const std::vector<std::string>& files) {
  std::set<std::string> sources, folders;
  for (const std::string& file : files) {
    if (is_source(file))
      sources.insert(file);
    else
      folders.insert(fs::path(file).parent_path().string());
  }
  std::error_code ignored;
  for (const std::string& folder : folders)
    for (const auto& entry : fs::directory_iterator(tree.root / folder, ignored))
      if (is_source(entry.path().string()))
        sources.insert((fs::path(folder) / entry.path().filename()).string());
  return {sources.begin(), sources.end()};
}

}  // namespace

const std::vector<std::string>& operators() {
  static const std::vector<std::string> all = {
      "dimension", "part",       "arguments", "condition", "guard", "relation", "logical", "arithmetic",
      "extremum",  "assignment", "statement", "boolean",   "sign",  "scale",    "integer"};
  return all;
}

std::string mutated(const Mutant& mutant, const std::string& pristine) {
  return pristine.substr(0, mutant.edit.offset) + mutant.edit.text +
         pristine.substr(mutant.edit.offset + mutant.edit.length);
}

Result<std::vector<Mutant>> enumerate(const Parsed& tree, const std::vector<std::string>& files,
                                      const std::function<void(const std::string&)>& progress) {
  std::map<std::string, std::vector<Mutant>> by_file;
  const std::set<std::string> wanted(files.begin(), files.end());
  for (const std::string& source : to_parse(tree, files)) {
    if (progress) progress(source);
    auto unit = rewrite::parse_file(tree.root, tree.commands, source, Place{source});
    NANOBUG_TRY(unit);
    const auto found = changes((*unit)->context(), declarations(**unit), [&](const std::string& file) {
      const std::string path = path_below(file, tree.root);
      return wanted.contains(path) && !by_file.contains(path);
    });
    for (const auto& [file, all] : found) {
      const std::string path = path_below(file, tree.root);
      const auto text = read_file(tree.root / path);
      NANOBUG_TRY(text);
      by_file[path] = of_file(path, *text, all);
    }
  }
  std::vector<Mutant> mutants;
  for (auto& [file, of_it] : by_file) mutants.insert(mutants.end(), of_it.begin(), of_it.end());
  return mutants;
}

Result<std::vector<Mutant>> enumerate_code(const std::string& code) {
  auto unit = rewrite::parse_code(code, "snippet.cpp", Place{"snippet.cpp"});
  NANOBUG_TRY(unit);
  const auto found =
      changes((*unit)->context(), declarations(**unit), [](const std::string&) { return true; });
  std::vector<Mutant> mutants;
  for (const auto& [file, all] : found) mutants = of_file("snippet.cpp", code, all);
  return mutants;
}

}  // namespace nanobug::strength
