// nearest: see nearest.h.
#include "mutator/rewrite/nearest.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/explain.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/matches.h"
#include "mutator/rewrite/nodes.h"

namespace nanobug::rewrite {
namespace {

using clang::DynTypedNode;

constexpr const char* kRoot = "nanobug root";  // ids that no rule could write
constexpr const char* kThere = "nanobug there";
constexpr size_t kNearMisses = 5, kOnALine = 8;

struct Steps {
  Expression tree;  // what the steps point into
  std::string text;
  std::vector<Peeled> steps;
};

Result<std::unique_ptr<Steps>> steps_of(const catalog::Text& matcher) {
  std::string problem;
  unsigned where = 0;
  if (!parse_matcher(matcher.value, problem, where))
    return fail(Exit::catalog, problem, place_in(matcher, where));
  auto result = std::make_unique<Steps>();
  result->text = one_line(matcher.value);
  auto tree = parse_expression(result->text, &where);
  if (!tree) return fail(Exit::catalog, tree.error().message, place_in(matcher, where));
  result->tree = std::move(*tree);
  result->steps = peel(result->text, result->tree);
  return result;
}

std::optional<Matcher> parsed(const std::string& text) {
  std::string problem;
  unsigned where = 0;
  return parse_matcher(text, problem, where);
}

const void* identity(const DynTypedNode& node) {
  return node.getMemoizationData();
}

// The nodes that a matcher matches, once each, in the order of the walk; with `id`, each with the nodes that
// are bound to it there.
struct Hit {
  DynTypedNode root;
  std::vector<DynTypedNode> bound;
};

std::vector<Hit> hits(Unit& unit, const Matcher& matcher, const std::string& id = "") {
  std::vector<Hit> result;
  const auto bound = matcher.tryBind(kRoot);
  if (!bound) return result;
  std::map<const void*, size_t> known;
  const auto matches = match_all(unit, {&*bound});
  for (const auto& match : matches[0]) {
    const auto& nodes = match.getMap();
    const auto root = nodes.find(kRoot);
    if (root == nodes.end()) continue;
    const auto [at, is_new] = known.emplace(identity(root->second), result.size());
    if (is_new) result.push_back({root->second, {}});
    if (const auto node = nodes.find(id); node != nodes.end())
      result[at->second].bound.push_back(node->second);
  }
  return result;
}

// ---- at a line

// The bytes of a line, its end not counted; nothing when there is no such line.
std::optional<Span> bytes_of_line(const std::string& text, int line) {
  size_t begin = 0;
  for (int i = 1; i < line && begin < text.size(); ++i)
    begin = std::min(text.find('\n', begin), text.size()) + 1;
  if (line < 1 || begin >= text.size()) return std::nullopt;
  return Span{static_cast<unsigned>(begin),
              static_cast<unsigned>(std::min(text.find('\n', begin), text.size()))};
}

class AtLine {
 public:
  AtLine(Unit& unit, const Steps& steps, int line, Span bytes)
      : unit_(unit), steps_(steps.steps), line_(line), bytes_(bytes) {}

  Nearest answer() {
    Nearest result;
    std::vector<size_t> said;  // the steps that parse
    for (size_t k = 0; k < steps_.size(); ++k) {
      const auto matcher = parsed(steps_[k].matcher);
      if (!matcher) continue;  // hasArgument(0) alone: the next step has its inner matcher
      if (!narrow(hits(unit_, *matcher))) {
        if (said.empty()) {
          result.there = on_the_line();
          return result;
        }
        refuse(result, k);
        break;
      }
      said.push_back(k);
    }
    for (const size_t k : said) result.passed.push_back(steps_[k].added);
    result.node = seen(unit_, best());
    return result;
  }

  // What begins on the line, the outermost first.
  std::vector<Seen> on_the_line() {
    std::multimap<int, Seen> by_column;
    for (const char* any : {"decl()", "stmt()"})
      for (const Hit& hit : hits(unit_, *parsed(any))) {
        const auto begin = unit_.offset(hit.root.getSourceRange().getBegin());
        if (!begin || *begin < bytes_.begin || *begin >= bytes_.end) continue;
        Seen node = seen(unit_, hit.root);
        const auto [from, to] = by_column.equal_range(node.column);
        const bool known = std::any_of(from, to, [&](const auto& other) {
          return other.second.kind == node.kind && other.second.text == node.text;
        });
        if (!known) by_column.emplace(node.column, std::move(node));
      }
    std::vector<Seen> all;
    for (auto& [column, node] : by_column)
      if (all.size() < kOnALine) all.push_back(std::move(node));
    return all;
  }

 private:
  bool touches(const DynTypedNode& node) const {
    const auto begin = unit_.offset(node.getSourceRange().getBegin());
    const auto end = unit_.offset(node.getSourceRange().getEnd());
    return begin && *begin < bytes_.end && end.value_or(*begin) >= bytes_.begin;
  }

  // Keeps of the nodes that are left those that match; the first time those at the line. False, and nothing
  // is changed, when none would be left.
  bool narrow(const std::vector<Hit>& matching) {
    std::vector<DynTypedNode> stay;
    for (const Hit& hit : matching) {
      const bool was_left = left_.empty()
                                ? touches(hit.root)
                                : std::any_of(left_.begin(), left_.end(), [&](const DynTypedNode& node) {
                                    return identity(node) == identity(hit.root);
                                  });
      if (was_left) stay.push_back(hit.root);
    }
    if (stay.empty()) return false;
    left_ = std::move(stay);
    return true;
  }

  // One that begins on the line before one that reaches over it, the smaller before the larger.
  DynTypedNode best() {
    const auto rank = [&](const DynTypedNode& node) {
      const Seen at = seen(unit_, node);
      return std::tuple(at.line != line_, at.last_line - at.line, at.column);
    };
    return *std::min_element(left_.begin(), left_.end(),
                             [&](const DynTypedNode& a, const DynTypedNode& b) { return rank(a) < rank(b); });
  }

  // What was bound to `id` where the matcher matches our best candidate.
  std::vector<DynTypedNode> bound_by(const std::string& text, const std::string& id) {
    const auto matcher = parsed(text);
    if (!matcher) return {};
    const DynTypedNode root = best();
    for (Hit& hit : hits(unit_, *matcher, id))
      if (identity(hit.root) == identity(root)) return std::move(hit.bound);
    return {};
  }

  static bool among(const std::string& name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  // How a call looks for nodes: further out, further in, among several beside.
  static std::optional<Nearest::Missing> search(const std::string& name) {
    using Missing = Nearest::Missing;
    if (among(name, {"hasAncestor", "hasParent"})) return Missing::around;
    if (among(name, {"has", "hasDescendant", "forEach", "forEachDescendant"})) return Missing::below;
    if (name.starts_with("hasAny") || name.starts_with("forEach") || name == "hasOperands" ||
        name == "hasEitherOperand")
      return Missing::beside;
    return std::nullopt;
  }

  static bool joins(const std::string& name) { return name == "allOf"; }

  void refuse(Nearest& result, size_t k) {
    const Peeled& step = steps_[k];
    result.refused_by = step.added;
    for (int p = step.parent; p >= 0; p = steps_[static_cast<size_t>(p)].parent) {
      const auto how = search(steps_[static_cast<size_t>(p)].call->text);
      if (how && *how != Nearest::Missing::around) result.one_of_several = true;
    }
    // The matcher that the refused one is an argument of; allOf is as good as not there.
    int parent = step.parent;
    while (parent >= 0 && joins(steps_[static_cast<size_t>(parent)].call->text))
      parent = steps_[static_cast<size_t>(parent)].parent;
    const bool asks_a_node = parent < 0 || is_node_matcher(steps_[static_cast<size_t>(parent)].call->text);
    if (!asks_a_node) {
      const auto how = search(steps_[static_cast<size_t>(parent)].call->text);
      if (!how && instead_of(result, step)) return;
      result.missing = how.value_or(Nearest::Missing::beside);
      parent = enclosing_node(parent);
      k = first_below(k, parent);
    }
    asked_of(result, k);
    if (result.missing == Nearest::Missing::no)
      result.answer = answer_to(step.call->text, *last_);
    else
      result.one_of_several = false;
  }

  // Another node where the matcher wants one of its own kind: which?
  bool instead_of(Nearest& result, const Peeled& step) {
    for (const char* any : {"stmt()", "decl()", "qualType()", "type()", "typeLoc()", "nestedNameSpecifier()",
                            "cxxCtorInitializer()", "templateArgument()"}) {
      const auto nodes = bound_by(step.around(std::string(any) + ".bind(\"" + kThere + "\")"), kThere);
      if (nodes.empty()) continue;
      result.asked = seen(unit_, nodes.front());
      result.answer = answer_to(step.call->text, nodes.front());
      return true;
    }
    return false;
  }

  // The nearest step outwards that stands for nodes of a kind.
  int enclosing_node(int step) const {
    while (step >= 0 && !is_node_matcher(steps_[static_cast<size_t>(step)].call->text))
      step = steps_[static_cast<size_t>(step)].parent;
    return step;
  }

  // The step that is an argument of `parent` and holds step k.
  size_t first_below(size_t k, int parent) const {
    while (steps_[k].parent != parent && steps_[k].parent >= 0) k = static_cast<size_t>(steps_[k].parent);
    return k;
  }

  // The node that step k's parent stands for, with all that the parent asked of it before.
  void asked_of(Nearest& result, size_t k) {
    last_ = best();
    int at = steps_[k].parent;
    std::string text = steps_[k].beside("");
    while (at >= 0 && !is_node_matcher(steps_[static_cast<size_t>(at)].call->text)) {
      text = steps_[static_cast<size_t>(at)].beside(text);
      at = steps_[static_cast<size_t>(at)].parent;
    }
    if (at >= 0) {
      const Peeled& parent = steps_[static_cast<size_t>(at)];
      std::string id = parent.call->bound;
      if (id.empty()) text += ".bind(\"" + std::string(id = kThere) + "\")";
      const auto nodes = bound_by(parent.around(text), id);
      if (!nodes.empty()) last_ = nodes.front();
    }
    result.asked = seen(unit_, *last_);
  }

  Unit& unit_;
  const std::vector<Peeled>& steps_;
  int line_;
  Span bytes_;
  std::vector<DynTypedNode> left_;
  std::optional<DynTypedNode> last_;
};

// Does a token that is no comment stand there?
bool holds_code(const Unit& unit, Span bytes) {
  return std::any_of(unit.tokens.all().begin(), unit.tokens.all().end(), [&](const Token& token) {
    return token.kind != Token::Kind::comment && token.span.begin < bytes.end && token.span.end > bytes.begin;
  });
}

}  // namespace

Result<std::vector<Explained>> explain(Unit& unit, const catalog::Text& matcher) {
  const auto steps = steps_of(matcher);
  NANOBUG_TRY(steps);
  std::vector<Explained> result;
  std::vector<Hit> left;
  for (const Peeled& step : (*steps)->steps) {
    const auto part = parsed(step.matcher);
    if (!part) continue;  // hasArgument(0) alone: the next step has its inner matcher
    std::vector<Hit> nodes = hits(unit, *part);
    std::set<const void*> stay;
    for (const Hit& hit : nodes) stay.insert(identity(hit.root));
    for (const Hit& hit : left) {
      if (stay.contains(identity(hit.root)) || result.back().near_misses.size() >= kNearMisses) continue;
      const unsigned at = unit.offset(hit.root.getSourceRange().getBegin()).value_or(0);
      const Place place{unit.name, line_at(unit.text, at), column_at(unit.text, at)};
      auto& misses = result.back().near_misses;
      if (std::find(misses.begin(), misses.end(), place) == misses.end()) misses.push_back(place);
    }
    result.push_back({step.added, static_cast<int>(nodes.size()), {}});
    left = std::move(nodes);
    if (left.empty()) break;
  }
  return result;
}

Result<Nearest> nearest(Unit& unit, const catalog::Text& matcher, int line) {
  const auto steps = steps_of(matcher);
  NANOBUG_TRY(steps);
  const auto bytes = bytes_of_line(unit.text, line);
  if (!bytes) {
    const int lines = unit.text.empty() ? 0 : line_at(unit.text, static_cast<unsigned>(unit.text.size()) - 1);
    return fail(Exit::usage, "'" + unit.name + "' has " + std::to_string(lines) +
                                 (lines == 1 ? " line" : " lines") + ", so there is no line " +
                                 std::to_string(line));
  }
  const std::string place = "line " + std::to_string(line) + " of '" + unit.name + "'";
  if (!holds_code(unit, *bytes))
    return fail(Exit::usage, place + " holds no code; name the line where the code begins");
  Nearest result = AtLine(unit, **steps, line, *bytes).answer();
  if (!result.node && result.there.empty())
    return fail(Exit::usage, "nothing that a matcher sees begins on " + place +
                                 "; name the line where the statement or declaration begins");
  return result;
}

}  // namespace nanobug::rewrite
