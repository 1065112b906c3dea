// answer: in a review, which line is wrong and why; in each mode, that nothing is.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/cli/debrief.h"
#include "mutator/cli/reading.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/notes.h"
#include "mutator/coach/review.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

// What the answer was worth, and what may be told then.
struct Judged {
  coach::Reply reply;
  bool right = false;
  const catalog::Rule* rule = nullptr;  // null where it is gone from the catalog
  std::vector<std::string> terms;       // of the rule's, named by the reason
};

Status is_to_be_answered(const session::Session& session, const coach::Reply& reply) {
  if (!session.review && reply.line > 0)
    return fail(Exit::session,
                std::string("a line answers a review only; here the only answer is none, ") +
                    (session.has_checkout()
                         ? "'nanobug locate FILE:LINE' takes your claim, 'nanobug check' judges your fix"
                         : "and what takes a claim or a fix comes with the checkout, 'nanobug open'"));
  if (!session.bugs.empty())
    return fail(
        Exit::session,
        fmt::format("there are {} bugs, so something is wrong; 'nanobug locate FILE:LINE' takes your claim",
                    session.bugs.size()));
  if (session.solved)
    return fail(Exit::session,
                fmt::format("this session was solved at {}; 'nanobug reveal' shows the answer, "
                            "'nanobug stop' ends it",
                            coach::clock(coach::learner_seconds(session, session.solved_at))));
  return {};
}

std::string about(const coach::Reply& reply) {
  return reply.line > 0 ? fmt::format("line {}", reply.line) : "none";
}

// It was wrong then, and is not counted again.
Status is_new(const session::Session& session, const coach::Reply& reply) {
  for (const session::Event& event : session.events)
    if (event.kind == coach::kAnswer && event.about == about(reply) + ", wrong")
      return fail(Exit::usage, fmt::format("you already said {}, and it was wrong; it is not counted again",
                                           about(reply)));
  return {};
}

Result<Judged> judged(Context& c, const session::Session& session, const coach::Reply& reply) {
  std::string shown;
  if (session.review && reply.line > 0) {
    const auto mutated = Context::from_vault(session.mutated);
    NANOBUG_TRY(mutated);
    shown = mutated->at(session.review->file).bytes;
  }
  const auto right = coach::judge_reply(reply, session, shown);
  NANOBUG_TRY(right);
  Judged judged{reply, *right, nullptr, {}};
  const auto loaded = c.catalog_of(session);
  NANOBUG_TRY(loaded);
  if (const auto rule = catalog::find_rule(**loaded, session.injected.front().rule)) {
    judged.rule = *rule;
    judged.terms = coach::terms_named((*rule)->terms, reply.why);
  }
  return judged;
}

std::string of_the_reason(const Judged& judged) {
  if (!judged.rule || judged.rule->terms.empty()) return "";
  std::vector<std::string> others;
  for (const catalog::Text& term : judged.rule->terms)
    if (std::find(judged.terms.begin(), judged.terms.end(), term.value) == judged.terms.end())
      others.push_back(term.value);
  if (judged.terms.empty())
    return fmt::format("Your reason has none of the key terms: {}.", fmt::join(others, ", "));
  if (others.empty())
    return fmt::format("Your reason has all the key terms: {}.", fmt::join(judged.terms, ", "));
  return fmt::format("Of the key terms your reason has: {}; not: {}.", fmt::join(judged.terms, ", "),
                     fmt::join(others, ", "));
}

std::string in_words(Context& c, const Judged& judged, const session::Session& after) {
  const Ui& ui = c.ui;
  if (!judged.right)
    return ui.bad(judged.reply.line > 0 ? fmt::format("No, it is not line {}.", judged.reply.line)
                  : after.review        ? "No, something is wrong in these lines."
                                        : "No, something is wrong.") +
           '\n' + ui.advice(coach::way_on(after));
  const auto width = static_cast<size_t>(ui.width());
  std::string text =
      ui.good(judged.reply.line == 0 ? "Right: nothing is wrong." : "Right: that is the line.");
  text += '\n' + (after.revealed ? "The answer was revealed before, so the session counts as revealed."
                                 : "Solved: " + coach::cost_of(after, after.solved_at) + '.');
  if (const std::string reason = of_the_reason(judged); !reason.empty())
    text += '\n' + coach::wrap(reason, width, "");
  else
    text += '\n';
  text += recorded_of(after, width);
  if (judged.rule)
    text += '\n' + debrief(*judged.rule, width, /*answers=*/false) + where_to_read_on(c, *judged.rule, width);
  return text + ui.advice(
                    "\n  nanobug debrief  the questions one by one, and your score"
                    "\n  nanobug stop     ends the session");
}

nlohmann::json to_json(const Judged& judged, const session::Session& after) {
  nlohmann::json json = {
      {"line", judged.reply.line > 0 ? nlohmann::json(judged.reply.line) : nlohmann::json()},
      {"right", judged.right},
      {"outcome", coach::state_of(after, std::time(nullptr))},
      {"wrong_claims", after.wrong_claims},
      {"solved_in_s", after.solved ? nlohmann::json(coach::learner_seconds(after, 0)) : nlohmann::json()}};
  if (!judged.right) return json;  // what the reason is worth would tell on the bug
  json["decoy"] = after.decoy;
  json["terms_named"] = judged.terms;
  json["cause"] = judged.rule ? judged.rule->cause : "";
  json["questions"] = judged.rule ? questions_of(*judged.rule) : nlohmann::json::array();
  return json;
}

Result<Exit> answer(Context& c, const std::string& what, const std::string& why) {
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  const auto reply = coach::parse_reply(what, why);
  NANOBUG_TRY(reply);
  NANOBUG_TRY(is_to_be_answered(session, *reply));
  NANOBUG_TRY(is_new(session, *reply));
  const auto worth = judged(c, session, *reply);
  NANOBUG_TRY(worth);
  NANOBUG_TRY(open->desk.update([&](session::Session& s) {
    const std::int64_t now = std::time(nullptr);
    coach::note_event(s, {now, coach::kAnswer, about(*reply) + (worth->right ? ", right" : ", wrong"),
                          coach::plain(worth->reply.why)});
    coach::note_reply(s, worth->right, worth->reply.why, worth->terms, now);
  }));
  const session::Session after = *open->desk.current();
  c.ui.data(c.ui.json ? to_json(*worth, after).dump(2, ' ', false, kAnyBytes) : in_words(c, *worth, after));
  return worth->right ? Exit::ok : Exit::check_failed;
}

}  // namespace

void add_answer(Verbs& verbs) {
  struct Words {
    std::string line;
    std::vector<std::string> why;
  };
  auto words = std::make_shared<Words>();
  CLI::App* verb =
      verbs.add(verbs.app, "answer", "In a review, which line is wrong and why; anywhere, that nothing is");
  verb->add_option("line", words->line,
                   "A line that is shown, by its number; or none, where nothing is wrong")
      ->required()
      ->type_name("LINE|none");
  verb->add_option("why", words->why, "What is wrong there, or why it is right, in your own words")
      ->type_name("WHY");
  verbs.on(verb, [words, &c = verbs.context] {
    return answer(c, words->line, fmt::format("{}", fmt::join(words->why, " ")));
  });
}

}  // namespace nanobug::cli
