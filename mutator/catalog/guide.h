// guide: what people see, and where to look then: the page of symptoms that a catalog's head may name
// (`guide:`). It is read when somebody asks it, not with the catalog; a session needs none.
//
// Markdown: a title, words, and a '## ' heading a symptom, with what it means below, and these sections:
//   ### Other words   what else it is called, between semicolons (may be left out)
//   ### Likely        a list: what it usually is, the likeliest first
//   ### Look at       a list: '- code: FILE function, function', '- metrics: series', '- check: observables',
//                     '- run: runs', '- try: what to do', in any order
//   ### Drills        the codes of rules that show it, or none; never one, which would give its bug away
//   ### Not so        what advice elsewhere gets wrong here (may be left out)
#pragma once

#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"

namespace nanobug::catalog {

// Functions in a file of the tree.
struct Code {
  Text file;  // relative to tree.root
  std::vector<Text> functions;
};

struct Symptom {
  Text name;
  std::string meaning;
  std::vector<std::string> other_words;
  std::vector<std::string> likely;
  std::vector<Code> code;
  std::vector<Text> metrics, observables, runs;  // observables by their tags
  std::vector<std::string> tries;
  std::vector<Text> drills;
  std::string not_so;
};

struct Guide {
  std::string about;  // what the page says before its first symptom
  std::vector<Symptom> symptoms;
};

// Whatever the page names of the head and of the rules is there, or an error says where it is named.
Guide read_guide(const std::string& text, const std::string& file, const Catalog& catalog,
                 std::vector<Error>& errors);

// The guide that the head names, which it has to.
tl::expected<Guide, std::vector<Error>> load_guide(const Catalog& catalog);

// The files and functions that are not in the tree.
std::vector<Error> missing_code(const Guide& guide, const Catalog& catalog);

}  // namespace nanobug::catalog
