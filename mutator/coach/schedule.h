// schedule: which class of bug a learner should practise next.
//
// Each class is an item of SM-2 (P. A. Wozniak, "Optimization of repetition spacing in the practice of
// learning", 1990): what went well comes back after 1 day, 6 days, and then after the last interval times the
// item's easiness; what failed begins anew. The sessions of one day are one repetition of their class, as
// good as the worst of them. Between two classes that were seen, one that was not comes in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

// How well a session went, as SM-2 grades it: 5 solved in time without help, 4 with one hint or wrong claim,
// 3 solved all the same, 2 stopped, 1 revealed. Below 3 it failed.
int quality_of(const session::Record& record);

struct Item {
  double easiness = 2.5;
  int repetitions = 0;    // that went well, since the last that failed
  double days = 0;        // the present interval
  std::int64_t last = 0;  // when it was practised; 0: never

  bool seen() const { return last > 0; }
  std::int64_t due() const { return last + static_cast<std::int64_t>(days * 86'400); }
};

// SM-2's step.
Item practised(Item item, int quality, std::int64_t at);

// A class of the catalog, with what this learner has of it.
struct ClassOfBugs {
  std::string name;
  Item item;
  int bugs = 0, solved = 0;  // of the catalog as it is now
};

struct Schedule {
  std::vector<ClassOfBugs> classes;  // in the order in which they should be practised
  std::string category;              // the first of them, "" where there are none
  int difficulty = 0;  // of a bug of it that is not solved, as near as there is one to what suits
  std::string why;     // in words
};
Schedule schedule_of(const std::vector<session::Record>& ledger, const catalog::Catalog& catalog,
                     std::int64_t now);

}  // namespace nanobug::coach
