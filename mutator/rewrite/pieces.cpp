// pieces: see pieces.h.
#include "mutator/rewrite/pieces.h"

#include <algorithm>

namespace nanobug::rewrite {

std::optional<Span> capture_span(Unit& unit, const clang::LambdaCapture& capture) {
  const Tokens& tokens = unit.tokens;
  const auto at = unit.offset(capture.getLocation());
  if (!at || !capture.isExplicit() || capture.getLocation().isMacroID()) return std::nullopt;
  const auto ends = [&](const Token* token, int depth) {
    return depth == 0 && (tokens.is(token, ",") || tokens.is(token, "[") || tokens.is(token, "]"));
  };
  const Token* first = tokens.after(*at);
  for (const Token* left = tokens.before(*at); left && !ends(left, 0); left = tokens.before(left->span.begin))
    first = left;
  const Token* last = tokens.after(*at);
  int depth = 0;
  for (const Token* right = last; right && !ends(right, depth); right = tokens.after(right->span.end)) {
    for (const char* open : {"(", "[", "{"}) depth += tokens.is(right, open);
    for (const char* close : {")", "]", "}"}) depth -= tokens.is(right, close);
    last = right;
  }
  return Span{first->span.begin, last->span.end};
}

std::optional<Span> attribute_span(Unit& unit, const clang::Attr& attribute) {
  const Tokens& tokens = unit.tokens;
  const auto at = unit.offset(attribute.getLocation());
  if (!at || attribute.getLocation().isMacroID()) return std::nullopt;
  const Token* first = tokens.after(*at);
  while (first && tokens.is(tokens.before(first->span.begin), "::"))
    first = tokens.before(tokens.before(first->span.begin)->span.begin);
  const Token* last = tokens.after(*at);
  while (last && tokens.is(tokens.after(last->span.end), "::"))
    last = tokens.after(tokens.after(last->span.end)->span.end);
  const Token* open = last ? tokens.after(last->span.end) : nullptr;
  if (const Token* close = tokens.is(open, "(") ? closing(tokens, open) : nullptr) last = close;
  if (!first || !last) return std::nullopt;
  return Span{first->span.begin, last->span.end};
}

Taken whole_attribute(const Tokens& tokens, Span attribute) {
  Span all = attribute;
  const Token* left = tokens.before(all.begin);
  const Token* right = tokens.after(all.end);
  const auto around = [&](const char* open, const char* close) {
    if (!tokens.is(left, open) || !tokens.is(right, close)) return false;
    all = {left->span.begin, right->span.end};
    left = tokens.before(all.begin);
    right = tokens.after(all.end);
    return true;
  };
  bool alone =
      tokens.is(tokens.after(all.begin), "alignas") || tokens.is(tokens.after(all.begin), "_Alignas");
  if (tokens.is(left, "[") || tokens.is(left, "(")) {
    const bool square = tokens.is(left, "[");
    alone = square ? around("[", "]") && around("[", "]") : around("(", ")") && around("(", ")");
    if (alone && !square && left) all.begin = left->span.begin;  // __attribute__
  }
  if (!alone) return with_comma(tokens, attribute);
  if (const Span lines = with_comments(tokens, all); is_whole_lines(tokens.text(), lines)) return {lines};
  const Token* next = tokens.after(all.end, true);
  const Token* last = tokens.before(all.begin, true);
  const auto breaks = [&](unsigned begin, unsigned end) {
    return tokens.text({begin, end}).find('\n') != std::string_view::npos;
  };
  if (next && !breaks(all.end, next->span.begin)) return {{all.begin, next->span.begin}};
  return {{last && !breaks(last->span.end, all.begin) ? last->span.end : all.begin, all.end}};
}

std::optional<Span> whole_initializer(Unit& unit, const clang::ValueDecl& of, Span span) {
  const Tokens& tokens = unit.tokens;
  const auto name = unit.offset(of.getLocation());
  if (!name) return std::nullopt;
  const Token* first = tokens.after(*name);
  if (span.begin == *name && first) return Span{first->span.end, span.end};  // of a constructor
  const Token* before = tokens.before(span.begin);
  const Token* behind = tokens.after(span.end);
  if (tokens.is(before, "(") && tokens.is(behind, ")")) span.end = behind->span.end;
  const bool is_width = tokens.is(before, ":") && llvm::isa<clang::FieldDecl>(of);
  if (tokens.is(before, "=") || tokens.is(before, "(") || is_width) span.begin = before->span.begin;
  const Token* last = tokens.before(span.begin, true);
  span.begin = last ? last->span.end : span.begin;
  return span;
}

std::optional<Span> given_to_constructor(Unit& unit, const clang::ValueDecl& of,
                                         const clang::Expr& initializer) {
  const auto name = unit.offset(of.getLocation()), begin = unit.offset(initializer.getBeginLoc());
  if (!name || !begin || !of.getIdentifier()) return std::nullopt;
  const Tokens& tokens = unit.tokens;
  const Token* open = tokens.after(tokens.after(*name)->span.end);
  // The braces of a list are its own, directly behind the name.
  const bool is_list = open && *begin == open->span.begin && tokens.is(open, "{");
  if (*begin != *name && !is_list) return std::nullopt;
  const bool given = tokens.is(open, "(") || tokens.is(open, "{");
  const Token* close = given ? closing(tokens, open) : nullptr;
  return close ? Span{open->span.end, close->span.begin} : Span{*name, *name};
}

std::optional<Span> given_to_member(Unit& unit, const clang::CXXCtorInitializer& of) {
  if (of.getLParenLoc().isMacroID() || of.getRParenLoc().isMacroID()) return std::nullopt;
  const auto begin = unit.offset(of.getLParenLoc()), end = unit.offset(of.getRParenLoc());
  if (!begin || !end || *end <= *begin) return std::nullopt;
  return Span{*begin + 1, *end};
}

std::vector<Span> documentation_of(Unit& unit, const clang::ParmVarDecl& parameter) {
  const Tokens& tokens = unit.tokens;
  std::vector<Span> lines;
  const auto* function = llvm::dyn_cast<clang::FunctionDecl>(parameter.getDeclContext());
  const auto begin = function ? unit.offset(function->getBeginLoc()) : std::nullopt;
  if (!begin) return lines;
  const Span all = with_comments(tokens, {*begin, whole_lines(unit.text, {*begin, *begin}).end - 1});
  bool is_of_it = false;
  for (unsigned at = all.begin; at < *begin;) {
    const unsigned next = whole_lines(unit.text, {at, at}).end;
    const std::string_view line = tokens.text({at, std::min(next, *begin)});
    const Token* token = tokens.after(at, true);
    if (!token || token->kind != Token::Kind::comment ||
        !line.starts_with(tokens.text({at, token->span.begin})) || !tokens.text(*token).starts_with("//") ||
        token->span.begin >= next)
      return lines;
    const Tokens words(line.substr(std::min(line.find_first_not_of(" \t/!"), line.size())));
    std::vector<std::string> said;
    for (const Token& word : words.all()) said.emplace_back(words.text(word));
    const bool commands = !said.empty() && (said[0] == "\\" || said[0] == "@");
    if (commands) {
      size_t name = 2;
      while (name < said.size() && (said[name] == "[" || said[name] == "]" || said[name] == "in" ||
                                    said[name] == "out" || said[name] == ","))
        ++name;
      is_of_it = said.size() > name && (said[1] == "param" || said[1] == "tparam") &&
                 said[name] == parameter.getName().str();
    } else if (said.empty()) {
      is_of_it = false;
    }
    if (is_of_it) lines.push_back({at, next});
    at = next;
  }
  return lines;
}

std::optional<std::string> branch_beside(const Tokens& tokens, Span span) {
  const Token* left = tokens.before(span.begin);
  const Token* right = tokens.after(span.end);
  if (tokens.is(right, ",")) return std::nullopt;
  for (const Token* token : {left, right}) {
    if (!token || !is_in_directive(tokens, token->span.begin)) continue;
    const Token* sign = token;
    while (sign && directive(tokens, sign).empty()) sign = tokens.before(sign->span.begin);
    if (sign) return "#" + std::string(directive(tokens, sign));
  }
  return std::nullopt;
}

bool is_all_directives(const Tokens& tokens) {
  bool any = false;
  for (unsigned at = 0; at < tokens.text().size();) {
    const unsigned next = whole_lines(tokens.text(), {at, at}).end;
    const Token* first = tokens.after(at, true);
    if (first && first->span.begin < next) {
      if (directive(tokens, first).empty()) return false;
      any = true;
    }
    at = next;
  }
  return any;
}

unsigned named_in_front(const Tokens& tokens, unsigned begin) {
  const Token* comment = tokens.before(begin, true);
  const bool is_one = comment && comment->kind == Token::Kind::comment &&
                      tokens.text(*comment).starts_with("/*") &&
                      tokens.text({comment->span.begin, begin}).find('\n') == std::string_view::npos;
  return is_one ? comment->span.begin : begin;
}

}  // namespace nanobug::rewrite
