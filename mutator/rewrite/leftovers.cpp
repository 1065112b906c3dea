// leftovers: see leftovers.h.
#include "mutator/rewrite/leftovers.h"

#include <algorithm>
#include <map>
#include <set>

#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {
namespace {

bool is_in(const std::vector<Span>& spans, unsigned offset) {
  return std::any_of(spans.begin(), spans.end(), [&](const Span& span) { return span.contains(offset); });
}

// Those of a list, with the comma on one side of each run of them.
std::vector<Droppable::Piece> without(const Tokens& tokens, const Listed& all,
                                      const std::set<size_t>& which) {
  if (which.size() == all.parts.size()) return {all.whole};
  std::vector<Droppable::Piece> pieces;
  for (size_t i = 0; i < all.parts.size(); ++i) {
    if (!which.contains(i)) continue;
    const size_t first = i;
    while (which.contains(i + 1)) ++i;
    Taken run = with_separator(tokens, {all.parts[first].begin, all.parts[i].end});
    pieces.push_back({run.span, false, 0, std::move(run.stays)});
  }
  return pieces;
}

}  // namespace

std::vector<Droppable::Piece> unused_after(const Tokens& tokens, const Survey& survey, std::vector<Span> gone,
                                           const std::vector<std::string>& added) {
  const auto is_added = [&](const Droppable& each) {
    const Behind behind = each.of_the_file ? Behind::no_object : Behind::nothing;
    return std::any_of(added.begin(), added.end(),
                       [&](const std::string& text) { return mentions(text, each.name, behind); });
  };
  std::vector<Droppable::Piece> pieces;
  std::map<int, std::set<size_t>> elements;
  std::set<const Droppable*> dropped;
  for (bool again = true; again;) {
    again = false;
    for (const Droppable& each : survey.droppable) {
      const bool read = !std::all_of(each.uses.begin(), each.uses.end(),
                                     [&](unsigned offset) { return is_in(gone, offset); });
      if (read || dropped.contains(&each) || is_added(each)) continue;
      const Span declared = each.list < 0 ? each.pieces.front().span
                                          : survey.lists[static_cast<size_t>(each.list)].parts[each.element];
      if (is_in(gone, declared.begin)) continue;
      dropped.insert(&each);
      gone.push_back(declared);
      if (each.list >= 0) elements[each.list].insert(each.element);
      for (const Droppable::Piece& piece : each.pieces) {
        const bool is_gone = is_in(gone, piece.span.begin) && is_in(gone, piece.span.end - 1);
        if (!is_gone || piece.span == declared) {
          pieces.push_back(piece);
          pieces.back().of = static_cast<size_t>(&each - survey.droppable.data());
        }
        gone.push_back(piece.span);
      }
      again = true;
    }
  }
  for (const auto& [list, which] : elements)
    for (const auto& piece : without(tokens, survey.lists[static_cast<size_t>(list)], which))
      pieces.push_back(piece);
  return pieces;
}

}  // namespace nanobug::rewrite
