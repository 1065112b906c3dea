// site: where a rule applies, as plain data, and the text it makes there.
//
// A Site is found once with Clang and kept on disk under the hash of the file it was found in; from then on
// cutting text is all there is to do. Nothing here includes Clang.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"

namespace nanobug::rewrite {

// path relative to the tree's root -> bytes. A whole tree, or the files of it that a rule changed.
using Texts = std::map<std::string, std::string>;

struct Replacement {
  unsigned offset = 0;  // bytes from the start of the pristine file
  unsigned length = 0;
  std::string text;

  bool operator==(const Replacement&) const = default;
};

// What a site does to one file.
struct Change {
  std::string file;  // relative to the tree's root
  std::string hash;  // SHA-256 of the file it was found in
  int line = 0;  // of the first byte that the rule's own edits change, from 1: what `locate` compares with
  int last_line = 0;     // of the last; what went with it (an unused variable, an include) may lie outside
  std::string function;  // qualified name of the enclosing function, or ""
  std::vector<Replacement> edits;  // sorted, disjoint, formatted

  bool operator==(const Change&) const = default;
};

// All its changes belong together: one alone may not compile.
struct Site : Change {                       // in the file where the rule looks first
  std::string rule;                          // id
  int index = 0;                             // from 0, by form and in the order of the file
  std::vector<Change> also;                  // in other files
  std::map<std::string, std::string> bound;  // id -> its text

  std::vector<const Change*> changes() const;  // all of them
  bool operator==(const Site&) const = default;
};

// The site's first file with its edits. Errors: Exit::catalog when the text is not the one the site was found
// in.
Result<std::string> apply(const Site& site, const std::string& pristine);

// Several sites at once, with all their changes. Errors: Exit::catalog naming both rules and the place when
// two of them overlap.
Result<Texts> apply(const std::vector<Site>& sites, const Texts& tree);

// The site index: what find() answered, kept under sha256(rule, files, engine version). A broken or foreign
// entry is as good as none.
class Index {
 public:
  explicit Index(std::filesystem::path directory);
  std::optional<std::vector<Site>> look_up(const std::string& key) const;
  Status keep(const std::string& key, const std::vector<Site>& sites) const;

  // What the answer depends on: all that the rule's forms say, the bytes of the files that they name, and
  // what these include.
  static std::string key(const catalog::Rule& rule, const Texts& files, const std::string& context);

  // That a rule's own snippets become what they say is kept as no sites under this key. `style`: what says
  // how they are formatted.
  static std::string key_of_snippets(const catalog::Rule& rule, const std::string& style);

 private:
  std::filesystem::path directory_;
};

}  // namespace nanobug::rewrite
