// debrief: what a session was worth, and how it went: the follow-up questions one by one, the score and what
// each point of it counted, the timeline.
#include "mutator/cli/debrief.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mutator/cli/debrief_page.h"
#include "mutator/cli/pages.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/evidence.h"
#include "mutator/coach/notes.h"
#include "mutator/coach/practice.h"
#include "mutator/coach/score.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {

nlohmann::json questions_of(const catalog::Rule& rule) {
  auto questions = nlohmann::json::array();
  for (const catalog::Question& asked : rule.questions)
    questions.push_back({{"question", asked.question.value}, {"answer", asked.answer}});
  return questions;
}

std::string debrief(const catalog::Rule& rule, size_t width, bool answers) {
  std::string text = coach::wrap(rule.cause, width, "  ");
  if (!rule.questions.empty()) text += "\nWhat an interviewer asks next:\n";
  for (const catalog::Question& question : rule.questions) {
    text += "  - " + coach::wrap(question.question.value, width, "    ").substr(4);
    if (answers) text += coach::wrap(question.answer, width, "      ");
  }
  if (!rule.read_next.empty()) text += "\nWhere to read on:\n" + coach::wrap(rule.read_next, width, "  ");
  return text;
}

std::string recorded_of(const session::Session& session, size_t width) {
  if (!session.review || session.recorded.empty()) return "";
  return '\n' + coach::wrap("What it shows in a run: " + session.recorded.front() + ".", width, "  ");
}

namespace {

// A session that has an end, or at least an outcome.
struct Ended {
  session::Session session;
  std::string outcome;
  std::int64_t at = 0;
  bool open = false;
  bool asked = false;  // the questions were put one by one just now
};

Result<Ended> ended() {
  const auto open = session::Desk::peek(Context::places());
  NANOBUG_TRY(open);
  if (*open) {
    const session::Session& s = **open;
    if (!s.solved && !s.revealed)
      return fail(
          Exit::session,
          std::string("the debrief comes after the answer: ") +
              (s.review ? "'nanobug answer' takes yours, 'nanobug reveal' gives up"
                        : "fix it until 'nanobug check' says solved, or give up with 'nanobug reveal'"));
    return Ended{s, coach::outcome_of(s), std::time(nullptr), true};
  }
  const auto ledger = session::Desk::ledger(Context::places());
  NANOBUG_TRY(ledger);
  if (ledger->empty())
    return fail(Exit::session, "no session is open and none has ended; 'nanobug start' begins one");
  return Ended{ledger->back().session, ledger->back().outcome, ledger->back().ended, false};
}

// ---- the questions

std::vector<const catalog::Question*> questions_in(const std::vector<const catalog::Rule*>& rules) {
  std::vector<const catalog::Question*> questions;
  for (const catalog::Rule* rule : rules)
    for (const catalog::Question& question : rule->questions) questions.push_back(&question);
  return questions;
}

// "3,2,0", as many as there are questions.
Result<std::vector<int>> grades_in(const std::string& words, size_t questions) {
  std::vector<int> grades;
  std::stringstream each(words + (words.ends_with(',') ? "," : ""));
  for (std::string word; std::getline(each, word, ',');) {
    int grade = -1;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), grade);
    if (error != std::errc() || stop != word.data() + word.size() || grade < 0 || grade > 3)
      return fail(Exit::usage, "--grades: '" + word + "' is no grade; each is 0, 1, 2 or 3");
    grades.push_back(grade);
  }
  if (grades.size() != questions)
    return fail(Exit::usage, fmt::format("--grades: {} for {}; give one each, as in 3,2,0",
                                         coach::count(static_cast<std::int64_t>(grades.size()), "grade"),
                                         coach::count(static_cast<std::int64_t>(questions), "question")));
  return grades;
}

// Asks those that have no grade yet: the learner's answer, then the model's, then the grade.
struct Answered {
  std::vector<int> grades;
  std::vector<session::Event> replies;
};

Answered ask(const Ui& ui, const std::vector<const catalog::Question*>& questions, std::vector<int> grades) {
  Answered answered{std::move(grades), {}};
  answered.grades.resize(questions.size(), -1);
  const auto width = static_cast<size_t>(ui.width());
  const auto read = [](const std::string& prompt) {
    std::cerr << prompt << std::flush;
    std::string line;
    if (std::getline(std::cin, line)) return std::optional(line);
    std::cerr << '\n';
    return std::optional<std::string>();
  };
  for (size_t i = 0; i < questions.size(); ++i) {
    if (answered.grades[i] >= 0) continue;
    std::cerr << coach::wrap(fmt::format("{}/{}: {}", i + 1, questions.size(), questions[i]->question.value),
                             width, "");
    const auto reply = read("Your answer: ");
    if (!reply) break;
    if (!reply->empty())
      answered.replies.push_back(
          {std::time(nullptr), coach::kReply, fmt::format("question {}", i + 1), coach::plain(*reply)});
    std::cerr << '\n' << coach::wrap(questions[i]->answer, width, "  ");
    for (;;) {
      const auto grade =
          read("How good was yours? 0 not at all, 1 a part, 2 most, 3 all of it; Enter skips: ");
      if (!grade) return answered;
      if (grade->size() == 1 && *grade >= "0" && *grade <= "3") answered.grades[i] = (*grade)[0] - '0';
      if (grade->empty() || answered.grades[i] >= 0) break;
      std::cerr << "That is no grade: 0, 1, 2 or 3, or Enter alone.\n";
    }
    std::cerr << '\n';
  }
  return answered;
}

// From the option, or by asking: not for a page, nor where what is printed goes to a file.
Status take_grades(Context& c, Ended& ended, const std::vector<const catalog::Rule*>& rules,
                   const std::string& given, bool page) {
  const auto questions = questions_in(rules);
  Answered answered;
  if (!given.empty()) {
    if (!ended.open)
      return fail(Exit::session,
                  "the last session has ended, and its grades with it; give them before 'nanobug stop'");
    auto grades = grades_in(given, questions.size());
    NANOBUG_TRY(grades);
    answered.grades = std::move(*grades);
  } else {
    const auto& have = ended.session.grades;
    const bool all = have.size() >= questions.size() && std::find(have.begin(), have.end(), -1) == have.end();
    const bool may_ask = !c.ui.json && !c.ui.quiet && !c.ui.no_input && !page && ::isatty(STDIN_FILENO) &&
                         ::isatty(STDOUT_FILENO);
    if (!ended.open || all || !may_ask) return {};
    answered = ask(c.ui, questions, have);
    ended.asked = true;
  }
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  NANOBUG_TRY(open->desk.update([&](session::Session& s) {
    s.grades = answered.grades;
    for (const session::Event& reply : answered.replies) coach::note_event(s, reply);
  }));
  ended.session = *open->desk.current();
  return {};
}

// ---- in words

std::string timeline(const session::Session& session, size_t width) {
  std::string text;
  for (const session::Event& event : session.events) {
    std::string words = event.about;
    if (!event.words.empty()) words += (words.empty() ? "" : ": ") + event.words;
    const std::string indent(21, ' ');
    const std::string when = fmt::format("  {:>6}  ", coach::clock(event.at - session.started));
    text += words.empty() ? when + event.kind + '\n'
                          : fmt::format("{}{:<11}{}", when, event.kind,
                                        coach::wrap(words, width, indent).substr(indent.size()));
  }
  return text;
}

// What was asked for, what it cost, and what would have told for less.
std::string of_the_evidence(const session::Session& session) {
  std::string text;
  for (const session::Asked& one : session.asked)
    text += fmt::format("  {:<24}{:>12}   {}\n", one.evidence, coach::count(one.minutes, "minute"),
                        coach::worth_of(session, one));
  if (session.production && !session.production->told.empty())
    text += fmt::format("  What tells in the log, free: {}\n", fmt::join(session.production->told, ", "));
  if (session.production && !session.production->cheapest.empty())
    text += fmt::format("  What tells, and costs least ({}): {}\n",
                        coach::count(session.production->cheapest_minutes, "minute"),
                        fmt::join(session.production->cheapest, ", "));
  return text;
}

std::string in_words(const coach::Score& score) {
  std::string text;
  std::string part;
  for (const coach::ScoreLine& line : score.lines) {
    if (line.part != std::exchange(part, line.part))
      text += fmt::format("  {:<14} {:>3} of {}\n", line.part, score.points(line.part), score.of(line.part));
    text += fmt::format("    {:<12} {:>3} of {:<4} {}\n", line.name, line.points, line.of, line.why);
  }
  return text;
}

// Each with its answer, and with its grade where it has one.
std::string questions_and_answers(const std::vector<const catalog::Question*>& questions,
                                  const std::vector<int>& grades, size_t width) {
  std::string text;
  for (size_t i = 0; i < questions.size(); ++i) {
    const bool graded = i < grades.size() && grades[i] >= 0;
    text += fmt::format("  {}. ", i + 1) +
            coach::wrap(questions[i]->question.value, width, "     ").substr(5) +
            coach::wrap(questions[i]->answer, width, "     ") +
            (graded ? fmt::format("     Your grade: {} of 3\n", grades[i]) : "");
  }
  return text;
}

std::string headline(const Ended& ended, const std::vector<const catalog::Rule*>& rules) {
  std::string names;
  for (const catalog::Rule* rule : rules)
    names += (names.empty() ? "" : ", ") + rule->code.value + " " + rule->title.value;
  std::string outcome = ended.outcome;
  if (const std::string fixed = coach::fixed_of(ended.session); !fixed.empty()) outcome += ", " + fixed;
  return fmt::format("{}, {}{}\n{}: {}.", ended.session.name, coach::mode_in_words(ended.session),
                     names.empty() ? "" : " of " + names, outcome, coach::cost_of(ended.session, ended.at));
}

// "3,2,1", as many as there are questions, while one of them has no grade; else "".
std::string example_of_grades(const Ended& ended, const std::vector<const catalog::Rule*>& rules) {
  const size_t questions = coach::questions_asked(rules);
  const auto& grades = ended.session.grades;
  const bool all = grades.size() >= questions && std::find(grades.begin(), grades.end(), -1) == grades.end();
  std::string example;
  if (!ended.open || all) return example;
  for (size_t i = 0; i < questions; ++i) example += fmt::format("{}{}", i == 0 ? "" : ",", 3 - i % 3);
  return example;
}

// What is worth practising after it: the class, where it was not found or cost much.
std::string next(const Ended& ended, const coach::Score& score,
                 const std::vector<const catalog::Rule*>& rules) {
  const bool easy =
      rules.empty() || ended.session.decoy || (ended.outcome == "solved" && score.points("process") >= 30);
  const std::string mode =
      coach::mode_of(ended.session) == "hunt" ? "" : " --mode " + coach::mode_of(ended.session);
  const std::string command =
      easy ? "nanobug next" : fmt::format("nanobug start{} --category {}", mode, rules.front()->category);
  std::vector<std::pair<std::string, std::string>> lines;
  if (const std::string grading = example_of_grades(ended, rules); !grading.empty())
    lines.emplace_back("nanobug debrief --grades " + grading, "your own grades, 0 to 3 each");
  if (ended.open) lines.emplace_back("nanobug stop", "ends the session");
  lines.emplace_back(command, easy ? "what to practise now" : "another one of this class");
  size_t width = 0;
  for (const auto& [typed, what] : lines) width = std::max(width, typed.size());
  std::string text;
  for (const auto& [typed, what] : lines)
    text += fmt::format("{}  {:<{}}  {}", text.empty() ? "" : "\n", typed, width, what);
  return text;
}

nlohmann::json to_json(const Ended& ended, const coach::Score& score,
                       const std::vector<const catalog::Rule*>& rules) {
  nlohmann::json json = {
      {"name", ended.session.name},
      {"mode", coach::mode_of(ended.session)},
      {"outcome", ended.outcome},
      {"decoy", ended.session.decoy},
      {"seconds", coach::learner_seconds(ended.session, ended.at)},
      {"paused_seconds", coach::paused_seconds(ended.session, ended.at)},
      {"score", {{"points", score.points()}, {"of", score.of()}, {"lines", nlohmann::json::array()}}},
      {"timeline", nlohmann::json::array()},
      {"asked", nlohmann::json::array()},
      {"rules", nlohmann::json::array()},
      {"questions", nlohmann::json::array()}};
  for (const coach::ScoreLine& line : score.lines)
    json["score"]["lines"].push_back({{"part", line.part},
                                      {"name", line.name},
                                      {"points", line.points},
                                      {"of", line.of},
                                      {"why", line.why}});
  for (const session::Asked& one : ended.session.asked)
    json["asked"].push_back({{"evidence", one.evidence}, {"minutes", one.minutes}, {"tells", one.tells}});
  if (ended.session.production) json["log_tells"] = ended.session.production->told;
  if (ended.session.production)
    json["cheapest"] = {{"evidence", ended.session.production->cheapest},
                        {"minutes", ended.session.production->cheapest_minutes}};
  for (const session::Event& event : ended.session.events)
    json["timeline"].push_back({{"second", event.at - ended.session.started},
                                {"kind", event.kind},
                                {"about", event.about},
                                {"words", event.words}});
  size_t i = 0;
  for (const catalog::Rule* rule : rules) {
    json["rules"].push_back({{"code", rule->code.value},
                             {"id", rule->id.value},
                             {"title", rule->title.value},
                             {"class", rule->category}});
    for (nlohmann::json question : questions_of(*rule)) {
      const auto& grades = ended.session.grades;
      question["grade"] = i < grades.size() && grades[i] >= 0 ? nlohmann::json(grades[i]) : nlohmann::json();
      json["questions"].push_back(std::move(question));
      ++i;
    }
  }
  return json;
}

Result<Exit> debrief_session(Context& c, const std::string& grades, const HtmlOption& html) {
  auto last = ended();
  NANOBUG_TRY(last);
  const auto loaded = c.catalog_of(last->session);
  NANOBUG_TRY(loaded);
  const auto rules = coach::rules_of(last->session, **loaded);
  NANOBUG_TRY(take_grades(c, *last, rules, grades, html.given()));
  const coach::Score score = coach::score_of(last->session, rules, last->at);
  if (html.given()) {
    const auto page = debrief_page(c, last->session, last->outcome, last->at, last->open, rules, score);
    NANOBUG_TRY(page);
    return publish(c.ui, html, last->session.name, *page);
  }
  if (c.ui.json) {
    c.ui.data(to_json(*last, score, rules).dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  const auto width = static_cast<size_t>(c.ui.width());
  std::string text = headline(*last, rules) + "\n\n";
  if (!last->session.events.empty())
    text += c.ui.strong("Since the start, building and checking included") + '\n' +
            timeline(last->session, width) + '\n';
  if (const std::string evidence = of_the_evidence(last->session); !evidence.empty())
    text += c.ui.strong("Evidence") + '\n' + evidence + '\n';
  if (const auto questions = questions_in(rules); !questions.empty() && !last->asked)
    text += c.ui.strong("What an interviewer asks next") + '\n' +
            questions_and_answers(questions, last->session.grades, width) + '\n';
  text += c.ui.strong(fmt::format("Score: {} of {}", score.points(), score.of())) + '\n' + in_words(score);
  const auto classes = coach::classes_by_outcome(**loaded, rules);
  if (!classes.empty()) text += '\n' + c.ui.strong("What such a bug usually is, in this catalog") + '\n';
  for (const std::string& one : classes) text += coach::wrap(one, width, "  ");
  if (const std::string more = c.ui.advice(next(*last, score, rules)); !more.empty()) text += '\n' + more;
  c.ui.data(text);
  return Exit::ok;
}

}  // namespace

void add_debrief(Verbs& verbs) {
  auto grades = std::make_shared<std::string>();
  CLI::App* verb = verbs.add(verbs.app, "debrief",
                             "After the answer: the follow-up questions, your score, how the session went");
  verb->add_option(
          "--grades", *grades,
          "How good your answers to the questions were, 0 to 3 each, as in 3,2,0 (default: asked for at "
          "a terminal)")
      ->type_name("N,N,…");
  const auto html =
      add_html(verb,
               "As a page for a browser, the answer in it, and print its path (default: in nanobug's state "
               "directory)");
  verbs.on(verb, [grades, html, &c = verbs.context] { return debrief_session(c, *grades, *html); });
}

}  // namespace nanobug::cli
