// engine: the Rewriter of rewriter.h, made of the room's parts; the one thing this library exports.
#include <algorithm>
#include <map>
#include <set>

#include "mutator/base/suggest.h"
#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/explain.h"
#include "mutator/rewrite/format.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/leftovers.h"
#include "mutator/rewrite/plan.h"
#include "mutator/rewrite/rewriter.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {
namespace {

using clang::ast_matchers::BoundNodes;
using clang::ast_matchers::MatchFinder;

constexpr const char* kRoot = "nanobug root";  // no id a rule could write
constexpr size_t kNearMisses = 5;

class Collector : public MatchFinder::MatchCallback {
 public:
  std::vector<BoundNodes> matches;
  void run(const MatchFinder::MatchResult& match) override { matches.push_back(match.Nodes); }
};

// Every matcher's matches, in one walk over the file.
std::vector<std::vector<BoundNodes>> match_all(Unit& unit, const std::vector<const Matcher*>& matchers) {
  std::vector<Collector> collectors(matchers.size());
  MatchFinder finder;
  for (size_t i = 0; i < matchers.size(); ++i) finder.addDynamicMatcher(*matchers[i], &collectors[i]);
  unit.context().getParentMapContext().setTraversalKind(clang::TK_IgnoreUnlessSpelledInSource);
  finder.matchAST(unit.context());
  unit.context().getParentMapContext().setTraversalKind(clang::TK_AsIs);
  std::vector<std::vector<BoundNodes>> all;
  for (Collector& collector : collectors) all.push_back(std::move(collector.matches));
  return all;
}

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
    std::string problem;
    unsigned where = 0;
    if (!parse_matcher(rule.match.value, problem, where))
      return fail(Exit::catalog, problem, place_in(rule.match, where));
    const std::string text = one_line(rule.match.value);
    const auto tree = parse_expression(text, &where);
    if (!tree) return fail(Exit::catalog, tree.error().message, place_in(rule.match, where));
    auto unit = parse_file(source.root, source.commands, rule.file, rule.in.place);
    NANOBUG_TRY(unit);
    return explain(peel(text, *tree), **unit, source.root / rule.file);
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

  using Node = std::pair<const void*, unsigned>;  // and the byte where it begins

  static std::vector<Node> nodes_of(Unit& unit, const Matcher& matcher) {
    const auto bound = matcher.tryBind(kRoot);
    std::vector<Node> nodes;
    if (!bound) return nodes;
    std::set<const void*> seen;
    const auto matches = match_all(unit, {&*bound});
    for (const BoundNodes& match : matches[0]) {
      const auto root = match.getMap().find(kRoot);
      if (root == match.getMap().end() || !seen.insert(root->second.getMemoizationData()).second) continue;
      const auto begin = unit.offset(root->second.getSourceRange().getBegin());
      nodes.emplace_back(root->second.getMemoizationData(), begin.value_or(0));
    }
    return nodes;
  }

  static std::vector<Explained> explain(const std::vector<Peeled>& steps, Unit& unit,
                                        const std::filesystem::path& file) {
    std::vector<Explained> result;
    std::vector<Node> left;
    for (const Peeled& step : steps) {
      std::string problem;
      unsigned where = 0;
      const auto matcher = parse_matcher(step.matcher, problem, where);
      if (!matcher) continue;  // hasArgument(0) alone: the next step has its inner matcher
      const std::vector<Node> nodes = nodes_of(unit, *matcher);
      for (const Node& node : left) {
        const bool stays =
            std::any_of(nodes.begin(), nodes.end(), [&](const Node& n) { return n.first == node.first; });
        if (!stays && result.back().near_misses.size() < kNearMisses)
          result.back().near_misses.push_back(
              {file.string(), line_at(unit.text, node.second), column_at(unit.text, node.second)});
      }
      result.push_back({step.added, static_cast<int>(nodes.size()), {}});
      left = nodes;
      if (nodes.empty()) break;
    }
    return result;
  }
};

}  // namespace
}  // namespace nanobug::rewrite

extern "C" __attribute__((visibility("default"))) nanobug::rewrite::Rewriter* nanobug_make_rewriter() {
  return new nanobug::rewrite::Engine;
}
