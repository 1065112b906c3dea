// engine: the Rewriter of rewriter.h, made of the room's parts; the one thing this library exports.
#include <algorithm>
#include <map>
#include <set>

#include "mutator/base/suggest.h"
#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/format.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/leftovers.h"
#include "mutator/rewrite/live.h"
#include "mutator/rewrite/matches.h"
#include "mutator/rewrite/nearest.h"
#include "mutator/rewrite/plan.h"
#include "mutator/rewrite/rewriter.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {
namespace {

Result<std::vector<Site>> as_expected(const catalog::Rule& rule, std::vector<Site> sites) {
  if (static_cast<int>(sites.size()) == rule.expect) return sites;
  if (sites.empty())
    return fail(Exit::catalog,
                "rule '" + rule.id.value + "' matches nothing in '" + rule.file +
                    "'; 'nanobug rule explain " + rule.id.value + "' shows where its last candidate goes",
                rule.match.place);
  std::string places;
  for (size_t i = 0; i < sites.size() && i < 8; ++i)
    places += (i ? ", " : "") + std::to_string(sites[i].line);
  if (sites.size() > 8) places += ", …";
  return fail(Exit::catalog,
              "rule '" + rule.id.value + "' matches " + std::to_string(sites.size()) +
                  (sites.size() == 1 ? " site in '" : " sites in '") + rule.file + "', not " +
                  std::to_string(rule.expect) + " as 'expect' says: line " + places,
              rule.match.place);
}

// Where the snippet stands in the catalog, or the rule.
Place place_of(const catalog::Rule& rule, const std::string& code) {
  for (const auto* list : {&rule.matches, &rule.no_matches})
    for (const catalog::Snippet& snippet : *list)
      if (snippet.code.value == code) return snippet.code.place;
  return rule.place;
}

class Engine : public Rewriter {
 public:
  std::vector<Error> check(const catalog::Rule& rule) override {
    std::vector<Error> errors;
    compile(rule, errors);
    return errors;
  }

  std::vector<Result<std::vector<Site>>> find(const std::vector<const catalog::Rule*>& rules,
                                              const Source& source) override {
    std::vector<Result<std::vector<Site>>> answers(rules.size(), std::vector<Site>{});
    std::map<std::string, std::vector<size_t>> files;
    std::vector<std::optional<CompiledRule>> compiled(rules.size());
    for (size_t i = 0; i < rules.size(); ++i) {
      std::vector<Error> errors;
      compiled[i] = compile(*rules[i], errors);
      if (compiled[i])
        files[rules[i]->file].push_back(i);
      else
        answers[i] = tl::unexpected<Error>(errors.front());
    }
    for (const auto& [file, which] : files) {
      auto unit = parse_file(source.root, source.commands, file, rules[which[0]]->in.place);
      std::vector<const CompiledRule*> of_file;
      for (const size_t i : which) of_file.push_back(&*compiled[i]);
      std::vector<Result<std::vector<Site>>> found;
      if (unit) found = find_all(**unit, of_file);
      for (size_t k = 0; k < which.size(); ++k) {
        const catalog::Rule& rule = *rules[which[k]];
        if (!unit)
          answers[which[k]] = fail(unit.error().code, unit.error().message, rule.in.place);
        else if (found[k])
          answers[which[k]] = as_expected(rule, std::move(*found[k]));
        else
          answers[which[k]] = tl::unexpected<Error>(found[k].error());
      }
    }
    return answers;
  }

  Result<std::vector<Site>> find_in(const catalog::Rule& rule, const std::string& code) override {
    std::vector<Error> errors;
    const auto compiled = compile(rule, errors);
    if (!compiled) return tl::unexpected<Error>(errors.front());
    auto unit = parse_code(code, style_for(rule), place_of(rule, code));
    NANOBUG_TRY(unit);
    return find_all(**unit, {&*compiled})[0];
  }

  Result<std::vector<Explained>> explain(const catalog::Rule& rule, const Source& source) override {
    auto unit = parse_file(source.root, source.commands, rule.file, rule.in.place);
    NANOBUG_TRY(unit);
    return rewrite::explain(**unit, rule.match, (source.root / rule.file).string());
  }

  Result<std::unique_ptr<Bench>> open(const std::string& file, const Source& source) override {
    auto unit = parse_file(source.root, source.commands, file, {});
    NANOBUG_TRY(unit);
    return make_bench(std::move(*unit));
  }

  std::unique_ptr<Lines> lines(const std::filesystem::path& history, Completer complete) override {
    return make_lines(history, std::move(complete));
  }

  Result<bool> well_formatted(const std::filesystem::path& file, const std::string& before,
                              const std::string& text) override {
    return rewrite::well_formatted(file, before, text);
  }

 private:
  static std::vector<Result<std::vector<Site>>> find_all(Unit& unit,
                                                         const std::vector<const CompiledRule*>& rules) {
    std::vector<const Matcher*> matchers;
    for (const CompiledRule* rule : rules) matchers.push_back(&rule->matcher);
    return plan_sites(unit, survey(unit), rules, match_all(unit, matchers));
  }

  // A snippet is formatted like the file it stands for.
  static std::filesystem::path style_for(const catalog::Rule& rule) {
    return std::filesystem::absolute(rule.place.file).parent_path() / rule.in.value;
  }
};

}  // namespace
}  // namespace nanobug::rewrite

extern "C" __attribute__((visibility("default"))) nanobug::rewrite::Rewriter* nanobug_make_rewriter() {
  return new nanobug::rewrite::Engine;
}
