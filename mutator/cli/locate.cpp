// locate: the learner's claim of where the bug is.
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <set>

#include "mutator/base/files.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/claim.h"
#include "mutator/coach/notes.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

const char* words_of(coach::Answer answer, bool several) {
  switch (answer) {
    case coach::Answer::right:
      return several ? "Right: that is the place of one of them." : "Right: that is the place.";
    case coach::Answer::right_file:
      return "The file is right, the line is not.";
    case coach::Answer::wrong:
      break;
  }
  return "No, it is not there.";
}

Result<Exit> locate(Context& c, const std::string& words, const std::string& why) {
  auto claim = coach::parse_claim(words);
  NANOBUG_TRY(claim);
  if (!why.empty()) NANOBUG_TRY(coach::can_be_kept(why, "the claim is not counted", "say why"));
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  NANOBUG_TRY(c.checkout_is_there(session));
  const auto mutated = Context::from_vault(session.mutated);
  NANOBUG_TRY(mutated);
  std::vector<std::string> files;
  for (const auto& [path, file] : *mutated) files.push_back(path);
  claim->file = in_checkout(session.directory, claim->file);
  std::error_code error;
  if (fs::path(claim->file).is_absolute())
    return fail(Exit::usage, "the claim is not counted: " + claim->file + " is not in the checkout");
  if (fs::is_directory(session.directory / claim->file, error))
    return fail(Exit::usage,
                "the claim is not counted: " + claim->file + " is a directory; name a file in it");
  if (!fs::exists(session.directory / claim->file, error)) {
    const auto meant = coach::file_meant(claim->file, files);
    NANOBUG_TRY(meant);
    claim->file = *meant;
  }
  const auto present = read_file(session.directory / claim->file);
  NANOBUG_TRY(present);
  const auto lines = static_cast<int>(lines_of(*present).size());
  if (claim->line > lines)
    return fail(Exit::usage,
                fmt::format("the claim is not counted: {} has {}", claim->file, coach::count(lines, "line")));
  // It was wrong then; the learner's own edits may have moved the lines since.
  for (auto event = session.events.rbegin(); event != session.events.rend(); ++event) {
    if (event->kind == coach::kCheck || event->kind == coach::kReset) break;
    if (event->kind == coach::kClaim && event->about == fmt::format("{}:{}, wrong", claim->file, claim->line))
      return fail(Exit::usage,
                  fmt::format("you already said {}:{}, and it was wrong; it is not counted again",
                              claim->file, claim->line));
  }
  const auto original = mutated->find(claim->file);
  const auto judge = [&](const std::vector<session::Injected>& bugs) {
    return original == mutated->end() ? coach::Answer::wrong
                                      : coach::judge_claim(*claim, bugs, original->second.bytes, *present);
  };
  // Of a decoy every claim is wrong, in the file that was changed too.
  const coach::Answer answer = session.decoy ? coach::Answer::wrong : judge(session.injected);
  const bool right = answer == coach::Answer::right, several = !session.bugs.empty();
  std::set<std::string> found;  // of several bugs
  for (const session::Injected& bug : session.injected)
    if (several && judge({bug}) == coach::Answer::right) found.insert(bug.rule);
  NANOBUG_TRY(open->desk.update([&](session::Session& s) {
    if (several)
      coach::note_claim(s, found);
    else
      coach::note_claim(s, right);
    coach::note_event(s, {std::time(nullptr), coach::kClaim,
                          fmt::format("{}:{}, {}", claim->file, claim->line, right ? "right" : "wrong"),
                          coach::plain(why)});
  }));
  if (c.ui.json)
    c.ui.data(nlohmann::json{{"file", claim->file},
                             {"line", claim->line},
                             {"right", right},
                             {"right_file", answer != coach::Answer::wrong},
                             {"counted", !session.solved}}
                  .dump(2, ' ', false, kAnyBytes));
  else
    c.ui.data(right ? c.ui.good(words_of(answer, several))
                    : c.ui.bad(words_of(answer, several)) + '\n' + c.ui.advice(coach::way_on(session)));
  if (const std::string lost = shell_elsewhere(session.directory); !lost.empty()) c.ui.say(lost);
  return right ? Exit::ok : Exit::check_failed;
}

}  // namespace

void add_locate(Verbs& verbs) {
  struct Words {
    std::string place;
    std::vector<std::string> why;
  };
  auto words = std::make_shared<Words>();
  CLI::App* verb = verbs.add(verbs.app, "locate", "Say where you think the bug is, and why");
  verb->add_option("place", words->place, "For example nanochat/gpt.cpp:42, or gpt.cpp:42")
      ->required()
      ->type_name("FILE:LINE");
  verb->add_option("why", words->why, "What is wrong there, in your own words; it counts in the debrief")
      ->type_name("WHY");
  verbs.on(verb, [words, &c = verbs.context] {
    return locate(c, words->place, fmt::format("{}", fmt::join(words->why, " ")));
  });
}

}  // namespace nanobug::cli
