// matches: see matches.h.
#include "mutator/rewrite/matches.h"

#include <clang/AST/StmtCXX.h>

namespace nanobug::rewrite {
namespace {

using clang::ast_matchers::BoundNodes;
using clang::ast_matchers::MatchFinder;

class Collector : public MatchFinder::MatchCallback {
 public:
  std::vector<BoundNodes> matches;
  void run(const MatchFinder::MatchResult& match) override {
    for (const auto& [id, node] : match.Nodes.getMap())
      if (is_of_nobody(node)) return;
    matches.push_back(match.Nodes);
  }

 private:
  // What a coroutine awaits at its beginning and its end, and the return that is not written.
  static bool is_of_nobody(const clang::DynTypedNode& node) {
    const auto* awaited = node.get<clang::CoawaitExpr>();
    const auto* returned = node.get<clang::CoreturnStmt>();
    return (awaited && awaited->isImplicit()) || (returned && returned->isImplicit());
  }
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
