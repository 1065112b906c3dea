// progress_page: all sessions as a page: what was solved and when, how long it took, the classes that confuse
// this learner, packs and tiers, and when each class comes back.
//
// Bugs have their codes and titles, which do not spoil; their ids only where they are asked for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

// How often one class was suspected and it was another: (suspected, was) -> times. Of the first hypothesis of
// a session; "none" is "nothing is wrong". Several bugs' classes are one name, "a or b".
std::map<std::pair<std::string, std::string>, int> confusions_in(const std::vector<session::Record>& ledger,
                                                                 const catalog::Catalog& catalog);

struct ProgressPage {
  const std::vector<session::Record>& ledger;
  const catalog::Catalog& catalog;
  std::int64_t now = 0;
  bool names = false;  // the ids too
  std::string made = {};
};

std::string page_of(const ProgressPage& progress);

}  // namespace nanobug::coach
