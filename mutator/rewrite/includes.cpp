// includes: see includes.h.
#include "mutator/rewrite/includes.h"

#include <algorithm>
#include <map>
#include <set>

#include <clang/Lex/Preprocessor.h>
#include <clang/Tooling/Inclusions/StandardLibrary.h>

#include "mutator/base/source_kind.h"
#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {
namespace {

using namespace clang;
using namespace clang::ast_matchers;

// The lines of the form `#include <x>` or `#include "x"`, but for the file's own header, those that their
// author wants kept, and those in a branch of the preprocessor.
std::vector<Include> written_includes(const Unit& unit) {
  std::vector<Include> result;
  const std::string own = std::filesystem::path(unit.name).stem().string();
  int depth = 0;
  for (const Token& sign : unit.tokens.all()) {
    const std::string_view word = directive(unit.tokens, &sign);
    depth += word.starts_with("if") ? 1 : word == "endif" ? -1 : 0;
    if (word != "include" || depth > 0) continue;
    const Span span = whole_lines(unit.text, sign.span);
    const std::string line(unit.tokens.text(span));
    const size_t open = line.find_first_of("<\"");
    if (open == std::string::npos || line.find("IWYU pragma") != std::string::npos) continue;
    const size_t close = line.find_first_of(">\"", open + 1);
    const std::string header = close == std::string::npos ? "" : line.substr(open + 1, close - open - 1);
    if (!header.empty() && std::filesystem::path(header).stem() != own)
      result.push_back({header, span, {}, {}});
  }
  return result;
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
    const SourceLocation declared = unit_.sources().getSpellingLoc(what->getLocation());
    const StringRef file = unit_.sources().getFilename(declared);
    for (Include& include : includes_) {
      const bool is_there =
          file.ends_with(include.header) && file.drop_back(include.header.size()).ends_with("/");
      const Says says = is_there ? Says::yes : is_of_the_library(*what, declared, include.header);
      if (says == Says::no) continue;
      include.is_read = include.is_read || says == Says::yes;
      include.uses.push_back(*offset);
      include.files.push_back(unit_.sources().getFileID(declared));
      if (what->getIdentifier()) include.names.push_back(what->getName().str());
    }
  }

  enum class Says { no, perhaps, yes };

  // A standard header stands in many files, and many names are of several of them; one that Clang does not
  // know may be of any.
  Says is_of_the_library(const NamedDecl& what, SourceLocation declared, const std::string& header) {
    if (!unit_.sources().isInSystemHeader(declared)) return Says::no;
    const auto named = tooling::stdlib::Header::named("<" + header + ">");
    if (!named) return Says::no;
    const auto [known, added] = headers_.try_emplace(&what);
    if (added)
      if (const auto symbol = is_standard_(&what)) known->second = symbol->headers();
    if (known->second.empty()) return is_in_std(what) ? Says::perhaps : Says::no;
    return llvm::is_contained(known->second, *named) ? Says::yes : Says::no;
  }

  static bool is_in_std(const NamedDecl& what) {
    for (const DeclContext* at = what.getDeclContext(); at; at = at->getParent())
      if (at->isStdNamespace()) return true;
    return false;
  }

  Unit& unit_;
  std::vector<Include>& includes_;
  tooling::stdlib::Recognizer is_standard_;
  std::map<const NamedDecl*, SmallVector<tooling::stdlib::Header>> headers_;
};

// May a header declare one of the names? In its text, for it may do so in a branch of its own: any word but
// those of the language and what stands behind a type in parentheses.
bool may_declare(Unit& unit, StringRef text, const std::set<std::string>& names) {
  if (names.empty()) return false;
  const Tokens tokens(std::string_view(text.data(), text.size()));
  int depth = 0;
  const Token* before = nullptr;
  for (const Token& token : tokens.all()) {
    if (token.kind == Token::Kind::comment) continue;
    const bool is_pointer = tokens.is(before, "*") && tokens.is(tokens.before(before->span.begin), "(");
    const bool is_parameter = depth > 0 && !is_pointer && !tokens.is(before, "(") && !tokens.is(before, ",");
    before = &token;
    depth += tokens.is(&token, "(") ? 1 : tokens.is(&token, ")") ? -1 : 0;
    if (token.kind != Token::Kind::word || is_parameter) continue;
    std::string name(tokens.text(token));
    if (name == "operator")
      for (const Token* sign = tokens.after(token.span.end); sign && !tokens.is(sign, "(");
           sign = tokens.after(sign->span.end))
        name += tokens.text(*sign);
    if (names.contains(name) && !unit.context().Idents.get(name).isKeyword(unit.context().getLangOpts()))
      return true;
  }
  return false;
}

// The includes that do more than declare, directly or through another header: which define a macro that the
// file names or another header may read, an object that is made before main (a registration), something with
// a body for other files; which declare what the file defines; which assert something, or say something to
// the compiler of what follows.
class Kept {
 public:
  explicit Kept(Unit& unit) : unit_(unit) {}

  std::set<unsigned> lines(const std::set<std::string>& elsewhere) {
    auto& preprocessor = unit_.ast->getPreprocessor();
    for (const Token& token : unit_.tokens.all()) {
      if (token.kind != Token::Kind::word) continue;
      const std::string_view word = unit_.tokens.text(token);
      const IdentifierInfo* name = preprocessor.getIdentifierInfo(StringRef(word.data(), word.size()));
      if (!name->hadMacroDefinition()) continue;
      for (const auto* each = preprocessor.getLocalMacroDirectiveHistory(name); each;
           each = each->getPrevious())
        keep(each->getLocation());
    }
    for (const auto& [name, state] : preprocessor.macros(/*IncludeExternalMacros=*/false)) {
      const MacroInfo* macro = preprocessor.getMacroInfo(name);
      if (macro && !macro->isUsedForHeaderGuard() &&
          !unit_.sources().isInSystemHeader(macro->getDefinitionLoc()))
        keep(macro->getDefinitionLoc());
    }
    for (auto it = unit_.ast->top_level_begin(); it != unit_.ast->top_level_end(); ++it) look_at(**it);
    macros_of_the_file();
    texts(elsewhere);
    return std::move(lines_);
  }

 private:
  void look_at(const Decl& declaration) {
    auto& sources = unit_.sources();
    if (isa<NamespaceDecl, LinkageSpecDecl>(declaration))
      for (const Decl* inner : cast<DeclContext>(declaration).decls()) look_at(*inner);
    if (sources.isInMainFile(sources.getExpansionLoc(declaration.getBeginLoc()))) {
      if (!isa<NamespaceDecl>(declaration))
        for (const Decl* other : declaration.redecls()) keep(other->getLocation());
    } else if (does_more(declaration)) {
      keep(declaration.getLocation());
    }
  }

  bool does_more(const Decl& declaration) {
    const bool is_ours = !unit_.sources().isInSystemHeader(declaration.getLocation());
    if (isa<StaticAssertDecl>(declaration)) return is_ours;
    if (const auto* filled = dyn_cast<ClassTemplateSpecializationDecl>(&declaration))
      return filled->getTemplateSpecializationKind() == TSK_ExplicitInstantiationDefinition;
    if (const auto* function = dyn_cast<FunctionDecl>(&declaration))
      return function->getTemplateSpecializationKind() == TSK_ExplicitInstantiationDefinition ||
             (function->isThisDeclarationADefinition() && !function->isInlined() &&
              !function->isTemplated() && !function->isTemplateInstantiation() &&
              function->isExternallyVisible());
    const auto* variable = dyn_cast<VarDecl>(&declaration);
    if (!variable || variable->isThisDeclarationADefinition() != VarDecl::Definition ||
        variable->getType()->isDependentType() || variable->isStaticDataMember())
      return false;
    return (!variable->isConstexpr() && !variable->hasConstantInitialization()) ||
           (is_ours && !variable->isInline() && variable->isExternallyVisible());
  }

  // What a macro of the file names is read where the macro is.
  void macros_of_the_file() {
    bool defines = false;
    for (const Token& token : unit_.tokens.all()) {
      if (const auto word = directive(unit_.tokens, &token); !word.empty()) defines = word == "define";
      if (!defines || token.kind != Token::Kind::word || !is_in_directive(unit_.tokens, token.span.begin))
        continue;
      const auto& name = unit_.context().Idents.get(unit_.tokens.text(token));
      for (const NamedDecl* named : unit_.context().getTranslationUnitDecl()->lookup(&name))
        keep(named->getLocation());
    }
  }

  // What another file says to the compiler may hold behind its end, and what it declares be read elsewhere.
  void texts(const std::set<std::string>& elsewhere) {
    auto& sources = unit_.sources();
    for (unsigned i = 0; i < sources.local_sloc_entry_size(); ++i) {
      const auto& entry = sources.getLocalSLocEntry(i);
      if (!entry.isFile()) continue;
      const SourceLocation begin = SourceLocation::getFromRawEncoding(entry.getOffset());
      const FileID file = sources.getFileID(begin);
      if (file == sources.getMainFileID()) continue;
      bool is_bad = false;
      const StringRef text = sources.getBufferData(file, &is_bad);
      if (is_bad) continue;
      if ((!sources.isInSystemHeader(begin) && has_lasting_pragma(text)) ||
          may_declare(unit_, text, elsewhere))
        keep(begin);
    }
  }

  static bool has_lasting_pragma(StringRef text) {
    SmallVector<StringRef> lines;
    text.split(lines, '\n');
    return std::any_of(lines.begin(), lines.end(), [](StringRef line) {
      line = line.trim();
      if (line.contains("_Pragma")) return true;
      if (!line.consume_front("#")) return false;
      line = line.ltrim();
      return line.consume_front("pragma") && line.trim() != "once";
    });
  }

  // The line of the file through which the header of this location came.
  void keep(SourceLocation location) {
    auto& sources = unit_.sources();
    if (location.isInvalid()) return;
    FileID file = sources.getFileID(sources.getExpansionLoc(location));
    for (SourceLocation from = sources.getIncludeLoc(file); from.isValid();
         from = sources.getIncludeLoc(file)) {
      file = sources.getFileID(from);
      if (file != sources.getMainFileID()) continue;
      const unsigned at = sources.getFileOffset(from);
      lines_.insert(whole_lines(unit_.text, {at, at}).begin);
    }
  }

  Unit& unit_;
  std::set<unsigned> lines_;
};

// Has the text a name that this standard header is for?
bool names_of_the_library(const std::string& text, const std::string& header) {
  const auto named = tooling::stdlib::Header::named("<" + header + ">");
  const Tokens tokens(text);
  return named && std::any_of(tokens.all().begin(), tokens.all().end(), [&](const Token& token) {
           const auto symbol = tooling::stdlib::Symbol::named("std::", std::string(tokens.text(token)));
           return symbol && llvm::is_contained(symbol->headers(), *named);
         });
}

}  // namespace

std::vector<Include> read_includes(Unit& unit, const std::set<std::string>& elsewhere) {
  if (!is_compiled(unit.name)) return {};  // what a header includes is read by those that include it
  std::vector<Include> includes = written_includes(unit);
  Reader reader(unit, includes);
  MatchFinder finder;
  finder.addMatcher(declRefExpr().bind("name"), &reader);
  finder.addMatcher(memberExpr().bind("member"), &reader);
  finder.addMatcher(cxxConstructExpr().bind("made"), &reader);
  finder.addMatcher(typeLoc().bind("type"), &reader);
  finder.matchAST(unit.context());
  std::erase_if(includes, [](const Include& include) { return !include.is_read; });
  if (includes.empty()) return includes;
  const std::set<unsigned> kept = Kept(unit).lines(elsewhere);
  std::erase_if(includes, [&](const Include& include) {
    const std::set<FileID> files(include.files.begin(), include.files.end());
    return kept.contains(include.line.begin) || std::any_of(files.begin(), files.end(), [&](FileID file) {
             bool is_bad = false;
             const StringRef text = unit.sources().getBufferData(file, &is_bad);
             return is_bad || may_declare(unit, text, elsewhere);
           });
  });
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
      return names_of_the_library(text, include.header) ||
             std::any_of(include.names.begin(), include.names.end(),
                         [&](const std::string& name) { return mentions(text, name); });
    });
    if (!kept && std::all_of(include.uses.begin(), include.uses.end(), is_gone))
      lines.push_back(include.line);
  }
  return lines;
}

}  // namespace nanobug::rewrite
