// rewriter: rules + sources -> sites, with Clang. The implementation lives in a shared library that is opened
// on demand, so that verbs which need no Clang do not pay for loading it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"
#include "mutator/rewrite/bench.h"
#include "mutator/rewrite/site.h"
#include "mutator/rewrite/spot.h"

namespace nanobug::rewrite {

struct Source {
  std::filesystem::path root;      // the tree on disk
  std::filesystem::path commands;  // directory with compile_commands.json (its PCH built)
};

// Its answers have nothing in common, so several threads may ask it at once.
class Rewriter {
 public:
  virtual ~Rewriter() = default;

  // Everything that can be said before a file is parsed: matcher and selectors parse, ids are bound on every
  // branch and fit their selector, templates name bound ids. Places are in the catalog.
  virtual std::vector<Error> check(const catalog::Rule& rule) = 0;

  // The sites of several rules of one file, in one parse; one answer a rule, in order. Errors
  // (Exit::catalog): a site count that is not `expect`, an edit in a macro body or outside the file,
  // overlapping edits, a translation unit that does not parse (with the compiler's first message).
  virtual std::vector<Result<std::vector<Site>>> find(const std::vector<const catalog::Rule*>& rules,
                                                      const Source& source) = 0;

  // The same over a snippet of code without a tree (a rule's own tests), however many sites there are:
  // `expect` counts those of the tree. No site is no error here. It is formatted by the .clang-format of the
  // place rule.in names.
  virtual Result<std::vector<Site>> find_in(const catalog::Rule& rule, const std::string& code) = 0;

  // What the operators would do in a file of the tree, in its order. Whether that is a mutant that means what
  // it says, find() tells. Errors: as find's, without a place in the catalog.
  virtual Result<std::vector<Spot>> spots(const std::string& file, const Source& source) = 0;

  // A file of the tree, parsed and held. Errors: as find's, without a place in the catalog.
  virtual Result<std::unique_ptr<Bench>> open(const std::string& file, const Source& source) = 0;

  // A terminal's lines. `complete` answers for a byte of what has been typed; the history is read from and
  // kept in the file, without one there is none.
  virtual std::unique_ptr<Lines> lines(const std::filesystem::path& history, Completer complete) = 0;

  // Is the file as its .clang-format wants it? If it was not before: is what differs?
  virtual Result<bool> well_formatted(const std::filesystem::path& file, const std::string& before,
                                      const std::string& text) = 0;
};

// Opens libnanobug_rewrite.so beside the program (../lib). Errors: Exit::io with the loader's reason.
Result<std::unique_ptr<Rewriter>> open_rewriter();

}  // namespace nanobug::rewrite
