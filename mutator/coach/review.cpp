// review: see review.h.
#include "mutator/coach/review.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>

#include "mutator/base/files.h"
#include "mutator/coach/claim.h"
#include "mutator/coach/notes.h"

namespace nanobug::coach {
namespace {

using session::Lines;

constexpr int kAttempts = 1000;  // a place that suits a rule has a chance of one in 30 at least

int length(const Lines& lines) {
  return lines.last - lines.first + 1;
}

Lines clipped(Lines lines, int last) {
  lines.last = std::clamp(lines.last, 1, last);
  lines.first = std::clamp(lines.first, 1, lines.last);
  return lines;
}

// What is asked of the shelf more than once while one review is drawn.
class Looked {
 public:
  Looked(const Shelf& shelf, std::uint64_t seed, size_t rules)
      : shelf_(shelf), seed_(seed), exhibits_(rules), refused_(rules) {}

  Result<std::optional<Lines>> lines_of(const catalog::Rule& rule, size_t number, const Cut& cut) {
    if (refused_[number]) return std::optional<Lines>();
    std::optional<Exhibit>& exhibit = exhibits_[number];
    if (!exhibit) {
      auto found = shelf_.exhibit(rule, seed_);
      NANOBUG_TRY(found);
      exhibit = *found;
    }
    const auto lines = window(*exhibit, cut);
    if (!lines) return lines;
    if (const Status may = shelf_.may_be_given(rule); !may) {
      refused_[number] = true;
      refusal_ = may.error();
      return std::optional<Lines>();
    }
    return lines;
  }

  bool none_is_left() const { return std::find(refused_.begin(), refused_.end(), false) == refused_.end(); }
  tl::unexpected<Error> refusal() const {
    return refusal_
               ? tl::unexpected(*refusal_)
               : fail(Exit::catalog,
                      "of no bug that these options allow can 20 to 30 lines be shown; leave an option out");
  }

 private:
  const Shelf& shelf_;
  std::uint64_t seed_;
  std::vector<std::optional<Exhibit>> exhibits_;
  std::vector<bool> refused_;
  std::optional<Error> refusal_;
};

}  // namespace

Exhibit exhibit_of(const std::string& mutated, const std::vector<Lines>& changed) {
  Exhibit exhibit{static_cast<int>(lines_of(mutated).size()), {1, 1}};
  if (changed.empty()) return exhibit;
  const auto lines = [](const Lines& one) { return one.last < one.first ? Lines{one.last, one.first} : one; };
  const Lines all{lines(changed.front()).first, lines(changed.back()).last};
  exhibit.site = length(all) <= kFewestShown ? all : lines(changed.front());
  exhibit.site.last = std::min(exhibit.site.last, exhibit.site.first + kFewestShown - 1);
  exhibit.site = clipped(exhibit.site, exhibit.lines);
  return exhibit;
}

Cut draw_cut(std::uint64_t seed, int attempt) {
  constexpr int kChoices = kMostShown - kFewestShown + 1;
  const double lines = share_of(fmt::format("{} {} lines", seed, attempt));
  return {kFewestShown + static_cast<int>(lines * kChoices),
          share_of(fmt::format("{} {} place", seed, attempt))};
}

std::optional<Lines> window(const Exhibit& exhibit, const Cut& cut) {
  const int shown = std::min(cut.lines, exhibit.lines), places = shown - length(exhibit.site) + 1;
  if (places < 1) return std::nullopt;
  const int before = std::min(static_cast<int>(cut.place * places), places - 1),
            first = exhibit.site.first - before;
  if (first < 1 || first + shown - 1 > exhibit.lines) return std::nullopt;
  return Lines{first, first + shown - 1};
}

int review_minutes(const catalog::Rule& rule) {
  return std::clamp(rule.minutes / 2, 5, 10);
}

Result<Shown> draw_review(const Lot& lot, std::uint64_t seed, const Shelf& shelf) {
  const auto rules = draw_order(lot.drawn_from(seed), seed);
  Looked looked(shelf, seed, rules.size());
  for (int attempt = 0; attempt < kAttempts && !looked.none_is_left(); ++attempt) {
    const Cut cut = draw_cut(seed, attempt);
    for (size_t i = 0; i < rules.size(); ++i) {
      const auto lines = looked.lines_of(*rules[i], i, cut);
      NANOBUG_TRY(lines);
      if (*lines) return Shown{rules[i], **lines, seed};
    }
  }
  return looked.refusal();
}

Result<Shown> draw_review(const Lot& lot, const std::set<std::string>& solved,
                          const std::function<std::uint32_t()>& random, const Shelf& shelf) {
  const std::uint64_t first = random() % kSeeds;
  const bool decoy = lot.draws_decoy(first);
  const auto& rules = lot.drawn_from(first);
  const auto is_solved = [&](const catalog::Rule* rule) { return solved.contains(rule->id.value); };
  const bool all = std::all_of(rules.begin(), rules.end(), is_solved);
  std::optional<Shown> last;
  // Which rule comes first in the order is known without a look at its file.
  for (std::uint32_t step = 0; step < kSeeds; ++step) {
    const std::uint64_t seed = (first + step) % kSeeds;
    if (lot.draws_decoy(seed) != decoy || (!all && is_solved(draw_order(rules, seed).front()))) continue;
    auto shown = draw_review(lot, seed, shelf);
    NANOBUG_TRY(shown);
    if (all || !is_solved(shown->rule)) return shown;
    if (!last) last = *shown;
    if (step > kAttempts) break;  // what is not solved may not be given
  }
  return last ? Result<Shown>(*last) : draw_review(lot, first, shelf);
}

Result<Reply> parse_reply(const std::string& what, const std::string& why) {
  Reply reply{0, why};
  std::string none = what;
  std::transform(none.begin(), none.end(), none.begin(), [](unsigned char c) { return std::tolower(c); });
  if (none != "none") {
    const auto [stop, error] = std::from_chars(what.data(), what.data() + what.size(), reply.line);
    if (error != std::errc() || stop != what.data() + what.size() || reply.line < 1)
      return fail(Exit::usage,
                  "the answer is not counted: it begins with the number of a line, or with the word none");
  }
  if (Status kept = can_be_kept(why, "the answer is not counted", "say why"); !kept)
    return tl::unexpected(std::move(kept.error()));
  return reply;
}

Result<bool> judge_reply(const Reply& reply, const session::Session& session, const std::string& mutated) {
  if (reply.line == 0) return session.decoy;
  const session::Review& review = *session.review;
  if (reply.line < review.shown.first || reply.line > review.shown.last)
    return fail(Exit::usage, fmt::format("the answer is not counted: the lines shown are {} to {}",
                                         review.shown.first, review.shown.last));
  const std::string_view line = lines_of(mutated).at(static_cast<size_t>(reply.line) - 1);
  if (line.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return fail(Exit::usage, fmt::format("the answer is not counted: line {} is blank", reply.line));
  return !session.decoy &&
         judge_claim({review.file, reply.line}, session.injected, mutated, mutated) == coach::Answer::right;
}

namespace {

// Small letters, one way to spell -ise, what is no letter or digit as the end of a word.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const unsigned char c : text) {
    if (std::isalnum(c) || c >= 0x80)
      words.back() += static_cast<char>(std::tolower(c));
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  for (std::string& word : words)
    for (const char* ize : {"ize", "iza", "izi"})
      if (const size_t at = word.find(ize, 3); at != std::string::npos) word[at + 1] = 's';
  return words;
}

// Two forms of one word: "scale", "scaled", "scaling"; not "scalar".
bool same_word(const std::string& a, const std::string& b) {
  static constexpr std::array<std::string_view, 13> kEndings = {
      "", "s", "es", "e", "d", "ed", "ing", "ion", "ions", "ation", "y", "ies", "ied"};
  if (a == b) return true;
  const size_t common =
      static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  const auto ends = [&](const std::string& word) {
    return std::find(kEndings.begin(), kEndings.end(), std::string_view(word).substr(common)) !=
           kEndings.end();
  };
  return common >= 3 && ends(a) && ends(b);
}

using Words = std::vector<std::string>;

// What people write for what the field calls by several words.
Words spelled_out(const Words& words) {
  static const std::map<std::string, Words, std::less<>> kShort = {{"bos", {"beginning", "of", "sequence"}},
                                                                   {"eos", {"end", "of", "sequence"}},
                                                                   {"lr", {"learning", "rate"}},
                                                                   {"kv", {"key", "value"}},
                                                                   {"rope", {"rotary", "embedding"}},
                                                                   {"ce", {"cross", "entropy"}},
                                                                   {"wd", {"weight", "decay"}},
                                                                   {"ub", {"undefined", "behaviour"}},
                                                                   {"fp16", {"half", "precision"}},
                                                                   {"ln", {"layer", "norm"}},
                                                                   {"oom", {"out", "of", "memory"}},
                                                                   {"softmaxed", {"softmax"}}};
  Words all;
  for (const std::string& word : words)
    if (const auto known = kShort.find(word); known != kShort.end())
      all.insert(all.end(), known->second.begin(), known->second.end());
    else
      all.push_back(word);
  return all;
}

// Words that join others, and words that every bug of a language model could be told with.
bool joins(const std::string& word) {
  static const std::set<std::string, std::less<>> kJoining = {
      "a",  "an", "and", "at", "by",  "for", "from", "in",   "is",   "it", "its", "no",   "not",
      "of", "on", "one", "or", "per", "the", "to",   "with", "than", "as", "be",  "that", "this"};
  return kJoining.contains(word);
}
bool is_common(const std::string& word) {
  static constexpr std::array kCommon = {"loss",  "model", "train",  "token", "tensor",  "value",  "step",
                                         "batch", "layer", "weight", "code",  "line",    "number", "first",
                                         "last",  "data",  "run",    "wrong", "gradient"};
  return std::any_of(kCommon.begin(), kCommon.end(), [&](const char* one) { return same_word(word, one); });
}

// A phrase is named by its words in any order; by more than half of them, if one says something by itself:
// "clipping" names "gradient clipping", "the gradient" does not.
bool is_named(const Words& term, const Words& said) {
  size_t all = 0, found = 0;
  bool telling = false;
  for (const std::string& word : term) {
    if (joins(word) && term.size() > 1) continue;
    ++all;
    if (std::none_of(said.begin(), said.end(), [&](const auto& other) { return same_word(word, other); }))
      continue;
    ++found;
    telling = telling || !is_common(word);
  }
  return found > 0 && (found == all || (telling && 2 * found >= all));
}

}  // namespace

std::vector<std::string> terms_named(const std::vector<catalog::Text>& terms, const std::string& why) {
  const std::vector<std::string> said = spelled_out(words_of(why));
  std::vector<std::string> named;
  for (const catalog::Text& term : terms)
    if (is_named(spelled_out(words_of(term.value)), said)) named.push_back(term.value);
  return named;
}

}  // namespace nanobug::coach
