// matcher: the text of a matcher to Clang's object; Clang's complaints to sentences with a way out.
#include <algorithm>

#include "mutator/base/suggest.h"
#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/nodes.h"

namespace nanobug::rewrite {
namespace {

namespace dynamic = clang::ast_matchers::dynamic;

std::string unknown_matcher(const std::string& name) {
  if (name == "traverse")
    return "'traverse' is not for a catalog; nanobug matches what is spelled in the source anyway";
  if (name == "findAll" || name == "equalsNode" || name == "isInheritingConstructor")
    return "Clang cannot read the matcher '" + name + "' from text; use another, such as forEachDescendant";
  return "there is no matcher '" + name + "'" + did_you_mean(name, matcher_names());
}

}  // namespace

std::string sentence(const dynamic::Diagnostics& diagnostics, unsigned& where) {
  if (diagnostics.errors().empty() || diagnostics.errors()[0].Messages.empty())
    return "the matcher does not parse";
  const auto& message = diagnostics.errors()[0].Messages[0];
  where = message.Range.Start.Column > 0 ? message.Range.Start.Column - 1 : 0;
  if (message.Type == dynamic::Diagnostics::ET_RegistryMatcherNotFound && !message.Args.empty())
    return unknown_matcher(message.Args[0]);
  if (message.Type == dynamic::Diagnostics::ET_RegistryValueNotFound && !message.Args.empty())
    return "there is no matcher and no name '" + message.Args[0] + "'" +
           did_you_mean(message.Args[0], matcher_names());
  std::string text = diagnostics.toString();
  text = text.substr(0, text.find('\n'));
  // "1:17: Incorrect type …": the place is said in the catalog's terms already.
  for (int part = 0; part < 2; ++part) {
    const size_t colon = text.find(':');
    if (colon != std::string::npos && text.find_first_not_of("0123456789") == colon) text.erase(0, colon + 1);
  }
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  while (!text.empty() && text.back() == '.') text.pop_back();
  if (message.Type == dynamic::Diagnostics::ET_ParserNumberError)
    text += "; Clang reads neither a sign nor a suffix";
  if (message.Type == dynamic::Diagnostics::ET_ParserTrailingCode) text += "; a matcher takes one .bind";
  return "the matcher does not parse: " + text;
}

std::optional<Matcher> parse_matcher(const std::string& text, std::string& problem, unsigned& where) {
  const std::string line = one_line(text);
  llvm::StringRef rest = line;
  dynamic::Diagnostics diagnostics;
  auto matcher = dynamic::Parser::parseMatcherExpression(rest, nullptr, nullptr, &diagnostics);
  if (!matcher) {
    problem = sentence(diagnostics, where);
    return std::nullopt;
  }
  return matcher->withTraversalKind(clang::TK_IgnoreUnlessSpelledInSource);
}

}  // namespace nanobug::rewrite
