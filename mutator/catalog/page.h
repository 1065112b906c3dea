// page: what lies beside a catalog, a file a rule: the words that a learner reads (<code>.md) and the
// snippets that the rule is tried on (<code>.cpp).
#pragma once

#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"

namespace nanobug::catalog {

// Markdown with the rule's code as its title and these sections, in this order:
//   ## Brief   ## Hints (a numbered list of three)   ## Cause   ## Questions (### each, its answer below)
//   ## Read next (may be left out)
// Paragraphs become lines, code stands indented by four blanks; emphasis and formulas stay as they are
// written.
void read_page(const std::string& text, const std::string& file, Rule& rule, std::vector<Error>& errors);

// C++ in sections, each begun by a comment line:
//   // ---- match, and with each what it // ---- becomes     // ---- no match
// What stands before the first of them belongs to each snippet.
void read_snippets(const std::string& text, const std::string& file, Rule& rule, std::vector<Error>& errors);

// Both, for each rule of a catalog that has such a file; and what else is wrong with these files.
void read_beside(Catalog& catalog, std::vector<Error>& errors);

// The directories of these files, and those of them that are there.
std::vector<std::string> files_beside(const Catalog& catalog);

}  // namespace nanobug::catalog
