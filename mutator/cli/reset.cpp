// reset: the checkout's sources as they were at the start; the session goes on.
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/claim.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

// The checkout's files and directories that the learner's words mean; none for the checkout itself. A file
// that was deleted is looked for among those of the start.
Result<std::vector<std::string>> meant(const session::Session& session,
                                       const std::vector<std::string>& named) {
  std::vector<std::string> files, all;
  if (named.empty()) return all;
  const auto began = Context::from_vault(session.mutated);
  NANOBUG_TRY(began);
  for (const auto& [path, file] : *began) files.push_back(path);
  for (const std::string& one : named) {
    std::string file = in_checkout(session.directory, one);
    while (file.size() > 1 && file.ends_with('/')) file.pop_back();
    if (file == ".") return std::vector<std::string>{};
    std::error_code error;
    if (!fs::exists(fs::symlink_status(session.directory / file, error)))
      if (auto known = coach::file_meant(file, files)) file = std::move(*known);
    all.push_back(std::move(file));
  }
  return all;
}

Result<Exit> reset(Context& c, const std::vector<std::string>& named) {
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  if (session.review) return fail(Exit::session, "a review has no checkout, so there is nothing to put back");
  NANOBUG_TRY(c.checkout_is_there(session));
  const auto only = meant(session, named);
  NANOBUG_TRY(only);
  const auto done = open->desk.reset(*only);
  NANOBUG_TRY(done);
  const auto files = static_cast<std::int64_t>(done->files.size());
  if (files > 0)
    NANOBUG_TRY(open->desk.update([&](session::Session& s) {
      coach::note_event(s, {std::time(nullptr), coach::kReset, coach::count(files, "file"), ""});
    }));
  if (c.ui.json)
    c.ui.data(nlohmann::json{{"dir", session.directory.string()},
                             {"files", done->files},
                             {"branch", session.branch()},
                             {"snapshot", done->snapshot}}
                  .dump(2, ' ', false, kAnyBytes));
  else if (files == 0)
    c.ui.data(only->empty() ? "Nothing to put back: the sources are as they were at the start."
                            : "Nothing to put back: that is as it was at the start.");
  else
    c.ui.data(fmt::format(
        "{} put back as at the start. What was there is kept:\n"
        "  git --git-dir {} show {}",
        coach::count(files, "file"), tidy(Context::places().vault), done->snapshot.substr(0, 12)));
  if (const std::string lost = shell_elsewhere(session.directory); !lost.empty()) c.ui.say(lost);
  return Exit::ok;
}

}  // namespace

void add_reset(Verbs& verbs) {
  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* verb = verbs.add(verbs.app, "reset",
                             "Put the sources back as they were at the start; your edits are kept aside");
  verb->add_option("file", *files, "Only these files or directories (default: all)")->type_name("FILE");
  verbs.on(verb, [files, &c = verbs.context] { return reset(c, *files); });
}

}  // namespace nanobug::cli
