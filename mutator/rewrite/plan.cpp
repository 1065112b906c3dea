// plan: see plan.h.
#include "mutator/rewrite/plan.h"

#include <algorithm>
#include <cctype>
#include <tuple>

#include "mutator/base/files.h"
#include "mutator/rewrite/format.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/parentheses.h"
#include "mutator/rewrite/settle.h"
#include "mutator/rewrite/surgery.h"
#include "mutator/rewrite/whole.h"

namespace nanobug::rewrite {
namespace {

using clang::ast_matchers::BoundNodes;
using Kind = catalog::Edit::Kind;

// Cuts that no edit of the rule makes.
constexpr size_t kLeftOver = 1000, kInclude = 1001;

class Plan {
 public:
  Plan(const CompiledRule& rule, Unit& unit, const Survey& survey, const BoundNodes& nodes)
      : rule_(rule),
        unit_(unit),
        survey_(survey),
        tokens_(unit.tokens),
        nodes_(nodes),
        match_(nodes, &unit.context()) {}

  // The cuts, with marks: two matches with the same cuts are one site.
  Status draft() {
    for (const auto& [id, node] : nodes_.getMap())
      if (auto text = source_of(unit_, match_, id, node); !text.text.empty()) bound_[id] = std::move(text);
    for (size_t i = 0; i < rule_.edits.size(); ++i) NANOBUG_TRY(cut(i));
    NANOBUG_TRY(no_overlap());
    first_ = cuts_.front().span.begin;
    cut_unused();
    return {};
  }
  const std::vector<Cut>& cuts() const { return cuts_; }

  // A second try, where the first did not compile: without taking an include along. Another header may have
  // come through it.
  bool keep_includes() {
    return std::erase_if(cuts_, [&](const Cut& cut) { return cut.edit == kInclude; }) > 0;
  }

  // From the cuts as they were settled.
  Result<Site> site(Result<std::vector<Cut>> settled) {
    if (!settled) return wrong(0, first_, settled.error().message);
    cuts_ = std::move(*settled);
    const std::string text = cut_text();
    auto after = formatted_like(unit_.style, unit_.text, text);
    NANOBUG_TRY(after);
    // What was read and settled are tokens: a style that puts in others (braces) is not followed.
    return make_site(same_tokens(text, *after) ? *after : text, first_);
  }

 private:
  // ---- what the parts of an edit stand for

  tl::unexpected<Error> wrong(size_t edit, unsigned offset, const std::string& message) {
    return fail(Exit::catalog, "at " + unit_.place(offset) + ": " + message, rule_.rule->edits[edit].place);
  }

  // Where an edit is made: the bytes that its selector takes, and what they are in the tree where it names a
  // node.
  struct Target {
    Span span;
    std::optional<Whole> whole;
    const clang::Expr* expression = nullptr;
    unsigned at = 0;     // where the node itself begins
    bool range = false;  // not a node

    bool is(Whole::Role role) const { return whole && whole->role == role; }
    bool is_statement() const { return is(Whole::Role::statement) || is(Whole::Role::only_body); }
  };

  Result<Target> target_of(const clang::transformer::RangeSelector& selector, const std::string& id,
                           const catalog::Text& text) {
    const auto node = nodes_.getMap().find(id);
    if (node == nodes_.getMap().end()) {
      const auto span = selected(unit_, match_, selector, text);
      NANOBUG_TRY(span);
      // Not a node but a range: what it holds is told by its own text.
      Target range{*span, std::nullopt, nullptr, span->begin, true};
      if (nanobug::rewrite::is_statement(tokens_, *span)) {
        range.whole = Whole{};
        range.whole->role = is_only_body(tokens_, *span) ? Whole::Role::only_body : Whole::Role::statement;
      }
      return range;
    }
    Target target{{}, whole_of(unit_, node->second), node->second.get<clang::Expr>(), 0};
    const auto role = target.whole->role;
    const bool own = role == Whole::Role::part || role == Whole::Role::element;
    const auto bytes = own ? selected(unit_, match_, selector, text) : span_of(unit_, *target.whole, text);
    NANOBUG_TRY(bytes);
    target.span = *bytes;
    target.at = unit_.offset(node->second.getSourceRange().getBegin()).value_or(bytes->begin);
    return target;
  }

  Result<Target> target(size_t edit) {
    return target_of(rule_.edits[edit].target, rule_.edits[edit].target_id, rule_.rule->edits[edit].target);
  }

  Result<Target> second(size_t edit) {
    return target_of(rule_.edits[edit].second, rule_.edits[edit].second_id, rule_.rule->edits[edit].with);
  }

  Result<std::string> filled(size_t edit, unsigned offset) {
    for (const Piece& piece : rule_.edits[edit].pieces)
      if (piece.placeholder && !bound_.contains(piece.text))
        return wrong(edit, offset,
                     "'" + piece.text + "' has no text of its own here, it comes out of a macro");
    // What the rule writes is indented as the place is; what it takes from the file is already.
    std::vector<Piece> pieces = rule_.edits[edit].pieces;
    const std::string indent = indentation(unit_.text, offset);
    for (Piece& piece : pieces)
      if (!piece.placeholder) piece.text = with_indented_lines(piece.text, indent);
    return with_line_ends_of(unit_.text, fill_in(pieces, bound_), offset);
  }

  // ---- one edit

  Status cut(size_t edit) {
    const auto target = this->target(edit);
    NANOBUG_TRY(target);
    switch (rule_.rule->edits[edit].kind) {
      case Kind::replace:
        return replace(edit, *target);
      case Kind::remove:
        return remove(edit, *target);
      case Kind::insert_before:
        return insert(edit, *target, true);
      case Kind::insert_after:
        return insert(edit, *target, false);
      case Kind::move_before:
        return move(edit, *target, true);
      case Kind::move_after:
        return move(edit, *target, false);
      case Kind::swap:
        return swap(edit, *target);
    }
    return {};
  }

  void add(size_t edit, Span span, std::string text, bool lines = false) {
    cuts_.push_back({span, std::move(text), edit, lines});
  }

  // An expression takes the parentheses it stands in along if they are needed there, so that its successor
  // has only those that it needs itself.
  Span slot(size_t edit, const clang::Expr* expression, Span span) {
    const auto* around = expression ? parentheses_around(*expression, unit_.context()) : nullptr;
    if (!around || !are_needed(*around, unit_.context())) return span;
    const auto outer = editable(unit_, clang::CharSourceRange::getTokenRange(around->getSourceRange()),
                                rule_.rule->edits[edit].target);
    return outer.value_or(span);
  }

  // The bytes that the selector itself takes: that of an expression leaves its semicolon.
  Result<Span> selected_by(size_t edit, const Target& target) {
    if (!target.expression || !target.is_statement()) return target.span;
    return selected(unit_, match_, rule_.edits[edit].target, rule_.rule->edits[edit].target);
  }

  // A range's own blanks at its ends stay where the text that comes has none there.
  Span with_blanks_of(const std::string& text, Span span) const {
    const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    if (text.empty()) return span;
    const Span bare = without_blanks(unit_.text, span);
    return {blank(text.front()) ? span.begin : bare.begin, blank(text.back()) ? span.end : bare.end};
  }

  // What an expression was replaced with is one again, unless it says otherwise.
  static bool is_expression(const std::string& text) {
    const Tokens tokens(text);
    const Token* last = tokens.before(static_cast<unsigned>(text.size()));
    return last && !tokens.is(last, ";") && !tokens.is(tokens.after(0), "{");
  }

  Status replace(size_t edit, const Target& target) {
    auto text = filled(edit, target.span.begin);
    NANOBUG_TRY(text);
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    const bool expression = target.expression && is_expression(*text);
    const auto own = selected_by(edit, target);
    NANOBUG_TRY(own);
    Span span = *own;
    if (target.range) span = with_blanks_of(*text, span);
    if (expression) span = slot(edit, target.expression, span);
    text->erase(0, std::min(text->find_first_not_of(" \t"), text->size()));
    add(edit, span, expression ? marked(*text) : *text);
    return {};
  }

  // What cannot be taken out, or have something put before it, and why.
  Status may_go(size_t edit, const Target& target, const char* what) {
    using Role = Whole::Role;
    if (target.is(Role::only_body)) return wrong(edit, target.at, what);
    if (const auto directive = directive_in(tokens_, target.span))
      return wrong(edit, target.at,
                   "'" + *directive + "' divides this piece; take what is on one side of it, or all of it");
    return not_under_pragma(edit, target);
  }

  Status not_under_pragma(size_t edit, const Target& target) {
    if (!target.is_statement()) return {};
    const auto pragma = pragma_above(tokens_, target.at);
    if (!pragma) return {};
    return wrong(edit, target.at,
                 "'" + *pragma +
                     "' stands before this statement and would fall on another one; replace "
                     "the statement, or select both");
  }

  static constexpr const char* kOnlyBody =
      "this is the one statement of an if or a loop, and the next would take its place; "
      "remove the whole of it, or replace the statement";

  Status remove(size_t edit, const Target& target) {
    using Role = Whole::Role;
    NANOBUG_TRY(may_go(edit, target, kOnlyBody));
    if (target.is(Role::part) && rule_.rule->edits[edit].target.value.starts_with("statement"))
      return wrong(edit, target.span.begin,
                   "'" + rule_.rule->edits[edit].target.value +
                       "' is a part of a larger statement; bind the whole of it, or replace it");
    if (target.is_statement()) {
      const Span whole = with_comments(tokens_, target.span);
      add(edit, whole, "", is_whole_lines(unit_.text, whole));
      return {};
    }
    const bool separated = target.is(Role::initializer) || target.is(Role::declarator);
    add(edit, separated ? with_separator(tokens_, target.span) : with_comma(tokens_, target.span), "");
    return {};
  }

  // `text` beside the anchor: on lines of its own where the anchor has them.
  void put_beside(size_t edit, Span anchor, bool before, std::string text) {
    const unsigned at = before ? anchor.begin : anchor.end;
    if (!is_whole_lines(unit_.text, anchor)) {
      add(edit, {at, at}, before ? text + " " : " " + text);
      return;
    }
    const std::string end = line_end(unit_.text, anchor.begin);
    if (text.empty() || text.back() != '\n') text += end;
    if (!before && unit_.text[anchor.end - 1] != '\n') text = end + text;
    add(edit, {at, at}, std::move(text));
  }

  Status insert(size_t edit, const Target& anchor, bool before) {
    auto text = filled(edit, anchor.span.begin);
    NANOBUG_TRY(text);
    const Tokens tokens(*text);
    const bool statement = nanobug::rewrite::is_statement(tokens, {0, static_cast<unsigned>(text->size())});
    if (!anchor.is_statement() || !statement) {
      const auto own = selected_by(edit, anchor);
      NANOBUG_TRY(own);
      const unsigned at = before ? own->begin : own->end;
      add(edit, {at, at}, *text);
      return {};
    }
    if (anchor.is(Whole::Role::only_body))
      return wrong(edit, anchor.span.begin,
                   "this is the one statement of an if or a loop; there is no room beside it");
    if (before) NANOBUG_TRY(not_under_pragma(edit, anchor));
    put_beside(edit, with_comments(tokens_, anchor.span), before,
               indentation(unit_.text, anchor.span.begin) + *text);
    return {};
  }

  Status move(size_t edit, const Target& target, bool before) {
    const auto other = second(edit);
    NANOBUG_TRY(other);
    const Span span = target.span, anchor = other->span;
    // Out of what encloses it it can go.
    if (span.begin <= anchor.begin && anchor.begin < span.end)
      return wrong(edit, target.at, "a piece cannot be moved into or around itself");
    if (target.is_statement() != other->is_statement())
      return wrong(edit, span.begin, "a statement moves beside a statement, an argument beside an argument");
    if (!target.is_statement()) {
      add(edit, with_comma(tokens_, span), "");
      const std::string text(tokens_.text(span));
      const unsigned at = before ? anchor.begin : anchor.end;
      add(edit, {at, at}, before ? text + ", " : ", " + text);
      return {};
    }
    static constexpr const char* kStays =
        "the one statement of an if or a loop cannot move, and nothing can beside it";
    NANOBUG_TRY(may_go(edit, target, kStays));
    if (other->is(Whole::Role::only_body)) return wrong(edit, span.begin, kStays);
    if (before) NANOBUG_TRY(not_under_pragma(edit, *other));
    const Span whole = with_comments(tokens_, span);
    std::string text = reindented(tokens_.text(whole), indentation(unit_.text, span.begin),
                                  indentation(unit_.text, anchor.begin));
    add(edit, whole, "", is_whole_lines(unit_.text, whole));
    put_beside(edit, with_comments(tokens_, anchor), before, std::move(text));
    return {};
  }

  Status swap(size_t edit, const Target& one) {
    const auto other = second(edit);
    NANOBUG_TRY(other);
    if (one.is_statement() && other->is_statement()) {
      const Span a = one.span, b = other->span;
      const Span all_a = with_comments(tokens_, a), all_b = with_comments(tokens_, b);
      const std::string in_a = indentation(unit_.text, a.begin), in_b = indentation(unit_.text, b.begin);
      if (is_whole_lines(unit_.text, all_a) && is_whole_lines(unit_.text, all_b)) {
        NANOBUG_TRY(not_under_pragma(edit, one));
        NANOBUG_TRY(not_under_pragma(edit, *other));
        add(edit, all_a, reindented(tokens_.text(all_b), in_b, in_a));
        add(edit, all_b, reindented(tokens_.text(all_a), in_a, in_b));
        return {};
      }
    }
    const auto put = [&](Span from, const Target& from_target, Span into) {
      const bool loose = from_target.expression && !is_atom(*from_target.expression);
      std::string text(tokens_.text(from));
      add(edit, into, loose ? marked(text) : text);
    };
    put(other->span, *other, slot(edit, one.expression, one.span));
    put(one.span, one, slot(edit, other->expression, other->span));
    return {};
  }

  // ---- all of them

  void sort() {
    // Insertions at one point stay in the order of the rule.
    std::vector<std::tuple<unsigned, unsigned, size_t>> order;
    for (size_t i = 0; i < cuts_.size(); ++i) order.emplace_back(cuts_[i].span.begin, cuts_[i].span.end, i);
    std::sort(order.begin(), order.end());
    std::vector<Cut> sorted;
    for (const auto& [begin, end, i] : order) sorted.push_back(std::move(cuts_[i]));
    cuts_ = std::move(sorted);
  }

  Status no_overlap() {
    sort();
    std::vector<Cut> apart;
    for (Cut& cut : cuts_) {
      if (apart.empty() || apart.back().span.end <= cut.span.begin) {
        apart.push_back(std::move(cut));
        continue;
      }
      Cut& last = apart.back();
      // Two neighbours of a list that are both removed share a comma.
      if (last.text.empty() && cut.text.empty() && last.span.begin < cut.span.begin &&
          last.span.end < cut.span.end) {
        last.span.end = cut.span.end;
        // With the last of a list goes the comma before them.
        const Token* left = tokens_.before(last.span.begin);
        const Token* right = tokens_.after(last.span.end);
        if (tokens_.is(left, ",") && (tokens_.is(right, ")") || tokens_.is(right, "}")))
          last.span.begin = left->span.begin;
        continue;
      }
      return wrong(cut.edit, cut.span.begin,
                   last.edit == cut.edit
                       ? "the two sides of this edit overlap"
                       : "edit " + std::to_string(cut.edit + 1) + " changes text that edit " +
                             std::to_string(last.edit + 1) + " changes too");
    }
    cuts_ = std::move(apart);
    return {};
  }

  // Variables and includes that nobody reads any more.
  void cut_unused() {
    std::vector<Span> gone;
    std::vector<std::string> added;
    for (const Cut& cut : cuts_) {
      gone.push_back(cut.span);
      added.push_back(without_marks(cut.text));
    }
    for (const Span& statement : unused_after(survey_, gone, added)) {
      const Span whole = with_comments(tokens_, statement);
      const bool free = std::none_of(cuts_.begin(), cuts_.end(), [&](const Cut& cut) {
        return cut.span.begin < whole.end && whole.begin < cut.span.end;
      });
      if (!free) continue;
      add(kLeftOver, whole, "", is_whole_lines(unit_.text, whole));
      gone.push_back(whole);
    }
    for (const Span& line : unread_after(survey_.includes, gone, added)) add(kInclude, line, "", true);
    sort();
  }

  std::string cut_text() const {
    std::vector<const Cut*> cuts;
    for (const Cut& cut : cuts_) cuts.push_back(&cut);
    Assembled whole = assemble(unit_.text, cuts, {});
    std::vector<unsigned> scars;
    for (size_t i = 0; i < cuts_.size(); ++i)
      if (cuts_[i].lines) scars.push_back(whole.holes[i].end);
    return without_scars(std::move(whole.text), std::move(scars));
  }

  Result<Site> make_site(const std::string& after, unsigned first) {
    Site site;
    site.rule = rule_.rule->id.value;
    site.file = unit_.name;
    site.hash = sha256(unit_.text);
    site.edits = difference(unit_.text, after, cuts_.front().span.begin);
    if (site.edits.empty()) return wrong(0, first, "the edits change nothing here");
    place_lines(site);
    site.function = survey_.function_at(first);
    for (const auto& [id, value] : bound_) site.bound[id] = value.text;
    return site;
  }

  // The lines of the rule's own cuts; a variable or an include that went with them is not where the bug is.
  void place_lines(Site& site) const {
    const auto widen = [&](unsigned begin, unsigned end) {
      const int first = line_at(unit_.text, begin), last = line_at(unit_.text, end > begin ? end - 1 : begin);
      site.line = site.line ? std::min(site.line, first) : first;
      site.last_line = std::max(site.last_line, last);
    };
    for (const Replacement& edit : site.edits)
      for (const Cut& cut : cuts_) {
        const unsigned begin = std::max(edit.offset, cut.span.begin);
        const unsigned end = std::min(edit.offset + edit.length, cut.span.end);
        if (cut.edit < rule_.edits.size() && begin <= end) widen(begin, end);
      }
    if (site.line) return;
    for (const Replacement& edit : site.edits) widen(edit.offset, edit.offset + edit.length);
  }

  const CompiledRule& rule_;
  Unit& unit_;
  const Survey& survey_;
  const Tokens& tokens_;
  const BoundNodes& nodes_;
  Match match_;
  std::map<std::string, Bound> bound_;
  std::vector<Cut> cuts_;
  unsigned first_ = 0;  // where the rule's own edits begin
};

}  // namespace

std::vector<Result<std::vector<Site>>> plan_sites(Unit& unit, const Survey& survey,
                                                  const std::vector<const CompiledRule*>& rules,
                                                  const std::vector<std::vector<BoundNodes>>& matches) {
  std::vector<Result<std::vector<Site>>> answers(rules.size(), std::vector<Site>{});
  std::vector<std::pair<size_t, std::unique_ptr<Plan>>> plans;
  for (size_t i = 0; i < rules.size(); ++i) {
    const size_t first = plans.size();
    for (const BoundNodes& match : matches[i]) {
      auto plan = std::make_unique<Plan>(*rules[i], unit, survey, match);
      if (auto drafted = plan->draft(); !drafted) {
        answers[i] = tl::unexpected<Error>(drafted.error());
        plans.resize(first);
        break;
      }
      const bool known = std::any_of(plans.begin() + static_cast<long>(first), plans.end(),
                                     [&](const auto& other) { return other.second->cuts() == plan->cuts(); });
      if (!known) plans.emplace_back(i, std::move(plan));
    }
  }
  std::vector<const std::vector<Cut>*> drafts;
  for (const auto& [rule, plan] : plans) drafts.push_back(&plan->cuts());
  auto settled = settle(unit, drafts);
  std::vector<size_t> second;
  for (size_t k = 0; k < plans.size(); ++k)
    if (!settled[k] && plans[k].second->keep_includes()) second.push_back(k);
  if (!second.empty()) {
    std::vector<const std::vector<Cut>*> again;
    for (const size_t k : second) again.push_back(&plans[k].second->cuts());
    auto answers_again = settle(unit, again);
    for (size_t i = 0; i < second.size(); ++i) settled[second[i]] = std::move(answers_again[i]);
  }
  for (size_t k = 0; k < plans.size(); ++k) {
    auto& answer = answers[plans[k].first];
    if (!answer) continue;
    auto site = plans[k].second->site(std::move(settled[k]));
    if (site)
      answer->push_back(std::move(*site));
    else
      answer = tl::unexpected<Error>(site.error());
  }
  for (auto& answer : answers) {
    if (!answer) continue;
    std::sort(answer->begin(), answer->end(),
              [](const Site& a, const Site& b) { return a.edits[0].offset < b.edits[0].offset; });
    for (size_t i = 0; i < answer->size(); ++i) (*answer)[i].index = static_cast<int>(i);
  }
  return answers;
}

}  // namespace nanobug::rewrite
