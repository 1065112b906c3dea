// note and hypothesis: what the learner thinks, in their own words, for the debrief.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/base/suggest.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/draw.h"
#include "mutator/coach/notes.h"
#include "mutator/coach/score.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

// Into the session's events. A full book is the learner's to know.
Status keep(Context::AtDesk& open, const char* kind, const std::string& about, const std::string& words) {
  if (open.session.events.size() >= coach::kMostEvents)
    return fail(Exit::session,
                fmt::format("this session remembers {} things already, and no more", coach::kMostEvents));
  return open.desk.update([&](session::Session& s) {
    coach::note_event(s, {std::time(nullptr), kind, about, coach::plain(words)});
  });
}

// What a hypothesis is worth now, where that is not all (coach/score.cpp).
std::string worth_of(const session::Session& session) {
  if (session.solved || session.revealed) return " The answer is known, so it does not count.";
  if (coach::has_event(session, coach::kHypothesis)) return " It is your first one that counts.";
  return coach::has_event(session, coach::kHint) ? " After a hint it counts half." : "";
}

void say_kept(const Ui& ui, const char* kind, const std::string& about, const std::string& words,
              const std::string& worth = "") {
  if (ui.json)
    ui.data(nlohmann::json{{"kind", kind}, {"about", about}, {"words", coach::plain(words)}}.dump(
        2, ' ', false, kAnyBytes));
  else
    ui.data("Noted." + worth);
}

Result<Exit> note(Context& c, const std::string& words) {
  NANOBUG_TRY(coach::can_be_kept(words, "the note is not kept", "say what you noticed"));
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  NANOBUG_TRY(keep(*open, coach::kNote, "", words));
  say_kept(c.ui, coach::kNote, "", words);
  return Exit::ok;
}

Result<Exit> hypothesis(Context& c, std::string category, const std::string& words) {
  if (!words.empty())
    NANOBUG_TRY(coach::can_be_kept(words, "the hypothesis is not kept", "say what you suspect"));
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const auto catalog = c.catalog_of(open->session);
  NANOBUG_TRY(catalog);
  std::vector<std::string> known = {coach::kNothing};
  for (const std::string& one : coach::categories_with_bugs(**catalog)) known.push_back(one);
  const auto meant = std::find_if(known.begin(), known.end(),
                                  [&](const std::string& one) { return same_name(one, category); });
  if (meant == known.end())
    return fail(Exit::usage, "the hypothesis is not kept: " + coach::no_such("class", category, known));
  category = *meant;
  const std::string worth = worth_of(open->session);
  NANOBUG_TRY(keep(*open, coach::kHypothesis, category, words));
  say_kept(c.ui, coach::kHypothesis, category, words, worth);
  return Exit::ok;
}

}  // namespace

void add_note(Verbs& verbs) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* verb = verbs.add(verbs.app, "note", "Write down what you noticed; it counts in the debrief");
  verb->add_option("note", *words, "What you noticed, in your own words")->required()->type_name("WORDS");
  verbs.on(verb, [words, &c = verbs.context] { return note(c, fmt::format("{}", fmt::join(*words, " "))); });
}

void add_hypothesis(Verbs& verbs) {
  struct Words {
    std::string category;
    std::vector<std::string> why;
  };
  auto words = std::make_shared<Words>();
  CLI::App* verb = verbs.add(verbs.app, "hypothesis",
                             "Say what kind of bug you suspect; before the first hint it counts most");
  verb->add_option("class", words->category,
                   "A category that 'nanobug list' shows; or none, if nothing is wrong")
      ->required()
      ->type_name("CLASS");
  verb->add_option("why", words->why, "What makes you think so, in your own words")->type_name("WHY");
  verbs.on(verb, [words, &c = verbs.context] {
    return hypothesis(c, words->category, fmt::format("{}", fmt::join(words->why, " ")));
  });
}

}  // namespace nanobug::cli
