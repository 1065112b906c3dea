// survey: see survey.h.
#include "mutator/rewrite/survey.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <clang/AST/ParentMapContext.h>

#include "mutator/base/source_kind.h"
#include "mutator/rewrite/effects.h"
#include "mutator/rewrite/surgery.h"
#include "mutator/rewrite/unread.h"
#include "mutator/rewrite/whole.h"
#include "mutator/rewrite/writes.h"

namespace nanobug::rewrite {
namespace {

using namespace clang;
using namespace clang::ast_matchers;

// Clang has no matcher of this name.
const internal::VariadicDynCastAllOfMatcher<Stmt, DependentScopeDeclRefExpr> dependentScopeDeclRefExpr;

// Attributes with which a declaration is still one that is nothing but read.
template <class... Plain>
bool has_only(const Decl& declaration) {
  return std::all_of(declaration.attr_begin(), declaration.attr_end(),
                     [](const Attr* each) { return each->isImplicit() || isa<Plain...>(each); });
}

const Decl* key_of(const Decl* declaration) {
  return declaration->getCanonicalDecl();
}

// Is it what Clang made of a template, which stands in the file once?
bool is_instantiated(const Decl& declaration) {
  for (const DeclContext* at = declaration.getDeclContext(); at && !at->isFileContext();
       at = at->getParent()) {
    const auto* function = dyn_cast<FunctionDecl>(at);
    if (function && function->isTemplateInstantiation()) return true;
    const auto* record = dyn_cast<CXXRecordDecl>(at);
    if (record && isTemplateInstantiation(record->getTemplateSpecializationKind())) return true;
  }
  return false;
}

class Surveyor : public MatchFinder::MatchCallback {
 public:
  explicit Surveyor(Unit& unit) : unit_(unit), header_(!is_compiled(unit.name)) {}

  void run(const MatchFinder::MatchResult& match) override {
    const auto& nodes = match.Nodes;
    if (const auto* use = nodes.getNodeAs<DeclRefExpr>("use")) {
      used(use->getDecl(), use->getLocation(), use);
    } else if (const auto* member = nodes.getNodeAs<MemberExpr>("member")) {
      understood(member->getMemberLoc());
    } else if (const auto* member = nodes.getNodeAs<CXXDependentScopeMemberExpr>("dependent")) {
      understood(member->getMemberLoc());
    } else if (const auto* member = nodes.getNodeAs<UnresolvedMemberExpr>("unresolved")) {
      understood(member->getMemberLoc());
    } else if (const auto* name = nodes.getNodeAs<DependentScopeDeclRefExpr>("qualified")) {
      understood(name->getLocation());
    } else if (const auto* value = nodes.getNodeAs<DesignatedInitExpr>("designated")) {
      for (const auto& designator : value->designators())
        if (designator.isFieldDesignator()) understood(designator.getFieldLoc());
    } else if (const auto* self = nodes.getNodeAs<CXXThisExpr>("this")) {
      if (const auto offset = unit_.offset(self->getLocation())) selves_.push_back({*offset, nullptr});
    } else if (const auto* go = nodes.getNodeAs<GotoStmt>("goto")) {
      used(go->getLabel(), go->getLabelLoc());
    } else if (const auto* address = nodes.getNodeAs<AddrLabelExpr>("address")) {
      used(address->getLabel(), address->getLabelLoc());
    } else if (const auto* type = nodes.getNodeAs<TypeLoc>("type")) {
      if (const auto alias = type->getAs<TypedefTypeLoc>())
        used(alias.getTypedefNameDecl(), alias.getBeginLoc());
    } else if (const auto* label = nodes.getNodeAs<LabelStmt>("label")) {
      labels_.push_back(label);
      understood(label->getIdentLoc());
    } else if (const auto* block = nodes.getNodeAs<CompoundStmt>("block")) {
      if (const auto at = block->getLBracLoc().isFileID() ? unit_.offset(block->getLBracLoc()) : std::nullopt)
        result_.blocks.emplace(*at, block);
    } else if (const auto* lambda = nodes.getNodeAs<LambdaExpr>("lambda")) {
      lambdas_.push_back(lambda);
    } else if (const auto* statement = nodes.getNodeAs<DeclStmt>("statement")) {
      statements_.push_back(statement);
    } else if (const auto* named = nodes.getNodeAs<NamedDecl>("named")) {
      understood(named->getLocation());
      if (!named->isImplicit() && named->getIdentifier()) named_.push_back(named);
      if (is_of_the_file(*named)) of_the_file_[key_of(named)].push_back(named);
      if (const auto* function = dyn_cast<FunctionDecl>(named)) defined(*function);
    }
  }

  Survey finish() {
    auto& functions = result_.functions;
    std::sort(functions.begin(), functions.end(), [](const Function& a, const Function& b) {
      return std::tie(a.span.begin, b.span.end, a.name) < std::tie(b.span.begin, a.span.end, b.name);
    });
    unsigned reach = 0;
    for (Function& function : functions) function.reach = reach = std::max(reach, function.span.end);
    unread_ = unread_names(unit_.tokens, understood_);
    in_branches_ = names_in_branches(unit_.tokens, understood_);
    for (const LambdaExpr* lambda : lambdas_) without_implicit_captures(*lambda);
    read_through_macros();
    for (const NamedDecl* named : named_) read_elsewhere(*named);
    for (const DeclStmt* statement : statements_) locals(*statement);
    for (const LambdaExpr* lambda : lambdas_) captures(*lambda);
    for (const LabelStmt* label : labels_) this->label(*label);
    for (const auto& [place, declarations] : declared_together()) {
      if (declarations.size() > 1) several(declarations, statement_of(declarations), true);
    }
    for (const auto& [key, declarations] : of_the_file_) of_the_file(declarations);
    for (Droppable& each : writes_of_several(unit_, writes_)) result_.droppable.push_back(std::move(each));
    result_.includes = read_includes(unit_, names_left_out(unit_.tokens, understood_));
    return std::move(result_);
  }

 private:
  struct Use {
    unsigned offset;
    const DeclRefExpr* expression;
  };

  void understood(SourceLocation location) {
    if (const auto offset = unit_.offset(location)) understood_.insert(*offset);
  }

  void used(const Decl* what, SourceLocation where, const DeclRefExpr* expression = nullptr) {
    const auto offset = unit_.offset(where);
    if (!offset) return;
    understood_.insert(*offset);
    uses_[key_of(what)].push_back({*offset, expression});
  }

  void defined(const FunctionDecl& function) {
    if (!function.isThisDeclarationADefinition()) return;
    const auto* method = dyn_cast<CXXMethodDecl>(&function);
    if (method && method->getParent()->isLambda()) return;
    if (const auto span = span_of(function.getSourceRange()))
      result_.functions.push_back({function.getQualifiedNameAsString(), *span, 0});
  }

  std::optional<Span> span_of(SourceRange range) { return range_span(unit_, range); }

  std::optional<Span> statement_span(SourceRange range) { return rewrite::statement_span(unit_, range); }

  static const std::vector<unsigned>& places_in(const Unread& names, const std::string& name) {
    static const std::vector<unsigned> none;
    const auto found = names.find(name);
    return found == names.end() ? none : found->second;
  }

  const std::vector<unsigned>& unread(const std::string& name) const { return places_in(unread_, name); }

  // A macro of which nothing came here reads, in another configuration, what any of its definitions names.
  void read_through_macros() {
    for (const auto& [name, places] : unread_) {
      if (name.starts_with("operator")) continue;
      std::vector<unsigned> used;
      for (const unsigned at : places)
        if (!is_in_directive(unit_.tokens, at)) used.push_back(at);
      if (used.empty()) continue;
      std::set<std::string> seen{name};
      std::vector<std::string> left{name};
      for (size_t i = 0; i < left.size() && left.size() < 200; ++i)
        for (const std::string& each : unit_.named_by_macro(std::string(left[i])))
          if (seen.insert(each).second) left.push_back(each);
      for (size_t i = 1; i < left.size(); ++i) {
        auto& all = through_macros_[left[i]];
        all.insert(all.end(), used.begin(), used.end());
      }
    }
  }

  // Where what is declared here is read and the tree has nothing, if it is declared in this file alone.
  void read_elsewhere(const NamedDecl& named) {
    const auto* variable = dyn_cast<VarDecl>(&named);
    const auto* parameter = dyn_cast<ParmVarDecl>(&named);
    const auto* field = dyn_cast<FieldDecl>(&named);
    if (!isa<VarDecl, FieldDecl, FunctionDecl, TypedefNameDecl, EnumConstantDecl, TagDecl>(named) ||
        is_instantiated(named))
      return;
    Elsewhere all{named.getNameAsString(), {}, {}};
    for (const Decl* each : named.redecls()) {
      const auto at = unit_.offset(each->getLocation());
      if (!at) return;
      all.declared.push_back(*at);
    }
    std::optional<Span> scope;
    if (parameter) called_elsewhere(*parameter, all.declared);
    if (variable && (variable->isLocalVarDeclOrParm() || parameter)) {
      scope = scope_of(*variable);
      if (!scope) return;
    }
    for (const auto* names : {&in_branches_, &through_macros_})
      for (const unsigned at : places_in(*names, all.name))
        if ((!scope || scope->contains(at)) && (!field || is_of_an_object(*field, at)))
          all.uses.push_back(at);
    if (!all.uses.empty()) result_.elsewhere.push_back(std::move(all));
  }

  // Where a local can be read: in the block, the loop or the function that it is of.
  std::optional<Span> scope_of(const VarDecl& variable) {
    DynTypedNode at = DynTypedNode::create(variable);
    for (;;) {
      const auto parents = unit_.context().getParentMapContext().getParents(at);
      if (parents.empty()) return std::nullopt;
      at = parents[0];
      const auto* statement = at.get<Stmt>();
      const auto* declared = at.get<Decl>();
      if (isa_and_nonnull<CompoundStmt, ForStmt, IfStmt, WhileStmt, SwitchStmt, CXXForRangeStmt, CXXCatchStmt,
                          LambdaExpr>(statement))
        return span_of(statement->getSourceRange());
      if (isa_and_nonnull<FunctionDecl>(declared)) return span_of(declared->getSourceRange());
      if (declared && isa<DeclContext>(declared)) return std::nullopt;
    }
  }

  // Behind a `.`, or in what is of its class.
  bool is_of_an_object(const FieldDecl& field, unsigned at) {
    const Token* before = unit_.tokens.before(at);
    if (unit_.tokens.is(before, ".") || unit_.tokens.is(before, "->")) return true;
    const auto own = span_of(field.getParent()->getSourceRange());
    if (own && own->contains(at)) return true;
    return StringRef(result_.function_at(at))
        .starts_with(field.getParent()->getQualifiedNameAsString() + "::");
  }

  // A call in such a branch has an argument for each parameter.
  void called_elsewhere(const ParmVarDecl& parameter, const std::vector<unsigned>& declared) {
    const auto* of = dyn_cast<FunctionDecl>(parameter.getDeclContext());
    if (!of || !of->getIdentifier()) return;
    Elsewhere calls{of->getNameAsString(), declared, {}, true};
    for (const unsigned at : places_in(in_branches_, calls.name))
      if (unit_.tokens.is(unit_.tokens.after(at + static_cast<unsigned>(calls.name.size())), "("))
        calls.uses.push_back(at);
    if (!calls.uses.empty()) result_.elsewhere.push_back(std::move(calls));
  }

  // Adds what is read somewhere: one never read was so before.
  void add(Droppable droppable, const std::vector<Use>& uses, bool everywhere = false, Span itself = {}) {
    droppable.of_the_file = everywhere;
    const auto own = [&](unsigned offset) {
      return itself.contains(offset) ||
             std::any_of(droppable.pieces.begin(), droppable.pieces.end(),
                         [&](const Droppable::Piece& piece) { return piece.span.contains(offset); });
    };
    for (const Use& use : uses)
      if (!own(use.offset)) droppable.uses.push_back(use.offset);
    if (droppable.uses.empty()) return;
    // Where a name stands and the tree has nothing: an inactive branch of the preprocessor, an argument that
    // a macro drops. Another configuration reads it there.
    // It is declared where its pieces are, or one of several.
    const unsigned at = !droppable.pieces.empty() && droppable.list < 0 ? droppable.pieces.front().span.begin
                                                                        : droppable.uses.front();
    const Function* function = everywhere ? nullptr : result_.around(at);
    for (const auto* names : {&unread_, &through_macros_})
      for (const unsigned offset : places_in(*names, droppable.name))
        if (!own(offset) && (everywhere || !function || function->span.contains(offset)))
          droppable.uses.push_back(offset);
    result_.droppable.push_back(std::move(droppable));
  }

  // ---- locals

  void locals(const DeclStmt& statement) {
    if (statement.decls().empty()) return;
    if (is_instantiated(**statement.decl_begin())) return;
    if (!statement.isSingleDecl()) {
      const std::vector<const Decl*> all(statement.decl_begin(), statement.decl_end());
      if (parent<CompoundStmt>(DynTypedNode::create(statement)))
        several(all, statement_of(all), false);
      else
        several(all, declared_alone(statement), false);
      return;
    }
    const auto piece = declared_alone(statement);
    if (!piece) return;
    const Decl* declared = statement.getSingleDecl();
    if (const auto* alias = dyn_cast<TypedefNameDecl>(declared)) {
      if (alias->attrs().empty() && sizes_hold(alias->getUnderlyingType()))
        add({alias->getNameAsString(), {*piece}, {}}, uses_[key_of(alias)]);
    } else if (const auto* one = dyn_cast<VarDecl>(declared); one && may_go(*one)) {
      variable(*one, {one->getNameAsString(), {*piece}, {}});
    }
  }

  void variable(const VarDecl& variable, Droppable droppable, bool everywhere = false) {
    std::vector<Use> uses = uses_[key_of(&variable)];
    if (const auto* bindings = dyn_cast<DecompositionDecl>(&variable))
      for (const BindingDecl* binding : bindings->bindings()) {
        const auto& more = uses_[key_of(binding)];
        uses.insert(uses.end(), more.begin(), more.end());
        if (!unread(binding->getNameAsString()).empty()) return;
      }
    // What only writes it goes too, where it is a statement that does nothing else.
    if ((variable.hasLocalStorage() || variable.isStaticLocal()) && variable.getType()->isScalarType())
      for (const Use& use : uses)
        if (const auto write = use.expression ? write_of(unit_, *use.expression) : std::nullopt) {
          droppable.pieces.push_back(*write);
          writes_.push_back(use.expression);
        }
    add(std::move(droppable), uses, everywhere);
  }

  std::optional<Droppable::Piece> statement_of(const std::vector<const Decl*>& declarations) {
    const auto span = statement_span({declarations.front()->getBeginLoc(), declarations.back()->getEndLoc()});
    return span ? std::optional(Droppable::Piece{*span, true}) : std::nullopt;
  }

  // The declarators of one declaration.
  void several(const std::vector<const Decl*>& declarations, const std::optional<Droppable::Piece>& whole,
               bool everywhere) {
    if (!whole) return;
    Listed all{*whole, {}};
    for (const Decl* declared : declarations) {
      const auto* variable = dyn_cast<VarDecl>(declared);
      const auto span = variable ? declarator_of(*variable) : std::nullopt;
      if (!span) return;
      all.parts.push_back(*span);
    }
    const int number = static_cast<int>(result_.lists.size());
    size_t i = 0;
    for (const Decl* declared : declarations) {
      const auto* one = cast<VarDecl>(declared);
      Droppable droppable{one->getNameAsString(), {}, {}, number, i++};
      const bool is_again = !one->isFirstDecl() || one->getMostRecentDecl() != one;
      if (!is_again && may_go(*one)) variable(*one, std::move(droppable), everywhere);
    }
    result_.lists.push_back(std::move(all));
  }

  std::optional<Span> declarator_of(const VarDecl& variable) {
    const auto span =
        rewrite::span_of(unit_, whole_of(unit_, DynTypedNode::create(variable)), catalog::Text{});
    return span ? std::optional(*span) : std::nullopt;
  }

  template <class Kind>
  const Kind* parent(const DynTypedNode& node) {
    const auto parents = unit_.context().getParentMapContext().getParents(node);
    return parents.empty() ? nullptr : parents[0].get<Kind>();
  }

  // The bytes of a declaration: a statement of a block, or what the head of an if or a loop begins with.
  std::optional<Droppable::Piece> declared_alone(const DeclStmt& statement) {
    const auto span = statement_span(statement.getSourceRange());
    if (!span) return std::nullopt;
    const auto* above = parent<Stmt>(DynTypedNode::create(statement));
    if (!above) return std::nullopt;
    if (isa<CompoundStmt>(above)) return Droppable::Piece{with_empty_macros(unit_, *span), true};
    const Token* next = unit_.tokens.after(span->end);
    const Token* last = unit_.tokens.before(span->end);
    if (!next || !unit_.tokens.is(last, ";")) return std::nullopt;
    if (const auto* loop = dyn_cast<ForStmt>(above); loop && loop->getInit() == &statement)
      return Droppable::Piece{{span->begin, last->span.begin}, false};
    const auto* branch = dyn_cast<IfStmt>(above);
    const auto* choice = dyn_cast<SwitchStmt>(above);
    const auto* range = dyn_cast<CXXForRangeStmt>(above);
    if ((branch && branch->getInit() == &statement) || (choice && choice->getInit() == &statement) ||
        (range && range->getInit() == &statement))
      return Droppable::Piece{{span->begin, next->span.begin}, false};
    return std::nullopt;
  }

  // The sizes of variable arrays are computed where the type stands.
  bool sizes_hold(QualType type) {
    if (!type->isVariablyModifiedType()) return true;
    type = type.getDesugaredType(unit_.context());
    if (const auto* pointer = type->getAs<PointerType>()) return sizes_hold(pointer->getPointeeType());
    const auto* array = unit_.context().getAsArrayType(type);
    const auto* variable = dyn_cast_or_null<VariableArrayType>(array);
    return array && (!variable || only_computes(variable->getSizeExpr())) &&
           sizes_hold(array->getElementType());
  }

  bool may_go(const VarDecl& variable) {
    const bool is_elsewhere = variable.hasExternalStorage() && !variable.hasAttr<CUDASharedAttr>();
    return !variable.isExceptionVariable() && !is_elsewhere &&
           has_only<AlignedAttr, CUDASharedAttr, CUDAConstantAttr, CUDADeviceAttr>(variable) &&
           !variable.getType().isVolatileQualified() && sizes_hold(variable.getType()) &&
           is_value(variable.getType()) && only_computes(variable.getInit());
  }

  // ---- captures and labels

  // What `[=]` captures is read where the body reads it, and nowhere else.
  void without_implicit_captures(const LambdaExpr& lambda) {
    const auto at = unit_.offset(lambda.getCaptureDefaultLoc());
    for (const LambdaCapture& capture : lambda.implicit_captures())
      if (at && capture.capturesVariable())
        std::erase_if(uses_[key_of(capture.getCapturedVar())],
                      [&](const Use& use) { return use.offset == *at; });
  }

  void captures(const LambdaExpr& lambda) {
    const auto body = span_of(lambda.getBody()->getSourceRange());
    auto list = capture_list(lambda);
    if (!body || !list) return;
    size_t number = 0;
    for (const LambdaCapture& capture : lambda.captures()) {
      const Expr* value = *(lambda.capture_init_begin() + static_cast<long>(number++));
      const auto at = unit_.offset(capture.getLocation());
      if (!at || !capture.isExplicit() || capture.isPackExpansion()) continue;
      const auto part = std::find_if(list->parts.begin(), list->parts.end(),
                                     [&](const Span& span) { return span.contains(*at); });
      if (part == list->parts.end()) continue;
      Droppable droppable{"this",
                          {},
                          {},
                          static_cast<int>(result_.lists.size()),
                          static_cast<size_t>(part - list->parts.begin())};
      std::vector<Use> uses = selves_;
      if (!capture.capturesThis()) {
        const auto* variable =
            capture.capturesVariable() ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
        if (!variable || !is_value(variable->getType())) continue;
        if (!only_computes(variable->isInitCapture() ? variable->getInit() : value)) continue;
        droppable.name = variable->getNameAsString();
        uses = uses_[key_of(variable)];
      }
      std::erase_if(uses, [&](const Use& use) { return !body->contains(use.offset); });
      add(std::move(droppable), uses, false, *part);
    }
    result_.lists.push_back(std::move(*list));
  }

  // What stands between the brackets.
  std::optional<Listed> capture_list(const LambdaExpr& lambda) {
    if (lambda.getBeginLoc().isMacroID() || is_instantiated(*lambda.getCallOperator())) return std::nullopt;
    const auto brackets = span_of(lambda.getIntroducerRange());
    if (!brackets) return std::nullopt;
    Listed list{{{brackets->begin + 1, brackets->end - 1}, false}, {}};
    int depth = 0;
    std::optional<Span> part;
    for (const Token* token = unit_.tokens.after(brackets->begin + 1);
         token && token->span.end <= brackets->end; token = unit_.tokens.after(token->span.end)) {
      const std::string_view text = unit_.tokens.text(*token);
      const bool ends = token->span.end == brackets->end || (depth == 0 && text == ",");
      if (ends && part) list.parts.push_back(*std::exchange(part, std::nullopt));
      if (ends) continue;
      part = Span{part ? part->begin : token->span.begin, token->span.end};
      if (text == "(" || text == "{" || text == "[") ++depth;
      if (text == ")" || text == "}" || text == "]") --depth;
    }
    return list;
  }

  void label(const LabelStmt& label) {
    const auto at = unit_.offset(label.getIdentLoc());
    if (const Function* function = at ? result_.around(*at) : nullptr) {
      Elsewhere jumps{label.getDecl()->getNameAsString(), {*at}, {}};
      for (const unsigned use : places_in(in_branches_, jumps.name))
        if (function->span.contains(use)) jumps.uses.push_back(use);
      if (!jumps.uses.empty()) result_.elsewhere.push_back(std::move(jumps));
    }
    const Token* colon = at ? unit_.tokens.after(*at + label.getDecl()->getName().size()) : nullptr;
    if (!unit_.tokens.is(colon, ":") || !label.getDecl()->attrs().empty()) return;
    const auto* empty = dyn_cast<NullStmt>(label.getSubStmt());
    const Token* end = empty && empty->getSemiLoc().isFileID() && !empty->hasLeadingEmptyMacro()
                           ? unit_.tokens.after(colon->span.end)
                           : colon;
    if (!end) return;
    add({label.getDecl()->getNameAsString(), {{{*at, end->span.end}, true}}, {}},
        uses_[key_of(label.getDecl())]);
  }

  // ---- what the file has for itself

  bool is_of_the_file(const NamedDecl& named) const {
    if (header_ || named.isImplicit() || !named.getDeclContext()->getRedeclContext()->isFileContext())
      return false;
    return (isa<VarDecl>(named) || isa<FunctionDecl>(named)) &&
           named.getFormalLinkage() == Linkage::Internal && !named.isTemplated() &&
           !isa<DecompositionDecl>(named);
  }

  // By where they begin: what shares its specifiers, as it is written.
  std::map<unsigned, std::vector<const Decl*>> declared_together() {
    std::map<unsigned, std::vector<const Decl*>> groups;
    for (const auto& [key, declarations] : of_the_file_)
      for (const NamedDecl* each : declarations)
        if (const auto begin = unit_.offset(each->getBeginLoc())) groups[*begin].push_back(each);
    for (auto& [begin, group] : groups)
      std::sort(group.begin(), group.end(), [&](const Decl* a, const Decl* b) {
        return unit_.offset(a->getLocation()) < unit_.offset(b->getLocation());
      });
    return groups;
  }

  void of_the_file(const std::vector<const NamedDecl*>& declarations) {
    Droppable droppable{declarations[0]->getNameAsString(), {}, {}};
    std::vector<Use> uses = uses_[key_of(declarations[0])];
    for (const NamedDecl* each : declarations) {
      const auto* function = dyn_cast<FunctionDecl>(each);
      const auto* variable = dyn_cast<VarDecl>(each);
      const auto span = statement_span(each->getSourceRange());
      if (!span || (variable && !may_go(*variable)) || (function && !may_go(*function))) return;
      const Whole whole = whole_of(unit_, DynTypedNode::create(*each));
      if (whole.role != Whole::Role::statement) return;  // one of several
      const auto exact = rewrite::span_of(unit_, whole, catalog::Text{});
      if (!exact) return;
      droppable.pieces.push_back({with_prefix(unit_, *each, *exact), true});
    }
    add(std::move(droppable), uses, true);
  }

  static bool may_go(const FunctionDecl& function) {
    return !function.getPrimaryTemplate() &&
           has_only<AlwaysInlineAttr, NoInlineAttr, PureAttr, ConstAttr, WarnUnusedResultAttr, HotAttr,
                    ColdAttr, NoThrowAttr, CUDADeviceAttr, CUDAHostAttr, CUDAGlobalAttr>(function);
  }

  Unit& unit_;
  const bool header_;
  Survey result_;
  std::set<unsigned> understood_;
  Unread unread_;
  std::map<const Decl*, std::vector<Use>> uses_;
  std::vector<Use> selves_;
  std::vector<const DeclRefExpr*> writes_;  // of what may go
  std::vector<const NamedDecl*> named_;
  Unread in_branches_, through_macros_;
  std::vector<const DeclStmt*> statements_;
  std::vector<const LambdaExpr*> lambdas_;
  std::vector<const LabelStmt*> labels_;
  std::map<const Decl*, std::vector<const NamedDecl*>> of_the_file_;
};

}  // namespace

const Function* Survey::around(unsigned offset) const {
  auto at = std::partition_point(functions.begin(), functions.end(),
                                 [&](const Function& function) { return function.span.begin <= offset; });
  while (at != functions.begin()) {
    if ((--at)->span.contains(offset)) return &*at;
    if (at->reach <= offset) return nullptr;
  }
  return nullptr;
}

std::string Survey::function_at(unsigned offset) const {
  const Function* innermost = around(offset);
  return innermost ? innermost->name : "";
}

Survey survey(Unit& unit) {
  Surveyor surveyor(unit);
  MatchFinder finder;
  finder.addMatcher(declRefExpr().bind("use"), &surveyor);
  finder.addMatcher(memberExpr().bind("member"), &surveyor);
  finder.addMatcher(cxxDependentScopeMemberExpr().bind("dependent"), &surveyor);
  finder.addMatcher(unresolvedMemberExpr().bind("unresolved"), &surveyor);
  finder.addMatcher(dependentScopeDeclRefExpr().bind("qualified"), &surveyor);
  finder.addMatcher(designatedInitExpr().bind("designated"), &surveyor);
  finder.addMatcher(namedDecl().bind("named"), &surveyor);
  finder.addMatcher(cxxThisExpr().bind("this"), &surveyor);
  finder.addMatcher(gotoStmt().bind("goto"), &surveyor);
  finder.addMatcher(addrLabelExpr().bind("address"), &surveyor);
  finder.addMatcher(labelStmt().bind("label"), &surveyor);
  finder.addMatcher(lambdaExpr().bind("lambda"), &surveyor);
  finder.addMatcher(compoundStmt().bind("block"), &surveyor);
  finder.addMatcher(declStmt().bind("statement"), &surveyor);
  finder.addMatcher(typeLoc().bind("type"), &surveyor);
  finder.matchAST(unit.context());
  return surveyor.finish();
}

}  // namespace nanobug::rewrite
