// new_rule: see new_rule.h.
#include "mutator/cli/new_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mutator/base/files.h"
#include "mutator/catalog/entry.h"

namespace nanobug::cli {
namespace {

namespace fs = std::filesystem;
using catalog::as_list;
using catalog::as_text;
using catalog::Node;
using catalog::Written;

// With words in place of those that a person has to write, or with none.
std::vector<Written> entry_of(const NewRule& rule, bool with_words, const std::string& words) {
  std::vector<Written> fields;
  const auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) fields.push_back({name, as_text(value)});
  };
  const auto list = [&](const char* name, const std::vector<std::string>& values) {
    if (!values.empty()) fields.push_back({name, as_list(values)});
  };
  text("code", rule.code);
  text("id", rule.id);
  text("title", rule.title);
  list("refs", rule.refs);
  list("pack", rule.pack);
  text("category", rule.category);
  text("pattern", rule.pattern);
  text("outcome", rule.outcome);
  text("priority", rule.priority);
  text("difficulty", rule.difficulty);
  text("minutes", rule.minutes);
  text("in", rule.in);
  text("match", rule.match);
  text("expect", rule.expect);
  fields.push_back({"edits", catalog::as_edits(rule.edits)});
  if (with_words) {
    fields.push_back({"brief", as_text(words)});
    fields.push_back({"hints", as_list({words, words, words})});
    fields.push_back({"cause", as_text(words)});
  }
  list("seen_by", rule.seen_by);
  text("run", rule.run);
  return fields;
}

// Empty sections, which 'rule check' asks for.
std::string page_of(const NewRule& rule) {
  return "# " + rule.code + "\n\n## Brief\n\n## Hints\n\n1.\n2.\n3.\n\n## Cause\n\n## Questions\n";
}

// The function that the site is in, as it is and as it becomes, is where a snippet begins; declarations of
// what it calls are its author's to write.
std::string test_of(const Snippets& bug) {
  return "// ---- match\n" + bug.before + "\n// ---- becomes\n" + bug.after + "\n// ---- no match\n";
}

const Node* field_of(const Node& map, const std::string& name) {
  for (const auto& [key, value] : map.fields)
    if (key.value == name) return &value;
  return nullptr;
}

}  // namespace

Result<NewRule> read_saved(const fs::path& file) {
  const auto text = read_file(file);
  NANOBUG_TRY(text);
  std::vector<Error> errors;
  const auto root = catalog::read_yaml(*text, file.string(), errors);
  if (!errors.empty()) return tl::unexpected(errors.front());
  const Place place{file.string(), 0, 0};
  if (!root || root->kind != Node::Kind::list || root->items.size() != 1 ||
      root->items[0].kind != Node::Kind::map)
    return fail(Exit::catalog, "this is not one entry, as 'save' of 'nanobug rule try' writes it", place);
  NewRule rule;
  for (const auto& [key, value] : root->items[0].fields) {
    const std::map<std::string, std::string*> texts = {
        {"id", &rule.id}, {"in", &rule.in}, {"match", &rule.match}, {"expect", &rule.expect}};
    if (const auto known = texts.find(key.value); known != texts.end() && value.kind == Node::Kind::scalar)
      *known->second = value.value;
    else if (key.value != "edits" || value.kind != Node::Kind::list)
      return fail(Exit::catalog, "an entry that was saved has no '" + key.value + "'", key.place);
  }
  const Node* edits = field_of(root->items[0], "edits");
  for (const Node& edit : edits ? edits->items : std::vector<Node>()) {
    auto read = catalog::read_edit(edit);
    if (!read) return tl::unexpected(read.error().front());
    rule.edits.push_back(std::move(*read));
  }
  while (rule.match.ends_with('\n')) rule.match.pop_back();
  return rule;
}

std::string next_code(const catalog::Catalog& catalog, const std::string& category) {
  const auto known = std::find_if(catalog.tree.categories.begin(), catalog.tree.categories.end(),
                                  [&](const catalog::Category& one) { return one.name == category; });
  if (known == catalog.tree.categories.end()) return "";
  int last = 0;
  for (const catalog::Rule& rule : catalog.rules) {
    const std::string& code = rule.code.value;
    if (!code.starts_with(known->letter)) continue;
    int number = 0;
    std::from_chars(code.data() + known->letter.size(), code.data() + code.size(), number);
    last = std::max(last, number);
  }
  return fmt::format("{}{:02}", known->letter, last + 1);
}

Result<Writing> writing(const catalog::Catalog& catalog, const std::string& text, const NewRule& rule) {
  const bool inside = catalog.tree.pages.empty();
  auto written = catalog::with_entry(catalog.file, text, entry_of(rule, inside, ""));
  NANOBUG_TRY(written);
  auto to_be_filled = catalog::with_entry(catalog.file, text, entry_of(rule, true, "to be written"));
  NANOBUG_TRY(to_be_filled);
  Writing result;
  result.catalog = std::move(*written);
  result.to_be_filled = std::move(*to_be_filled);
  if (!inside)
    result.files.push_back({catalog.directory() / catalog.tree.pages / (rule.code + ".md"), page_of(rule)});
  return result;
}

void add_test(const catalog::Catalog& catalog, const NewRule& rule, const Snippets& snippets,
              Writing& writing) {
  if (catalog.tree.snippets.empty()) return;
  writing.files.push_back(
      {catalog.directory() / catalog.tree.snippets / (rule.code + ".cpp"), test_of(snippets)});
}

Status write(const catalog::Catalog& catalog, const Writing& writing) {
  std::error_code ignored;
  for (const NewFile& file : writing.files)
    if (fs::exists(file.path, ignored))
      return fail(Exit::io,
                  "'" + file.path.string() + "' is there already, and nothing is written; move it away");
  std::vector<fs::path> written;
  const auto undo = [&](const Error& error) {
    for (const fs::path& path : written) fs::remove(path, ignored);
    return tl::unexpected<Error>(error);
  };
  for (const NewFile& file : writing.files) {
    if (const Status done = write_file(file.path, file.text); !done) return undo(done.error());
    written.push_back(file.path);
  }
  // Last, and at once: from here on there is a rule.
  if (const Status done = write_file(catalog.file, writing.catalog); !done) return undo(done.error());
  return {};
}

}  // namespace nanobug::cli
