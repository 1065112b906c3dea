// collection: see collection.h.
#include "mutator/coach/collection.h"

#include <fmt/format.h>

#include <algorithm>

#include "mutator/base/suggest.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

using catalog::Rule;

bool holds(const Rule& rule, const std::string& pack) {
  return std::find(rule.pack.begin(), rule.pack.end(), pack) != rule.pack.end();
}

Collection gather(const catalog::Catalog& catalog, const catalog::Pack& pack) {
  Collection all{.pack = pack};
  for (const Rule& rule : catalog.rules) {
    if (!holds(rule, pack.name)) continue;
    (rule.decoy ? all.decoys : all.bugs).push_back(&rule);
    if (!rule.decoy) all.minutes += rule.minutes;
  }
  return all;
}

std::vector<catalog::Pack> packs_of(const catalog::Catalog& catalog) {
  if (!catalog.tree.packs.empty()) return catalog.tree.packs;
  std::map<std::string, catalog::Pack> named;
  for (const Rule& rule : catalog.rules)
    for (const std::string& pack : rule.pack) named[pack].name = pack;
  std::vector<catalog::Pack> all;
  for (const auto& [name, pack] : named) all.push_back(pack);
  return all;
}

std::string head(const Collection& all) {
  return fmt::format("# {}\n\n{}", all.pack.name, all.pack.about.empty() ? "" : all.pack.about + "\n\n");
}

// "12 bugs, 3:10 hours. `nanobug start hunt-2` draws 4 of them at once."
std::string how_to_begin(const Collection& all) {
  const auto size = static_cast<std::int64_t>(all.bugs.size());
  return fmt::format("{}, about {}. `nanobug start {}` draws {}.\n\n", count(size, "bug"),
                     count(all.minutes, "minute"), all.pack.name,
                     all.pack.bugs > 1 ? fmt::format("{} of them at once", all.pack.bugs) : "one of them");
}

// So many as the text's longest run of them and one more, but three at least: what fences a block of it.
std::string fence_for(const std::string& text) {
  size_t longest = 2, run = 0;
  for (const char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  return std::string(longest + 1, '`');
}

std::string paragraph(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  return text + "\n\n";
}

std::string answer(const Rule& rule, const std::vector<Place>& places) {
  std::string text = fmt::format("## {}, {}: {}\n\n", rule.code.value, rule.id.value, rule.title.value);
  text += paragraph(rule.brief);
  if (rule.decoy) text += "A decoy: nothing is wrong.\n\n";
  for (const Place& place : places) {
    const std::string fence = fence_for(place.diff);
    text += fmt::format("`{}`\n\n{}diff\n{}{}\n\n", place.where, fence, place.diff, fence);
  }
  text += paragraph(rule.cause);
  for (const catalog::Question& one : rule.questions)
    text += fmt::format("**{}**\n\n", one.question.value) + paragraph(one.answer);
  return text;
}

}  // namespace

std::vector<Collection> collections_of(const catalog::Catalog& catalog) {
  std::vector<Collection> all;
  for (const catalog::Pack& pack : packs_of(catalog)) all.push_back(gather(catalog, pack));
  return all;
}

Result<Collection> collection(const catalog::Catalog& catalog, const std::string& name) {
  std::vector<std::string> known;
  for (const catalog::Pack& pack : packs_of(catalog)) {
    if (same_name(pack.name, name)) return gather(catalog, pack);
    known.push_back(pack.name);
  }
  return fail(Exit::usage, no_such("pack", name, known));
}

std::string page_of(const Collection& all, const catalog::Catalog& catalog) {
  std::string text = head(all) + how_to_begin(all) +
                     "| code | title | category | difficulty | minutes | priority | run |\n"
                     "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const Rule* rule : all.bugs) {
    const catalog::Run* run = catalog.run_of(*rule);
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", rule->code.value, rule->title.value,
                        rule->category, std::string(static_cast<size_t>(rule->difficulty), '*'),
                        rule->minutes, rule->priority, run ? run->name : "-");
  }
  return text;
}

std::string answer_key(const Collection& all, const std::map<std::string, std::vector<Place>>& places) {
  std::string text = head(all) + "The answer key: - clean, + with the bug.\n\n";
  const std::vector<Place> none;
  for (const auto* list : {&all.bugs, &all.decoys})
    for (const Rule* rule : *list) {
      const auto known = places.find(rule->id.value);
      text += answer(*rule, known == places.end() ? none : known->second);
    }
  text.pop_back();
  return text;
}

}  // namespace nanobug::coach
