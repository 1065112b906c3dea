// progress_page: see progress_page.h.
#include "mutator/coach/progress_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "mutator/coach/collection.h"
#include "mutator/coach/page.h"
#include "mutator/coach/practice.h"
#include "mutator/coach/schedule.h"
#include "mutator/coach/score.h"
#include "mutator/coach/svg.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

using session::Record;

constexpr size_t kMostSessions = 500;  // in the table, the newest ones

std::string hours(std::int64_t seconds) {
  return seconds < 3600 ? count(seconds / 60, "minute")
                        : fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

std::string bugs_of(const session::Session& session, const ProgressPage& p) {
  std::string bugs;
  std::set<std::string> told;
  for (const session::Injected& bug : session.injected) {
    if (!told.insert(bug.rule).second) continue;
    const catalog::Rule* rule = p.catalog.find(bug.rule);
    bugs += bugs.empty() ? "" : "; ";
    if (!rule) {
      bugs += "a bug that is gone from the catalog";
      continue;
    }
    bugs += rule->code.value + " " + rule->title.value;
    if (p.names) bugs += " (" + rule->id.value + ")";
  }
  return bugs;
}

// ---- in all

// The minutes that each hunt and review took beside those that it had.
Figure minutes_of(const std::vector<Record>& ledger) {
  Figure figure{.id = "minutes",
                .what = "minutes",
                .step = "session",
                .first = 1,
                .curves = {{"it took", {}}, {"it had", {}}}};
  for (const Record& record : ledger) {
    const auto seconds = static_cast<double>(learner_seconds(record.session, record.ended));
    figure.curves[0].values.push_back(std::round(seconds / 6) / 10);  // as a person would say it
    figure.curves[1].values.push_back(record.session.minutes);
  }
  return figure;
}

void in_all(Html& html, const ProgressPage& p, const Progress& progress) {
  html.in("p", {{"class", "total"}}, [&] {
    html.text(std::to_string(progress.rules_solved));
    html.element("small", fmt::format(" of {} solved", count(progress.rules, "bug")));
  });
  if (p.ledger.empty()) {
    html.element("p", "Nothing yet; 'nanobug start' begins the first session.");
    return;
  }
  const Practice& all = progress.all;
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Sessions", fmt::format("{}, since {}", all.sessions, day(p.ledger.front().session.started))},
      {"Solved", fmt::format("{}; {} over time", all.solved, all.over_time)},
      {"Given up", fmt::format("{} revealed, {} stopped", all.revealed, all.stopped)},
      {"Time", fmt::format("{}, {} a session", hours(all.seconds), clock(all.seconds / all.sessions))},
      {"Help", count(all.hints, "hint") + ", " + count(all.wrong_claims, "wrong claim")}};
  if (const Reviews& reviews = progress.reviews; reviews.sessions > 0)
    facts.emplace_back("Reviews",
                       fmt::format("{}, {} answered right, {} of them with a key term in the reason",
                                   reviews.sessions, reviews.solved, reviews.reasons));
  html.in("dl", {{"class", "facts"}}, [&] {
    for (const auto& [name, value] : facts) {
      html.element("dt", name);
      html.element("dd", value);
    }
  });
  if (p.ledger.size() > 1) draw(html, minutes_of(p.ledger));
}

// ---- packs and tiers

struct Share {
  std::string name;
  int solved = 0, bugs = 0;
};

void bars(Html& html, const std::string& heading, const std::vector<Share>& shares) {
  html.element("h3", heading);
  html.in("dl", {{"class", "bars"}}, [&] {
    for (const Share& share : shares) {
      html.element("dt", share.name);
      html.in("dd", {}, [&] { bar(html, share.solved, share.bugs); });
      html.element("dd", fmt::format("{} of {}", share.solved, share.bugs));
    }
  });
}

void packs(Html& html, const ProgressPage& p, const std::set<std::string>& solved) {
  const auto add = [&](Share& share, const catalog::Rule& rule) {
    ++share.bugs;
    share.solved += solved.contains(rule.id.value);
  };
  std::vector<Share> of_packs;
  for (const Collection& one : collections_of(p.catalog)) {
    Share share{one.pack.name};
    for (const catalog::Rule* rule : one.bugs) add(share, *rule);
    if (share.bugs > 0) of_packs.push_back(std::move(share));
  }
  std::vector<Share> difficulties, categories;
  for (int difficulty = 1; difficulty <= 3; ++difficulty) {
    Share share{fmt::format("difficulty {}", difficulty)};
    for (const catalog::Rule& rule : p.catalog.rules)
      if (!rule.decoy && rule.difficulty == difficulty) add(share, rule);
    if (share.bugs > 0) difficulties.push_back(std::move(share));
  }
  for (const catalog::Category& category : p.catalog.tree.categories) {
    Share share{category.name};
    for (const catalog::Rule& rule : p.catalog.rules)
      if (!rule.decoy && rule.category == category.name) add(share, rule);
    if (share.bugs > 0) categories.push_back(std::move(share));
  }
  if (!of_packs.empty()) bars(html, "Packs", of_packs);
  bars(html, "Difficulty", difficulties);
  bars(html, "Classes", categories);
}

// ---- what confuses

// The class that failed most often, and of those the one that took most help. One session more that went
// well and one more that did not keep a class of a single session from the extremes.
std::string most_trouble(const Progress& progress) {
  const auto rank = [](const Practice& p) {
    return std::pair((p.sessions - p.solved + 1.0) / (p.sessions + 2.0),
                     static_cast<double>(p.hints + p.wrong_claims + p.over_time) / p.sessions);
  };
  const std::pair<const std::string, Practice>* worst = nullptr;
  for (const auto& one : progress.by_category) {
    const Practice& p = one.second;
    const bool went_well = p.solved == p.sessions && p.hints + p.wrong_claims + p.over_time == 0;
    if (!went_well && (!worst || rank(p) > rank(worst->second))) worst = &one;
  }
  if (!worst) return "No class has cost you a hint, a wrong claim or a session so far.";
  const Practice& p = worst->second;
  return fmt::format("Most trouble so far: {}, {} of {} solved, with {} and {}.", worst->first, p.solved,
                     count(p.sessions, "session"), count(p.hints, "hint"),
                     count(p.wrong_claims, "wrong claim"));
}

void classes(Html& html, const ProgressPage& p, const Progress& progress) {
  if (progress.by_category.empty()) return html.element("p", "No class has been practised yet.");
  html.element("p", most_trouble(progress));
  std::vector<std::vector<std::string>> rows;
  for (const auto& [category, one] : progress.by_category)
    rows.push_back({category, std::to_string(one.sessions), std::to_string(one.solved),
                    std::to_string(one.revealed), std::to_string(one.stopped), std::to_string(one.over_time),
                    std::to_string(one.hints), std::to_string(one.wrong_claims), mean_to_solve(one)});
  table(html, "Sessions by class; one with bugs of several classes counts in each",
        {{"Class"},
         {"Sessions", true},
         {"Solved", true},
         {"Revealed", true},
         {"Stopped", true},
         {"Over time", true},
         {"Hints", true},
         {"Wrong claims", true},
         {"Mean time to solve", true}},
        rows);
  rows.clear();
  for (const auto& [classes, times] : confusions_in(p.ledger, p.catalog))
    rows.push_back({classes.first, classes.second, std::to_string(times)});
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::pair(-std::stoi(a[2]), a) < std::pair(-std::stoi(b[2]), b);
  });
  if (!rows.empty())
    table(html, "Hypotheses that were another class", {{"You suspected"}, {"It was"}, {"Times", true}}, rows);
}

// ---- the schedule

void schedule(Html& html, const ProgressPage& p) {
  const Schedule schedule = schedule_of(p.ledger, p.catalog, p.now);
  if (schedule.category.empty()) return html.element("p", "The catalog has no bug in any category.");
  html.element("p",
               fmt::format("{}, difficulty {}: {}.", schedule.category, schedule.difficulty, schedule.why));
  html.in("pre", {}, [&] {
    html.element("code", fmt::format("nanobug start --category {} --difficulty {}", schedule.category,
                                     schedule.difficulty));
  });
  std::vector<std::vector<std::string>> rows;
  for (const ClassOfBugs& one : schedule.classes)
    rows.push_back({one.name, fmt::format("{} of {}", one.solved, one.bugs),
                    one.item.seen() ? day(one.item.last) : "never",
                    !one.item.seen()          ? "new"
                    : one.item.due() <= p.now ? day(one.item.due()) + ", due"
                                              : day(one.item.due())});
  table(html, "The classes, in the order in which they should be practised",
        {{"Class"}, {"Solved", true}, {"Last", false, true}, {"Due", false, true}}, rows);
}

// ---- the sessions

void sessions(Html& html, const ProgressPage& p) {
  if (p.ledger.empty()) return html.element("p", "None yet.");
  std::vector<std::vector<std::string>> rows;
  for (auto record = p.ledger.rbegin(); record != p.ledger.rend() && rows.size() < kMostSessions; ++record) {
    const session::Session& s = record->session;
    rows.push_back({bugs_of(s, p), day(s.started), mode_of(s), record->outcome,
                    clock(learner_seconds(s, record->ended)), std::to_string(s.hints),
                    std::to_string(s.wrong_claims),
                    std::to_string(score_of(s, rules_of(s, p.catalog), record->ended).points())});
  }
  table(html, "The newest first",
        {{"Bug"},
         {"Day", false, true},
         {"Mode"},
         {"Outcome"},
         {"Time", true},
         {"Hints", true},
         {"Wrong claims", true},
         {"Score", true}},
        rows);
  if (rows.size() < p.ledger.size())
    html.element("p", {{"class", "quiet"}}, fmt::format("And {} older ones.", p.ledger.size() - rows.size()));
}

}  // namespace

std::map<std::pair<std::string, std::string>, int> confusions_in(const std::vector<Record>& ledger,
                                                                 const catalog::Catalog& catalog) {
  std::map<std::pair<std::string, std::string>, int> all;
  for (const Record& record : ledger) {
    std::set<std::string> right;
    for (const catalog::Rule* rule : rules_of(record.session, catalog)) right.insert(rule->category);
    if (record.session.decoy) right = {kNothing};
    const auto events = before_the_answer(record.session);
    const auto made = std::find_if(events.begin(), events.end(),
                                   [](const session::Event& e) { return e.kind == kHypothesis; });
    if (made == events.end() || right.empty() || right.contains(made->about)) continue;
    const auto said = [](const std::string& name) {
      return name == kNothing ? std::string("nothing is wrong") : name;
    };
    std::vector<std::string> was;
    for (const std::string& name : right) was.push_back(said(name));
    ++all[{said(made->about), one_of(was)}];
  }
  return all;
}

std::string page_of(const ProgressPage& p) {
  const Progress progress = progress_of(p.ledger, p.catalog);
  const std::set<std::string> solved = solved_ids(p.ledger);
  Page page{.title = "Progress",
            .lead = p.ledger.empty()
                        ? "No session has ended yet."
                        : fmt::format("{}, {} of {} solved.",
                                      count(static_cast<std::int64_t>(p.ledger.size()), "session"),
                                      progress.rules_solved, count(progress.rules, "bug")),
            .sections = {},
            .made = p.made};
  page.sections = {{"all", "In all", [&](Html& html) { in_all(html, p, progress); }},
                   {"classes", "What confuses you", [&](Html& html) { classes(html, p, progress); }},
                   {"schedule", "What comes next", [&](Html& html) { schedule(html, p); }},
                   {"packs", "Packs and tiers", [&](Html& html) { packs(html, p, solved); }},
                   {"sessions", "Sessions", [&](Html& html) { sessions(html, p); }}};
  return to_html(page);
}

}  // namespace nanobug::coach
