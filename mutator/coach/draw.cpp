// draw: see draw.h.
#include "mutator/coach/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mutator/base/files.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

std::string ticket(const catalog::Rule& rule, std::uint64_t seed) {
  return sha256(fmt::format("{} {}", seed, rule.id.value));
}

bool has(const std::set<std::string>& names, const std::string& name) {
  return name.empty() || names.contains(name);
}

bool fits(const catalog::Rule& rule, const Wanted& wanted) {
  const bool in_pack =
      wanted.pack.empty() || std::find(rule.pack.begin(), rule.pack.end(), wanted.pack) != rule.pack.end();
  return in_pack && (wanted.category.empty() || rule.category == wanted.category) &&
         (wanted.difficulty == 0 || rule.difficulty == wanted.difficulty);
}

tl::unexpected<Error> unknown(const std::string& what, const std::string& name,
                              const std::set<std::string>& names) {
  return fail(Exit::usage, no_such(what, name, {names.begin(), names.end()}));
}

}  // namespace

std::string to_options(const Wanted& wanted) {
  std::string options;
  const auto add = [&](const char* name, const std::string& value) {
    options += (options.empty() ? "" : " ") + fmt::format("--{}{}", name, value.empty() ? "" : " " + value);
  };
  if (wanted.surprise) add("surprise", "");
  if (!wanted.pack.empty()) add("pack", wanted.pack);
  if (!wanted.category.empty()) add("category", wanted.category);
  if (wanted.difficulty != 0) add("difficulty", std::to_string(wanted.difficulty));
  if (wanted.bugs != 0) add("bugs", std::to_string(wanted.bugs));
  if (wanted.review) add("mode", "review");
  if (wanted.production) add("mode", "production");
  if (wanted.decoys) add("decoys", fmt::format("{}", *wanted.decoys));
  return options;
}

size_t at_once(const catalog::Catalog& catalog, const Wanted& wanted) {
  if (wanted.bugs != 0) return static_cast<size_t>(wanted.bugs);
  const catalog::Pack* pack = catalog.tree.find_pack(wanted.pack);
  return pack ? static_cast<size_t>(pack->bugs) : 1;
}

Result<std::vector<const catalog::Rule*>> matching(const catalog::Catalog& catalog, const Wanted& wanted) {
  NANOBUG_TRY(catalog::has_rules(catalog));
  std::set<std::string> packs, categories;
  std::vector<const catalog::Rule*> rules;
  for (const catalog::Rule& rule : catalog.rules) {
    if (rule.decoy) continue;
    packs.insert(rule.pack.begin(), rule.pack.end());
    categories.insert(rule.category);
    if (fits(rule, wanted)) rules.push_back(&rule);
  }
  if (!has(packs, wanted.pack)) return unknown("pack", wanted.pack, packs);
  if (!has(categories, wanted.category)) return unknown("category", wanted.category, categories);
  if (rules.empty()) return fail(Exit::usage, "no bug matches these options; 'nanobug list' shows them all");
  return rules;
}

std::vector<std::string> categories_with_bugs(const catalog::Catalog& catalog) {
  std::vector<std::string> names;
  for (const catalog::Category& category : catalog.tree.categories)
    if (std::any_of(catalog.rules.begin(), catalog.rules.end(),
                    [&](const catalog::Rule& rule) { return !rule.decoy && rule.category == category.name; }))
      names.push_back(category.name);
  return names;
}

std::vector<const catalog::Rule*> matching_decoys(const catalog::Catalog& catalog, const Wanted& wanted) {
  std::vector<const catalog::Rule*> rules;
  for (const catalog::Rule& rule : catalog.rules)
    if (rule.decoy && !rule.forms().empty() && fits(rule, wanted)) rules.push_back(&rule);
  return rules;
}

bool Lot::draws_decoy(std::uint64_t seed) const {
  return !decoys.empty() && share_of(fmt::format("{} decoy", seed)) < share;
}

Result<Lot> lot_of(const catalog::Catalog& catalog, const Wanted& wanted) {
  auto bugs = matching(catalog, wanted);
  NANOBUG_TRY(bugs);
  Lot lot{std::move(*bugs), {}, wanted.decoys.value_or(kDecoys)};
  if (wanted.review || wanted.production || at_once(catalog, wanted) == 1)
    lot.decoys = matching_decoys(catalog, wanted);
  if (lot.decoys.empty() && wanted.decoys.value_or(0) > 0)
    return fail(Exit::usage, "no decoy matches these options; leave --decoys out");
  return lot;
}

std::vector<const catalog::Rule*> draw_order(std::vector<const catalog::Rule*> rules, std::uint64_t seed) {
  std::vector<std::pair<std::string, const catalog::Rule*>> tickets;
  for (const catalog::Rule* rule : rules) tickets.emplace_back(ticket(*rule, seed), rule);
  std::sort(tickets.begin(), tickets.end());
  for (size_t i = 0; i < rules.size(); ++i) rules[i] = tickets[i].second;
  return rules;
}

size_t draw_site(const catalog::Rule& rule, size_t sites, std::uint64_t seed) {
  return std::stoul(sha256(fmt::format("{} {} site", seed, rule.id.value)).substr(0, 8), nullptr, 16) % sites;
}

double share_of(const std::string& words) {
  return static_cast<double>(std::stoull(sha256(words).substr(0, 13), nullptr, 16)) / std::ldexp(1.0, 52);
}

std::uint64_t fresh_seed(const Lot& lot, const std::set<std::string>& solved,
                         const std::function<std::uint32_t()>& random) {
  std::uint64_t seed = random() % kSeeds;
  const bool decoy = lot.draws_decoy(seed);
  const auto& rules = lot.drawn_from(seed);
  const auto is_solved = [&](const catalog::Rule* rule) { return solved.contains(rule->id.value); };
  const bool all = std::all_of(rules.begin(), rules.end(), is_solved);
  while (lot.draws_decoy(seed) != decoy || (!all && is_solved(draw_order(rules, seed).front())))
    seed = (seed + 1) % kSeeds;
  return seed;
}

std::uint64_t fresh_seed(const std::vector<const catalog::Rule*>& rules, const std::set<std::string>& solved,
                         const std::function<std::uint32_t()>& random) {
  return fresh_seed(Lot{rules, {}, 0}, solved, random);
}

}  // namespace nanobug::coach
