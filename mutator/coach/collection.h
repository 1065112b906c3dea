// collection: a pack of the catalog as a learner sees it: its page, which gives nothing away, and its answer
// key, which gives everything. Both are Markdown, made of the catalog each time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"

namespace nanobug::coach {

struct Collection {
  catalog::Pack pack;
  std::vector<const catalog::Rule*> bugs = {}, decoys = {};  // in the catalog's order
  int minutes = 0;                                           // of the bugs, together
};

// Those of the catalog's head; where it has none, those that rules name, in the order of the alphabet.
std::vector<Collection> collections_of(const catalog::Catalog& catalog);

// The one of that name, capitals or not. Errors: Exit::usage with a suggestion.
Result<Collection> collection(const catalog::Catalog& catalog, const std::string& name);

// Without spoilers, and without decoys.
std::string page_of(const Collection& collection, const catalog::Catalog& catalog);

// One of a rule's sites.
struct Place {
  std::string where;  // "nanochat/gpt.cpp:42, in Block::forward"
  std::string diff;
};

// Decoys come last. `places` of a rule's id; a decoy may have none.
std::string answer_key(const Collection& collection, const std::map<std::string, std::vector<Place>>& places);

}  // namespace nanobug::coach
