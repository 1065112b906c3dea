// unread: see unread.h.
#include "mutator/rewrite/unread.h"

#include <utility>

#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {
namespace {

// Another way to write an operator, and what it may come down to.
constexpr std::pair<std::string_view, std::string_view> kAlso[] = {
    {"and", "&&"},  {"or", "||"},     {"not", "!"},    {"bitand", "&"},  {"bitor", "|"},   {"xor", "^"},
    {"compl", "~"}, {"and_eq", "&="}, {"or_eq", "|="}, {"xor_eq", "^="}, {"not_eq", "!="}, {"not_eq", "=="},
    {"!=", "=="},   {"<", "<=>"},     {">", "<=>"},    {"<=", "<=>"},    {">=", "<=>"}};

class Reader {
 public:
  Reader(const Tokens& tokens, const std::set<unsigned>& understood)
      : tokens_(tokens), understood_(understood) {}

  Unread all() {
    const std::vector<bool> left_out = are_left_out();
    std::string_view said;  // by the last directive
    for (size_t i = 0; i < left_out.size(); ++i) {
      const Token& token = tokens_.all()[i];
      if (const std::string_view word = directive(tokens_, &token); !word.empty()) said = word;
      const bool is_said = !said.empty() && is_in_directive(tokens_, token.span.begin);
      if (token.kind == Token::Kind::word && !understood_.contains(token.span.begin))
        add(std::string(tokens_.text(token)), token);
      if (is_said ? said == "define" : left_out[i]) add_operators(token);
    }
    return std::move(unread_);
  }

  Unread in_branches() {
    const std::vector<bool> left_out = are_left_out();
    std::string_view said;
    for (size_t i = 0; i < left_out.size(); ++i) {
      const Token& token = tokens_.all()[i];
      if (const std::string_view word = directive(tokens_, &token); !word.empty()) said = word;
      const bool is_said = !said.empty() && is_in_directive(tokens_, token.span.begin);
      if (token.kind == Token::Kind::word && (is_said ? said == "pragma" : left_out[i]))
        add(std::string(tokens_.text(token)), token);
    }
    return std::move(unread_);
  }

  std::set<std::string> left_out() {
    const std::vector<bool> left_out = are_left_out();
    for (size_t i = 0; i < left_out.size(); ++i) {
      const Token& token = tokens_.all()[i];
      if (!left_out[i] || is_in_directive(tokens_, token.span.begin)) continue;
      if (token.kind == Token::Kind::word) add(std::string(tokens_.text(token)), token);
      add_operators(token);
    }
    std::set<std::string> names;
    for (const auto& [name, places] : unread_) names.insert(name);
    return names;
  }

 private:
  // Of each token: does it stand in a branch in which nothing is understood?
  std::vector<bool> are_left_out() const {
    std::vector<size_t> branch_of, open;  // the innermost last
    std::vector<bool> is_read{true};      // of each branch; the file itself is the first
    for (const Token& token : tokens_.all()) {
      const std::string_view word = directive(tokens_, &token);
      const bool divides = word.starts_with("el");
      if ((divides || word == "endif") && !open.empty()) open.pop_back();
      if (divides || word.starts_with("if")) {
        open.push_back(is_read.size());
        is_read.push_back(false);
      }
      branch_of.push_back(open.empty() ? 0 : open.back());
      if (understood_.contains(token.span.begin))
        for (const size_t branch : open) is_read[branch] = true;
    }
    std::vector<bool> left_out;
    for (const size_t branch : branch_of) left_out.push_back(!is_read[branch]);
    return left_out;
  }

  void add(std::string name, const Token& token) { unread_[std::move(name)].push_back(token.span.begin); }

  void add_operators(const Token& token) {
    const std::string text(tokens_.text(token));
    const Token* before = tokens_.before(token.span.begin);
    const bool joined = before && before->span.end == token.span.begin;
    for (const auto& [sign, other] : kAlso)
      if (text == sign) add("operator" + std::string(other), token);
    if (token.kind == Token::Kind::sign) {
      add("operator" + text, token);
      if (joined && tokens_.is(before, ">")) add("operator>" + text, token);  // which are two tokens here
    } else if (const size_t suffix = text.find('_');
               token.kind == Token::Kind::number && suffix != std::string::npos) {
      add("operator\"\"" + text.substr(suffix), token);
    } else if (token.kind == Token::Kind::word && joined && before->kind == Token::Kind::literal) {
      add("operator\"\"" + text, token);
    }
  }

  const Tokens& tokens_;
  const std::set<unsigned>& understood_;
  Unread unread_;
};

}  // namespace

Unread unread_names(const Tokens& tokens, const std::set<unsigned>& understood) {
  return Reader(tokens, understood).all();
}

Unread names_in_branches(const Tokens& tokens, const std::set<unsigned>& understood) {
  return Reader(tokens, understood).in_branches();
}

std::set<std::string> names_left_out(const Tokens& tokens, const std::set<unsigned>& understood) {
  return Reader(tokens, understood).left_out();
}

}  // namespace nanobug::rewrite
