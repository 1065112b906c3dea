// compile: see compile.h.
#include "mutator/rewrite/compile.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>

#include "mutator/base/suggest.h"

namespace nanobug::rewrite {
namespace {

using clang::ASTNodeKind;
using clang::ast_matchers::dynamic::Registry;

template <class... Nodes>
std::vector<ASTNodeKind> kinds() {
  return {ASTNodeKind::getFromNodeKind<Nodes>()...};
}

// What a selector takes: ids of nodes (of one of `nodes`, any if empty), or other selectors.
struct Form {
  bool ids;
  size_t count;
  std::vector<ASTNodeKind> nodes;
  std::string wanted;
};

const std::map<std::string, Form>& forms() {
  using namespace clang;
  static const std::map<std::string, Form> all = {
      {"node", {true, 1, {}, ""}},
      {"statement", {true, 1, kinds<Stmt>(), "a statement"}},
      {"statements", {true, 1, kinds<CompoundStmt>(), "a compoundStmt"}},
      {"member", {true, 1, kinds<MemberExpr>(), "a memberExpr"}},
      {"name",
       {true, 1, kinds<NamedDecl, DeclRefExpr, CXXCtorInitializer, TypeLoc>(), "something with a name"}},
      {"callArgs", {true, 1, kinds<CallExpr>(), "a call"}},
      {"elseBranch", {true, 1, kinds<IfStmt>(), "an ifStmt"}},
      {"initListElements", {true, 1, kinds<InitListExpr>(), "an initListExpr"}},
      {"encloseNodes", {true, 2, {}, ""}},
      {"before", {false, 1, {}, ""}},
      {"after", {false, 1, {}, ""}},
      {"expansion", {false, 1, {}, ""}},
      {"enclose", {false, 2, {}, ""}},
      {"between", {false, 2, {}, ""}}};
  return all;
}

class Compiler {
 public:
  Compiler(const catalog::Part& part, std::vector<Error>& errors) : part_(part), errors_(errors) {}

  std::optional<CompiledPart> compile() {
    const size_t before = errors_.size();
    if (catalog::names_operator(part_)) return compile_operator();
    std::string problem;
    unsigned where = 0;
    auto matcher = parse_matcher(part_.match.value, problem, where);
    if (!matcher) {
      error(part_.match, where, problem);
      return std::nullopt;
    }
    const auto tree = parse_expression(one_line(part_.match.value), &where);
    if (!tree) {
      error(part_.match, where, "the matcher does not parse: " + tree.error().message);
      return std::nullopt;
    }
    bindings_ = bindings(*tree);
    std::vector<CompiledEdit> edits;
    for (const catalog::Edit& edit : part_.edits) edits.push_back(compile(edit));
    if (errors_.size() > before) return std::nullopt;
    return CompiledPart{&part_, std::move(*matcher), std::move(bindings_), std::move(edits)};
  }

  CompiledPart compile_edits(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) bindings_.push_back({id, "", true, {}});
    std::vector<CompiledEdit> edits;
    for (const catalog::Edit& edit : part_.edits) edits.push_back(compile(edit));
    return {&part_, clang::ast_matchers::stmt(), std::move(bindings_), std::move(edits)};
  }

 private:
  // operator("relation", 88, 14) or operator("relation", 88, 14, 2)
  std::optional<CompiledPart> compile_operator() {
    static constexpr const char* kForm =
        "an operator is named by its name and its place: operator(\"relation\", LINE, COLUMN)";
    unsigned where = 0;
    const auto call = parse_expression(one_line(part_.match.value), &where);
    if (!call || call->arguments.size() < 3 || call->arguments.size() > 4 || !call->bound.empty()) {
      error(part_.match, where, kForm);
      return std::nullopt;
    }
    Spot spot{.op = call->arguments[0].text};
    std::vector<int*> numbers = {&spot.line, &spot.column, &spot.number};
    for (size_t i = 1; i < call->arguments.size(); ++i) {
      const Expression& argument = call->arguments[i];
      const auto [end, problem] =
          std::from_chars(argument.text.data(), argument.text.data() + argument.text.size(), *numbers[i - 1]);
      if (argument.kind == Expression::Kind::number && problem == std::errc() && *numbers[i - 1] > 0 &&
          end == argument.text.data() + argument.text.size())
        continue;
      error(part_.match, argument.span.begin, kForm);
      return std::nullopt;
    }
    const auto& all = operators();
    if (std::find(all.begin(), all.end(), spot.op) == all.end()) {
      error(part_.match, call->arguments[0].span.begin,
            "there is no operator '" + spot.op + "'" + did_you_mean(spot.op, all));
      return std::nullopt;
    }
    return CompiledPart{&part_, clang::ast_matchers::stmt(), {}, {}, std::move(spot)};
  }

  void error(const catalog::Text& text, unsigned offset, std::string message) {
    errors_.push_back({Exit::catalog, std::move(message), place_in(text, offset)});
  }

  CompiledEdit compile(const catalog::Edit& edit) {
    using Kind = catalog::Edit::Kind;
    CompiledEdit result{&edit, {}, {}, "", "", {}};
    const bool templated =
        edit.kind == Kind::replace || edit.kind == Kind::insert_before || edit.kind == Kind::insert_after;
    const auto compile_target = [&] {
      result.target = selector(edit.target, result.target_id, templated ? &result.before : nullptr);
    };
    if (edit.kind == Kind::insert_before || edit.kind == Kind::insert_after) {
      result.pieces = pieces(edit.with);
      compile_target();
    } else {
      compile_target();
      if (templated)
        result.pieces = pieces(edit.with);
      else if (edit.kind != Kind::remove)
        result.second = selector(edit.with, result.second_id);
    }
    return result;
  }

  const Binding* check_id(const catalog::Text& text, unsigned offset, const std::string& id) {
    const auto found =
        std::find_if(bindings_.begin(), bindings_.end(), [&](const Binding& b) { return b.id == id; });
    if (found == bindings_.end()) {
      std::vector<std::string> ids;
      for (const Binding& binding : bindings_) ids.push_back(binding.id);
      const bool may_be_one =
          !id.empty() && (std::isalpha(static_cast<unsigned char>(id[0])) || id[0] == '_');
      error(text, offset,
            "the matcher binds no '" + id + "'" +
                (may_be_one ? did_you_mean(id, ids) : "; two braces of C++ are written '{ {'"));
      return nullptr;
    }
    if (found->always) return &*found;
    const Place place = place_in(part_.match, found->branch.begin);
    const std::string matcher =
        part_.match.value.substr(found->branch.begin, found->branch.end - found->branch.begin);
    error(text, offset,
          "'" + id + "' is not bound on every branch of the " + matcher + " at line " +
              std::to_string(place.line) + ", column " + std::to_string(place.column) +
              "; bind it on each of them");
    return nullptr;
  }

  std::vector<Piece> pieces(const catalog::Text& text) {
    unsigned where = 0;
    auto parsed = parse_template(text.value, &where);
    if (!parsed) {
      error(text, where, parsed.error().message);
      return {};
    }
    for (const Piece& piece : *parsed)
      if (piece.placeholder) check_id(text, piece.offset, piece.text);
    return std::move(*parsed);
  }

  // Is a node of kind `bound` ever one of `wanted`? Unknown kinds may be.
  static bool fits(const Binding& bound, const Form& form) {
    const auto ctor = Registry::lookupMatcherCtor(bound.matcher);
    if (!ctor || form.nodes.empty()) return true;
    const ASTNodeKind kind = Registry::nodeMatcherType(*ctor);
    if (kind.isNone()) return true;
    return std::any_of(form.nodes.begin(), form.nodes.end(),
                       [&](ASTNodeKind wanted) { return wanted.isBaseOf(kind) || kind.isBaseOf(wanted); });
  }

  // Checks the tree and writes it with its ids in quotes, as Clang wants them; "" when it is wrong.
  std::string checked(const catalog::Text& text, const Expression& call) {
    const auto form = forms().find(call.text);
    if (call.kind != Expression::Kind::call || form == forms().end()) {
      std::vector<std::string> names;
      for (const auto& [name, unused] : forms()) names.push_back(name);
      const std::string hint = did_you_mean(call.text, names);
      error(
          text, call.span.begin,
          "'" + call.text + "' is no range selector" + (hint.empty() ? "; the plainest is node(id)" : hint));
      return "";
    }
    if (call.arguments.size() != form->second.count) {
      error(text, call.span.begin,
            "'" + call.text + "' takes " + std::to_string(form->second.count) +
                (form->second.count == 1 ? " argument, not " : " arguments, not ") +
                std::to_string(call.arguments.size()));
      return "";
    }
    std::string all;
    for (const Expression& argument : call.arguments) {
      const std::string part =
          form->second.ids ? checked_id(text, call, form->second, argument) : checked(text, argument);
      if (part.empty()) return "";
      all += (all.empty() ? "" : ", ") + part;
    }
    return call.text + "(" + all + ")";
  }

  std::string checked_id(const catalog::Text& text, const Expression& call, const Form& form,
                         const Expression& argument) {
    if (argument.kind != Expression::Kind::word && argument.kind != Expression::Kind::string) {
      error(text, argument.span.begin, "'" + call.text + "' takes an id that the matcher binds");
      return "";
    }
    const Binding* binding = check_id(text, argument.span.begin, argument.text);
    if (!binding) return "";
    if (!fits(*binding, form)) {
      error(text, argument.span.begin,
            "'" + call.text + "' selects from " + form.wanted + ", and '" + argument.text +
                "' is bound to a " + binding->matcher);
      return "";
    }
    return "\"" + argument.text + "\"";
  }

  clang::transformer::RangeSelector selector(const catalog::Text& text, std::string& id,
                                             std::optional<bool>* beside = nullptr) {
    unsigned where = 0;
    auto tree = parse_expression(text.value, &where);
    if (!tree) {
      error(text, where, "the range selector does not parse: " + tree.error().message);
      return {};
    }
    std::string quoted = checked(text, *tree);
    if (quoted.empty()) return {};
    const auto is_node = [](const Expression& each) {
      return each.kind == Expression::Kind::call && (each.text == "node" || each.text == "statement");
    };
    if (beside && (tree->text == "before" || tree->text == "after") && is_node(tree->arguments[0])) {
      *beside = tree->text == "before";
      Expression inside = tree->arguments[0];
      *tree = std::move(inside);
      quoted = checked(text, *tree);
    }
    if (tree->text == "node" || tree->text == "statement") id = tree->arguments[0].text;
    auto parsed = clang::transformer::parseRangeSelector(quoted);
    if (!parsed) {
      error(text, 0, "the range selector does not parse: " + llvm::toString(parsed.takeError()));
      return {};
    }
    return *parsed;
  }

  const catalog::Part& part_;
  std::vector<Error>& errors_;
  std::vector<Binding> bindings_;
};

}  // namespace

CompiledPart compile_edits(const catalog::Part& part, const std::vector<std::string>& ids) {
  std::vector<Error> none;  // they are written in operators.cpp, and its tests hold them
  return Compiler(part, none).compile_edits(ids);
}

std::optional<CompiledRule> compile(const catalog::Rule& rule, std::vector<Error>& errors) {
  const size_t before = errors.size();
  CompiledRule compiled{&rule, {}};
  for (const catalog::Form* form : rule.forms()) {
    CompiledForm& one = compiled.forms.emplace_back(CompiledForm{form, {}});
    std::vector<const catalog::Part*> parts = {form};
    for (const catalog::Part& part : form->also) parts.push_back(&part);
    for (const catalog::Part* part : parts)
      if (auto made = Compiler(*part, errors).compile()) one.parts.push_back(std::move(*made));
  }
  if (errors.size() > before) return std::nullopt;
  return compiled;
}

}  // namespace nanobug::rewrite
