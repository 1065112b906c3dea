// surprise: a bug that nobody has written: one of those that the generic operators would make, drawn and
// proved on the spot. Its words are made of its record.
//
// A draw is a function of the tree, its probes, its stock (stock.h) and the seed. What is drawn is a rule
// like any other; a session has it in its own copy of the catalog.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/grade/certificate.h"
#include "mutator/grade/stock.h"

namespace nanobug::grade {

struct Surprise {
  catalog::Rule rule;
  rewrite::Site site;
  Certificate certificate;
};

// Drawn again as long as it is not worth a session; out of the stock, where there is one. Errors:
// Exit::catalog where no draw of many is a bug.
Result<Surprise> surprise(Mutants& mutants, std::uint64_t seed, const workshop::Progress& progress = {});

struct Change {
  catalog::Rule rule;
  Stocked at;
};

// Which of the changes that the operators would make.
struct Draw {
  std::uint64_t seed = 1;
  size_t count = 0;
  std::vector<std::string> files = {};      // patterns of paths in the tree, or of names; empty: all
  std::vector<std::string> operators = {};  // empty: all
};

// So many of them, each once; fewer where there are no more. A file is drawn as often as it is large. Not
// every one of them is a mutant: what does not compile, or not to other code, shows when it is certified.
// Errors: Exit::usage for an operator that there is not, and for a pattern that no source fits.
Result<std::vector<Change>> draw_operators(Mutants& mutants, const Draw& draw);

// The lines that a site changes in its first file, as one line each, blanks folded; nothing left is "".
struct Changed {
  std::string before, after;
};
Result<Changed> changed_lines(const Mutants& mutants, const rewrite::Site& site);

// Is it a bug for a session: certified, and shown by its run, but not by a message, which would tell the
// place?
bool is_worth_a_session(const Certificate& certificate);

// The rule for what an operator does at a place of a file of the tree: without words, and nobody is named to
// see it.
catalog::Rule rule_of(const catalog::Catalog& catalog, const std::string& file, const rewrite::Spot& spot);

// The catalog's text with this rule in it. Errors: as catalog::with_entry().
Result<std::string> with_rule(const catalog::Catalog& catalog, const std::string& text,
                              const catalog::Rule& rule);

}  // namespace nanobug::grade
