// leftovers: see leftovers.h.
#include "mutator/rewrite/leftovers.h"

#include <algorithm>
#include <map>
#include <set>

#include "mutator/rewrite/effects.h"

namespace nanobug::rewrite {
namespace {

using namespace clang;
using namespace clang::ast_matchers;

class Surveyor : public MatchFinder::MatchCallback {
 public:
  explicit Surveyor(Unit& unit) : unit_(unit) {}

  void run(const MatchFinder::MatchResult& match) override {
    if (const auto* use = match.Nodes.getNodeAs<DeclRefExpr>("use")) {
      if (const auto offset = unit_.offset(use->getLocation())) {
        uses_[use->getDecl()].push_back(*offset);
        understood_.insert(*offset);
      }
    } else if (const auto* member = match.Nodes.getNodeAs<MemberExpr>("member")) {
      if (const auto offset = unit_.offset(member->getMemberLoc())) understood_.insert(*offset);
    } else if (const auto* named = match.Nodes.getNodeAs<NamedDecl>("named")) {
      if (const auto offset = unit_.offset(named->getLocation())) understood_.insert(*offset);
    } else if (const auto* statement = match.Nodes.getNodeAs<DeclStmt>("statement")) {
      declaration(*statement);
    } else if (const auto* function = match.Nodes.getNodeAs<FunctionDecl>("function")) {
      const auto begin = unit_.offset(function->getBeginLoc()), end = unit_.offset(function->getEndLoc());
      if (begin && end)
        result_.functions.push_back({function->getQualifiedNameAsString(), {*begin, *end + 1}});
    }
  }

  Survey finish() {
    // Where a name stands and the tree has nothing: an inactive branch of the preprocessor, an argument that
    // a macro drops. Another configuration reads it there.
    std::map<std::string_view, std::vector<unsigned>> unread;
    for (const Token& token : unit_.tokens.all())
      if (token.kind == Token::Kind::word && !understood_.contains(token.span.begin))
        unread[unit_.tokens.text(token)].push_back(token.span.begin);
    for (auto& [variable, description] : declared_) {
      description.uses = uses_[variable];
      if (description.uses.empty()) continue;  // one never read was so before
      const std::string function = result_.function_at(description.statement.begin);
      for (const unsigned offset : unread[description.name])
        if (!description.statement.contains(offset) && result_.function_at(offset) == function)
          description.uses.push_back(offset);
      result_.variables.push_back(description);
    }
    return std::move(result_);
  }

 private:
  void declaration(const DeclStmt& statement) {
    if (!statement.isSingleDecl() || statement.getBeginLoc().isMacroID()) return;
    const auto* variable = dyn_cast<VarDecl>(statement.getSingleDecl());
    if (!variable || !variable->hasLocalStorage() || variable->hasAttrs()) return;
    if (!is_value(variable->getType()) || !only_computes(variable->getInit())) return;
    const auto begin = unit_.offset(statement.getBeginLoc()), end = unit_.offset(statement.getEndLoc());
    if (begin && end) declared_[variable] = {variable->getNameAsString(), {*begin, *end + 1}, {}};
  }

  Unit& unit_;
  Survey result_;
  std::set<unsigned> understood_;
  std::map<const ValueDecl*, Variable> declared_;
  std::map<const ValueDecl*, std::vector<unsigned>> uses_;
};

}  // namespace

std::string Survey::function_at(unsigned offset) const {
  const Function* innermost = nullptr;
  for (const Function& function : functions)
    if (function.span.contains(offset) && (!innermost || function.span.begin >= innermost->span.begin))
      innermost = &function;
  return innermost ? innermost->name : "";
}

Survey survey(Unit& unit) {
  Surveyor surveyor(unit);
  MatchFinder finder;
  finder.addMatcher(declRefExpr(to(varDecl())).bind("use"), &surveyor);
  finder.addMatcher(memberExpr().bind("member"), &surveyor);
  finder.addMatcher(namedDecl().bind("named"), &surveyor);
  finder.addMatcher(declStmt(hasParent(compoundStmt())).bind("statement"), &surveyor);
  finder.addMatcher(functionDecl(isDefinition(), unless(cxxMethodDecl(ofClass(cxxRecordDecl(isLambda())))))
                        .bind("function"),
                    &surveyor);
  finder.matchAST(unit.context());
  Survey result = surveyor.finish();
  result.includes = read_includes(unit);
  return result;
}

std::vector<Span> unused_after(const Survey& survey, std::vector<Span> gone,
                               const std::vector<std::string>& added) {
  std::vector<Span> unused;
  const auto is_gone = [&](unsigned offset) {
    return std::any_of(gone.begin(), gone.end(), [&](const Span& span) { return span.contains(offset); });
  };
  const auto is_added = [&](const std::string& name) {
    return std::any_of(added.begin(), added.end(),
                       [&](const std::string& text) { return mentions(text, name); });
  };
  for (bool again = true; again;) {
    again = false;
    for (const Variable& variable : survey.variables) {
      if (is_gone(variable.statement.begin) || is_added(variable.name)) continue;
      if (!std::all_of(variable.uses.begin(), variable.uses.end(), is_gone)) continue;
      unused.push_back(variable.statement);
      gone.push_back(variable.statement);
      again = true;
    }
  }
  return unused;
}

}  // namespace nanobug::rewrite
