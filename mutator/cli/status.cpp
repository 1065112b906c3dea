// status: the open session.
#include <fmt/format.h>
#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/cli/begin.h"
#include "mutator/cli/review.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {

Result<Exit> status(Context& c) {
  const auto open = session::Desk::peek(Context::places());
  NANOBUG_TRY(open);
  if (!*open) {
    const nlohmann::json none = {
        {"open", false}, {"dir", nullptr}, {"branch", nullptr}, {"elapsed_s", 0}, {"seed", nullptr}};
    c.ui.data(c.ui.json ? none.dump(2) : "No session is open; 'nanobug start' begins one.");
    return Exit::ok;
  }
  const session::Session& s = **open;
  const std::int64_t now = std::time(nullptr), elapsed = coach::learner_seconds(s, now),
                     over = coach::over_time(s, now);
  std::error_code error;
  const bool there = fs::is_directory(s.directory, error);
  if (c.ui.json) {
    nlohmann::json json = {
        {"open", true},
        {"name", s.name},
        {"dir", s.has_checkout() ? nlohmann::json(s.directory.string()) : nlohmann::json()},
        {"dir_exists", there},
        {"branch", s.branch()},
        {"mode", coach::mode_of(s)},
        {"elapsed_s", elapsed},
        {"machine_s", s.machine_seconds},
        {"paused_s", coach::paused_seconds(s, now)},
        {"over_time_s", over},
        {"minutes", s.minutes},
        {"seed", s.seed},
        {"state", coach::state_of(s, now)},
        {"strict", s.strict},
        {"hints", s.hints},
        {"no_hints", s.no_hints},
        {"late_hints", s.late_hints},
        {"wrong_claims", s.wrong_claims},
        {"located", s.located},
        {"checks", s.checks},
        {"solved", s.solved},
        {"revealed", s.revealed}};
    if (!s.bugs.empty()) {
      json["bugs"] = s.bugs.size();
      json["left"] = coach::bugs_left(s);
      json["places_found"] = coach::places_found(s);
    }
    if (s.production || !s.asked.empty()) {
      json["asked"] = nlohmann::json::array();
      for (const session::Asked& one : s.asked)
        json["asked"].push_back({{"evidence", one.evidence}, {"minutes", one.minutes}});
      json["paid_s"] = coach::paid_seconds(s);
    }
    if (s.review) {
      const auto lines = review_in_json(s);
      NANOBUG_TRY(lines);
      json.update(*lines);
    }
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  std::string clock = fmt::format("{} of {}:00", coach::clock(elapsed), s.minutes);
  if (over > 0)
    clock += fmt::format(", over time by {}", coach::clock(over)) +
             (s.solved || s.revealed ? "" : "; an interviewer would move on");
  if (const std::int64_t paused = coach::paused_seconds(s, now); paused > 0)
    clock += fmt::format("; a pause of {} is not counted", coach::count(paused / 60, "minute"));
  std::string found = s.located ? ", place found" : "", left;
  if (!s.bugs.empty()) {
    found = fmt::format(", {} of {} places found", coach::places_found(s), s.bugs.size());
    left = fmt::format("{} of {} left", coach::bugs_left(s), s.bugs.size()) +
           (s.checks > 0 ? " at the last check" : "");
  }
  std::vector<std::vector<std::string>> rows = {
      {"session", s.name + " (" + coach::mode_of(s) + (s.strict ? ", strict)" : ")")},
      {"state", coach::state_of(s, now)},
      {"clock", clock},
      {"checkout", tidy(s.directory) + (there ? "" : "  (gone)")},
      {"branch", s.branch()},
      {"draw", fmt::format("--seed {} {}", s.seed, s.options)},
      {"hints", s.no_hints ? "none to be had" : std::to_string(s.hints)},
      {"claims", fmt::format("{} wrong{}", s.wrong_claims, found)},
      {"checks", std::to_string(s.checks)}};
  if (!s.asked.empty()) {
    std::string asked;
    for (const session::Asked& one : s.asked) asked += (asked.empty() ? "" : ", ") + one.evidence;
    rows.push_back(
        {"asked", fmt::format("{}: {}", coach::count(coach::paid_seconds(s) / 60, "minute"), asked)});
  }
  // What cannot be read any more keeps nobody from the rest.
  std::string symptom;
  if (const auto catalog = c.catalog_of(s); catalog && !s.review)
    symptom = symptom_of(s, **catalog, static_cast<size_t>(c.ui.width()));
  if (!symptom.empty()) symptom = '\n' + symptom;
  if (s.production && !s.has_checkout()) {
    std::erase_if(rows, [](const auto& row) { return row[0] == "branch" || row[0] == "checks"; });
    for (auto& row : rows)
      if (row[0] == "checkout")
        row[1] = fmt::format("not open; 'nanobug open' lays it out, for {}",
                             coach::count(s.production->open_minutes, "minute"));
    if (!symptom.empty())
      symptom += c.ui.advice("\n  nanobug ask  what was in the log, free, and what else there is\n");
    c.ui.data(table(rows) + symptom);
    return Exit::ok;
  }
  if (s.review) {
    std::erase_if(rows, [](const auto& row) {
      return row[0] == "checkout" || row[0] == "branch" || row[0] == "checks";
    });
    const auto lines = review_in_words(c.ui, s);
    NANOBUG_TRY(lines);
    c.ui.data(table(rows) + '\n' + *lines);
    return Exit::ok;
  }
  if (!left.empty()) rows.insert(rows.begin() + 1, {"bugs", left});
  c.ui.data(table(rows) + symptom);
  if (const std::string lost = shell_elsewhere(s.directory); !lost.empty()) c.ui.say(lost);
  return Exit::ok;
}

void add_status(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "status", "The open session: clock, hints, where it lives");
  verbs.on(verb, [&c = verbs.context] { return status(c); });
}

}  // namespace nanobug::cli
