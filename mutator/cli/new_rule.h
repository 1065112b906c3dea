// new_rule: what `rule new` writes: an entry at the end of the catalog, which stays as it is byte for byte, a
// page and a test, all of them or none.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"

namespace nanobug::cli {

// As it was said; a field that is empty is not written.
struct NewRule {
  std::string code, id, title, category, pattern, outcome, priority, difficulty, minutes, in, match, expect,
      run;
  std::vector<std::string> refs, pack, seen_by;
  std::vector<catalog::Edit> edits;
};

// What 'rule try' has saved: id, in, match, expect, edits. Errors: Exit::io, Exit::catalog at the place.
Result<NewRule> read_saved(const std::filesystem::path& file);

// The first code of the category behind those that it has; "" for a category that there is not.
std::string next_code(const catalog::Catalog& catalog, const std::string& category);

struct NewFile {
  std::filesystem::path path;
  std::string text;
};

struct Writing {
  std::string catalog;         // its text with the entry
  std::vector<NewFile> files;  // its page and its test, where the catalog has places for them
  std::string to_be_filled;    // the catalog's text for checks: the entry has words in it
};

// `text` is the catalog's. Errors: Exit::catalog where the entry cannot be put at the end of `rules:`.
Result<Writing> writing(const catalog::Catalog& catalog, const std::string& text, const NewRule& rule);

// What the rule's test begins with: the function that it changes, as it is and as it becomes.
struct Snippets {
  std::string before, after;
};
void add_test(const catalog::Catalog& catalog, const NewRule& rule, const Snippets& snippets,
              Writing& writing);

// Errors: Exit::io; then nothing is written. A file that is there already is one.
Status write(const catalog::Catalog& catalog, const Writing& writing);

}  // namespace nanobug::cli
