// ask: evidence of the session's bug, in the learner's words and at its price.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "mutator/cli/production.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/evidence.h"
#include "mutator/coach/notes.h"
#include "mutator/coach/question.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

using From = catalog::Evidence::From;

std::string price(const catalog::Evidence& one, const session::Session& session) {
  if (one.minutes == 0 || session.solved || session.revealed) return "free";
  return coach::was_asked(session, one.id) ? "paid" : coach::count(one.minutes, "minute");
}

// Where there is a checkout, its tests are asked by a check, which counts: what they find, or do not, says at
// once whether anything is wrong.
bool is_asked_by_a_check(const catalog::Evidence& one, const session::Session& session) {
  return one.from == From::tests && session.has_checkout() && !session.solved && !session.revealed &&
         !coach::was_asked(session, one.id);
}

// What is listed of it. Who has the checkout needs neither it nor a right run to be sold: both lie beside
// what is shown.
std::vector<catalog::Evidence> offered(std::vector<catalog::Evidence> there,
                                       const session::Session& session) {
  if (session.has_checkout())
    std::erase_if(there, [&](const auto& one) {
      return one.from == From::checkout || one.from == From::clean || is_asked_by_a_check(one, session);
    });
  return there;
}

std::string listed(const std::vector<const catalog::Evidence*>& some, const session::Session& session) {
  size_t ids = 0;
  for (const catalog::Evidence* one : some) ids = std::max(ids, one->id.size());
  std::string text;
  for (const catalog::Evidence* one : some)
    text += fmt::format("  {:<{}}  {:>10}  {}\n", one->id, ids, price(*one, session), one->words);
  return text;
}

std::vector<const catalog::Evidence*> all_of(const std::vector<catalog::Evidence>& known) {
  std::vector<const catalog::Evidence*> all;
  for (const catalog::Evidence& one : known) all.push_back(&one);
  return all;
}

nlohmann::json menu_in_json(const std::vector<catalog::Evidence>& known, const session::Session& session) {
  nlohmann::json menu = nlohmann::json::array();
  for (const catalog::Evidence& one : known)
    menu.push_back({{"evidence", one.id},
                    {"words", one.words},
                    {"minutes", one.minutes},
                    {"asked", coach::was_asked(session, one.id)}});
  return menu;
}

constexpr const char* kNothingCharged = " Nothing was charged.";

// Nothing is charged for a question that is not clear.
Exit not_clear(Context& c, const coach::Request& request, const std::vector<catalog::Evidence>& known,
               const session::Session& session) {
  if (c.ui.json) {
    nlohmann::json could_be = nlohmann::json::array();
    for (const catalog::Evidence* one : request.could_be) could_be.push_back(one->id);
    c.ui.data(nlohmann::json{
        {"evidence", nullptr}, {"could_be", could_be}, {"there_is", menu_in_json(known, session)}}
                  .dump(2, ' ', false, kAnyBytes));
  } else if (request.could_be.empty()) {
    c.ui.data("I do not have that. I have:\n" + listed(all_of(known), session));
  } else if (request.could_be.size() == 1) {
    c.ui.data("Do you mean this? Then say its name.\n" + listed(request.could_be, session));
  } else {
    c.ui.data("Which of these do you mean? Say its name.\n" + listed(request.could_be, session));
  }
  return Exit::check_failed;
}

// What was named is not there, or it is the clean tree's and not paid for.
Exit refused(Context& c, const std::string& sentence, const std::string& command = "") {
  if (c.ui.json)
    c.ui.data(
        nlohmann::json{{"evidence", nullptr}, {"could_be", nlohmann::json::array()}, {"why", sentence}}.dump(
            2, ' ', false, kAnyBytes));
  else
    c.ui.data(coach::wrap(sentence + kNothingCharged, static_cast<size_t>(c.ui.width()), "") +
              (command.empty() ? "" : "  " + command + '\n'));
  return Exit::check_failed;
}

Result<Exit> menu(Context& c, const std::vector<catalog::Evidence>& known, const session::Session& session) {
  const std::string head = session.has_checkout()
                               ? "What there is to ask for; it is free, as the checkout is open:\n"
                               : "What there is to ask for, and what it costs:\n",
                    foot =
                        "  nanobug ask NAME, or in your own words; a layer or a part by its name or number";
  c.ui.data(c.ui.json ? menu_in_json(known, session).dump(2, ' ', false, kAnyBytes)
                      : head + listed(all_of(known), session) + foot +
                            (session.has_checkout()
                                 ? "\n  nanobug run --plot SERIES draws the same of your tree as it stands"
                                 : ""));
  return Exit::ok;
}

// The clean tree's beside all that was shown so far; what is the same there only by its name.
std::string clean_beside(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence,
                         const session::Session& session, size_t width) {
  std::vector<std::string> same;
  std::string text;
  for (const catalog::Evidence& one : known) {
    const grade::Piece *own = evidence.find(one.id), *clean = evidence.find_clean(one.id);
    if (!own || !clean || (one.minutes > 0 && !coach::was_asked(session, one.id))) continue;
    if (coach::same(*own, *clean))
      same.push_back(one.id);
    else
      text += '\n' + coach::shown(one, *own, clean, {}, width);
  }
  if (!same.empty())
    text += '\n' + coach::wrap(fmt::format("No different: {}", fmt::join(same, ", ")), width, "");
  return "From now on each answer has the clean tree's beside it.\n" + text;
}

Status can_ask(const session::Session& session, const catalog::Catalog& catalog) {
  if (session.review)
    return fail(Exit::session, "a review has no run to ask about; 'nanobug status' shows its lines again");
  if (!session.bugs.empty())
    return fail(Exit::session,
                "nobody has recorded these bugs together; 'nanobug run' shows what they do at once");
  if (catalog.tree.evidence.empty())
    return fail(Exit::session, std::string("this tree has no evidence to ask for") +
                                   (catalog.tree.runs.empty() ? "" : "; 'nanobug run' shows what it does"));
  return {};
}

Result<Exit> ask(Context& c, const std::string& question) {
  if (!question.empty())
    NANOBUG_TRY(coach::can_be_kept(question, "the question is not asked", "say what you want to see"));
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  const auto catalog = c.catalog_of(session);
  NANOBUG_TRY(catalog);
  NANOBUG_TRY(can_ask(session, **catalog));
  const auto evidence = evidence_of_session(c, session);
  NANOBUG_TRY(evidence);
  const auto all = coach::priced((*catalog)->tree.evidence, session);
  const auto there = coach::there_is(all, *evidence), known = offered(there, session);
  if (question.empty()) return menu(c, known, session);
  const coach::Request request = coach::requested(all, there, *evidence, question);
  if (!request.missing.empty()) return refused(c, request.missing);
  if (!request.evidence) return not_clear(c, request, known, session);
  const catalog::Evidence& wanted = *request.evidence;
  if (wanted.from == From::checkout) {
    c.ui.data(session.has_checkout() ? "The checkout is open: " + tidy(session.directory)
                                     : fmt::format("That is the checkout, for {}: nanobug open",
                                                   coach::count(wanted.minutes, "minute")));
    return session.has_checkout() ? Exit::ok : Exit::check_failed;
  }
  if (wanted.from == From::clean && session.has_checkout() && !c.ui.json) {
    c.ui.data("Each answer has the clean tree's beside it, as the checkout is open.");
    return Exit::ok;
  }
  if (is_asked_by_a_check(wanted, session))
    return refused(c, "Where the checkout is open, the tests are asked by a check.", "nanobug check");
  const catalog::Evidence* clean = (*catalog)->tree.find_evidence(From::clean);
  const bool has_clean = session.has_checkout() || (clean && coach::was_asked(session, clean->id));
  if (request.of_clean && !has_clean && clean)
    return refused(
        c,
        fmt::format("The clean tree's comes with {}, for {}: from then on each answer has it beside.",
                    clean->id, coach::count(clean->minutes, "minute")),
        "nanobug ask " + clean->id);
  NANOBUG_TRY(open->desk.update([&](session::Session& s) {
    coach::note_asked(s, wanted, evidence->does_tell(wanted.id), std::time(nullptr));
  }));
  const session::Session after = *open->desk.current();
  const bool charged = after.asked.size() > session.asked.size();
  const bool beside = has_clean || wanted.from == From::clean;
  const auto width = static_cast<size_t>(c.ui.width());
  if (wanted.from == From::clean && !c.ui.json) {
    c.ui.data(clean_beside(known, *evidence, after, width) + (charged ? '\n' + paid_in_words(after) : ""));
    return Exit::ok;
  }
  const grade::Piece none{.id = wanted.id};
  const grade::Piece *own = evidence->find(wanted.id), *theirs = evidence->find_clean(wanted.id);
  const grade::Piece& piece = own ? *own : none;
  const auto& parts = request.parts;
  if (c.ui.json) {
    nlohmann::json json = piece_in_json(piece, parts);
    json["minutes"] = charged ? wanted.minutes : 0;
    json["paid_s"] = coach::paid_seconds(after);
    if (beside && theirs) json["clean"] = piece_in_json(*theirs, parts);
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  std::string text = coach::shown(wanted, piece, beside ? theirs : nullptr, parts, width);
  if (charged) text += '\n' + paid_in_words(after);
  c.ui.data(text);
  return Exit::ok;
}

}  // namespace

void add_ask(Verbs& verbs) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* verb =
      verbs.add(verbs.app, "ask",
                "Ask for more of what the bug's run shows, at a price; alone, what there is to ask for");
  verb->add_option("what", *words, "What you want to see, in your own words: \"gradient norm per layer\"")
      ->type_name("WORDS");
  verbs.on(verb, [words, &c = verbs.context] { return ask(c, fmt::format("{}", fmt::join(*words, " "))); });
}

}  // namespace nanobug::cli
