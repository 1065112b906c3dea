// plan: see plan.h.
#include "mutator/rewrite/plan.h"

#include <algorithm>
#include <tuple>

#include "mutator/base/files.h"
#include "mutator/rewrite/format.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/precedence.h"
#include "mutator/rewrite/selection.h"
#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {
namespace {

using clang::ast_matchers::BoundNodes;
using Kind = catalog::Edit::Kind;

// One cut of the pristine text. A taken-out piece whose lines close up behind it is `lines`.
struct Cut {
  Span span;
  std::string text;
  size_t edit;  // of the rule, from 0
  bool lines = false;

  bool operator==(const Cut&) const = default;
};

class Plan {
 public:
  Plan(const CompiledRule& rule, Unit& unit, const Survey& survey, const BoundNodes& nodes)
      : rule_(rule),
        unit_(unit),
        survey_(survey),
        tokens_(unit.tokens),
        nodes_(nodes),
        match_(nodes, &unit.context()) {}

  // What the edits cut: two matches with the same cuts are one site.
  const std::vector<Cut>& cuts() const { return cuts_; }

  Result<Site> site() {
    for (const auto& [id, node] : nodes_.getMap())
      if (auto text = source_of(unit_, match_, id, node); !text.text.empty()) bound_[id] = std::move(text);
    for (size_t i = 0; i < rule_.edits.size(); ++i) NANOBUG_TRY(cut(i));
    NANOBUG_TRY(no_overlap());
    const unsigned first = cuts_.front().span.begin;
    cut_unused();
    auto after = formatted_like(unit_.style, unit_.text, cut_text());
    NANOBUG_TRY(after);
    return make_site(*after, first);
  }

 private:
  // ---- what the parts of an edit stand for

  tl::unexpected<Error> wrong(size_t edit, unsigned offset, const std::string& message) {
    return fail(Exit::catalog, "at " + unit_.place(offset) + ": " + message, rule_.rule->edits[edit].place);
  }

  Result<Span> target(size_t edit) {
    return selected(unit_, match_, rule_.edits[edit].target, rule_.rule->edits[edit].target);
  }

  Result<Span> second(size_t edit) {
    return selected(unit_, match_, rule_.edits[edit].second, rule_.rule->edits[edit].with);
  }

  bool is_expression(const std::string& id) const {
    const auto found = bound_.find(id);
    return found != bound_.end() && found->second.expression;
  }

  Result<std::string> filled(size_t edit, unsigned offset) {
    for (const Piece& piece : rule_.edits[edit].pieces)
      if (piece.placeholder && !bound_.contains(piece.text))
        return wrong(edit, offset,
                     "'" + piece.text + "' has no text of its own here, it comes out of a macro");
    return with_line_ends_of(unit_.text, fill_in(rule_.edits[edit].pieces, bound_));
  }

  // ---- one edit

  Status cut(size_t edit) {
    const auto span = target(edit);
    NANOBUG_TRY(span);
    switch (rule_.rule->edits[edit].kind) {
      case Kind::replace:
        return replace(edit, *span);
      case Kind::remove:
        return remove(edit, *span);
      case Kind::insert_before:
        return insert(edit, *span, true);
      case Kind::insert_after:
        return insert(edit, *span, false);
      case Kind::move_before:
        return move(edit, *span, true);
      case Kind::move_after:
        return move(edit, *span, false);
      case Kind::swap:
        return swap(edit, *span);
    }
    return {};
  }

  void add(size_t edit, Span span, std::string text, bool lines = false) {
    cuts_.push_back({span, std::move(text), edit, lines});
  }

  // An expression takes the parentheses it stood in along if they were needed, and gets those it needs.
  void put(size_t edit, Span span, std::string text, bool expression) {
    if (expression && !is_statement(Tokens(text), {0, static_cast<unsigned>(text.size())})) {
      span = with_parentheses(tokens_, span);
      text = fitted(text, tokens_, span);
    }
    add(edit, span, std::move(text));
  }

  Status replace(size_t edit, Span span) {
    auto text = filled(edit, span.begin);
    NANOBUG_TRY(text);
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    const std::string indent = indentation(unit_.text, span.begin);
    std::string placed = reindented(*text, "", indent);
    placed.erase(0, std::min(placed.find_first_not_of(" \t"), placed.size()));
    put(edit, span, std::move(placed), is_expression(rule_.edits[edit].target_id));
    return {};
  }

  Status remove(size_t edit, Span span) {
    if (!is_statement(tokens_, span)) {
      add(edit, with_comma(tokens_, span), "");
      return {};
    }
    if (is_only_body(tokens_, span))
      return wrong(edit, span.begin,
                   "this is the one statement of an if or a loop, and the next would take its "
                   "place; remove the whole of it, or replace the statement");
    const Span whole = with_comments(tokens_, span);
    add(edit, whole, "", is_whole_lines(unit_.text, whole));
    return {};
  }

  // `text` beside the anchor: on lines of its own where the anchor has them.
  void put_beside(size_t edit, Span anchor, bool before, std::string text) {
    const unsigned at = before ? anchor.begin : anchor.end;
    if (!is_whole_lines(unit_.text, anchor)) {
      add(edit, {at, at}, before ? text + " " : " " + text);
      return;
    }
    const std::string end = line_end(unit_.text);
    if (text.empty() || text.back() != '\n') text += end;
    if (!before && unit_.text[anchor.end - 1] != '\n') text = end + text;
    add(edit, {at, at}, std::move(text));
  }

  Status insert(size_t edit, Span anchor, bool before) {
    auto text = filled(edit, anchor.begin);
    NANOBUG_TRY(text);
    const Tokens tokens(*text);
    if (!is_statement(tokens_, anchor) || !is_statement(tokens, {0, static_cast<unsigned>(text->size())})) {
      const unsigned at = before ? anchor.begin : anchor.end;
      add(edit, {at, at}, *text);
      return {};
    }
    if (is_only_body(tokens_, anchor))
      return wrong(edit, anchor.begin,
                   "this is the one statement of an if or a loop; there is no room beside it");
    put_beside(edit, with_comments(tokens_, anchor), before,
               reindented(*text, "", indentation(unit_.text, anchor.begin)));
    return {};
  }

  Status move(size_t edit, Span span, bool before) {
    const auto anchor = second(edit);
    NANOBUG_TRY(anchor);
    if (anchor->begin < span.end && span.begin < anchor->end)
      return wrong(edit, span.begin, "a piece cannot be moved into or around itself");
    const bool statement = is_statement(tokens_, span);
    if (statement != is_statement(tokens_, *anchor))
      return wrong(edit, span.begin, "a statement moves beside a statement, an argument beside an argument");
    if (!statement) {
      add(edit, with_comma(tokens_, span), "");
      const std::string text(tokens_.text(span));
      const unsigned at = before ? anchor->begin : anchor->end;
      add(edit, {at, at}, before ? text + ", " : ", " + text);
      return {};
    }
    if (is_only_body(tokens_, span) || is_only_body(tokens_, *anchor))
      return wrong(edit, span.begin,
                   "the one statement of an if or a loop cannot move, and nothing can beside it");
    const Span whole = with_comments(tokens_, span);
    std::string text = reindented(tokens_.text(whole), indentation(unit_.text, span.begin),
                                  indentation(unit_.text, anchor->begin));
    add(edit, whole, "", is_whole_lines(unit_.text, whole));
    put_beside(edit, with_comments(tokens_, *anchor), before, std::move(text));
    return {};
  }

  Status swap(size_t edit, Span a) {
    const auto other = second(edit);
    NANOBUG_TRY(other);
    const Span b = *other;
    if (is_statement(tokens_, a) && is_statement(tokens_, b)) {
      const Span all_a = with_comments(tokens_, a), all_b = with_comments(tokens_, b);
      const std::string in_a = indentation(unit_.text, a.begin), in_b = indentation(unit_.text, b.begin);
      if (is_whole_lines(unit_.text, all_a) && is_whole_lines(unit_.text, all_b)) {
        add(edit, all_a, reindented(tokens_.text(all_b), in_b, in_a));
        add(edit, all_b, reindented(tokens_.text(all_a), in_a, in_b));
        return {};
      }
    }
    const bool a_fits = is_expression(rule_.edits[edit].target_id),
               b_fits = is_expression(rule_.edits[edit].second_id);
    const std::string text_a(tokens_.text(a)), text_b(tokens_.text(b));
    put(edit, a, text_b, a_fits && b_fits);
    put(edit, b, text_a, a_fits && b_fits);
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
      added.push_back(cut.text);
    }
    for (const Span& statement : unused_after(survey_, gone, added)) {
      const Span whole = with_comments(tokens_, statement);
      const bool free = std::none_of(cuts_.begin(), cuts_.end(), [&](const Cut& cut) {
        return cut.span.begin < whole.end && whole.begin < cut.span.end;
      });
      if (!free) continue;
      add(rule_.edits.size(), whole, "", is_whole_lines(unit_.text, whole));
      gone.push_back(whole);
    }
    for (const Span& line : unread_after(survey_.includes, gone, added))
      add(rule_.edits.size(), line, "", true);
    sort();
  }

  std::string cut_text() const {
    std::string text;
    std::vector<unsigned> scars;
    unsigned at = 0;
    for (const Cut& cut : cuts_) {
      text += unit_.text.substr(at, cut.span.begin - at) + cut.text;
      at = cut.span.end;
      if (cut.lines) scars.push_back(text.size());
    }
    text += unit_.text.substr(at);
    return without_scars(std::move(text), std::move(scars));
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
};

}  // namespace

Result<std::vector<Site>> plan_sites(const CompiledRule& rule, Unit& unit, const Survey& survey,
                                     const std::vector<BoundNodes>& matches) {
  std::vector<Site> sites;
  std::vector<std::vector<Cut>> known;
  for (const BoundNodes& match : matches) {
    Plan plan(rule, unit, survey, match);
    auto site = plan.site();
    NANOBUG_TRY(site);
    if (std::find(known.begin(), known.end(), plan.cuts()) != known.end()) continue;
    known.push_back(plan.cuts());
    sites.push_back(std::move(*site));
  }
  std::sort(sites.begin(), sites.end(),
            [](const Site& a, const Site& b) { return a.edits[0].offset < b.edits[0].offset; });
  for (size_t i = 0; i < sites.size(); ++i) sites[i].index = static_cast<int>(i);
  return sites;
}

}  // namespace nanobug::rewrite
