// shape: see shape.h.
#include "mutator/rewrite/shape.h"

#include <algorithm>
#include <map>
#include <set>

#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Lex/Lexer.h>

namespace nanobug::rewrite {
namespace {

using namespace clang;

constexpr int kExpression = 1, kInitializer = 2, kStatement = 1000, kDeclaration = 2000, kCutInto = 10000,
              kTorn = 20000;

template <class Node>
void sort_once(std::vector<Node>& nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

class Collector : public RecursiveASTVisitor<Collector> {
 public:
  Collector(Unit& unit, const Shape& shape) : unit_(unit), shape_(shape) {}

  bool shouldWalkTypesOfTypeLocs() const { return false; }

  bool VisitStmt(Stmt* statement) {
    if (isa<ParenExpr, CXXDefaultArgExpr, CXXDefaultInitExpr, OpaqueValueExpr, ImplicitValueInitExpr>(
            statement))
      return true;
    if (const auto* self = dyn_cast<CXXThisExpr>(statement); self && self->isImplicit()) return true;
    // What nobody wrote around an expression, parentheses too, has the place of the expression itself.
    if (auto* expression = dyn_cast<Expr>(statement)) statement = expression->IgnoreUnlessSpelledInSource();
    if (const auto* made = dyn_cast<CXXConstructExpr>(statement);
        made && !isa<CXXTemporaryObjectExpr>(made)) {
      if (is_of_nobody(*made)) return true;
      // Behind a variable's name, which is none of it.
      if (const SourceRange own = made->getParenOrBraceRange(); own.isValid()) {
        add(kExpression, own.getBegin(), own.getEnd());
        return true;
      }
    }
    if (isa<ParenExpr>(statement) || names_an_operator(statement)) return true;
    SourceLocation end = statement->getEndLoc();
    // What stands behind a label is not a part of it: it could go, and the next would be there.
    if (const auto* label = dyn_cast<SwitchCase>(statement)) end = label->getColonLoc();
    if (isa<LabelStmt>(statement)) end = statement->getBeginLoc();
    const int kind = isa<Expr>(statement) ? kExpression : kStatement + statement->getStmtClass();
    add(kind, statement->getBeginLoc(), end);
    return true;
  }

  bool TraverseDecl(Decl* declaration) {
    const auto* function = dyn_cast_or_null<FunctionDecl>(declaration);
    const bool is_scope = function || isa_and_nonnull<CXXRecordDecl>(declaration);
    if (function) owners_.push_back({function->getLocation(), false, false, true});
    if (is_scope) scopes_.push_back(cast<DeclContext>(declaration));
    const bool goes_on = RecursiveASTVisitor::TraverseDecl(declaration);
    if (function) owners_.pop_back();
    if (is_scope) scopes_.pop_back();
    return goes_on;
  }
  bool dataTraverseStmtPre(Stmt* statement) {
    if (const auto owner = owner_of(*statement)) owners_.push_back(*owner);
    return true;
  }
  bool dataTraverseStmtPost(Stmt* statement) {
    if (owner_of(*statement)) owners_.pop_back();
    return true;
  }

  bool VisitBreakStmt(BreakStmt* statement) {
    refer_to_owner(statement->getBeginLoc(), [](const Owner& owner) { return owner.loop || owner.choice; });
    return true;
  }
  bool VisitContinueStmt(ContinueStmt* statement) {
    refer_to_owner(statement->getBeginLoc(), [](const Owner& owner) { return owner.loop; });
    return true;
  }
  bool VisitSwitchCase(SwitchCase* label) {
    refer_to_owner(label->getKeywordLoc(), [](const Owner& owner) { return owner.choice; });
    return true;
  }
  bool VisitReturnStmt(ReturnStmt* statement) {
    refer_to_owner(statement->getBeginLoc(), [](const Owner& owner) { return owner.function; });
    return true;
  }

  bool VisitDecl(Decl* declaration) {
    if (declaration->isImplicit() || isa<LifetimeExtendedTemporaryDecl>(declaration)) return true;
    // Declarators share their specifiers.
    const bool declarator = isa<VarDecl, FieldDecl>(declaration) && !isa<ParmVarDecl>(declaration);
    add(kDeclaration + declaration->getKind(),
        declarator ? declaration->getLocation() : declaration->getBeginLoc(), declaration->getEndLoc());
    return true;
  }

  bool VisitDeclRefExpr(DeclRefExpr* name) {
    // What is found behind a `::` is a matter of what stands before it.
    if (name->hasQualifier() || found_by_arguments_.contains(name)) return true;
    const DeclContext* scope = name->getFoundDecl()->getDeclContext();
    if (isa<FunctionDecl>(name->getDecl()) || scope->isRecord() || is_of_a_base(*name->getFoundDecl()))
      refer_to_scope(name->getLocation(), *name->getFoundDecl());
    else
      refer(name->getLocation(), name->getDecl());
    return true;
  }

  bool VisitMemberExpr(MemberExpr* name) {
    // Of an object that is named it depends on the object's type.
    if (name->isImplicitAccess() && !name->hasQualifier())
      refer_to_scope(name->getMemberLoc(), *name->getMemberDecl());
    return true;
  }

  bool VisitCallExpr(CallExpr* call) {
    if (call->usesADL()) found_by_arguments_.insert(call->getCallee()->IgnoreParenImpCasts());
    return true;
  }

  bool VisitElaboratedTypeLoc(ElaboratedTypeLoc type) {
    if (!type.getQualifierLoc()) return true;
    if (const auto named = type.getNamedTypeLoc().getAs<TypeSpecTypeLoc>())
      qualified_.insert(named.getNameLoc().getRawEncoding());
    return true;
  }

  bool VisitTypeLoc(TypeLoc type) {
    const NamedDecl* named = named_type(type);
    const auto place = type.getAs<TypeSpecTypeLoc>();
    if (!named || !place || isa<TemplateTemplateParmDecl>(named) ||
        qualified_.contains(place.getNameLoc().getRawEncoding()))
      return true;
    if (is_of_a_base(*named))
      refer_to_scope(place.getNameLoc(), *named);
    else
      refer(place.getNameLoc(), named);
    return true;
  }

  bool TraverseNestedNameSpecifierLoc(NestedNameSpecifierLoc names) {
    for (NestedNameSpecifierLoc name = names; name; name = name.getPrefix()) {
      const NestedNameSpecifier* what = name.getNestedNameSpecifier();
      if (const NamespaceDecl* space = what->getAsNamespace())
        refer(name.getLocalBeginLoc(), space);
      else if (const NamespaceAliasDecl* alias = what->getAsNamespaceAlias())
        refer(name.getLocalBeginLoc(), alias);
    }
    return RecursiveASTVisitor::TraverseNestedNameSpecifierLoc(names);
  }

  bool TraverseConstructorInitializer(CXXCtorInitializer* initializer) {
    if (initializer->isWritten())
      add(kInitializer, initializer->getSourceRange().getBegin(), initializer->getSourceRange().getEnd());
    return RecursiveASTVisitor::TraverseConstructorInitializer(initializer);
  }

  std::vector<Node> finish() {
    sort_once(nodes_);
    return std::move(nodes_);
  }

  std::vector<Reference> references() {
    sort_once(references_);
    return std::move(references_);
  }

 private:
  // What a break, a continue, a label or a return is of.
  struct Owner {
    SourceLocation place;
    bool loop = false, choice = false, function = false;
  };

  static std::optional<Owner> owner_of(const Stmt& statement) {
    const SourceLocation place = statement.getBeginLoc();
    if (isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(statement)) return Owner{place, true, false, false};
    if (isa<SwitchStmt>(statement)) return Owner{place, false, true, false};
    if (isa<LambdaExpr>(statement)) return Owner{place, false, false, true};
    return std::nullopt;
  }

  template <class Is>
  void refer_to_owner(SourceLocation where, const Is& is) {
    const auto owner = std::find_if(owners_.rbegin(), owners_.rend(), is);
    const auto at = unit_.offset(where);
    const auto place = owner == owners_.rend() ? std::nullopt : unit_.offset(owner->place);
    if (at && place)
      references_.push_back({shape_.token_at(*at), shape_.token_at(*place), 0, !owner->function});
  }

  void refer(SourceLocation where, const NamedDecl* what) {
    const auto at = what->getIdentifier() ? unit_.offset(where) : std::nullopt;
    if (!at) return;
    Reference reference{shape_.token_at(*at), -1, 0, false};
    // A namespace is opened in many places.
    const auto declared =
        isa<NamespaceDecl>(what) ? std::nullopt : unit_.offset(defined(*what).getLocation());
    if (declared)
      reference.declared = shape_.token_at(*declared);
    else
      reference.elsewhere = name_of(*what);
    references_.push_back(reference);
  }

  // Of several declarations that which matters: another one may go.
  static const Decl& defined(const NamedDecl& what) {
    const Decl* definition = nullptr;
    if (const auto* tag = dyn_cast<TagDecl>(&what)) definition = tag->getDefinition();
    if (const auto* variable = dyn_cast<VarDecl>(&what)) definition = variable->getDefinition();
    return definition ? *definition : *what.getMostRecentDecl();
  }

  // A member of a class that is none of those around here: a base's.
  bool is_of_a_base(const NamedDecl& named) const {
    const DeclContext* of = named.getDeclContext()->getRedeclContext();
    if (!of->isRecord()) return false;
    for (const DeclContext* at = scopes_.empty() ? nullptr : scopes_.back(); at; at = at->getParent())
      if (at->Equals(of)) return false;
    return true;
  }

  // Of functions and members only in what kind of scope they were found: which of several is meant there, and
  // in which class or namespace, may depend on types.
  void refer_to_scope(SourceLocation where, const NamedDecl& found) {
    const auto at = found.getIdentifier() ? unit_.offset(where) : std::nullopt;
    if (!at) return;
    const DeclContext* scope = found.getDeclContext()->getRedeclContext();
    const size_t kind = scope->isFunctionOrMethod() ? kInBlock : scope->isRecord() ? kInClass : kInNamespace;
    Reference reference{shape_.token_at(*at), -1, kind, false};
    if (kind == kInNamespace) {
      // What a using-declaration brings is of the namespace that it is brought from.
      const auto* space =
          dyn_cast<NamespaceDecl>(found.getUnderlyingDecl()->getDeclContext()->getRedeclContext());
      reference.space = std::hash<std::string>{}(space ? space->getQualifiedNameAsString() : "") | kNamed;
      if (const auto place = unit_.offset(found.getLocation())) reference.function = shape_.token_at(*place);
    }
    references_.push_back(reference);
  }

  // Never 0.
  size_t name_of(const NamedDecl& what) {
    const auto [known, added] = names_.try_emplace(what.getCanonicalDecl(), 0);
    if (added) known->second = std::hash<std::string>{}(what.getQualifiedNameAsString()) | kNamed;
    return known->second;
  }

  // What a variable begins with that has no initialiser.
  static bool is_of_nobody(const CXXConstructExpr& made) {
    return !made.getParenOrBraceRange().isValid() &&
           std::all_of(made.arg_begin(), made.arg_end(),
                       [](const Expr* argument) { return isa<CXXDefaultArgExpr>(argument); });
  }

  // The `<` of an overloaded operator: whether there is a function behind it depends on types.
  static bool names_an_operator(const Stmt* statement) {
    DeclarationName name;
    if (const auto* reference = dyn_cast<DeclRefExpr>(statement))
      name = reference->getNameInfo().getName();
    else if (const auto* overloads = dyn_cast<OverloadExpr>(statement))
      name = overloads->getName();
    return name.getNameKind() == DeclarationName::CXXOperatorName;
  }

  void add(int kind, SourceLocation from, SourceLocation to) {
    const auto begin = unit_.offset(from), end = unit_.end_offset(to);
    if (!begin || !end) return;
    const int first = shape_.token_at(*begin);
    nodes_.push_back(
        {kind + (tears_a_macro(from, to) ? kTorn : 0), first, shape_.last_of(first, shape_.token_at(*end))});
  }

  // With `#define LESS c < d`, the cast in `(int)LESS` is of c alone: it ends in the middle of what one token
  // stands for, and no token says so.
  bool tears_a_macro(SourceLocation from, SourceLocation to) const {
    const SourceManager& sources = unit_.context().getSourceManager();
    const LangOptions& language = unit_.context().getLangOpts();
    if (sources.getExpansionLoc(from) == sources.getExpansionLoc(to)) return false;
    return (from.isMacroID() && !Lexer::isAtStartOfMacroExpansion(from, sources, language)) ||
           (to.isMacroID() && !Lexer::isAtEndOfMacroExpansion(to, sources, language));
  }

  Unit& unit_;
  const Shape& shape_;
  std::vector<Node> nodes_;
  std::vector<Reference> references_;
  std::vector<Owner> owners_;
  std::vector<const DeclContext*> scopes_;
  // No name has the bit's number.
  static constexpr size_t kInBlock = 1, kInClass = 2, kInNamespace = 3, kNamed = 4;
  llvm::DenseSet<const Stmt*> found_by_arguments_;
  llvm::DenseSet<unsigned> qualified_;
  llvm::DenseMap<const Decl*, size_t> names_;
};

// ---- around cuts

// The tokens of a cut, [begin, end), and what the other text has there.
struct Hole {
  int begin = 0, end = 0, last = 0;  // the last one that is no semicolon
  bool empty = true;                 // but for semicolons
  bool empty_there = false;
};

std::vector<Hole> holes_of(const Shape& shape, const std::vector<Span>& spans) {
  std::vector<Hole> holes;
  for (const Span& span : spans) {
    Hole hole;
    hole.begin = shape.token_at(span.begin);
    hole.end = span.begin == span.end ? hole.begin : shape.token_at(span.end);
    hole.last = shape.last_of(hole.begin, hole.end - 1);
    for (int at = hole.begin; at < hole.end; ++at)
      hole.empty = hole.empty && shape.text(shape.span(at)) == ";";
    holes.push_back(hole);
  }
  return holes;
}

// A node in coordinates that both texts share: tokens outside of the cuts counted by 2, a cut between them.
struct Seen {
  Node node;
  Node origin;
};

class Around {
 public:
  Around(const Shape& shape, const std::vector<Hole>& holes) : shape_(shape), holes_(holes) {
    int inside = 0;
    for (const Hole& hole : holes_) {
      before_.push_back(inside);
      inside += hole.end - hole.begin;
    }
    before_.push_back(inside);
  }

  std::optional<Seen> place(const Node& node) const {
    const size_t first = hole_at(node.first), last = hole_at(node.last);
    const bool opens = in(first, node.first), closes = in(last, node.last);
    if (opens && closes && first == last) return std::nullopt;
    Seen seen{node, node};
    if (!opens) {
      seen.node.first = 2 * (node.first - before_[first]) + 1;
    } else if (holes_[first].empty_there) {
      seen.node.first = 2 * (holes_[first].begin - before_[first]) + 1;
    } else {
      seen.node.first = 2 * (holes_[first].begin - before_[first]);
      if (node.first != holes_[first].begin) seen.node.kind += kCutInto;
    }
    if (!closes) {
      seen.node.last = 2 * (node.last - before_[last]) + 1;
    } else if (holes_[last].empty_there) {
      const int end = shape_.last_of(std::min(node.first, holes_[last].begin - 1), holes_[last].begin - 1);
      const size_t hole = hole_at(end);
      if (in(hole, end)) return std::nullopt;  // what is left of it lies in other cuts
      seen.node.last = 2 * (end - before_[hole]) + 1;
    } else {
      seen.node.last = 2 * (holes_[last].begin - before_[last]);
      if (node.last < holes_[last].last) seen.node.kind += kCutInto;
    }
    if (seen.node.last < seen.node.first) return std::nullopt;
    return seen;
  }

  // A token outside of the cuts, in these coordinates.
  std::optional<int> place(int token) const {
    const size_t hole = hole_at(token);
    if (in(hole, token)) return std::nullopt;
    return 2 * (token - before_[hole]) + 1;
  }

 private:
  // The first hole that ends behind the token.
  size_t hole_at(int token) const {
    return static_cast<size_t>(
        std::partition_point(holes_.begin(), holes_.end(), [&](const Hole& h) { return h.end <= token; }) -
        holes_.begin());
  }
  bool in(size_t hole, int token) const { return hole < holes_.size() && holes_[hole].begin <= token; }

  const Shape& shape_;
  const std::vector<Hole>& holes_;
  std::vector<int> before_;
};

std::vector<Seen> all_around(const Shape& shape, const std::vector<Hole>& holes) {
  const Around around(shape, holes);
  std::vector<Seen> seen;
  for (const Node& node : shape.nodes())
    if (auto placed = around.place(node)) seen.push_back(*placed);
  std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.node < b.node; });
  return seen;
}

// The smallest of a's nodes that b has not.
const Seen* missing(const std::vector<Seen>& a, const std::vector<Seen>& b) {
  const Seen* smallest = nullptr;
  for (const Seen& seen : a) {
    const auto found = std::lower_bound(b.begin(), b.end(), seen,
                                        [](const Seen& x, const Seen& y) { return x.node < y.node; });
    if (found != b.end() && found->node == seen.node) continue;
    const auto length = [](const Seen& s) { return s.origin.last - s.origin.first; };
    if (!smallest || length(seen) < length(*smallest)) smallest = &seen;
  }
  return smallest;
}

// Where a name's variable is declared, as both texts have it; in a cut: -1.
struct Meaning {
  int declared = -1;
  size_t elsewhere = 0;
  bool jump = false;
  size_t space = 0;      // of a function: its namespace,
  bool is_gone = false;  // and whether it is declared in a cut

  bool is_cut() const { return declared < 0 && elsewhere == 0; }
  bool operator==(const Meaning& other) const {
    return declared == other.declared && elsewhere == other.elsewhere && jump == other.jump;
  }
};

// Of each name, by its token. One that stands for several (a macro's) has none.
std::map<int, std::optional<Meaning>> meanings(const Shape& shape, const std::vector<Hole>& holes) {
  const Around around(shape, holes);
  std::map<int, std::optional<Meaning>> all;
  for (const Reference& reference : shape.references()) {
    Meaning meaning{-1, reference.elsewhere, reference.jump, reference.space};
    meaning.is_gone = reference.function >= 0 && !around.place(reference.function);
    if (reference.declared >= 0) meaning.declared = around.place(reference.declared).value_or(-1);
    const auto [known, added] = all.emplace(reference.at, meaning);
    if (!added && known->second != meaning) known->second.reset();
  }
  return all;
}

// The variables that names stand for in a text with cuts.
struct Read {
  Read(const Shape& of, const std::vector<Hole>& its_holes)
      : shape(of), holes(its_holes), meant(meanings(of, its_holes)) {}

  const Shape& shape;
  const std::vector<Hole>& holes;
  const std::map<int, std::optional<Meaning>> meant;
};

// What comes with the edit may be meant by a name; a loop that does takes no break from another one.
bool differ(const std::optional<Meaning>& was, const std::optional<Meaning>& is) {
  if (!was || !is) return false;
  if (was->is_gone && !is->is_gone && is->space != 0 && was->space != is->space) return true;
  return *was != *is && (!is->is_cut() || is->jump);
}

// The token of a name in the second text, outside of the cuts, that is another variable's than in the first.
std::optional<int> renamed(const Read& before, const Read& after) {
  const Around old_around(before.shape, before.holes), new_around(after.shape, after.holes);
  std::map<int, std::optional<Meaning>> was;
  for (const auto& [token, meaning] : before.meant)
    if (const auto at = old_around.place(token)) was[*at] = meaning;
  for (const auto& [token, meaning] : after.meant) {
    const auto at = new_around.place(token);
    const auto old = at ? was.find(*at) : was.end();
    if (old != was.end() && differ(old->second, meaning)) return token;
  }
  return std::nullopt;
}

// A name that a text from the file has, and a declaration beside it that comes with the edit: it is meant
// only where what it meant before went.
template <class IsWritten>
bool is_captured(const Read& before, int was, const Read& after, int is, const IsWritten& is_written) {
  const auto old = before.meant.find(was);
  const auto now = after.meant.find(is);
  if (old == before.meant.end() || now == after.meant.end() || !old->second || !now->second ||
      now->second->jump || !now->second->is_cut() || old->second->is_cut() ||
      after.shape.text(after.shape.span(is)) == "return")
    return false;
  return std::any_of(after.shape.references().begin(), after.shape.references().end(),
                     [&](const Reference& each) { return each.at == is && is_written(each.declared); });
}

// The same of what the holes of the second text repeat of the first: wherever its tokens stand in the hole.
std::optional<int> renamed_inside(const Read& before, const Read& after,
                                  const std::vector<std::vector<Span>>& carried) {
  const auto text = [](const Read& read, int token) { return read.shape.text(read.shape.span(token)); };
  const auto differs = [&](int was, int is) {
    const auto old = before.meant.find(was);
    const auto now = after.meant.find(is);
    return old != before.meant.end() && now != after.meant.end() && differ(old->second, now->second);
  };
  struct Run {
    int first, at, count;  // in the first text, and in the second
  };
  std::set<int> declared;
  for (const Reference& each : before.shape.references()) declared.insert(each.declared);
  for (size_t i = 0; i < carried.size(); ++i) {
    std::vector<Run> runs;
    for (const Span& span : carried[i]) {
      const int first = before.shape.token_at(span.begin), count = before.shape.token_at(span.end) - first;
      for (int at = after.holes[i].begin; count > 0 && at + count <= after.holes[i].end; ++at) {
        int same = 0;
        while (same < count && text(before, first + same) == text(after, at + same)) ++same;
        if (same == count) runs.push_back({first, at, count});
      }
    }
    // Is it declared by what the edit writes itself? What a run repeats was declared where that is from.
    const auto is_written = [&](int token) {
      return after.holes[i].begin <= token && token < after.holes[i].end &&
             std::none_of(
                 runs.begin(), runs.end(),
                 [&](const Run& run) {
                   return run.at <= token && token < run.at + run.count &&
                          declared.contains(run.first + token - run.at);
                 });
    };
    for (const Run& run : runs)
      for (int k = 0; k < run.count; ++k)
        if (differs(run.first + k, run.at + k) ||
            is_captured(before, run.first + k, after, run.at + k, is_written))
          return run.at + k;
  }
  return std::nullopt;
}

// ---- but for parentheses

std::vector<Node> without_added(const Shape& shape, const std::vector<unsigned>& added) {
  std::vector<bool> is_added(static_cast<size_t>(shape.tokens()), false);
  for (const unsigned offset : added) is_added[static_cast<size_t>(shape.token_at(offset))] = true;
  std::vector<int> kept(is_added.size() + 1, 0);  // of the tokens before this one
  for (size_t i = 0; i < is_added.size(); ++i) kept[i + 1] = kept[i] + (is_added[i] ? 0 : 1);
  std::vector<Node> nodes = shape.nodes();
  for (Node& node : nodes) {
    node.first = kept[static_cast<size_t>(node.first)];
    node.last = kept[static_cast<size_t>(std::min(node.last, shape.tokens() - 1)) + 1] - 1;
  }
  sort_once(nodes);
  return nodes;
}

}  // namespace

Shape::Shape(Unit& unit) : tokens_(unit.tokens) {
  for (const Token& token : tokens_.all()) {
    if (token.kind == Token::Kind::comment) continue;
    spans_.push_back(token.span);
    semicolon_.push_back(tokens_.text(token) == ";");
  }
  Collector collector(unit, *this);
  for (Decl* declaration : unit.context().getTraversalScope()) collector.TraverseDecl(declaration);
  nodes_ = collector.finish();
  references_ = collector.references();
}

Shape Shape::without(const std::vector<Span>& spans) const {
  Shape rest = *this;
  rest.spans_.clear();
  rest.semicolon_.clear();
  rest.nodes_.clear();
  rest.references_.clear();
  std::vector<int> place;  // of each token, there; those that are left out have the next one's
  auto span = spans.begin();
  std::vector<bool> is_out;
  for (size_t i = 0; i < spans_.size(); ++i) {
    while (span != spans.end() && span->end <= spans_[i].begin) ++span;
    is_out.push_back(span != spans.end() && span->contains(spans_[i].begin));
    place.push_back(rest.tokens());
    if (is_out.back()) continue;
    rest.spans_.push_back(spans_[i]);
    rest.semicolon_.push_back(semicolon_[i]);
  }
  for (const Node& node : nodes_) {
    const auto first = static_cast<size_t>(node.first),
               last = static_cast<size_t>(std::min(node.last, tokens() - 1));
    if (!is_out[first]) rest.nodes_.push_back({node.kind, place[first], place[last]});
  }
  for (const Reference& reference : references_) {
    if (is_out[static_cast<size_t>(reference.at)]) continue;
    Reference kept = reference;
    kept.at = place[static_cast<size_t>(reference.at)];
    if (reference.declared >= 0) kept.declared = place[static_cast<size_t>(reference.declared)];
    if (reference.function >= 0) kept.function = place[static_cast<size_t>(reference.function)];
    rest.references_.push_back(kept);
  }
  sort_once(rest.nodes_);
  sort_once(rest.references_);
  return rest;
}

int Shape::token_at(unsigned offset) const {
  return static_cast<int>(
      std::partition_point(spans_.begin(), spans_.end(), [&](const Span& s) { return s.end <= offset; }) -
      spans_.begin());
}

int Shape::last_of(int first, int last) const {
  while (last > first && last < tokens() && semicolon_[static_cast<size_t>(last)]) --last;
  return last;
}

std::optional<Difference> difference_around(const Shape& before, const std::vector<Span>& cuts,
                                            const Shape& after, const std::vector<Span>& holes,
                                            const std::vector<std::vector<Span>>& carried) {
  std::vector<Hole> old_holes = holes_of(before, cuts), new_holes = holes_of(after, holes);
  for (size_t i = 0; i < old_holes.size(); ++i) {
    old_holes[i].empty_there = new_holes[i].empty;
    new_holes[i].empty_there = old_holes[i].empty;
  }
  const auto old_seen = all_around(before, old_holes), new_seen = all_around(after, new_holes);
  const auto bytes = [](const Seen& seen, const Shape& shape) {
    return Span{shape.span(seen.origin.first).begin, shape.span(seen.origin.last).end};
  };
  if (const Seen* more = missing(new_seen, old_seen)) return Difference{true, bytes(*more, after)};
  if (const Seen* less = missing(old_seen, new_seen)) return Difference{false, bytes(*less, before)};
  const Read was(before, old_holes), is(after, new_holes);
  auto name = renamed(was, is);
  if (!name) name = renamed_inside(was, is, carried);
  if (name) return Difference{true, after.span(*name), true};
  return std::nullopt;
}

bool mean_the_same(const Shape& a, const std::vector<unsigned>& added_to_a, const Shape& b,
                   const std::vector<unsigned>& added_to_b) {
  return without_added(a, added_to_a) == without_added(b, added_to_b);
}

}  // namespace nanobug::rewrite
