// settle: see settle.h.
#include "mutator/rewrite/settle.h"

#include <algorithm>
#include <map>

#include <clang/AST/RecursiveASTVisitor.h>

#include "mutator/rewrite/bodies.h"
#include "mutator/rewrite/parentheses.h"
#include "mutator/rewrite/sense.h"
#include "mutator/rewrite/shape.h"

namespace nanobug::rewrite {
namespace {

using Draft = std::vector<Cut>;

// Several drafts as one, in the order of the file.
struct Group {
  std::vector<size_t> members;
  std::vector<const Cut*> cuts;

  std::vector<Span> spans() const {
    std::vector<Span> all;
    for (const Cut* cut : cuts) all.push_back(cut->span);
    return all;
  }

  std::vector<std::vector<Span>> carried() const {
    std::vector<std::vector<Span>> all;
    for (const Cut* cut : cuts) all.push_back(cut->carried);
    return all;
  }

  // What has to be read to judge it.
  std::vector<Span> read() const {
    std::vector<Span> all = spans();
    for (const Cut* cut : cuts) all.insert(all.end(), cut->carried.begin(), cut->carried.end());
    return all;
  }
};

std::vector<unsigned> added(const Assembled& text) {
  std::vector<unsigned> offsets;
  for (const Assembled::Pair& pair : text.pairs)
    if (pair.on) offsets.insert(offsets.end(), {pair.open, pair.close});
  std::sort(offsets.begin(), offsets.end());
  return offsets;
}

// Every pair of parentheses of an expression, by the byte of its `(`: a macro's argument has several.
class Parentheses : public clang::RecursiveASTVisitor<Parentheses> {
 public:
  explicit Parentheses(Unit& unit) : unit_(unit) {
    for (clang::Decl* declaration : unit.context().getTraversalScope()) TraverseDecl(declaration);
  }
  bool VisitParenExpr(clang::ParenExpr* expression) {
    if (const auto at = unit_.offset(expression->getLParen())) found_.emplace(*at, expression);
    return true;
  }
  // Those that may be left out, by their places: of two directly in each other the inner ones always are.
  std::vector<bool> needed(const std::vector<Assembled::Pair>& pairs) const {
    llvm::DenseSet<const clang::ParenExpr*> optional;
    for (const Assembled::Pair& pair : pairs) {
      const auto [begin, end] = found_.equal_range(pair.open);
      for (auto it = begin; pair.on && it != end; ++it) optional.insert(it->second);
    }
    std::vector<bool> answers;
    for (const Assembled::Pair& pair : pairs) {
      const auto [begin, end] = found_.equal_range(pair.open);
      // Needed in any of the places that they are read in.
      answers.push_back(pair.on && (begin == end || std::any_of(begin, end, [&](const auto& entry) {
                                      return are_needed(*entry.second, unit_.context(), optional);
                                    })));
    }
    return answers;
  }

 private:
  Unit& unit_;
  std::multimap<unsigned, const clang::ParenExpr*> found_;
};

class Settler {
 public:
  Settler(Unit& unit, const std::vector<const Draft*>& drafts, const Overlay& others)
      : unit_(unit),
        others_(others),
        whole_{unit.text, Shape(unit)},
        bodies_(closed_bodies(unit)),
        senseless_(senseless_in(unit)),
        defined_(definitions_in(unit)),
        drafts_(drafts),
        settled_(drafts.size(), Draft{}) {}

  std::vector<Result<Draft>> all() {
    std::vector<Group> groups;
    for (size_t i = 0; i < drafts_.size(); ++i) {
      auto free = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return fits(g, i); });
      if (free == groups.end()) free = groups.insert(groups.end(), Group{});
      free->members.push_back(i);
      for (const Cut& cut : *drafts_[i]) free->cuts.push_back(&cut);
      std::sort(free->cuts.begin(), free->cuts.end(), by_place);
    }
    for (const Group& group : groups) settle(group);
    return std::move(settled_);
  }

 private:
  static bool by_place(const Cut* a, const Cut* b) {
    return std::pair(a->span.begin, a->span.end) < std::pair(b->span.begin, b->span.end);
  }

  // A byte between two drafts, so that neither has a say in the other's blanks.
  bool fits(const Group& group, size_t draft) const {
    return std::none_of(drafts_[draft]->begin(), drafts_[draft]->end(), [&](const Cut& mine) {
      return std::any_of(group.cuts.begin(), group.cuts.end(), [&](const Cut* other) {
        return mine.span.begin <= other->span.end && other->span.begin <= mine.span.end;
      });
    });
  }

  Group part(const Group& group, size_t begin, size_t end) const {
    Group half;
    half.members.assign(group.members.begin() + static_cast<long>(begin),
                        group.members.begin() + static_cast<long>(end));
    for (const size_t member : half.members)
      for (const Cut& cut : *drafts_[member]) half.cuts.push_back(&cut);
    std::sort(half.cuts.begin(), half.cuts.end(), by_place);
    return half;
  }

  void settle(const Group& group) {
    if (auto error = try_to_settle(group)) {
      const size_t count = group.members.size();
      if (count == 1) {
        settled_[group.members[0]] = tl::unexpected<Error>(std::move(*error));
      } else {
        settle(part(group, 0, count / 2));
        settle(part(group, count / 2, count));
      }
    }
  }

  // What is cut, as far as it has to be read: the file, or the file without the bodies that have no part in
  // it.
  struct Pristine {
    std::string text;
    Shape shape;
  };

  // What does not hold without the other bodies is asked again with them: it is their word that counts.
  std::optional<Error> try_to_settle(const Group& group) {
    if (const auto far = without_cuts(bodies_, group.read()); others_.empty() && !far.empty())
      if (!try_to_settle(group, {blanked(whole_.text, far), whole_.shape.without(far)})) return std::nullopt;
    return try_to_settle(group, whole_);
  }

  std::optional<Error> try_to_settle(const Group& group, const Pristine& pristine) {
    size_t marks = 0;
    for (const Cut* cut : group.cuts) marks += marks_in(cut->text);
    Assembled whole = assemble(pristine.text, group.cuts, std::vector<bool>(marks, true));
    auto parsed = unit_.again(whole.text, others_);
    // Where parentheses may not stand at all (a type, a name that is declared) none was meant.
    if (!parsed && marks && group.members.size() == 1) {
      Assembled bare = assemble(pristine.text, group.cuts, std::vector<bool>(marks, false));
      if (auto plain = unit_.again(bare.text, others_)) {
        whole = std::move(bare);
        parsed = std::move(plain);
      }
    }
    if (!parsed) return parsed.error();
    const Shape read(**parsed);
    if (const auto different =
            difference_around(pristine.shape, group.spans(), read, whole.holes, group.carried()))
      return misread(*different, pristine.shape, read);
    if (auto error = makes_no_sense(**parsed)) return error;
    return leave_out(group, pristine, whole, **parsed, read);
  }

  std::optional<Error> makes_no_sense(Unit& parsed) const {
    for (const auto& [words, count] : senseless_in(parsed)) {
      const auto before = senseless_.find(words);
      if (count > (before == senseless_.end() ? 0 : before->second))
        return Error{Exit::catalog, "with this edit " + words, std::nullopt};
    }
    const std::string function = left_without_definition(defined_, parsed);
    if (function.empty()) return std::nullopt;
    return Error{Exit::catalog,
                 "with this edit '" + function +
                     "' is declared as it was and defined no more; edit its declarations too",
                 std::nullopt};
  }

  static Error misread(const Difference& different, const Shape& before, const Shape& after) {
    std::string text((different.in_after ? after : before).text(different.span));
    std::replace(text.begin(), text.end(), '\n', ' ');
    text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
               text.end());
    if (text.size() > 60) text = text.substr(0, 40) + " … " + text.substr(text.size() - 16);
    if (different.in_after && text == ";")
      return {
          Exit::catalog,
          "the edit leaves a ';' behind as a statement of its own; 'statement(id)' selects a statement with "
          "its semicolon",
          std::nullopt};
    if (different.in_after && text == ":")
      return {
          Exit::catalog,
          "the edit leaves a label with no statement behind it; take the label too, or replace the statement",
          std::nullopt};
    const bool is_jump = text == "break" || text == "continue" || text == "case" || text == "default";
    const char* const how = different.is_name && is_jump            ? "comes to be of another loop or switch"
                            : different.is_name && text == "return" ? "comes to leave another function"
                            : different.is_name                     ? "comes to mean something else"
                            : different.in_after                    ? "becomes one piece"
                                                                    : "is one piece no more";
    return {Exit::catalog, "the edit changes how the code around it is read: '" + text + "' " + how,
            std::nullopt};
  }

  // The parentheses that the tree does not need, left out if the text means the same without.
  std::optional<Error> leave_out(const Group& group, const Pristine& pristine, const Assembled& whole,
                                 Unit& parsed, const Shape& read) {
    std::vector<bool> all;
    for (const Assembled::Pair& pair : whole.pairs) all.push_back(pair.on);
    if (std::find(all.begin(), all.end(), true) == all.end()) {
      keep(group, all);
      return std::nullopt;
    }
    const std::vector<bool> needed = Parentheses(parsed).needed(whole.pairs);
    const auto holds = [&](const std::vector<bool>& on) {
      const Assembled spare = assemble(pristine.text, group.cuts, on);
      auto again = unit_.again(spare.text, others_);
      return again && mean_the_same(read, added(whole), Shape(**again), added(spare));
    };
    if (needed == all || holds(needed)) {
      keep(group, needed);
      return std::nullopt;
    }
    if (group.members.size() > 1)
      return Error{Exit::catalog, "some edits need parentheses that their trees do not show", std::nullopt};
    // A comma in a macro's argument, a `>` in a template's: one pair more, or all of them.
    for (size_t i = 0; i < all.size(); ++i) {
      std::vector<bool> more = needed;
      more[i] = true;
      if (all[i] && !needed[i] && holds(more)) {
        keep(group, more);
        return std::nullopt;
      }
    }
    keep(group, all);
    return std::nullopt;
  }

  // Marks are numbered through the cuts of the group in the file's order.
  void keep(const Group& group, const std::vector<bool>& on) {
    std::map<const Cut*, std::string> texts;
    size_t number = 0;
    for (const Cut* cut : group.cuts) {
      const size_t marks = marks_in(cut->text);
      const std::vector<bool> own(on.begin() + static_cast<long>(number),
                                  on.begin() + static_cast<long>(number + marks));
      texts[cut] = written(cut->text, own);
      number += marks;
    }
    for (const size_t member : group.members) {
      Draft draft = *drafts_[member];
      for (size_t i = 0; i < draft.size(); ++i) draft[i].text = texts[&(*drafts_[member])[i]];
      settled_[member] = std::move(draft);
    }
  }

  Unit& unit_;
  const Overlay& others_;
  const Pristine whole_;
  const std::vector<Span> bodies_;
  const Senseless senseless_;
  const Definitions defined_;
  const std::vector<const Draft*>& drafts_;
  std::vector<Result<Draft>> settled_;
};

}  // namespace

std::vector<Result<std::vector<Cut>>> settle(Unit& unit, const std::vector<const std::vector<Cut>*>& drafts,
                                             const Overlay& others) {
  if (drafts.empty()) return {};
  return Settler(unit, drafts, others).all();
}

}  // namespace nanobug::rewrite
