// debrief_page: see debrief_page.h.
#include "mutator/coach/debrief_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mutator/base/files.h"
#include "mutator/coach/evidence.h"
#include "mutator/coach/page.h"
#include "mutator/coach/svg.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

using session::Event;

// What a timeline may take of a page: of one that is longer the beginning is shown.
constexpr size_t kMostShown = 300, kMostBytes = 100u << 10;

// ---- what was seen

void draw_run(Html& html, const ShownRun& run, const char* changed, size_t index) {
  html.element("h3", "Recorded run: " + run.name);
  if (!run.words.empty()) html.element("p", fmt::format("{}: {}.", changed, run.words));
  if (run.text)
    side_by_side(html, *run.text);
  else
    draw(html, {.id = fmt::format("run-{}", index + 1), .what = run.series, .curves = run.curves});
}

void shown_lines(Html& html, const session::Review& review, const std::string& text) {
  const auto lines = lines_of(text);
  html.in("p", {}, [&] {
    html.text("The lines that were shown, of ");
    html.element("code", review.file);
    html.text(":");
  });
  std::string shown;
  for (int i = review.shown.first; i <= review.shown.last && i <= static_cast<int>(lines.size()); ++i)
    shown += fmt::format("{:>4}  {}", i, lines[static_cast<size_t>(i) - 1]);
  html.in("pre", {}, [&] { html.element("code", shown); });
}

void symptom(Html& html, const Debrief& d) {
  for (const catalog::Rule* rule : d.rules) {
    if (d.rules.size() > 1) html.element("h3", rule->code.value + ", " + rule->title.value);
    prose(html, rule->brief);
  }
  if (d.session.review) shown_lines(html, *d.session.review, d.lines);
  const char* changed = d.session.decoy      ? "As shown"
                        : d.rules.size() > 1 ? "With the bugs, all of them"
                                             : "With the bug";
  for (size_t i = 0; i < d.runs.size(); ++i) draw_run(html, d.runs[i], changed, i);
  if (d.runs.empty() && !d.no_runs.empty()) html.element("p", {{"class", "quiet"}}, d.no_runs);
}

// ---- how it went

std::string name_of(const std::string& kind) {
  if (kind == kReply) return "your answer";
  if (kind == kReveal) return "revealed";
  if (kind == kOpen) return "opened";
  return kind;
}

void what_happened(Html& html, const Event& event) {
  html.in("span", {{"class", "what"}}, [&] {
    if (!event.about.empty()) html.text(event.about);
    if (!event.about.empty() && !event.words.empty()) html.text(": ");
    if (!event.words.empty()) html.words(event.words);
  });
}

void timeline(Html& html, const Debrief& d) {
  const auto& events = d.session.events;
  if (events.empty()) return html.element("p", "Nothing was written down, asked or checked.");
  html.element("p", {{"class", "quiet"}},
               "By the clock since the start: with what nanobug spent on building and checking.");
  const size_t begin = html.bytes().size();
  size_t shown = 0;
  html.in("ol", {{"class", "timeline"}}, [&] {
    for (const Event& event : events) {
      if (shown == kMostShown || html.bytes().size() - begin > kMostBytes) break;
      ++shown;
      const std::int64_t second = std::max<std::int64_t>(0, event.at - d.session.started);
      html.in("li", {}, [&] {
        html.element("time", {{"datetime", fmt::format("PT{}S", second)}}, clock(second));
        html.element("span", {{"class", "kind"}}, name_of(event.kind));
        what_happened(html, event);
      });
    }
  });
  if (shown < events.size())
    html.element("p", {{"class", "quiet"}},
                 fmt::format("And {} more; 'nanobug debrief' lists them all.", events.size() - shown));
}

// Not in a review, and in production not before the checkout was opened.
bool has_sources(const session::Session& s) {
  return !s.review && (!s.production || s.has_checkout());
}

void facts(Html& html, const Debrief& d) {
  const session::Session& s = d.session;
  std::vector<std::pair<std::string, std::string>> all = {
      {"Session", s.name + ", " + mode_in_words(s)},
      {"Begun", day(s.started)},
      {"Outcome", d.outcome + ": " + cost_of(s, d.at)},
      {"Its time", count(s.minutes, "minute")},
      {"Drawn with", fmt::format("--seed {}{}{}", s.seed, s.options.empty() ? "" : " ", s.options)}};
  if (has_sources(s)) all.emplace_back("Checks", fmt::format("{}", s.checks));
  html.in("dl", {{"class", "facts"}}, [&] {
    for (const auto& [name, value] : all) {
      html.element("dt", name);
      html.element("dd", value);
    }
  });
}

// What was asked for, what it cost, and what would have told for least.
void evidence(Html& html, const session::Session& s) {
  if (!s.asked.empty())
    html.in("ul", {}, [&] {
      for (const session::Asked& one : s.asked)
        html.in("li", {}, [&] {
          html.element("code", one.evidence);
          html.text(fmt::format(", {}; {}", count(one.minutes, "minute"), worth_of(s, one)));
        });
    });
  if (s.production && !s.production->told.empty())
    html.element("p", fmt::format("What tells in the log, free: {}.", fmt::join(s.production->told, ", ")));
  if (s.production && !s.production->cheapest.empty())
    html.element("p", fmt::format("What tells and costs least ({}): {}.",
                                  count(s.production->cheapest_minutes, "minute"),
                                  fmt::join(s.production->cheapest, ", ")));
}

// ---- the bug

// Where a rule's parts are, a line each.
void places(Html& html, const session::Session& session, const std::string& rule) {
  for (const session::Injected& bug : session.injected) {
    if (bug.rule != rule) continue;
    html.in("p", {}, [&] {
      html.element(
          "code", bug.changed.empty() ? bug.file : fmt::format("{}:{}", bug.file, bug.changed.front().first));
      if (bug.function.empty()) return;
      html.text(", in ");
      html.element("code", bug.function);
    });
  }
}

void one_bug(Html& html, const Debrief& d, const catalog::Rule& rule) {
  html.element("h3", fmt::format("{}, {}: {}", rule.code.value, rule.id.value, rule.title.value));
  if (rule.decoy)
    html.element("p", rule.match.value.empty() ? "Nothing is wrong, and nothing was changed."
                                               : "Nothing is wrong. What was changed computes the same.");
  places(html, d.session, rule.id.value);
  for (const session::Bug& bug : d.session.bugs)
    if (bug.rule == rule.id.value)
      html.element("p",
                   fmt::format("{}, {}.", bug.earned ? "Fixed by the last check" : "Not fixed",
                               bug.located ? "and you said where it is" : "and its place was not named"));
  prose(html, rule.cause);
  if (!rule.read_next.empty()) {
    html.element("p", {{"class", "quiet"}}, "Where to read on:");
    prose(html, rule.read_next);
  }
}

void the_bug(Html& html, const Debrief& d) {
  for (const catalog::Rule* rule : d.rules) one_bug(html, d, *rule);
  if (d.rules.empty()) html.element("p", "The catalog no longer has this bug; what it changed is kept.");
  if (!d.bug.empty()) html.element("h3", "What was changed");
  for (const TwoVersions& file : d.bug) side_by_side(html, file);
}

void the_fix(Html& html, const Debrief& d) {
  if (d.fix.empty()) return html.element("p", d.no_fix);
  for (const TwoVersions& file : d.fix) side_by_side(html, file);
}

// ---- questions

std::string grade_words(int grade) {
  switch (grade) {
    case 0:
      return "You gave yourself 0 of 3: not at all.";
    case 1:
      return "You gave yourself 1 of 3: a part.";
    case 2:
      return "You gave yourself 2 of 3: most.";
    case 3:
      return "You gave yourself 3 of 3: all of it.";
    default:
      return "Not graded.";
  }
}

void questions(Html& html, const Debrief& d) {
  size_t number = 0;
  for (const catalog::Rule* rule : d.rules)
    for (const catalog::Question& asked : rule->questions) {
      const int grade = number < d.session.grades.size() ? d.session.grades[number] : -1;
      const std::string about = fmt::format("question {}", ++number);
      html.in("div", {{"class", "question"}}, [&] {
        html.element("h3", fmt::format("{}. {}", number, asked.question.value));
        for (const Event& event : d.session.events)
          if (event.kind == kReply && event.about == about)
            html.in("p", {}, [&] {
              html.text("You said: ");
              html.words(event.words);
            });
        prose(html, asked.answer);
        html.element("p", {{"class", "quiet"}}, grade_words(grade));
      });
    }
  if (number == 0) html.element("p", "This bug has no follow-up questions.");
}

// ---- score

void score(Html& html, const Score& score, const std::vector<std::string>& classes) {
  html.in("p", {{"class", "total"}}, [&] {
    html.text(std::to_string(score.points()));
    html.element("small", fmt::format(" of {}", score.of()));
  });
  std::vector<std::string> parts;
  for (const ScoreLine& line : score.lines)
    if (parts.empty() || parts.back() != line.part) parts.push_back(line.part);
  html.in("dl", {{"class", "bars"}}, [&] {
    for (const std::string& part : parts) {
      html.element("dt", part);
      html.in("dd", {}, [&] { bar(html, score.points(part), score.of(part)); });
      html.element("dd", fmt::format("{} of {}", score.points(part), score.of(part)));
    }
  });
  std::vector<std::vector<std::string>> rows;
  for (const ScoreLine& line : score.lines)
    rows.push_back({line.name, line.part, fmt::format("{} of {}", line.points, line.of), line.why});
  table(html, "What each point counted", {{"For"}, {"Part"}, {"Points", true}, {"Why"}}, rows);
  if (!classes.empty())
    html.element("p", {{"class", "quiet"}}, "What such a bug usually is, in this catalog:");
  for (const std::string& one : classes) html.element("p", one);
}

// ---- what next

void next(Html& html, const Debrief& d) {
  const Schedule& schedule = d.schedule;
  if (!schedule.category.empty()) {
    html.element("p",
                 fmt::format("{}, difficulty {}: {}.", schedule.category, schedule.difficulty, schedule.why));
    html.in("pre", {}, [&] {
      html.element("code", fmt::format("nanobug start --category {} --difficulty {}", schedule.category,
                                       schedule.difficulty));
    });
  }
  if (d.drills.empty()) return;
  html.element("p", "Of the same class, and not solved yet:");
  html.in("ul", {}, [&] {
    for (const catalog::Rule* rule : d.drills)
      html.in("li", {}, [&] {
        html.element("code", "nanobug start " + rule->code.value);
        html.text(" " + rule->title.value);
      });
  });
}

std::string title_of(const Debrief& d) {
  if (d.rules.empty()) return "A bug that is gone from the catalog";
  if (d.rules.size() > 1) return fmt::format("{} bugs at once", d.rules.size());
  return d.rules.front()->code.value + " " + d.rules.front()->title.value;
}

}  // namespace

std::string page_of(const Debrief& d) {
  const bool decoy = d.session.decoy;
  Page page{.title = "Debrief: " + title_of(d),
            .lead = fmt::format("{}: {}. {} of {} points.", d.outcome, cost_of(d.session, d.at),
                                d.score.points(), d.score.of()),
            .sections = {},
            .made = d.made};
  page.lead.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(page.lead.front())));
  page.sections.push_back({"symptom", "The symptom", [&](Html& html) { symptom(html, d); }});
  page.sections.push_back({"course", "How it went", [&](Html& html) {
                             facts(html, d);
                             timeline(html, d);
                           }});
  if (d.session.production || !d.session.asked.empty())
    page.sections.push_back(
        {"evidence", "What you asked for", [&](Html& html) { evidence(html, d.session); }});
  page.sections.push_back({"bug",
                           decoy                ? "What was behind it"
                           : d.rules.size() > 1 ? "The bugs"
                                                : "The bug",
                           [&](Html& html) { the_bug(html, d); }});
  if (has_sources(d.session))
    page.sections.push_back({"fix", "Your fix", [&](Html& html) { the_fix(html, d); }});
  page.sections.push_back(
      {"questions", "What an interviewer asks next", [&](Html& html) { questions(html, d); }});
  page.sections.push_back({"score", "The score", [&](Html& html) { score(html, d.score, d.classes); }});
  page.sections.push_back({"next", "What to practise next", [&](Html& html) { next(html, d); }});
  return to_html(page);
}

}  // namespace nanobug::coach
