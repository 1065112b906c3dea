// plan: an order of practice, and how far a learner is in it. The catalog's head has plans; each pack is one
// too, from easy to hard. Codes and titles only: nothing of it says what a bug is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

struct PlanItem {
  const catalog::Rule* rule = nullptr;
  // The best that a session of it came to: "solved", "revealed", "stopped"; "" where there was none.
  std::string outcome;

  bool done() const { return outcome == "solved"; }
};

struct PlanDay {
  std::vector<PlanItem> items;

  int minutes() const;  // of all of them, by their rules
  bool done() const;
};

struct PlanPart {
  std::string about;  // "" of a pack's
  std::vector<PlanDay> days;

  bool done() const;
};

// A day, both from 0.
struct PlanPlace {
  size_t part = 0, day = 0;
  bool operator==(const PlanPlace&) const = default;
};

struct Plan {
  std::string name, about;
  std::string part_name;  // what a part of it is called: "week"
  int at_once = 1;        // how many bugs a session of it has: of a pack that is a hunt, more
  bool is_pack = false;
  std::vector<PlanPart> parts;

  int bugs() const;
  int solved() const;
  std::optional<PlanPlace> here() const;  // the first day that is not done; nothing once all are
};

// A pack's bugs from easy to hard, those asked more often first, in days of at most so many minutes (one bug
// at least) and weeks of so many days.
inline constexpr int kMinutesOfDay = 45, kDaysOfWeek = 5;

// The plan or pack of that name, capitals or not; with "" the catalog's first plan. Errors: Exit::usage with
// a suggestion where there is none, or where the catalog has no plan and no name is given.
Result<Plan> plan_of(const catalog::Catalog& catalog, const std::vector<session::Record>& ledger,
                     const std::string& name);

}  // namespace nanobug::coach
