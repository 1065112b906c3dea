// mutants: from a rule to a tree with its bug in it: sites, text, build.
//
// The site index answers first; Clang is loaded only for a file that no one has looked at yet.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"
#include "mutator/rewrite/rewriter.h"
#include "mutator/rewrite/site.h"
#include "mutator/workshop/reach.h"
#include "mutator/workshop/units.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::grade {

class Mutants {
 public:
  Mutants(const catalog::Catalog& catalog, const workshop::Workshop& workshop, workshop::Clean clean);
  ~Mutants();

  // The sites of the rule in the clean tree.
  Result<std::vector<rewrite::Site>> sites(const catalog::Rule& rule);

  // The sites of many rules; files are parsed once each. One answer a rule, in order.
  std::vector<Result<std::vector<rewrite::Site>>> sites(const std::vector<const catalog::Rule*>& rules);

  // Where the generic operators would change a file of the tree.
  Result<std::vector<rewrite::Spot>> spots(const std::string& file);

  // The files that the site changes, with their new text.
  Result<workshop::Overlay> overlay(const rewrite::Site& site) const;

  // The same as a patch that `git apply` takes at the project's root.
  Result<std::string> patch(const rewrite::Site& site) const;
  // The same where the tree is in that directory; `back`: from the bug to the clean tree.
  Result<std::string> patch(const rewrite::Site& site, const fs::path& directory, bool back = false) const;

  Result<workshop::Mutant> build(const rewrite::Site& site) const;

  // The clean tree as Clang reads it. Errors: Exit::catalog where there is no compile_commands.json.
  Result<rewrite::Source> source() const;

  // Clang, opened now if it was not; what it is asked, several threads may ask.
  Result<rewrite::Rewriter*> rewriter();

  // Which probes see what, if that was measured; `measure` does it now where it was not.
  const std::optional<workshop::Reach>& reach(bool measure = false, const workshop::Progress& progress = {});

  // What each file is compiled with.
  const workshop::Units& units();

  // What the probes are made of.
  const Result<std::string>& probes_key();

  const rewrite::Index& index() const { return index_; }
  const workshop::Clean& clean() const { return clean_; }
  const workshop::Workshop& workshop() const { return workshop_; }
  const catalog::Catalog& catalog() const { return catalog_; }

 private:
  Result<rewrite::Texts> texts_of(const std::vector<std::string>& files) const;

  // Their sites by Clang, several files at a time.
  std::vector<Result<std::vector<rewrite::Site>>> find(const std::vector<const catalog::Rule*>& rules);

  const catalog::Catalog& catalog_;
  const workshop::Workshop& workshop_;
  workshop::Clean clean_;
  rewrite::Index index_;
  std::once_flag units_read_;
  workshop::Units units_;  // by units()
  std::once_flag probes_hashed_;
  Result<std::string> probes_key_;  // by probes_key()
  std::once_flag reach_read_;
  std::optional<workshop::Reach> reach_;  // by reach()
  std::once_flag rewriter_opened_;
  Result<std::unique_ptr<rewrite::Rewriter>> rewriter_;  // by rewriter()
};

// A unified diff of one file with three lines of context, as git writes it: `a/path`, `b/path`.
std::string unified_diff(const std::string& path, const std::string& before, const std::string& after);

}  // namespace nanobug::grade
