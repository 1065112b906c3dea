// writes: see writes.h.
#include "mutator/rewrite/writes.h"

#include <algorithm>
#include <map>

#include <clang/AST/ParentMapContext.h>

#include "mutator/rewrite/effects.h"
#include "mutator/rewrite/surgery.h"
#include "mutator/rewrite/whole.h"

namespace nanobug::rewrite {
namespace {

using namespace clang;

bool names(const Stmt* tree, const Decl* declared) {
  if (!tree) return false;
  const auto* name = dyn_cast<DeclRefExpr>(tree);
  return (name && name->getDecl() == declared) ||
         std::any_of(tree->child_begin(), tree->child_end(),
                     [&](const Stmt* child) { return names(child, declared); });
}

// Does the loop have a counter of its own, which says when it ends?
bool counts(const ForStmt& loop) {
  const auto* declared = dyn_cast_or_null<DeclStmt>(loop.getInit());
  if (!declared || !loop.getCond() || !loop.getInc()) return false;
  return std::any_of(declared->decl_begin(), declared->decl_end(), [&](const Decl* each) {
    return names(loop.getCond(), each) && names(loop.getInc(), each);
  });
}

// A pragma that is about the statement below it and nothing else.
bool is_of_its_statement(std::string_view pragma) {
  const Tokens tokens(pragma);
  std::string said;  // of it, word by word
  for (const Token& token : tokens.all()) said += std::string(tokens.text(token)) + ' ';
  static constexpr std::string_view kSaid[] = {
      "unroll ",  "nounroll ", "ivdep ",      "clang loop ",   "GCC unroll ", "GCC ivdep ",   "omp parallel ",
      "omp for ", "omp simd ", "omp atomic ", "omp critical ", "acc loop ",   "acc parallel "};
  return std::any_of(std::begin(kSaid), std::end(kSaid), [&](std::string_view each) {
    return said.starts_with("# pragma " + std::string(each));
  });
}

class Writes {
 public:
  explicit Writes(Unit& unit) : unit_(unit), tokens_(unit.tokens) {}

  std::optional<Droppable::Piece> of(const DeclRefExpr& use) {
    if (use.getLocation().isMacroID()) return std::nullopt;
    const auto* above = parent<Expr>(use);
    const auto* assigned = dyn_cast_or_null<BinaryOperator>(above);
    const auto* stepped = dyn_cast_or_null<UnaryOperator>(above);
    if (assigned && assigned->getOpcode() == BO_Assign && assigned->getLHS() == &use)
      if (const auto link = link_of_a_chain(*assigned)) return link;
    const bool writes = (assigned && assigned->isAssignmentOp() && assigned->getLHS() == &use &&
                         only_computes(assigned->getRHS())) ||
                        (stepped && stepped->isIncrementDecrementOp());
    if (!writes) return std::nullopt;
    if (const auto step = step_of_a_loop(*above)) return step;
    const Expr* whole = above;
    while (const auto* cleanup = parent<ExprWithCleanups>(*whole)) whole = cleanup;
    const auto* variable = dyn_cast<VarDecl>(use.getDecl());
    if (!variable) return statement(*whole);
    return with_all_around(*whole, [&](const Stmt* at) { return only_writes(at, variable); });
  }

  // `goes` tells of an else whether it goes as well.
  std::optional<Droppable::Piece> emptied_around(const CompoundStmt& block,
                                                 const std::function<bool(const Stmt&)>& goes) {
    const auto* tried = parent<CXXTryStmt>(block);
    if (tried && tried->getTryBlock() == &block) return statement(*tried);
    const auto* branch = parent<IfStmt>(block);
    bool any = (branch && branch->getElse() == &block) || parent<CompoundStmt>(block);
    auto piece = with_all_around(block, [&](const Stmt* at) {
      const bool does_nothing = is_left_empty(*at, goes);
      any = any || (does_nothing && !isa<Expr, CompoundStmt>(at));
      return does_nothing;
    });
    return any ? piece : std::nullopt;
  }

  std::vector<Droppable> of_several(const std::vector<const DeclRefExpr*>& uses) {
    std::map<unsigned, Droppable> found;  // by where they begin
    const Places places = places_of(uses);
    for (const DeclRefExpr* use : uses) {
      std::vector<const VarDecl*> written;  // in the outermost
      const auto piece = with_all_around(*use, [&](const Stmt* at) {
        const std::vector<const VarDecl*> all = written_in(*at, places);
        if (isa<Expr>(at)) return true;
        if (!only_writes(at, all)) return false;
        written = all;
        return true;
      });
      if (!piece) continue;
      Droppable all{"", {*piece}, {}};
      for (const VarDecl* each : written)
        if (const auto at = unit_.offset(each->getLocation()); at && !piece->span.contains(*at))
          all.uses.push_back(*at);
      if (all.uses.size() > 1) found.emplace(piece->span.begin, std::move(all));
    }
    std::vector<Droppable> all;
    for (auto& [begin, droppable] : found) all.push_back(std::move(droppable));
    return all;
  }

 private:
  template <class Kind>
  const Kind* parent(const Stmt& of) {
    const auto parents = unit_.context().getParentMapContext().getParents(of);
    return parents.empty() ? nullptr : parents[0].get<Kind>();
  }

  // Of what stands around the only statement that does something.
  static bool is_left_empty(const Stmt& at, const std::function<bool(const Stmt&)>& goes) {
    if (isa<Expr>(at)) return true;
    if (const auto* block = dyn_cast<CompoundStmt>(&at)) return block->size() == 1;
    const auto* branch = dyn_cast<IfStmt>(&at);
    if (branch)
      return (!branch->getElse() || goes(*branch->getElse())) && !branch->getInit() &&
             !branch->getConditionVariable() && !branch->isConstexpr() && only_computes(branch->getCond());
    if (const auto* range = dyn_cast<CXXForRangeStmt>(&at))
      return !range->getInit() && only_writes(range->getRangeStmt(), {}) &&
             !range->getCoawaitLoc().isValid() && is_value(range->getLoopVariable()->getType());
    const auto* loop = dyn_cast<ForStmt>(&at);
    if (!loop || !counts(*loop) || !only_writes(loop->getInit(), {})) return false;
    SmallVector<const VarDecl*> own;
    for (const Decl* each : cast<DeclStmt>(loop->getInit())->decls())
      if (const auto* one = dyn_cast<VarDecl>(each)) own.push_back(one);
    return only_computes(loop->getCond()) && only_writes(loop->getInc(), own);
  }

  // What is written, by where: in the order of the file.
  using Places = std::vector<std::pair<unsigned, const VarDecl*>>;

  Places places_of(const std::vector<const DeclRefExpr*>& uses) {
    Places all;
    for (const DeclRefExpr* use : uses) {
      const auto at = unit_.offset(use->getLocation());
      const auto* variable = dyn_cast<VarDecl>(use->getDecl());
      if (at && variable) all.emplace_back(*at, variable);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  // Each once.
  std::vector<const VarDecl*> written_in(const Stmt& tree, const Places& places) {
    std::vector<const VarDecl*> all;
    const auto span = range_span(unit_, tree.getSourceRange());
    if (!span) return all;
    const auto before = [](const auto& place, unsigned at) { return place.first < at; };
    for (auto at = std::lower_bound(places.begin(), places.end(), span->begin, before);
         at != places.end() && at->first < span->end; ++at)
      if (!llvm::is_contained(all, at->second)) all.push_back(at->second);
    return all;
  }

  // The ifs and loops around a write that do nothing but that.
  template <class OnlyWrites>
  std::optional<Droppable::Piece> with_all_around(const Stmt& write, const OnlyWrites& only_writes) {
    const Stmt* outermost = &write;
    for (const Stmt* at = &write;;) {
      const Stmt* child = std::exchange(at, parent<Stmt>(*at));
      const auto* loop = dyn_cast_or_null<ForStmt>(at);
      const bool may_wait = loop && !counts(*loop);
      if (may_wait || !at || !isa<Expr, CompoundStmt, IfStmt, ForStmt, CXXForRangeStmt, AttributedStmt>(at) ||
          at->getBeginLoc().isMacroID() || !only_writes(at)) {
        const auto* branch = dyn_cast_or_null<IfStmt>(at);
        return branch && branch->getElse() == child ? else_of(*branch) : statement(*outermost);
      }
      if (!isa<CompoundStmt>(at)) outermost = at;
    }
  }

  std::optional<Droppable::Piece> statement(const Stmt& whole) {
    const bool behind_label = parent<SwitchCase>(whole) || parent<LabelStmt>(whole);
    if ((!behind_label && !parent<CompoundStmt>(whole)) || is_a_value(unit_, whole)) return std::nullopt;
    const Stmt* bare = &whole;
    while (const auto* attributed = dyn_cast<AttributedStmt>(bare)) {
      for (const Attr* each : attributed->getAttrs())
        if (each->getSyntax() != Attr::AS_Pragma) return std::nullopt;
      bare = attributed->getSubStmt();
    }
    auto span = statement_span(unit_, bare->getSourceRange());
    const Token* last = span ? tokens_.before(span->end) : nullptr;
    if (!tokens_.is(last, ";") && !tokens_.is(last, "}")) return std::nullopt;
    // A label stands before a statement; a default that does nothing else goes with it.
    if (behind_label && tokens_.is(tokens_.after(span->end), "}")) {
      const auto* label = parent<DefaultStmt>(whole);
      const auto at = label ? unit_.offset(label->getDefaultLoc()) : std::nullopt;
      const auto* block = label ? parent<CompoundStmt>(*label) : nullptr;
      const auto* choice = block ? parent<SwitchStmt>(*block) : nullptr;
      if (!at || !choice || choice->getCond()->IgnoreParenImpCasts()->getType()->isEnumeralType() ||
          label->getDefaultLoc().isMacroID() || block->size() < 2)
        return std::nullopt;
      return Droppable::Piece{{*at, span->end}, true};
    }
    *span = with_empty_macros(unit_, *span);
    while (const auto pragma = pragma_above(tokens_, span->begin)) {
      if (!is_of_its_statement(tokens_.text(*pragma))) break;
      span->begin = pragma->begin;
    }
    return Droppable::Piece{*span, true};
  }

  // With all behind what stands before it, which must be whole: a macro may end in the middle of something.
  std::optional<Droppable::Piece> else_of(const IfStmt& branch) {
    const auto at = unit_.offset(branch.getElseLoc());
    const Token* before = at ? tokens_.before(*at) : nullptr;
    if (!tokens_.is(before, ";") && !tokens_.is(before, "}")) return std::nullopt;
    const auto span = statement_span(unit_, SourceRange(branch.getElseLoc(), branch.getElse()->getEndLoc()));
    const Token* last = span ? tokens_.before(span->end) : nullptr;
    if (!at || branch.getElseLoc().isMacroID() || (!tokens_.is(last, ";") && !tokens_.is(last, "}")))
      return std::nullopt;
    return Droppable::Piece{behind_what_stays(tokens_, *span), false};
  }

  // `a = b = n;`: one of several that get the same, where its type makes nothing else of it.
  std::optional<Droppable::Piece> link_of_a_chain(const BinaryOperator& assigned) {
    const auto* next = dyn_cast<BinaryOperator>(assigned.getRHS()->IgnoreParenImpCasts());
    const Stmt* whole = &assigned;
    while (const auto* outer = parent<Expr>(*whole)) whole = outer;
    const bool is_first = whole == &assigned && next && next->getOpcode() == BO_Assign;
    const auto same = [](const Expr* a, const Expr* b) {
      return a->getType().getCanonicalType().getUnqualifiedType() ==
             b->getType().getCanonicalType().getUnqualifiedType();
    };
    const auto* outer = dyn_cast_or_null<BinaryOperator>(parent_but_for_casts(assigned));
    const bool is_inner = outer && outer->getOpcode() == BO_Assign &&
                          outer->getRHS()->IgnoreParenImpCasts() == &assigned &&
                          same(outer->getLHS(), assigned.getLHS()) && parent<CompoundStmt>(*outer);
    if (!(is_first && parent<CompoundStmt>(*whole)) && !is_inner) return std::nullopt;
    const auto span = range_span(unit_, assigned.getSourceRange());
    const auto rest = range_span(unit_, assigned.getRHS()->getSourceRange());
    if (!span || !rest || assigned.getBeginLoc().isMacroID() || assigned.getRHS()->getBeginLoc().isMacroID())
      return std::nullopt;
    return Droppable::Piece{{span->begin, rest->begin}, false};
  }

  const Expr* parent_but_for_casts(const Expr& of) {
    const auto* above = parent<Expr>(of);
    while (above && isa<ImplicitCastExpr>(above)) above = parent<Expr>(*above);
    return above;
  }

  // `++i, ++k`: one of what a loop does between two rounds.
  std::optional<Droppable::Piece> step_of_a_loop(const Expr& write) {
    const Expr* whole = &write;
    for (const auto* both = parent<BinaryOperator>(*whole); both && both->getOpcode() == BO_Comma;
         both = parent<BinaryOperator>(*whole))
      whole = both;
    const auto* loop = parent<ForStmt>(*whole);
    const auto span = range_span(unit_, write.getSourceRange());
    if (!loop || loop->getInc() != whole || !span || loop->getBeginLoc().isMacroID()) return std::nullopt;
    if (whole == &write) return Droppable::Piece{{tokens_.before(span->begin)->span.end, span->end}, false};
    Taken taken = with_separator(tokens_, *span);
    return Droppable::Piece{taken.span, false, 0, std::move(taken.stays)};
  }

  Unit& unit_;
  const Tokens& tokens_;
};

}  // namespace

std::vector<Droppable> writes_of_several(Unit& unit, const std::vector<const DeclRefExpr*>& uses) {
  return Writes(unit).of_several(uses);
}

std::optional<Droppable::Piece> emptied_around(Unit& unit, const CompoundStmt& block,
                                               const std::function<bool(const Stmt&)>& goes) {
  return Writes(unit).emptied_around(block, goes);
}

std::optional<Droppable::Piece> write_of(Unit& unit, const DeclRefExpr& use) {
  return Writes(unit).of(use);
}

}  // namespace nanobug::rewrite
