// plan: see plan.h.
#include "mutator/rewrite/plan.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <tuple>

#include "mutator/base/files.h"
#include "mutator/rewrite/branches.h"
#include "mutator/rewrite/edits.h"
#include "mutator/rewrite/format.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/resolution.h"
#include "mutator/rewrite/settle.h"
#include "mutator/rewrite/surgery.h"
#include "mutator/rewrite/target.h"
#include "mutator/rewrite/writes.h"

namespace nanobug::rewrite {
namespace {

using clang::ast_matchers::BoundNodes;

// Cuts that no edit of a rule makes: in a function, headers, one by one, and what the file has for itself, by
// what it is of.
constexpr size_t kLeftOver = 1u << 29, kInclude = 1u << 30, kOfTheFile = 1u << 31;

class Plan {
 public:
  Plan(Unit& unit, const Survey& survey) : unit_(unit), survey_(survey), tokens_(unit.tokens) {}

  // The cuts of all takes, with marks, and what goes with them.
  Status draft(const std::vector<Take>& takes) {
    for (size_t i = 0; i < takes.size(); ++i) {
      auto drafted = rewrite::draft(*takes[i].part, unit_, *takes[i].match);
      NANOBUG_TRY(drafted);
      for (Cut& cut : drafted->cuts) {
        cut.edit += edits_.size();
        cuts_.push_back(std::move(cut));
      }
      for (const catalog::Edit& edit : takes[i].part->part->edits)
        edits_.push_back({&edit, i, static_cast<size_t>(&edit - takes[i].part->part->edits.data()) + 1});
      bound_.merge(drafted->bound);
    }
    NANOBUG_TRY(no_overlap());
    first_ = cuts_.front().span.begin;
    NANOBUG_TRY(leaves_no_reader_elsewhere());
    cut_unused();
    return {};
  }
  const std::vector<Cut>& cuts() const { return cuts_; }

  // Another try, where the first did not compile or does something else: without taking an include along
  // (another header may have come through it), then what the file has for itself, then with nothing but the
  // rule's own cuts.
  bool keep_more() {
    const auto keep = [&](size_t from, size_t to) {
      const size_t before = cuts_.size();
      std::erase_if(cuts_, [&](const Cut& cut) {
        const bool is_one = cut.edit >= from && cut.edit < to;
        if (is_one && from != kLeftOver) aside_[cut.edit].push_back(cut);
        return is_one;
      });
      return cuts_.size() < before;
    };
    return keep(kInclude, kOfTheFile) || keep(kOfTheFile, SIZE_MAX) || keep(kLeftOver, kInclude);
  }

  // A try that holds may be one for too much together: one more, with one of those by itself.
  bool take_one() {
    tried_.clear();
    if (aside_.size() == 1 && !took_any_) aside_.clear();  // it was alone
    if (aside_.empty()) return false;
    took_any_ = true;
    tried_ = std::move(std::prev(aside_.end())->second);
    aside_.erase(std::prev(aside_.end()));
    cuts_.insert(cuts_.end(), tried_.begin(), tried_.end());
    sort();
    return true;
  }
  // Was this such a try? Then without it.
  bool give_back() {
    for (const Cut& cut : tried_) std::erase(cuts_, cut);
    return !tried_.empty();
  }

  // Is what stays the same with and without what nobody names any more?
  bool stays_the_same(const std::vector<Cut>& settled, const Overlay& others) const {
    const auto goes = [](const Cut& cut) { return cut.edit >= kInclude; };
    if (std::none_of(settled.begin(), settled.end(), goes)) return true;
    std::vector<Cut> keeping;
    for (const Cut& cut : settled)
      if (cut.edit >= kOfTheFile)
        keeping.push_back({cut.span, std::string(tokens_.text(cut.span)), cut.edit});
      else if (!goes(cut))
        keeping.push_back(cut);
    const Assembled with = assembled(keeping), without = assembled(settled);
    const auto before = unit_.again(with.text, others), after = unit_.again(without.text, others);
    std::vector<Span> kept;
    for (size_t i = 0; i < keeping.size(); ++i)
      if (keeping[i].edit >= kOfTheFile) kept.push_back(with.holes[i]);
    return before && after && resolution(**before, kept) == resolution(**after, {});
  }

  // From the cuts as they were settled.
  Result<Planned> change(Result<std::vector<Cut>> settled) {
    if (!settled) return wrong(0, first_, settled.error().message);
    cuts_ = std::move(*settled);
    const std::string text = cut_text();
    auto after = formatted_like(unit_.style, unit_.text, text, functions());
    NANOBUG_TRY(after);
    // What was read and settled are tokens: a style that puts in others (braces) is not followed.
    return make(same_tokens(text, *after) ? *after : text);
  }

 private:
  struct Numbered {
    const catalog::Edit* edit;
    size_t take;
    size_t number;  // from 1, in its part
  };

  tl::unexpected<Error> wrong(size_t edit, unsigned offset, const std::string& message) const {
    return rewrite::wrong(unit_, *edits_[edit].edit, offset, message);
  }

  void add(size_t edit, Span span, std::string text, bool lines) {
    cuts_.push_back({span, std::move(text), edit, lines});
  }

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
      if (apart.empty() || (apart.back().span.end <= cut.span.begin && !lead_together(apart.back(), cut))) {
        apart.push_back(std::move(cut));
        continue;
      }
      Cut& last = apart.back();
      if (join(last, cut)) continue;
      return wrong(cut.edit, cut.span.begin, overlap(last.edit, cut.edit));
    }
    cuts_ = std::move(apart);
    return {};
  }

  // Of a list whose commas lead: is the second one its last, on the line behind?
  bool lead_together(const Cut& first, const Cut& second) const {
    const std::string_view between = tokens_.text({first.span.end, second.span.begin});
    const auto leads = [&](const Cut& cut) { return tokens_.is(tokens_.after(cut.span.begin), ","); };
    return first.text.empty() && second.text.empty() && leads(first) && leads(second) &&
           between.find_first_not_of(" \t") == std::string_view::npos &&
           !tokens_.is(tokens_.after(second.span.end), ",");
  }

  // Two neighbours of a list that are both removed share a comma.
  bool join(Cut& first, const Cut& second) const {
    const bool is_last = tokens_.is(tokens_.after(second.span.begin), ",");  // or the commas lead
    const bool stays = is_last && (same_tokens(second.text, "") || same_tokens(second.text, ";"));
    if (!first.text.empty() || (!second.text.empty() && !stays) || first.span.begin >= second.span.begin ||
        first.span.end >= second.span.end)
      return false;
    first.span.end = second.span.end;
    if (!is_last) return true;
    // With the last of a list goes the comma before them, which may stand at the start of their lines.
    const Token* begin = tokens_.after(first.span.begin);
    const bool leads = tokens_.is(begin, ",");
    if (leads) begin = tokens_.after(begin->span.end);
    const Token* behind = tokens_.after(first.span.end);
    if (leads || tokens_.is(tokens_.before(first.span.begin), ",")) {
      if (tokens_.is(behind, ",")) return true;
      const Token* end = tokens_.before(first.span.end);
      if (tokens_.is(end, ";")) end = tokens_.before(end->span.begin);
      Taken both = last_of_list(tokens_, {begin->span.begin, end->span.end});
      first.span = both.span;
      first.text = std::move(both.stays);
    } else if (tokens_.is(behind, ",")) {  // and with the first the comma behind
      first.span.end = tokens_.after(behind->span.end)->span.begin;
    }
    return true;
  }

  std::string overlap(size_t first, size_t second) const {
    if (first == second) return "the two sides of this edit overlap";
    const Numbered &one = edits_[first], &other = edits_[second];
    if (one.take == other.take)
      return "edit " + std::to_string(other.number) + " changes text that edit " +
             std::to_string(one.number) + " changes too";
    if (one.edit == other.edit) return "two matches change this text with the same edit; match one of them";
    return "this edit changes text that the edit in line " + std::to_string(one.edit->place.line) +
           " changes too";
  }

  // What an edit takes away may be read where another configuration is compiled.
  Status leaves_no_reader_elsewhere() {
    const auto is_cut = [&](unsigned at) {
      return std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& cut) { return cut.span.contains(at); });
    };
    for (const Elsewhere& each : survey_.elsewhere) {
      const auto cut = std::find_if(cuts_.begin(), cuts_.end(),
                                    [&](const Cut& one) { return one.span.contains(each.declared.front()); });
      if (cut == cuts_.end() || !std::all_of(each.declared.begin(), each.declared.end(), is_cut)) continue;
      const auto read =
          std::find_if(each.uses.begin(), each.uses.end(), [&](unsigned at) { return !is_cut(at); });
      if (read == each.uses.end()) continue;
      const bool stays = each.is_parameter ? !cut->text.empty()
                                           : std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& one) {
                                               return mentions(without_marks(one.text), each.name);
                                             });
      // One that moves must not come to stand behind what reads it.
      const auto moved = std::find_if(cuts_.begin(), cuts_.end(), [&](const Cut& one) {
        return std::any_of(one.carried.begin(), one.carried.end(),
                           [&](const Span& span) { return span.contains(each.declared.front()); });
      });
      const bool too_late =
          moved != cuts_.end() && each.declared.front() < *read && *read < moved->span.begin;
      if (stays && !too_late) continue;
      return wrong(
          cut->edit, each.declared.front(),
          "'" + each.name + (each.is_parameter ? "' is called at " : "' is read at ") + unit_.place(*read) +
              ", in a branch of the preprocessor that is not compiled here; take what reads it too, or "
              "keep the name");
    }
    return {};
  }

  // What nobody reads any more, and includes.
  void cut_unused() {
    std::vector<Span> gone;
    std::vector<std::string> added;
    for (const Cut& cut : cuts_) {
      gone.push_back(cut.span);
      added.push_back(without_marks(cut.text));
    }
    for (const Droppable::Piece& piece : unused_after(tokens_, survey_, gone, added)) {
      Span whole = piece.statement ? with_comments(tokens_, piece.span) : piece.span;
      clip(whole, piece.span);
      // A directive or a pragma says something of it, or of what would come to stand there.
      if (directive_in(tokens_, whole) || pragma_above(tokens_, piece.span.begin)) continue;
      if (piece.statement &&
          (opens_elsewhere(unit_, piece.span.begin) || goes_on_elsewhere(unit_, piece.span.end)))
        continue;
      const Function* around = survey_.around(whole.begin);
      Cut cut{whole, piece.stays,
              around && around->span.begin < whole.begin ? kLeftOver : kOfTheFile + piece.of,
              piece.statement && is_whole_lines(unit_.text, whole)};
      if (!take_in(std::move(cut))) continue;
      gone.push_back(whole);
    }
    for (const Span& line : unread_after(survey_.includes, gone, added))
      add(kInclude + line.begin, with_its_comment(line), "", true);
    sort();
    take_emptied_blocks();
    take_emptied_namespaces();
  }

  // What `found` finds around a cut goes as one with all cuts in it, again and again. It is the rule's own
  // where one of them is.
  template <class Found>
  void take_around(const Found& found) {
    for (bool again = true; again;) {
      again = false;
      for (const Cut& cut : cuts_) {
        const std::optional<Span> whole = cut.text.empty() ? found(cut) : std::nullopt;
        if (!whole) continue;
        Cut all{*whole, "", cut.edit, is_whole_lines(unit_.text, *whole)};
        std::erase_if(cuts_, [&](const Cut& each) {
          const bool inside = whole->begin <= each.span.begin && each.span.end <= whole->end;
          if (inside) all.edit = std::min(all.edit, each.edit);
          return inside;
        });
        cuts_.push_back(std::move(all));
        sort();
        again = true;
        break;
      }
    }
  }

  // An if or a loop that nothing is left in, with all around it that does nothing else.
  void take_emptied_blocks() {
    take_around([&](const Cut& cut) { return cut.edit < kInclude ? emptied_block(cut) : std::nullopt; });
  }

  std::optional<Span> emptied_block(const Cut& cut) {
    const auto around = left_empty(cut.span);
    const auto block = around ? survey_.blocks.find(around->begin) : survey_.blocks.end();
    if (block == survey_.blocks.end()) return std::nullopt;
    const auto piece = emptied_around(unit_, *block->second, [&](const clang::Stmt& other) {
      const auto span = range_span(unit_, other.getSourceRange());
      return span && goes(tokens_.after(span->begin)) && goes(tokens_.before(span->end));
    });
    if (!piece || directive_in(tokens_, piece->span) || pragma_above(tokens_, piece->span.begin) ||
        opens_elsewhere(unit_, piece->span.begin) || goes_on_elsewhere(unit_, piece->span.end))
      return std::nullopt;
    const Span whole = piece->statement ? with_comments(tokens_, piece->span) : piece->span;
    const bool meets = std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& each) {
      const bool beside = each.span.end <= whole.begin || whole.end <= each.span.begin;
      return !beside && (!each.text.empty() || each.span.begin < whole.begin || whole.end < each.span.end);
    });
    return meets ? std::nullopt : std::optional(whole);
  }

  bool goes(const Token* token) const {
    return token && std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& each) {
             return each.text.empty() && each.span.contains(token->span.begin);
           });
  }

  // The braces around a cut between which all goes; nothing where something stays, a comment too.
  std::optional<Span> left_empty(Span cut) const {
    const Token* open = tokens_.before(cut.begin, true);
    while (goes(open) || is_behind_a_brace(open)) open = tokens_.before(open->span.begin, true);
    const Token* close = tokens_.after(cut.end, true);
    while (goes(close)) close = tokens_.after(close->span.end, true);
    if (!tokens_.is(open, "{") || !tokens_.is(close, "}")) return std::nullopt;
    for (const Cut& each : cuts_)
      if (!each.text.empty() && open->span.begin < each.span.end && each.span.begin < close->span.end)
        return std::nullopt;
    return Span{open->span.begin, close->span.end};
  }

  // `if (…) {  // why`: a comment that belongs to the block, not to what stands first in it.
  bool is_behind_a_brace(const Token* comment) const {
    const Token* before = comment && comment->kind == Token::Kind::comment
                              ? tokens_.before(comment->span.begin, true)
                              : nullptr;
    return tokens_.is(before, "{") &&
           tokens_.text({before->span.end, comment->span.begin}).find('\n') == std::string_view::npos;
  }

  // The comment above an include is its own where no other one follows; at the file's start it is the file's.
  Span with_its_comment(const Span& line) const {
    const Token* next = tokens_.after(line.end, true);
    if (next && next->span.begin < whole_lines(unit_.text, {line.end, line.end}).end &&
        directive(tokens_, next) == "include")
      return line;
    const Span whole = with_comments(tokens_, {tokens_.after(line.begin)->span.begin, line.end - 1});
    const bool is_of_the_file = whole.begin <= text_start(unit_.text);
    return is_of_the_file || !is_whole_lines(unit_.text, whole) ? line : Span{whole.begin, line.end};
  }

  // A namespace that nothing is left in; a rule's own cut leaves one that has a name, which may be used.
  void take_emptied_namespaces() {
    take_around([&](const Cut& cut) { return cut.lines ? emptied_namespace(cut) : std::nullopt; });
  }

  std::optional<Span> emptied_namespace(const Cut& cut) const {
    const Token* open = tokens_.before(cut.span.begin);
    while (goes(open)) open = tokens_.before(open->span.begin);
    const Token* close = tokens_.after(cut.span.end);
    while (goes(close)) close = tokens_.after(close->span.end);
    if (!tokens_.is(open, "{") || !tokens_.is(close, "}")) return std::nullopt;
    const Token* first = tokens_.before(open->span.begin);
    const bool named = !tokens_.is(first, "namespace");
    if (named && cut.edit < kLeftOver) return std::nullopt;
    while (first && !tokens_.is(first, "namespace") &&
           (first->kind == Token::Kind::word || tokens_.is(first, "::")))
      first = tokens_.before(first->span.begin);
    if (!tokens_.is(first, "namespace")) return std::nullopt;
    if (const Token* before = tokens_.before(first->span.begin); tokens_.is(before, "inline")) first = before;
    const Span inside{first->span.begin, close->span.end};
    const Span whole = with_comments(tokens_, inside);
    // What else stands there, or comes, and comments that say something.
    const bool meets = std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& each) {
      const bool beside = each.span.end < whole.begin || whole.end < each.span.begin;
      return !beside && (!each.text.empty() || each.span.begin < whole.begin || whole.end < each.span.end);
    });
    for (const Token* token = tokens_.after(open->span.end, true);
         token && token->span.begin < close->span.begin; token = tokens_.after(token->span.end, true))
      if (!goes(token)) return std::nullopt;
    if (meets || !is_whole_lines(unit_.text, whole)) return std::nullopt;
    return whole;
  }

  // Beside what goes too, around it, or as its neighbour in a list; but of nothing that an edit changes.
  bool take_in(Cut cut) {
    const auto meets = [&](const Cut& each) {
      return each.span.begin < cut.span.end && cut.span.begin < each.span.end;
    };
    std::erase_if(cuts_, [&](const Cut& each) {
      return each.edit == kLeftOver && cut.span.begin <= each.span.begin && each.span.end <= cut.span.end;
    });
    const auto other = std::find_if(cuts_.begin(), cuts_.end(), meets);
    if (other == cuts_.end()) {
      cuts_.push_back(std::move(cut));
      return true;
    }
    if (other->edit != kLeftOver || cut.edit != kLeftOver) return false;
    Cut first = *other;
    if (cut.span.begin < first.span.begin) std::swap(cut, first);
    const bool joined = join(first, cut);
    if (joined) *other = std::move(first);
    return joined;
  }

  // On a line with others that go the blanks between them are of both, and none is left at its end.
  void clip(Span& whole, const Span& piece) const {
    const auto is_blank = [&](unsigned at) { return unit_.text[at] == ' ' || unit_.text[at] == '\t'; };
    for (const Cut& cut : cuts_) {
      if (cut.span.begin < piece.begin)
        whole.begin = std::max(whole.begin, std::min(cut.span.end, piece.begin));
      if (cut.span.end <= piece.end || cut.span.begin > whole.end) continue;
      whole.end = std::min(whole.end, std::max(cut.span.begin, piece.end));
      const bool ends_line = cut.text.empty() && std::string_view("\r\n").find(unit_.text[cut.span.end]) !=
                                                     std::string_view::npos;
      while (ends_line && whole.begin > 0 && is_blank(whole.begin - 1)) --whole.begin;
    }
  }

  // The functions that are cut into, whole lines.
  std::vector<Span> functions() const {
    std::vector<Span> all;
    for (const Cut& cut : cuts_) {
      const Function* around = survey_.around(cut.span.begin);
      if (!around || around->span.end <= cut.span.end) return {};
      const Span lines = whole_lines(unit_.text, around->span);
      if (all.empty() || all.back().end <= lines.begin) all.push_back(lines);
    }
    return all;
  }

  Assembled assembled(const std::vector<Cut>& settled) const {
    std::vector<const Cut*> cuts;
    for (const Cut& cut : settled) cuts.push_back(&cut);
    return assemble(unit_.text, cuts, {});
  }

  std::string cut_text() const {
    Assembled whole = assembled(cuts_);
    std::vector<unsigned> scars;
    for (size_t i = 0; i < cuts_.size(); ++i)
      if (cuts_[i].lines) scars.push_back(whole.holes[i].end);
    return without_scars(std::move(whole.text), std::move(scars));
  }

  Result<Planned> make(const std::string& after) {
    Planned planned{{}, std::move(bound_)};
    Change& change = planned.change;
    change.file = unit_.name;
    change.hash = sha256(unit_.text);
    change.edits = difference(unit_.text, after, cuts_.front().span.begin);
    if (change.edits.empty()) return wrong(0, first_, "the edits change nothing here");
    place_lines(change);
    change.function = survey_.function_at(first_);
    return planned;
  }

  // The lines of the rule's own cuts; a variable or an include that went with them is not where the bug is.
  void place_lines(Change& change) const {
    const auto widen = [&](unsigned begin, unsigned end) {
      const int first = line_at(unit_.text, begin), last = line_at(unit_.text, end > begin ? end - 1 : begin);
      change.line = change.line ? std::min(change.line, first) : first;
      change.last_line = std::max(change.last_line, last);
    };
    for (const Replacement& edit : change.edits)
      for (const Cut& cut : cuts_) {
        const unsigned begin = std::max(edit.offset, cut.span.begin);
        const unsigned end = std::min(edit.offset + edit.length, cut.span.end);
        if (cut.edit < edits_.size() && begin <= end) widen(begin, end);
      }
    if (change.line) return;
    for (const Replacement& edit : change.edits) widen(edit.offset, edit.offset + edit.length);
  }

  Unit& unit_;
  const Survey& survey_;
  const Tokens& tokens_;
  std::vector<Numbered> edits_;  // of all takes
  std::map<std::string, std::string> bound_;
  std::vector<Cut> cuts_;
  std::map<size_t, std::vector<Cut>>
      aside_;  // what was kept, to be tried by itself, each with all its pieces
  std::vector<Cut> tried_;
  bool took_any_ = false;
  unsigned first_ = 0;  // where the rule's own edits begin
};

}  // namespace

Result<std::vector<Take>> distinct(const CompiledPart& part, Unit& unit,
                                   const std::vector<BoundNodes>& matches) {
  std::vector<Take> takes;
  std::vector<std::vector<Cut>> known;
  for (const BoundNodes& match : matches) {
    auto drafted = draft(part, unit, match);
    NANOBUG_TRY(drafted);
    if (std::find(known.begin(), known.end(), drafted->cuts) != known.end()) continue;
    unsigned at = static_cast<unsigned>(unit.text.size());
    for (const Cut& cut : drafted->cuts) at = std::min(at, cut.span.begin);
    takes.push_back({&part, &match, at});
    known.push_back(std::move(drafted->cuts));
  }
  std::sort(takes.begin(), takes.end(),
            [](const Take& a, const Take& b) { return std::tie(a.at, a.match) < std::tie(b.at, b.match); });
  return takes;
}

std::vector<Result<Planned>> plan(Unit& unit, const Survey& survey,
                                  const std::vector<std::vector<Take>>& groups, const Overlay& others) {
  std::vector<Result<Planned>> answers(groups.size(), Planned{});
  std::vector<std::pair<size_t, std::unique_ptr<Plan>>> plans;
  for (size_t i = 0; i < groups.size(); ++i) {
    auto plan = std::make_unique<Plan>(unit, survey);
    if (auto drafted = plan->draft(groups[i]); !drafted)
      answers[i] = tl::unexpected<Error>(drafted.error());
    else
      plans.emplace_back(i, std::move(plan));
  }
  std::vector<const std::vector<Cut>*> drafts;
  for (const auto& [group, plan] : plans) drafts.push_back(&plan->cuts());
  auto settled = settle(unit, drafts, others);
  std::map<size_t, std::vector<Cut>> held;  // of those of which a try did
  std::vector<size_t> asked(plans.size());
  std::iota(asked.begin(), asked.end(), size_t{0});
  while (!asked.empty()) {
    std::erase_if(asked, [&](size_t k) {
      Plan& plan = *plans[k].second;
      if (settled[k] && plan.stays_the_same(*settled[k], others)) {
        held[k] = *settled[k];
        return !plan.take_one();
      }
      if (!plan.give_back()) return !plan.keep_more();
      settled[k] = held[k];
      return !plan.take_one();
    });
    std::vector<const std::vector<Cut>*> again;
    for (const size_t k : asked) again.push_back(&plans[k].second->cuts());
    auto answers_again = settle(unit, again, others);
    for (size_t i = 0; i < asked.size(); ++i) settled[asked[i]] = std::move(answers_again[i]);
  }
  for (size_t k = 0; k < plans.size(); ++k)
    answers[plans[k].first] = plans[k].second->change(std::move(settled[k]));
  return answers;
}

}  // namespace nanobug::rewrite
