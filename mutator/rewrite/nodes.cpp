// nodes: see nodes.h.
#include "mutator/rewrite/nodes.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include "mutator/rewrite/hunks.h"

namespace nanobug::rewrite {
namespace {

using clang::ASTNodeKind;
using clang::DynTypedNode;
using clang::ast_matchers::dynamic::Registry;

constexpr size_t kLongest = 72;  // characters of a node's text that are shown

// As the nearest matcher that stands for it calls it: there is none for a compound assignment alone.
std::string named(const ASTNodeKind& kind) {
  static const std::vector<std::pair<ASTNodeKind, std::string>> all = [] {
    std::vector<std::pair<ASTNodeKind, std::string>> named;
    for (const std::string& name : matcher_names())
      if (const auto ctor = Registry::lookupMatcherCtor(name))
        if (const ASTNodeKind of = Registry::nodeMatcherType(*ctor); !of.isNone())
          named.emplace_back(of, name);
    return named;
  }();
  std::string name = kind.asStringRef().str();
  unsigned nearest = std::numeric_limits<unsigned>::max();
  for (const auto& [of, matcher] : all)
    if (unsigned distance = 0; of.isBaseOf(kind, &distance) && distance < nearest)
      nearest = distance, name = matcher;
  return name;
}

// Cut between two characters of UTF-8.
std::string on_one_line(llvm::StringRef text) {
  std::string line;
  for (const char c : text) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!blank || (!line.empty() && line.back() != ' ')) line += blank ? ' ' : c;
  }
  if (line.size() <= kLongest) return line;
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return line.substr(0, end) + " …";
}

std::string operator_of(const clang::Stmt& statement) {
  if (const auto* binary = llvm::dyn_cast<clang::BinaryOperator>(&statement))
    return binary->getOpcodeStr().str();
  if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(&statement))
    return clang::UnaryOperator::getOpcodeStr(unary->getOpcode()).str();
  if (const auto* call = llvm::dyn_cast<clang::CXXOperatorCallExpr>(&statement))
    return clang::getOperatorSpelling(call->getOperator());
  return "";
}

std::string name_of(const DynTypedNode& node) {
  if (const auto* named = node.get<clang::NamedDecl>()) return named->getQualifiedNameAsString();
  if (const auto* reference = node.get<clang::DeclRefExpr>())
    return reference->getDecl()->getQualifiedNameAsString();
  if (const auto* member = node.get<clang::MemberExpr>())
    return member->getMemberDecl()->getQualifiedNameAsString();
  return "";
}

std::string type_of(const DynTypedNode& node) {
  if (const auto* type = node.get<clang::QualType>()) return type->getAsString();
  if (const auto* expression = node.get<clang::Expr>()) return expression->getType().getAsString();
  if (const auto* value = node.get<clang::ValueDecl>()) return value->getType().getAsString();
  return "";
}

std::string counted(size_t count, const char* what) {
  return "it has " + std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

Seen seen(Unit& unit, const DynTypedNode& node) {
  Seen result;
  result.file = unit.name;
  result.kind = named(node.getNodeKind());
  const clang::SourceRange range = node.getSourceRange();
  const auto begin = unit.offset(range.getBegin());
  if (!begin) {
    llvm::raw_string_ostream out(result.text);
    node.print(out, unit.context().getPrintingPolicy());
    result.text = on_one_line(result.text);
    return result;
  }
  const auto end = unit.offset(range.getEnd());
  result.line = line_at(unit.text, *begin);
  result.column = column_at(unit.text, *begin);
  result.last_line = std::max(result.line, end ? line_at(unit.text, *end) : 0);
  const auto& options = unit.context().getLangOpts();
  const auto written =
      clang::Lexer::makeFileCharRange(clang::CharSourceRange::getTokenRange(range), unit.sources(), options);
  result.text = on_one_line(clang::Lexer::getSourceText(written, unit.sources(), options));
  return result;
}

std::string answer_to(const std::string& matcher, const DynTypedNode& node) {
  const auto asks = [&](const char* part) { return matcher.find(part) != std::string::npos; };
  const auto* statement = node.get<clang::Stmt>();
  std::string said;
  if (asks("Operator")) {
    if (statement) said = operator_of(*statement);
    return said.empty() ? "" : "its operator is '" + said + "'";
  }
  if (asks("Name")) {
    said = name_of(node);
    return said.empty() ? "" : "its name is '" + said + "'";
  }
  if (asks("argumentCount")) {
    if (const auto* call = node.get<clang::CallExpr>()) return counted(call->getNumArgs(), "argument");
    if (const auto* made = node.get<clang::CXXConstructExpr>())
      return counted(made->getNumArgs(), "argument");
  }
  if (asks("parameterCount"))
    if (const auto* function = node.get<clang::FunctionDecl>())
      return counted(function->getNumParams(), "parameter");
  if (asks("statementCount"))
    if (const auto* block = node.get<clang::CompoundStmt>()) return counted(block->size(), "statement");
  if (asks("Type") || asks("asString") || asks("isInteger"))
    if (said = type_of(node); !said.empty()) return "its type is '" + said + "'";
  return "";
}

const std::vector<std::string>& matcher_names() {
  static const std::vector<std::string> names = [] {
    using clang::ast_matchers::dynamic::ArgKind;
    const std::vector<ArgKind> kinds = {
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::Decl>()),
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::Stmt>()),
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::QualType>()),
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::Type>()),
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::TypeLoc>()),
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::CallExpr>()),
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::CXXMemberCallExpr>()),
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::FunctionDecl>()),
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::VarDecl>()),
        ArgKind::MakeMatcherArg(ASTNodeKind::getFromNodeKind<clang::BinaryOperator>())};
    std::vector<std::string> all;
    for (const auto& completion : Registry::getMatcherCompletions(kinds))
      all.push_back(completion.TypedText.substr(0, completion.TypedText.find('(')));
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }();
  return names;
}

bool is_node_matcher(const std::string& name) {
  const auto ctor = Registry::lookupMatcherCtor(name);
  return ctor && !Registry::nodeMatcherType(*ctor).isNone();
}

}  // namespace nanobug::rewrite
