// includes: see includes.h.
#include "mutator/rewrite/includes.h"

#include <algorithm>

namespace nanobug::rewrite {
namespace {

using namespace clang;
using namespace clang::ast_matchers;

// The lines of the form `#include <x>` or `#include "x"`, but for the file's own header.
std::vector<Include> written_includes(const Unit& unit) {
  std::vector<Include> result;
  const std::string& text = unit.text;
  const std::string own = std::filesystem::path(unit.name).stem().string();
  for (size_t at = 0; at < text.size();) {
    const size_t next = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string line = text.substr(at, next - at);
    const size_t open = line.find_first_of("<\"");
    if (line.starts_with("#include") && open != std::string::npos) {
      const size_t close = line.find_first_of(">\"", open + 1);
      const std::string header = close == std::string::npos ? "" : line.substr(open + 1, close - open - 1);
      if (!header.empty() && std::filesystem::path(header).stem() != own)
        result.push_back({header, {static_cast<unsigned>(at), static_cast<unsigned>(next)}, {}, {}});
    }
    at = next;
  }
  return result;
}

const NamedDecl* named_type(TypeLoc type) {
  if (const auto alias = type.getAs<TypedefTypeLoc>()) return alias.getTypedefNameDecl();
  if (const auto tag = type.getAs<TagTypeLoc>()) return tag.getDecl();
  if (const auto of = type.getAs<TemplateSpecializationTypeLoc>())
    return of.getTypePtr()->getTemplateName().getAsTemplateDecl();
  if (const auto used = type.getAs<UsingTypeLoc>()) return used.getFoundDecl();
  return nullptr;
}

class Reader : public MatchFinder::MatchCallback {
 public:
  Reader(Unit& unit, std::vector<Include>& includes) : unit_(unit), includes_(includes) {}

  void run(const MatchFinder::MatchResult& match) override {
    if (const auto* name = match.Nodes.getNodeAs<DeclRefExpr>("name"))
      use(name->getFoundDecl(), name->getLocation());
    else if (const auto* member = match.Nodes.getNodeAs<MemberExpr>("member"))
      use(member->getMemberDecl(), member->getMemberLoc());
    else if (const auto* made = match.Nodes.getNodeAs<CXXConstructExpr>("made"))
      use(made->getConstructor()->getParent(), made->getLocation());
    else if (const auto* type = match.Nodes.getNodeAs<TypeLoc>("type"))
      use(named_type(*type), type->getBeginLoc());
  }

 private:
  void use(const NamedDecl* what, SourceLocation where) {
    const auto offset = what ? unit_.offset(where) : std::nullopt;
    if (!offset) return;
    const StringRef file = unit_.sources().getFilename(unit_.sources().getSpellingLoc(what->getLocation()));
    for (Include& include : includes_) {
      if (!file.ends_with(include.header) || !file.drop_back(include.header.size()).ends_with("/")) continue;
      include.uses.push_back(*offset);
      if (what->getIdentifier()) include.names.push_back(what->getName().str());
    }
  }

  Unit& unit_;
  std::vector<Include>& includes_;
};

}  // namespace

std::vector<Include> read_includes(Unit& unit) {
  std::vector<Include> includes = written_includes(unit);
  Reader reader(unit, includes);
  MatchFinder finder;
  finder.addMatcher(declRefExpr().bind("name"), &reader);
  finder.addMatcher(memberExpr().bind("member"), &reader);
  finder.addMatcher(cxxConstructExpr().bind("made"), &reader);
  finder.addMatcher(typeLoc().bind("type"), &reader);
  finder.matchAST(unit.context());
  std::erase_if(includes, [](const Include& include) { return include.uses.empty(); });
  return includes;
}

std::vector<Span> unread_after(const std::vector<Include>& includes, const std::vector<Span>& gone,
                               const std::vector<std::string>& added) {
  const auto is_gone = [&](unsigned offset) {
    return std::any_of(gone.begin(), gone.end(), [&](const Span& span) { return span.contains(offset); });
  };
  std::vector<Span> lines;
  for (const Include& include : includes) {
    const bool kept = std::any_of(added.begin(), added.end(), [&](const std::string& text) {
      return std::any_of(include.names.begin(), include.names.end(),
                         [&](const std::string& name) { return mentions(text, name); });
    });
    if (!kept && std::all_of(include.uses.begin(), include.uses.end(), is_gone))
      lines.push_back(include.line);
  }
  return lines;
}

}  // namespace nanobug::rewrite
