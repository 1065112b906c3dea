// score: see score.h.
#include "mutator/coach/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "mutator/coach/evidence.h"
#include "mutator/coach/review.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

using session::Event;
using session::Session;

bool is(const Event& event, const char* kind) {
  return event.kind == kind;
}

// The first event that came when the answer was known: one second has room for the answer and for what was
// written after it.
auto answer_in(const Session& session) {
  const auto begin = session.events.begin(), end = session.events.end();
  const auto seen = std::find_if(begin, end, [](const Event& event) { return is(event, kReveal); });
  if (session.solved_at <= 0) return seen;
  const auto later =
      std::find_if(begin, end, [&](const Event& event) { return event.at > session.solved_at; });
  for (auto solved = later; solved != begin;)
    if (--solved; solved->at == session.solved_at && (is(*solved, kCheck) || is(*solved, kAnswer)))
      return std::min(seen, solved + 1);
  return std::min(seen, later);
}

std::set<std::string> classes_of(const Session& session, const std::vector<const catalog::Rule*>& rules) {
  if (session.decoy) return {kNothing};
  std::set<std::string> classes;
  for (const catalog::Rule* rule : rules) classes.insert(rule->category);
  return classes;
}

ScoreLine hypothesis(const Session& session, const std::vector<const catalog::Rule*>& rules,
                     const std::vector<Event>& events) {
  ScoreLine line{"process", "hypothesis", 0, 10, "none was written down"};
  const auto made =
      std::find_if(events.begin(), events.end(), [](const Event& e) { return is(e, kHypothesis); });
  if (made == events.end()) return line;
  const std::set<std::string> right = classes_of(session, rules);
  const std::string& named = made->about;
  // Nobody has put a surprise into a class: whichever was named stands, but there is a bug.
  const bool is_right = is_surprise(session) ? named != kNothing : right.contains(named);
  if (!is_right) {
    line.points = 3;
    line.why = is_surprise(session) ? "you said none, and there was a bug"
                                    : fmt::format("you said {}, it was {}", named, fmt::join(right, ", "));
    return line;
  }
  const bool after_hint = std::any_of(events.begin(), made, [](const Event& e) { return is(e, kHint); });
  line.points = after_hint ? 5 : 10;
  line.why = named + (is_surprise(session) ? ", of a bug that has no class" : "") +
             (after_hint ? ", but after a hint" : ", before any hint");
  return line;
}

// Of several bugs those that were fixed bring their share.
struct Share {
  int of(int points) const { return all == 0 ? 0 : points * fixed / all; }
  int fixed, all;
};
Share share_of(const Session& session) {
  const int bugs = static_cast<int>(session.bugs.size());
  if (session.solved) return {1, 1};
  return bugs == 0 ? Share{0, 1} : Share{bugs_earned(session), bugs};
}

ScoreLine hints(const Session& session) {
  const int most = session.production ? 10 : 15;
  ScoreLine line{"process", "hints", 0, most, "it was not found"};
  const Share share = share_of(session);
  if (share.fixed == 0) return line;
  const int bugs = std::max<int>(1, static_cast<int>(session.bugs.size()));
  line.points = share.of(std::max(0, most - 5 * session.hints / bugs));
  line.why = session.hints == 0 ? "none" : count(session.hints, "hint");
  if (bugs > 1 && session.hints > 0) line.why += fmt::format(" for {} bugs", bugs);
  if (!session.solved) line.why += "; " + fixed_of(session);
  return line;
}

ScoreLine claims(const Session& session) {
  const int most = session.production ? 10 : 15;
  ScoreLine line{"process", "claims", 0, most, "it was not found"};
  const Share share = share_of(session);
  if (share.fixed == 0) return line;
  line.points = share.of(std::max(0, most - 5 * session.wrong_claims));
  line.why = session.wrong_claims == 0 ? "no wrong one" : count(session.wrong_claims, "wrong claim");
  if (!session.solved) line.why += "; " + fixed_of(session);
  return line;
}

// Of a session in which evidence is asked for.
ScoreLine evidence(const Session& session) {
  ScoreLine line{"process", "evidence", 0, 10, "nothing was asked for"};
  if (session.asked.empty()) return line;
  int paid = 0, telling = 0;
  const session::Asked* first = nullptr;
  for (const session::Asked& one : session.asked) {
    if (!is_counted(session, one)) continue;
    paid += one.minutes;
    if (!one.tells) continue;
    telling += one.minutes;
    if (!first) first = &one;
  }
  const bool compared = was_asked(session, session.production->clean);
  if (paid == 0 && !(session.decoy && compared)) return line;
  if (session.decoy) {
    if (!session.solved) {
      line.why = "it was not found";
      return line;
    }
    line.points = 10 * std::max(0, session.minutes - paid) / std::max(1, session.minutes);
    line.why =
        fmt::format("{} of {} for what shows that nothing is wrong", paid, count(session.minutes, "minute"));
    return line;
  }
  const int share = 6 * telling / paid;
  line.points = share;
  line.why = fmt::format("{} of 6: {} of {} for what tells", share, telling, count(paid, "minute"));
  if (first && first->minutes <= session.production->cheapest_minutes) {
    line.points += 4;
    line.why += "; 4 of 4: the first that told was as cheap as any";
  } else if (first && !session.production->cheapest.empty()) {
    line.why += fmt::format("; 0 of 4: {} would have told for {}", one_of(session.production->cheapest),
                            count(session.production->cheapest_minutes, "minute"));
  } else if (!session.production->cheapest.empty()) {
    line.why += "; 0 of 4: " + one_of(session.production->cheapest) + " would have told";
  }
  return line;
}

ScoreLine knowledge(const Session& session, size_t questions) {
  ScoreLine line{"knowledge", "questions", 0, 30, ""};
  int sum = 0, graded = 0;
  for (size_t i = 0; i < std::min(questions, session.grades.size()); ++i)
    if (session.grades[i] >= 0) sum += session.grades[i], ++graded;
  const int all = static_cast<int>(questions);
  line.points = 30 * sum / (3 * all);
  line.why = graded == 0 ? fmt::format("none of {} is graded yet", all)
                         : fmt::format("you gave yourself {} of {}", sum, 3 * all);
  if (graded > 0 && graded < all) line.why += fmt::format("; {} not graded", all - graded);
  return line;
}

std::vector<catalog::Text> terms_of(const std::vector<const catalog::Rule*>& rules) {
  std::vector<catalog::Text> terms;
  for (const catalog::Rule* rule : rules)
    for (const catalog::Text& term : rule->terms)
      if (std::none_of(terms.begin(), terms.end(), [&](const auto& one) { return one.value == term.value; }))
        terms.push_back(term);
  return terms;
}

ScoreLine cause(const std::vector<catalog::Text>& terms, const std::vector<Event>& events) {
  ScoreLine line{"communication", "cause", 0, 14, "nothing was written before the answer"};
  std::string written;
  for (const Event& event : events)
    if (!event.words.empty()) written += event.words + '\n';
  const std::vector<std::string> named = terms_named(terms, written);
  const int enough = std::min<int>(2, static_cast<int>(terms.size()));
  line.points = 14 * std::min<int>(enough, static_cast<int>(named.size())) / enough;
  std::vector<std::string> others;
  for (const catalog::Text& term : terms)
    if (std::find(named.begin(), named.end(), term.value) == named.end()) others.push_back(term.value);
  if (!named.empty())
    line.why = fmt::format("what you wrote names {}", fmt::join(named, ", "));
  else if (!written.empty())
    line.why = "what you wrote names none of the key terms";
  if (!written.empty() && line.points < line.of)
    line.why += fmt::format("; also worth naming: {}", fmt::join(others, ", "));
  return line;
}

// "eps" is no symptom.
bool says_something(const Event& event) {
  constexpr std::ptrdiff_t kFewest = 3;
  std::istringstream words(event.words);
  return std::distance(std::istream_iterator<std::string>(words), {}) >= kFewest;
}

ScoreLine symptoms(const std::vector<Event>& events) {
  ScoreLine line{"communication", "symptoms", 0, 6, "nothing was written before the first claim or check"};
  for (const Event& event : events) {
    if (is(event, kClaim) || is(event, kCheck) || is(event, kAnswer)) return line;
    if (!is(event, kNote) && !is(event, kHypothesis)) continue;
    if (says_something(event)) {
      line.points = 6;
      line.why = "written down before the first claim or check";
      return line;
    }
    line.why = "a word or two before the first claim or check; three say something";
  }
  return line;
}

ScoreLine speed(const Session& session, std::int64_t now) {
  ScoreLine line{"speed", "minutes", 0, 10, session.bugs.empty() ? "it was not found" : "not all were found"};
  if (!session.solved) return line;
  const std::int64_t took = learner_seconds(session, now), given = std::int64_t{session.minutes} * 60;
  line.points = static_cast<int>(std::clamp<std::int64_t>(10 * (2 * given - took) / given, 0, 10));
  line.why = fmt::format("{} of {}", clock(took), clock(given));
  return line;
}

}  // namespace

std::vector<Event> before_the_answer(const Session& session) {
  return {session.events.begin(), answer_in(session)};
}

std::vector<Event> after_the_answer(const Session& session) {
  return {answer_in(session), session.events.end()};
}

int Score::points() const {
  int sum = 0;
  for (const ScoreLine& line : lines) sum += line.points;
  return sum;
}

int Score::of() const {
  int sum = 0;
  for (const ScoreLine& line : lines) sum += line.of;
  return sum;
}

int Score::points(const std::string& part) const {
  int sum = 0;
  for (const ScoreLine& line : lines) sum += line.part == part ? line.points : 0;
  return sum;
}

int Score::of(const std::string& part) const {
  int sum = 0;
  for (const ScoreLine& line : lines) sum += line.part == part ? line.of : 0;
  return sum;
}

std::vector<std::string> classes_by_outcome(const catalog::Catalog& catalog,
                                            const std::vector<const catalog::Rule*>& rules) {
  std::vector<std::string> outcomes, sentences;
  for (const catalog::Rule* rule : rules)
    if (!rule->outcome.empty() &&
        std::find(outcomes.begin(), outcomes.end(), rule->outcome) == outcomes.end())
      outcomes.push_back(rule->outcome);
  for (const std::string& outcome : outcomes) {
    std::map<std::string, int> bugs;
    int all = 0;
    for (const catalog::Rule& rule : catalog.rules)
      if (rule.outcome == outcome) ++bugs[rule.category], ++all;
    std::vector<std::pair<int, std::string>> order;
    for (const auto& [category, number] : bugs) order.emplace_back(-number, category);
    std::sort(order.begin(), order.end());
    std::vector<std::string> classes;
    for (const auto& [number, category] : order) classes.push_back(fmt::format("{} {}", category, -number));
    sentences.push_back(fmt::format("{} with the outcome '{}', by class: {}.", count(all, "bug"), outcome,
                                    fmt::join(classes, ", ")));
  }
  return sentences;
}

size_t questions_asked(const std::vector<const catalog::Rule*>& rules) {
  size_t number = 0;
  for (const catalog::Rule* rule : rules) number += rule->questions.size();
  return number;
}

Score score_of(const Session& session, const std::vector<const catalog::Rule*>& rules, std::int64_t now) {
  const std::vector<Event> events = before_the_answer(session);
  Score score{{hypothesis(session, rules, events), hints(session), claims(session)}};
  if (session.production) score.lines.push_back(evidence(session));
  const size_t questions = questions_asked(rules);
  const auto terms = terms_of(rules);
  if (questions > 0) score.lines.push_back(knowledge(session, questions));
  if (!terms.empty()) score.lines.push_back(cause(terms, events));
  if (!session.review) score.lines.push_back(symptoms(events));
  score.lines.push_back(speed(session, now));
  return score;
}

}  // namespace nanobug::coach
