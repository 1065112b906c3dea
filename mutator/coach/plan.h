// plan: an order to practise in, and how far a learner is in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

struct PlannedBug {
  const catalog::Rule* rule = nullptr;
  std::int64_t solved_at = 0;  // the first time; 0: not yet
};

struct Sitting {
  std::string name;
  std::vector<PlannedBug> bugs;

  int minutes() const;
};

struct PlanProgress {
  std::string name, about;
  std::vector<Sitting> sittings;

  int bugs() const, solved() const;
  const catalog::Rule* next() const;  // the first that is not solved; null: all are
};

// The head's plans, in its order.
std::vector<PlanProgress> plans_of(const catalog::Catalog& catalog,
                                   const std::vector<session::Record>& ledger);

// The plan of that name, or a pack of that name as one: by priority, then by difficulty, in sittings of three
// quarters of an hour, or of one bug that takes longer. Errors: Exit::usage with a suggestion.
Result<PlanProgress> plan(const catalog::Catalog& catalog, const std::vector<session::Record>& ledger,
                          const std::string& name);

}  // namespace nanobug::coach
