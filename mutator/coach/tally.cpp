// tally: see tally.h.
#include "mutator/coach/tally.h"

#include <fmt/format.h>

#include <algorithm>

#include "mutator/coach/words.h"

namespace nanobug::coach {

using session::Session;

namespace {

// When the answer was found, or seen.
std::int64_t end_of(const Session& session, std::int64_t now) {
  if (session.solved_at > 0) return session.solved_at;
  if (session.revealed)
    for (const session::Event& event : session.events)
      if (event.kind == kReveal) return event.at;
  return now;
}

}  // namespace

void note_event(Session& session, session::Event event) {
  if (session.events.size() < kMostEvents) session.events.push_back(std::move(event));
}

bool has_event(const Session& session, std::string_view kind) {
  return std::any_of(session.events.begin(), session.events.end(),
                     [&](const session::Event& event) { return event.kind == kind; });
}

std::int64_t paused_seconds(const Session& session, std::int64_t now) {
  const std::int64_t end = end_of(session, now),
                     longest = std::max<std::int64_t>(3600, std::int64_t{session.minutes} * 60);
  std::int64_t paused = 0, last = session.started;
  const auto until = [&](std::int64_t at) {
    if (at - last >= longest) paused += at - last;
    last = std::max(last, at);
  };
  for (const session::Event& event : session.events)
    if (event.at < end) until(event.at);
  until(end);
  return paused;
}

std::int64_t paid_seconds(const Session& session) {
  std::int64_t paid = 0;
  for (const session::Asked& one : session.asked) paid += std::int64_t{one.minutes} * 60;
  return paid;
}

std::int64_t learner_seconds(const Session& session, std::int64_t now) {
  return paid_seconds(session) +
         std::max<std::int64_t>(0, end_of(session, now) - session.started - session.machine_seconds -
                                       paused_seconds(session, now));
}

std::int64_t over_time(const Session& session, std::int64_t now) {
  return std::max<std::int64_t>(0, learner_seconds(session, now) - std::int64_t{session.minutes} * 60);
}

std::string mode_of(const Session& session) {
  return session.review ? "review" : session.production ? "production" : "hunt";
}

std::string mode_in_words(const Session& session) {
  return (session.production ? "in " : "a ") + mode_of(session);
}

std::string outcome_of(const Session& session) {
  return session.solved ? "solved" : session.revealed ? "revealed" : "stopped";
}

std::string state_of(const Session& session, std::int64_t now) {
  if (session.solved || session.revealed) return outcome_of(session);
  return over_time(session, now) > 0 ? "over time" : "open";
}

std::string cost_of(const Session& session, std::int64_t now) {
  const auto some = [](int number, const std::string& thing) {
    return number == 0 ? "no " + thing : count(number, thing);
  };
  const std::int64_t over = over_time(session, now), paused = paused_seconds(session, now);
  std::string aside = over > 0 ? clock(over) + " over time" : "";
  if (paused > 0)
    aside += (aside.empty() ? "" : ", ") + ("without a pause of " + count(paused / 60, "minute"));
  if (const std::int64_t paid = paid_seconds(session); paid > 0)
    aside += (aside.empty() ? "" : ", ") + ("with " + count(paid / 60, "minute") + " for what was asked");
  return clock(learner_seconds(session, now)) + (aside.empty() ? "" : " (" + aside + ")") + ", " +
         some(session.hints, "hint") + ", " + some(session.wrong_claims, "wrong claim");
}

void note_check(Session& session, bool solved, int agree, int asked, std::int64_t now) {
  if (!session.solved) ++session.checks;
  session.probes_agree_last = agree, session.probes_total_last = asked;
  if (!solved || session.solved || session.revealed) return;
  if (session.decoy) {  // what is written from now on was written with the answer
    note_event(session, {now, kReveal, "by the check", ""});
    return note_reveal(session);
  }
  session.solved = true;
  session.solved_at = now;
}

void note_claim(Session& session, bool right) {
  if (session.solved) return;
  if (right)
    session.located = true;
  else if (!session.revealed)
    ++session.wrong_claims;
}

void note_reply(Session& session, bool right, const std::string& why, const std::vector<std::string>& terms,
                std::int64_t now) {
  note_claim(session, right);
  if (!right || session.solved || session.revealed) return;
  session.solved = true;
  session.solved_at = now;
  if (!session.review) return;
  session.review->why = why;
  session.review->terms = terms;
}

void note_fixed(Session& session, const std::vector<bool>& fixed) {
  for (size_t i = 0; i < std::min(fixed.size(), session.bugs.size()); ++i) {
    session.bugs[i].fixed = fixed[i];
    if (!session.revealed) session.bugs[i].earned = fixed[i];
  }
}

void note_claim(Session& session, const std::set<std::string>& rules) {
  if (session.solved) return;
  for (session::Bug& bug : session.bugs) bug.located = bug.located || rules.contains(bug.rule);
  session.located = places_found(session) == static_cast<int>(session.bugs.size());
  session.wrong_claims += rules.empty() && !session.revealed;
}

void note_hint(Session& session, size_t bug) {
  note_hint(session);
  ++session.bugs.at(bug).hints;
}

void note_hint(Session& session) {
  ++(session.solved ? session.late_hints : session.hints);
}

void note_reveal(Session& session) {
  if (!session.solved) session.revealed = true;
}

void note_machine(Session& session, std::int64_t seconds) {
  if (!session.solved) session.machine_seconds += seconds;
}

std::string way_on(const Session& session) {
  return session.no_hints || session.solved || session.revealed ? ""
                                                                : "'nanobug hint' gives the next hint.\n";
}

bool is_surprise(const Session& session) {
  return session.options.find("--surprise") != std::string::npos;
}

bool may_be_decoy(const Session& session) {
  return !session.named && session.bugs.empty() && !is_surprise(session) &&
         !session.options.ends_with("--decoys 0");
}

int hints_shown(const Session& session) {
  return session.hints + session.late_hints;
}

int bugs_left(const Session& session) {
  return static_cast<int>(std::count_if(session.bugs.begin(), session.bugs.end(),
                                        [](const session::Bug& bug) { return !bug.fixed; }));
}

int bugs_earned(const Session& session) {
  return static_cast<int>(std::count_if(session.bugs.begin(), session.bugs.end(),
                                        [](const session::Bug& bug) { return bug.earned; }));
}

std::string fixed_of(const Session& session) {
  return session.bugs.empty() ? "" : fmt::format("{} of {} fixed", bugs_earned(session), session.bugs.size());
}

int places_found(const Session& session) {
  return static_cast<int>(std::count_if(session.bugs.begin(), session.bugs.end(),
                                        [](const session::Bug& bug) { return bug.located; }));
}

}  // namespace nanobug::coach
