// matches: see matches.h.
#include "mutator/rewrite/matches.h"

namespace nanobug::rewrite {
namespace {

using clang::ast_matchers::BoundNodes;
using clang::ast_matchers::MatchFinder;

class Collector : public MatchFinder::MatchCallback {
 public:
  std::vector<BoundNodes> matches;
  void run(const MatchFinder::MatchResult& match) override { matches.push_back(match.Nodes); }
};

}  // namespace

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

}  // namespace nanobug::rewrite
