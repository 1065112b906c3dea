// many rules: see many_rules.h. Entries are cut out of the catalog by the lines that its reader says they
// begin in.
#include "many_rules.h"

#include <algorithm>
#include <set>

#include "mutator/catalog/catalog.h"

namespace nanobug {
namespace {

using catalog::Catalog;
using catalog::Rule;

// Puts `to` where the text stands; its line is in `lines`, whose first is line `first`.
void put(std::vector<std::string>& lines, int first, const catalog::Text& text, const std::string& to) {
  lines.at(static_cast<size_t>(text.place.line - first))
      .replace(static_cast<size_t>(text.place.column - 1), text.value.size(), to);
}

// A field of the tree's, with what stands under it.
void take_out(std::vector<std::string>& lines, const std::string& field) {
  const auto begin = std::find_if(lines.begin(), lines.end(),
                                  [&](const std::string& line) { return line.starts_with(field); });
  if (begin == lines.end()) return;
  lines.erase(begin, std::find_if(begin + 1, lines.end(),
                                  [](const std::string& line) { return !line.starts_with("   "); }));
}

class Maker {
 public:
  Maker(const Catalog& catalog, const fs::path& directory) : catalog_(catalog), directory_(directory) {
    for (const Rule& rule : catalog.rules) codes_.insert(rule.code.value);
  }

  Status make(size_t count) {
    const auto text = read_file(catalog_.file);
    NANOBUG_TRY(text);
    for (const std::string_view line : lines_of(*text)) lines_.emplace_back(line);
    // Without its page of symptoms and its plans, which speak of rules that may not be among these.
    std::string all = between(1, catalog_.rules.front().place.line, [&](std::vector<std::string>& head) {
      if (const int line = catalog_.tree.guide.place.line; line > 0)
        head.at(static_cast<size_t>(line) - 1).clear();
      take_out(head, "  plans:");
    });
    std::vector<size_t> bugs;  // a decoy is on no list
    for (size_t which = 0; which < catalog_.rules.size(); ++which)
      if (!catalog_.rules[which].decoy) bugs.push_back(which);
    for (size_t i = 0; i < count; ++i) {
      const auto entry = write_rule(bugs[i % bugs.size()], i / bugs.size());
      NANOBUG_TRY(entry);
      all += *entry;
    }
    NANOBUG_TRY(copy());
    return write_unsynced(directory_ / "catalog.yaml", all);
  }

 private:
  template <class Change>
  std::string between(int first, int end, const Change& change) const {
    std::vector<std::string> some(lines_.begin() + first - 1, lines_.begin() + end - 1);
    change(some);
    std::string all;
    for (const std::string& line : some) all += line;
    return all;
  }

  std::string new_code(const Rule& rule) {
    for (int number = 100;; ++number)
      if (std::string code = rule.code.value.substr(0, 1) + std::to_string(number);
          codes_.insert(code).second)
        return code;
  }

  // The rule's files beside the catalog; -> its entry.
  Result<std::string> write_rule(size_t which, size_t round) {
    const Rule& rule = catalog_.rules[which];
    const std::string old = rule.code.value, code = round == 0 ? old : new_code(rule);
    for (const auto& [place, extension] :
         {std::pair(catalog_.tree.pages, ".md"), {catalog_.tree.snippets, ".cpp"}}) {
      auto text = read_file(catalog_.directory() / place / (old + extension));
      if (place.empty() || !text) continue;
      if (const std::string title = "# " + old; text->starts_with(title))
        text->replace(0, title.size(), "# " + code);
      NANOBUG_TRY(write_unsynced(directory_ / place / (code + extension), *text));
    }
    const int first = rule.place.line, end = which + 1 < catalog_.rules.size()
                                                 ? catalog_.rules[which + 1].place.line
                                                 : static_cast<int>(lines_.size()) + 1;
    return between(first, end, [&](std::vector<std::string>& lines) {
      put(lines, first, rule.code, code);
      if (round > 0) put(lines, first, rule.id, rule.id.value + "-" + std::to_string(round));
    });
  }

  // The tree, its probes, and how both are formatted.
  Status copy() const {
    const auto all = fs::copy_options::recursive;
    std::error_code error;
    const auto leave_out = catalog_.tree.not_sources();
    fs::create_directories(directory_ / catalog_.tree.root, error);
    for (const auto& entry : fs::directory_iterator(catalog_.tree_directory(), error)) {
      const fs::path name = entry.path().filename();
      if (std::find(leave_out.begin(), leave_out.end(), name) == leave_out.end())
        fs::copy(entry.path(), directory_ / catalog_.tree.root / name, all, error);
    }
    const std::string& probes = catalog_.tree.probes.source;
    fs::create_directories((directory_ / probes).parent_path(), error);
    fs::copy(catalog_.directory() / probes, directory_ / probes, all, error);
    fs::copy(catalog_.directory() / ".clang-format", directory_ / ".clang-format", error);
    return error ? fail(Exit::io, "cannot copy the project: " + error.message()) : Status();
  }

  const Catalog& catalog_;
  const fs::path& directory_;
  std::vector<std::string> lines_;
  std::set<std::string> codes_;
};

}  // namespace

Result<fs::path> make_many_rules(const fs::path& project, size_t count, const fs::path& directory) {
  const auto catalog = catalog::load(project / "catalog.yaml");
  if (!catalog) return tl::unexpected(catalog.error().front());
  NANOBUG_TRY(Maker(*catalog, directory).make(count));
  return directory / "catalog.yaml";
}

}  // namespace nanobug
