// reveal: the answer, the cause, the diff, and what an interviewer asks next. Of an open session it is giving
// up, and recorded; of one that has ended it is reading.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <set>

#include "mutator/base/files.h"
#include "mutator/cli/debrief.h"
#include "mutator/cli/editor.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/tally.h"

namespace nanobug::cli {
namespace {

struct Asked {
  session::Session session;
  fs::path directory;  // where the learner's files are now; empty: nowhere
  bool open = false;
};

// The open session, or the last one that ended.
Result<Asked> asked_for() {
  auto open = session::Desk::peek(Context::places());
  NANOBUG_TRY(open);
  if (*open) {
    const fs::path checkout = (*open)->directory;
    return Asked{std::move(**open), checkout, true};
  }
  auto ledger = session::Desk::ledger(Context::places());
  NANOBUG_TRY(ledger);
  if (ledger->empty())
    return fail(Exit::session, "no session is open and none has ended; 'nanobug start' begins one");
  return Asked{std::move(ledger->back().session), std::move(ledger->back().attempt)};
}

// The place of the first bug that is left, in the learner's own file: the lines of theirs that stand where
// the bug's stood, whatever was edited above.
struct InFile {
  fs::path file;
  int line = 1;
};
Result<InFile> place_of(const Asked& asked) {
  const session::Session& session = asked.session;
  const auto& all = session.injected;
  const auto left = std::find_if(all.begin(), all.end(), [&](const session::Injected& bug) {
    return std::none_of(session.bugs.begin(), session.bugs.end(),
                        [&](const session::Bug& one) { return one.fixed && one.rule == bug.rule; });
  });
  const session::Injected& bug = left != all.end() ? *left : all.front();
  const fs::path file = asked.directory / bug.file;
  const auto present = read_file(file);
  if (asked.directory.empty() || !present)
    return fail(Exit::session, bug.file + " is not there any more; leave --edit out");
  const auto mutated = Context::from_vault(session.mutated);
  NANOBUG_TRY(mutated);
  const int line = bug.changed.empty() ? 1 : bug.changed.front().first;
  return InFile{file, line_now(mutated->at(bug.file).bytes, *present, line)};
}

// One bug: its rule, which may be gone from the catalog, and where it is.
struct Revealed {
  std::string id;
  const catalog::Rule* rule = nullptr;
  std::vector<std::string> places;
};

std::vector<Revealed> answers_of(const catalog::Catalog& catalog, const session::Session& session) {
  std::vector<Revealed> all;
  for (const session::Injected& bug : session.injected) {
    auto known =
        std::find_if(all.begin(), all.end(), [&](const Revealed& one) { return one.id == bug.rule; });
    if (known == all.end()) {
      const auto rule = catalog::find_rule(catalog, bug.rule);
      known = all.insert(all.end(), {bug.rule, rule ? *rule : nullptr, {}});
    }
    known->places.push_back(bug.changed.empty() ? bug.file
                                                : fmt::format("{}:{}", bug.file, bug.changed.front().first));
  }
  return all;
}

constexpr const char* kNext =
    "\n  nanobug debrief  the questions one by one, and your score"
    "\n  nanobug stop     ends the session";

// Each file once, whoever changed it.
Result<std::string> diff_of(const session::Session& session) {
  const auto clean = Context::from_vault(session.pristine), mutated = Context::from_vault(session.mutated);
  NANOBUG_TRY(clean);
  NANOBUG_TRY(mutated);
  std::string diff;
  std::set<std::string> told;
  for (const session::Injected& bug : session.injected)
    if (told.insert(bug.file).second)
      diff += grade::unified_diff(bug.file, clean->at(bug.file).bytes, mutated->at(bug.file).bytes);
  return diff;
}

nlohmann::json to_json(const Revealed& one) {
  return {{"id", one.id},
          {"code", one.rule ? one.rule->code.value : ""},
          {"title", one.rule ? one.rule->title.value : "(no longer in the catalog)"},
          {"cause", one.rule ? one.rule->cause : ""},
          {"questions", one.rule ? questions_of(*one.rule) : nlohmann::json::array()}};
}

std::string name_of(const Ui& ui, const Revealed& one) {
  return ui.strong((one.rule ? one.rule->code.value + ", " : "") + one.id) + ": " +
         (one.rule ? one.rule->title.value : "(no longer in the catalog)");
}

std::string debrief_of(const Ui& ui, const Revealed& one) {
  return one.rule ? debrief(*one.rule, static_cast<size_t>(ui.width()), /*answers=*/true) : "";
}

std::string in_words(const Ui& ui, const std::vector<Revealed>& answers, const std::string& diff) {
  const bool decoy = answers.size() == 1 && answers.front().rule && answers.front().rule->decoy;
  const std::string changed =
      (decoy ? "Nothing is wrong. What was changed computes the same (- clean, + as shown):\n"
             : "What was changed (- clean, + with the bug):\n") +
      diff + '\n';
  const auto with_places = [&](const Revealed& one) {
    return name_of(ui, one) + fmt::format("\n  {}\n\n", fmt::join(one.places, ", "));
  };
  if (answers.size() == 1) return with_places(answers.front()) + changed + debrief_of(ui, answers.front());
  std::string text = changed;
  for (const Revealed& one : answers) text += with_places(one) + debrief_of(ui, one) + '\n';
  text.pop_back();
  return text;
}

nlohmann::json to_json(const session::Session& session, const std::vector<Revealed>& answers,
                       const std::string& diff) {
  nlohmann::json json;
  if (answers.size() == 1) {
    json = to_json(answers.front());
  } else {
    for (const Revealed& one : answers) {
      json["bugs"].push_back(to_json(one));
      json["bugs"].back()["places"] = one.places;
    }
  }
  json["decoy"] = session.decoy;
  json["name"] = session.name;
  json["diff"] = diff;
  return json;
}

Result<Exit> reveal(Context& c, bool edit) {
  const auto asked = asked_for();
  NANOBUG_TRY(asked);
  if (edit) NANOBUG_TRY(can_edit(c.ui));
  if (edit && asked->session.review)
    return fail(Exit::session, "a review has no file of yours; leave --edit out");
  const session::Session& session = asked->session;
  const auto loaded = c.catalog_of(session);
  NANOBUG_TRY(loaded);
  const auto diff = diff_of(session);
  NANOBUG_TRY(diff);
  const std::vector<Revealed> answers = answers_of(**loaded, session);
  std::optional<InFile> place;
  if (edit) {
    const auto found = place_of(*asked);
    NANOBUG_TRY(found);
    place = *found;
  }
  // An answer that cannot be given is not recorded; one that was recorded is given.
  if (asked->open) {
    auto open = c.at_desk();
    NANOBUG_TRY(open);
    NANOBUG_TRY(open->desk.update([](session::Session& s) {
      coach::note_reveal(s);
      coach::note_event(s, {std::time(nullptr), coach::kReveal, "", ""});
    }));
  } else {
    c.ui.say("Of the last session, " + session.name + ":");
  }
  c.ui.data(c.ui.json
                ? to_json(session, answers, *diff).dump(2, ' ', false, kAnyBytes)
                : in_words(c.ui, answers, *diff) + recorded_of(session, static_cast<size_t>(c.ui.width())) +
                      c.ui.advice(asked->open ? kNext : ""));
  if (place) NANOBUG_TRY(open_editor(place->file, place->line));
  return Exit::ok;
}

}  // namespace

Status note_peek(Context& c, const std::set<std::string>& ids) {
  const auto open = session::Desk::peek(Context::places());
  NANOBUG_TRY(open);
  if (!*open || (*open)->solved) return {};
  const auto& bugs = (*open)->injected;
  if (std::none_of(bugs.begin(), bugs.end(), [&](const auto& bug) { return ids.contains(bug.rule); }))
    return {};
  auto here = c.at_desk();
  NANOBUG_TRY(here);
  c.ui.say((*open)->bugs.empty() ? "This is the bug of your open session; it is recorded as revealed."
                                 : "This is a bug of your open session; it is recorded as revealed.");
  return here->desk.update([](session::Session& s) {
    coach::note_reveal(s);
    coach::note_event(s, {std::time(nullptr), coach::kReveal, "by its patch, or by an answer key", ""});
  });
}

void add_reveal(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "reveal",
                             "Give up: the answer, the cause, the diff; it is recorded. Works for the last "
                             "session too");
  auto edit = std::make_shared<bool>(false);
  verb->add_flag("--edit", *edit, "Then open the place in $VISUAL or $EDITOR");
  verbs.on(verb, [edit, &c = verbs.context] { return reveal(c, *edit); });
}

}  // namespace nanobug::cli
