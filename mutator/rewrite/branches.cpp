// branches: see branches.h.
#include "mutator/rewrite/branches.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {
namespace {

bool is_one_of(const Tokens& tokens, const Token* token, std::initializer_list<const char*> texts) {
  return std::any_of(texts.begin(), texts.end(), [&](const char* text) { return tokens.is(token, text); });
}

// The directives of a file, and which of them belong together.
class Branches {
 public:
  explicit Branches(const Tokens& tokens) : tokens_(tokens) {
    std::vector<size_t> open;
    for (const Token& token : tokens.all()) {
      const std::string_view word = directive(tokens, &token);
      if (word.empty()) continue;
      const bool begins = word.starts_with("if"), ends = word == "endif", divides = word.starts_with("el");
      if (begins) open.push_back(groups_.size()), groups_.emplace_back();
      const bool of_one = (begins || ends || divides) && !open.empty();
      if (of_one) groups_[open.back()].push_back(lines_.size());
      lines_.push_back({word, token.span.begin, end_of_spliced_line(tokens.text(), token.span.begin),
                        of_one ? open.back() : kNone});
      if (ends && !open.empty()) open.pop_back();
    }
  }

  // The tokens that may stand directly before the place in some configuration, where a branch lies between.
  std::vector<const Token*> before(unsigned place) {
    const Line* line = line_of(tokens_.before(place));
    if (line && line->group != kNone) go_back(place);
    return std::move(found_);
  }

  std::vector<const Token*> behind(unsigned place) {
    const Line* line = line_of(tokens_.after(place));
    if (line && line->group != kNone) go_on(place);
    return std::move(found_);
  }

  // The lines that begin the branches which the place is in, from the outermost.
  std::vector<size_t> around(unsigned place) const {
    std::vector<size_t> open;
    for (size_t i = 0; i < lines_.size() && lines_[i].begin < place; ++i) {
      if (lines_[i].group == kNone) continue;
      const bool begins = lines_[i].word.starts_with("if");
      if (!begins) open.pop_back();
      if (lines_[i].word != "endif") open.push_back(i);
    }
    return open;
  }

 private:
  static constexpr size_t kNone = SIZE_MAX;

  struct Line {
    std::string_view word;
    unsigned begin, end;
    size_t group;
  };

  const Line* line_of(const Token* token) const {
    if (!token) return nullptr;
    auto behind = std::partition_point(lines_.begin(), lines_.end(),
                                       [&](const Line& line) { return line.begin <= token->span.begin; });
    if (behind == lines_.begin() || std::prev(behind)->end <= token->span.begin) return nullptr;
    return &*std::prev(behind);
  }

  bool has_else(const std::vector<size_t>& group) const {
    return std::any_of(group.begin(), group.end(), [&](size_t line) { return lines_[line].word == "else"; });
  }

  void go_back(unsigned place) {
    if (!seen_.insert(place).second) return;
    const Token* token = tokens_.before(place);
    const Line* line = line_of(token);
    if (!line) {
      if (token) found_.push_back(token);
      return;
    }
    if (line->group == kNone) return go_back(line->begin);
    const std::vector<size_t>& group = groups_[line->group];
    if (line->word == "endif")
      for (size_t i = 1; i < group.size(); ++i) go_back(lines_[group[i]].begin);
    if (line->word != "endif" || !has_else(group)) go_back(lines_[group.front()].begin);
  }

  void go_on(unsigned place) {
    if (!seen_.insert(place).second) return;
    const Token* token = tokens_.after(place);
    const Line* line = line_of(token);
    if (!line) {
      if (token) found_.push_back(token);
      return;
    }
    if (line->group == kNone) return go_on(line->end);
    const std::vector<size_t>& group = groups_[line->group];
    const bool begins = line->word.starts_with("if");
    if (begins)
      for (size_t i = 0; i + 1 < group.size(); ++i) go_on(lines_[group[i]].end);
    if (!begins || !has_else(group)) go_on(lines_[group.back()].end);
  }

  const Tokens& tokens_;
  std::vector<Line> lines_;
  std::vector<std::vector<size_t>> groups_;  // the lines of each
  std::set<unsigned> seen_;
  std::vector<const Token*> found_;
};

// The head that ends with this token, as it is written.
std::string head_of(const Tokens& tokens, const Token* last) {
  const Token* first = tokens.is(last, ")") ? opening(tokens, last) : last;
  if (first && first != last)
    if (const Token* word = tokens.before(first->span.begin)) first = word;
  if (tokens.is(first, "constexpr") || (first && first->kind == Token::Kind::literal))
    if (const Token* word = tokens.before(first->span.begin)) first = word;
  return first ? std::string(tokens.text({first->span.begin, last->span.end})) : "";
}

// Does a macro's text begin a statement that goes on behind it?
bool is_a_head(const std::string& body) {
  const Tokens tokens(body);
  const Token* last = tokens.before(static_cast<unsigned>(body.size()));
  return is_one_of(tokens, tokens.after(0), {"if", "for", "while", "switch", "else", "do"}) &&
         !is_one_of(tokens, last, {";", "}"});
}

// As in any table of operators: the higher, the tighter. 0 where it is none.
int level_of(std::string_view sign) {
  static const std::map<std::string_view, int> kLevels = {
      {",", 1},  {"=", 2},  {"+=", 2},    {"-=", 2},  {"*=", 2},   {"/=", 2},     {"%=", 2}, {"&=", 2},
      {"|=", 2}, {"^=", 2}, {"<<=", 2},   {"?", 2},   {"||", 3},   {"or", 3},     {"&&", 4}, {"and", 4},
      {"|", 5},  {"^", 6},  {"bitor", 5}, {"xor", 6}, {"&", 7},    {"bitand", 7}, {"==", 8}, {"!=", 8},
      {"<", 9},  {">", 9},  {"<=", 9},    {">=", 9},  {"<=>", 10}, {"<<", 11},    {"+", 12}, {"-", 12},
      {"*", 13}, {"/", 13}, {"%", 13},    {".*", 14}, {"->*", 14}};
  const auto found = kLevels.find(sign);
  return found == kLevels.end() ? 0 : found->second;
}

constexpr int kUnary = 15, kPostfix = 16;

// How tightly what stands in a text holds together.
int loosest(std::string_view text) {
  const Tokens tokens(text);
  int level = kPostfix, depth = 0;
  bool operand = false;  // is there one before?
  for (const Token& token : tokens.all()) {
    if (token.kind == Token::Kind::comment) continue;
    const std::string_view said = tokens.text(token);
    const bool opens = said == "(" || said == "[" || said == "{",
               closes = said == ")" || said == "]" || said == "}";
    depth += opens ? 1 : closes ? -1 : 0;
    if (depth == 0 && !closes) {
      if (said == "throw" || said == "co_yield")
        level = std::min(level, 2);
      else if (const int own = level_of(said); own && operand)
        level = std::min(level, own), operand = false;
      else if (token.kind == Token::Kind::sign && !operand)
        level = std::min(level, kUnary);
      else
        operand = true;
    }
    if (closes) operand = true;
    if (opens && depth == 1 && !operand) level = std::min(level, kUnary);  // a cast, perhaps
  }
  return level;
}

// Does a macro's call end here that is a statement whatever its definitions say?
bool is_a_whole_macro(const Unit& unit, const Token* last) {
  const Tokens& tokens = unit.tokens;
  const Token* name = called_before(tokens, last);
  if (!name || name->kind != Token::Kind::word) return false;
  const std::vector<std::string> bodies = unit.definitions_of(std::string(tokens.text(*name)));
  return !bodies.empty() && std::all_of(bodies.begin(), bodies.end(), [](const std::string& body) {
    const Tokens text(body);
    const Token* end = text.before(static_cast<unsigned>(body.size()));
    return !end || is_one_of(text, end, {";", "}"});
  });
}

// As long as it has one definition, what is read here is what is read everywhere.
bool has_several(const Unit& unit, const Token* name) {
  return name && name->kind == Token::Kind::word && unit.is_macro(std::string(unit.tokens.text(*name))) &&
         unit.all_definitions_of(std::string(unit.tokens.text(*name))).size() > 1;
}

// Does a definition put what it is given beside an operator, without parentheses?
bool is_bare_in(const Unit::Definition& definition) {
  const Tokens body(definition.body);
  for (const Token& token : body.all()) {
    if (token.kind != Token::Kind::word || !definition.parameters.contains(std::string(body.text(token))))
      continue;
    for (const Token* beside : {body.before(token.span.begin), body.after(token.span.end)})
      if (beside && beside->kind == Token::Kind::sign &&
          !is_one_of(body, beside, {"(", ")", ",", ";", "{", "}", "[", "]", "#", "##"}))
        return true;
  }
  return false;
}

// Is the expression all that a macro is given, by another definition of which an operator could take a part?
bool is_bare_argument_elsewhere(const Unit& unit, Span expression) {
  const Tokens& tokens = unit.tokens;
  const Token* left = tokens.before(expression.begin);
  if (!is_one_of(tokens, left, {"(", ","}) || !is_one_of(tokens, tokens.after(expression.end), {")", ","}))
    return false;
  for (int depth = 0; left; left = tokens.before(left->span.begin)) {
    if (is_one_of(tokens, left, {";", "{", "}"})) return false;
    depth += is_one_of(tokens, left, {")", "]"}) ? 1 : is_one_of(tokens, left, {"(", "["}) ? -1 : 0;
    if (depth < 0) break;
  }
  const Token* name = left ? tokens.before(left->span.begin) : nullptr;
  if (!has_several(unit, name)) return false;
  const auto all = unit.all_definitions_of(std::string(tokens.text(*name)));
  return std::any_of(all.begin(), all.end(), is_bare_in);
}

// A macro beside an expression that stands for nothing here, and for an operator elsewhere.
bool is_operator_elsewhere(const Unit& unit, const Token* name) {
  if (!name || name->kind != Token::Kind::word) return false;
  const std::string macro(unit.tokens.text(*name));
  if (!unit.is_macro(macro)) return false;
  const std::vector<std::string> bodies = unit.definitions_of(macro);
  const bool here = std::any_of(bodies.begin(), bodies.end(),
                                [](const std::string& body) { return Tokens(body).after(0) == nullptr; });
  return here && std::any_of(bodies.begin(), bodies.end(), [](const std::string& body) {
           const Tokens text(body);
           const Token *first = text.after(0), *last = text.before(static_cast<unsigned>(body.size()));
           return first && (first->kind == Token::Kind::sign || last->kind == Token::Kind::sign);
         });
}

}  // namespace

std::optional<std::string> opens_elsewhere(const Unit& unit, unsigned begin) {
  const Tokens& tokens = unit.tokens;
  for (const Token* last : Branches(tokens).before(begin))
    if (!is_one_of(tokens, last, {";", "{", "}", ":", ","}) && !is_a_whole_macro(unit, last))
      return head_of(tokens, last);
  // A macro that stands for nothing here, and for a head elsewhere.
  const Token* last = tokens.before(begin);
  const Token* name = called_before(tokens, last);
  if (!name || name->kind != Token::Kind::word || is_in_directive(tokens, name->span.begin))
    return std::nullopt;
  const std::string macro(tokens.text(*name));
  if (!unit.is_macro(macro)) return std::nullopt;
  const std::vector<std::string> bodies = unit.definitions_of(macro);
  if (std::none_of(bodies.begin(), bodies.end(), is_a_head)) return std::nullopt;
  return std::string(tokens.text({name->span.begin, last->span.end}));
}

std::optional<std::string> goes_on_elsewhere(const Unit& unit, unsigned end) {
  const Tokens& tokens = unit.tokens;
  for (const Token* first : Branches(tokens).behind(end))
    if (is_one_of(tokens, first, {"else", "catch"})) return std::string(tokens.text(*first));
  return std::nullopt;
}

bool is_split_elsewhere(const Unit& unit, Span expression, std::string_view text) {
  const Tokens& tokens = unit.tokens;
  const auto before = Branches(tokens).before(expression.begin);
  const auto behind = Branches(tokens).behind(expression.end);
  const auto binds = [&](const Token* token) {
    return level_of(tokens.text(*token)) > 1 ||
           is_one_of(tokens, token, {"!", "~", ".", "->", "[", "(", "?", "not"});
  };
  if (is_operator_elsewhere(unit, tokens.before(expression.begin)) ||
      is_operator_elsewhere(unit, tokens.after(expression.end)) ||
      is_bare_argument_elsewhere(unit, expression))
    return loosest(text) < loosest(tokens.text(expression));
  const Token *left = tokens.before(expression.begin), *right = tokens.after(expression.end);
  if (is_looser_elsewhere(unit, text) &&
      ((left && !tokens.is(left, "(") && binds(left)) || (right && binds(right))))
    return true;
  const bool beside =
      std::any_of(before.begin(), before.end(),
                  [&](const Token* token) { return binds(token) || tokens.is(token, ")"); }) ||
      std::any_of(behind.begin(), behind.end(), binds);
  return beside && loosest(text) < loosest(tokens.text(expression));
}

bool are_in_one_branch(const Unit& unit, unsigned a, unsigned b) {
  // Nearly always nothing of the preprocessor stands between.
  if (unit.tokens.text({std::min(a, b), std::max(a, b)}).find('#') == std::string_view::npos) return true;
  const Branches branches(unit.tokens);
  return branches.around(a) == branches.around(b);
}

std::optional<std::string> divides(const Unit& unit, Span span) {
  const Tokens& tokens = unit.tokens;
  int braces = 0;
  for (const Token* token = tokens.after(span.begin); token && token->span.begin < span.end;
       token = tokens.after(token->span.end)) {
    braces += tokens.is(token, "{") ? 1 : tokens.is(token, "}") ? -1 : 0;
    const std::string_view word = directive(tokens, token);
    if (braces == 0 && (word.starts_with("if") || word.starts_with("el") || word == "endif"))
      return "#" + std::string(word);
  }
  return std::nullopt;
}

bool is_looser_elsewhere(const Unit& unit, std::string_view text) {
  const Tokens tokens(text);
  const Token* name = tokens.after(0);
  if (tokens.all().size() != 1 || name->kind != Token::Kind::word) return false;
  const std::string macro(tokens.text(*name));
  if (!unit.is_macro(macro)) return false;
  const auto all = unit.all_definitions_of(macro);
  const auto level = [](const Unit::Definition& each) { return loosest(each.body); };
  return std::any_of(all.begin(), all.end(), [&](const auto& each) { return level(each) < kPostfix; }) &&
         std::any_of(all.begin(), all.end(), [&](const auto& each) { return level(each) == kPostfix; });
}

std::optional<std::string> redefined_between(const Unit& unit, std::string_view text, unsigned from,
                                             unsigned to) {
  const Tokens& tokens = unit.tokens;
  std::set<std::string> redefined;
  for (const Token* token = tokens.after(std::min(from, to)); token && token->span.begin < std::max(from, to);
       token = tokens.after(token->span.end)) {
    const std::string_view word = directive(tokens, token);
    if (word != "define" && word != "undef") continue;
    const Token* name = tokens.after(tokens.after(token->span.end)->span.end);
    if (name) redefined.emplace(tokens.text(*name));
  }
  if (redefined.empty()) return std::nullopt;
  std::vector<std::string> named;  // by the text, and by the macros that it names
  const Tokens own(text);
  for (const Token& token : own.all())
    if (token.kind == Token::Kind::word) named.emplace_back(own.text(token));
  std::set<std::string> seen(named.begin(), named.end());
  for (size_t i = 0; i < named.size() && i < 200; ++i) {
    if (redefined.contains(named[i])) return named[i];
    for (const std::string& more : unit.named_by_macro(std::string(named[i])))
      if (seen.insert(more).second) named.push_back(more);
  }
  return std::nullopt;
}

bool is_one_statement(std::string_view text) {
  const Tokens tokens(text);
  int depth = 0;
  for (const Token& token : tokens.all()) {
    const std::string_view said = tokens.text(token);
    depth += said == "(" || said == "{" || said == "["   ? 1
             : said == ")" || said == "}" || said == "]" ? -1
                                                         : 0;
    if (depth > 0 || (said != ";" && said != "}")) continue;
    const Token* next = tokens.after(token.span.end);
    if (!next) return true;
    if (!is_one_of(tokens, next, {"else", "while", "catch", ";", ")", ",", ".", "("})) return false;
  }
  return tokens.after(0) != nullptr;
}

}  // namespace nanobug::rewrite
