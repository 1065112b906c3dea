// draw: which bug a session gets.
//
// A draw is a function of the catalog, the options and the seed, and of nothing else: the same seed draws the
// same bug whatever was solved meanwhile. A bug that is not solved yet comes first because a seed is looked
// for that draws one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"

namespace nanobug::coach {

struct Wanted {
  std::string pack = {}, category = {};  // empty: any
  int difficulty = 0;                    // 0: any
  int bugs = 0;                          // at once; 0: as many as the pack says, or one
  bool review = false;                   // the review mode
  bool production = false;               // the production mode
  bool surprise = false;                 // no rule: what a generic operator makes
  std::optional<double> decoys = {};     // how often a draw of one is a decoy
};

inline constexpr double kDecoys = 0.15;  // how often a draw of one bug is a decoy, unless said otherwise

// Seeds that are found by nanobug are below it: short, to be typed again.
inline constexpr std::uint32_t kSeeds = 1'000'000;

// As they would be typed: "--pack cs336 --difficulty 2".
std::string to_options(const Wanted& wanted);

// How many bugs a session gets.
size_t at_once(const catalog::Catalog& catalog, const Wanted& wanted);

// The rules that fit, in the catalog's order. Errors: Exit::usage when none does; an unknown name gets a
// suggestion.
Result<std::vector<const catalog::Rule*>> matching(const catalog::Catalog& catalog, const Wanted& wanted);

// The head's categories that have a bug, in its order.
std::vector<std::string> categories_with_bugs(const catalog::Catalog& catalog);

// The decoys that fit and change something; there may be none.
std::vector<const catalog::Rule*> matching_decoys(const catalog::Catalog& catalog, const Wanted& wanted);

// What the options allow. A decoy that changes nothing has nothing to show, and
// several bugs at once have no decoy.
struct Lot {
  std::vector<const catalog::Rule*> bugs, decoys;
  double share = 0;  // of draws that are decoys, where there are any

  bool draws_decoy(std::uint64_t seed) const;
  const std::vector<const catalog::Rule*>& drawn_from(std::uint64_t seed) const {
    return draws_decoy(seed) ? decoys : bugs;
  }
};

// Errors: as matching's; Exit::usage where decoys are asked for (`wanted.decoys`) and there are none.
Result<Lot> lot_of(const catalog::Catalog& catalog, const Wanted& wanted);

// The rules in the order in which this seed draws them. A rule's place among others depends on nothing but
// the seed and the two ids, so that a catalog with one more bug draws the same ones, or the new one.
std::vector<const catalog::Rule*> draw_order(std::vector<const catalog::Rule*> rules, std::uint64_t seed);

// Which of a rule's sites.
size_t draw_site(const catalog::Rule& rule, size_t sites, std::uint64_t seed);

// A seed that draws one of the rules that are not solved, or any seed when all of them are.
std::uint64_t fresh_seed(const std::vector<const catalog::Rule*>& rules, const std::set<std::string>& solved,
                         const std::function<std::uint32_t()>& random);

// The same of a lot. How often a decoy comes does not hang on what is solved.
std::uint64_t fresh_seed(const Lot& lot, const std::set<std::string>& solved,
                         const std::function<std::uint32_t()>& random);

// A number in [0, 1) that these words stand for.
double share_of(const std::string& words);

}  // namespace nanobug::coach
