// bodies: see bodies.h.
#include "mutator/rewrite/bodies.h"

#include <algorithm>

namespace nanobug::rewrite {
namespace {

using namespace clang;

class Finder {
 public:
  explicit Finder(Unit& unit) : unit_(unit) {}

  void look_at(const Decl& declaration) {
    if (const auto* function = dyn_cast<FunctionDecl>(&declaration)) return take(*function);
    const auto* record = dyn_cast<CXXRecordDecl>(&declaration);
    if (record && record->isDependentContext()) return;
    if (record || isa<NamespaceDecl, LinkageSpecDecl>(declaration))
      for (const Decl* inner : cast<DeclContext>(declaration).decls()) look_at(*inner);
  }

  std::vector<Span> finish() {
    std::sort(spans_.begin(), spans_.end(), [](Span a, Span b) { return a.begin < b.begin; });
    return std::move(spans_);
  }

 private:
  void take(const FunctionDecl& function) {
    if (!function.doesThisDeclarationHaveABody() || function.isImplicit() || function.isConstexpr() ||
        function.isDependentContext() || function.getReturnType()->getContainedDeducedType())
      return;
    const auto* body = dyn_cast<CompoundStmt>(function.getBody());
    if (!body || body->getLBracLoc().isMacroID() || body->getRBracLoc().isMacroID()) return;
    const auto open = unit_.offset(body->getLBracLoc()), close = unit_.offset(body->getRBracLoc());
    if (!open || !close || *close <= *open) return;
    const Span span{*open + 1, *close};
    if (holds_beyond(span)) return;
    spans_.push_back(span);
  }

  bool holds_beyond(Span span) const {
    for (const Token* token = unit_.tokens.after(span.begin); token && token->span.begin < span.end;
         token = unit_.tokens.after(token->span.end))
      for (const char* word : {"#", "%:", "_Pragma", "__pragma"})
        if (unit_.tokens.is(token, word)) return true;
    return false;
  }

  Unit& unit_;
  std::vector<Span> spans_;
};

}  // namespace

std::vector<Span> closed_bodies(Unit& unit) {
  Finder finder(unit);
  for (const Decl* declaration : unit.context().getTraversalScope()) finder.look_at(*declaration);
  return finder.finish();
}

std::vector<Span> without_cuts(const std::vector<Span>& bodies, const std::vector<Span>& cuts) {
  std::vector<bool> touched(bodies.size(), false);
  for (const Span& cut : cuts) {
    const auto behind = std::upper_bound(bodies.begin(), bodies.end(), cut.begin,
                                         [](unsigned at, const Span& body) { return at < body.begin; });
    if (behind == bodies.begin() || std::prev(behind)->end < cut.end) return {};
    touched[static_cast<size_t>(std::prev(behind) - bodies.begin())] = true;
  }
  std::vector<Span> others;
  for (size_t i = 0; i < bodies.size(); ++i)
    if (!touched[i]) others.push_back(bodies[i]);
  return others;
}

std::string blanked(std::string text, const std::vector<Span>& spans) {
  for (const Span& span : spans)
    for (unsigned at = span.begin; at < span.end; ++at)
      if (text[at] != '\n' && text[at] != '\r') text[at] = ' ';
  return text;
}

}  // namespace nanobug::rewrite
