// stop and restore: end the session. One verb, two names: the work is kept, the clean tree is back.
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/tally.h"

namespace nanobug::cli {
namespace {

// The clean tree comes back with its build, if that is in the cache: nothing is built to end a session, and
// no trouble with it may keep one open.
struct Furniture {
  std::function<Status(const fs::path& staging)> furnish;
  std::int64_t time = session::kCheckoutTime;
};

Furniture furniture(Context& c, const session::Session& session) {
  if (!session.has_checkout()) return {};
  const auto shop = c.workshop_of(session);
  if (!shop) return {};
  const auto clean = (*shop)->find_clean(session.pristine);
  if (!clean) return {};
  const workshop::Workshop& workshop = **shop;
  return {[&workshop, clean = *clean, home = session.directory](const fs::path& staging) -> Status {
            if (!workshop.furnish(clean, nullptr, staging, home))
              return remove_tree(workshop.build_directory(staging));
            return {};
          },
          clean->time};
}

Result<Exit> stop(Context& c) {
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  const std::string outcome = coach::outcome_of(session);
  const Furniture furniture = cli::furniture(c, session);
  const std::int64_t now = std::time(nullptr);
  auto stopped = open->desk.stop(outcome, furniture.furnish, furniture.time);
  // No trouble with the build directory may keep a session open.
  if (!stopped && furniture.furnish && open->desk.current() && fs::is_directory(session.directory))
    stopped = open->desk.stop(outcome);
  NANOBUG_TRY(stopped);
  if (c.ui.json) {
    if (!stopped->note.empty()) c.ui.say(stopped->note);
    c.ui.data(nlohmann::json{
        {"name", session.name},
        {"outcome", outcome},
        {"learner_seconds", coach::learner_seconds(session, now)},
        {"over_time_s", coach::over_time(session, now)},
        {"hints", session.hints},
        {"wrong_claims", session.wrong_claims},
        {"mode", coach::mode_of(session)},
        {"dir", session.has_checkout() ? nlohmann::json(session.directory.string()) : nlohmann::json()},
        {"tree", session.pristine},
        {"attempt", stopped->attempt.string()},
        {"branch", session.branch()},
        {"snapshot", stopped->snapshot},
        {"note", stopped->note}}
                  .dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  std::string ending = outcome;
  if (const std::string fixed = coach::fixed_of(session); !fixed.empty()) ending += ", " + fixed;
  c.ui.data(fmt::format("{} is over: {}, {}.", session.name, ending, coach::cost_of(session, now)));
  if (!session.has_checkout()) {
    if (c.ui.quiet) return Exit::ok;
    const std::string next = "nanobug start --mode " + coach::mode_of(session);
    c.ui.data((outcome == "stopped"
                   ? fmt::format("  {:<{}}  the answer, when you want it\n", "nanobug reveal", next.size())
                   : "") +
              "  " + next + "  begins the next");
    return Exit::ok;
  }
  if (stopped->attempt.empty()) {
    std::string why = stopped->note;
    if (const std::string path = session.directory.string(); why.starts_with(path))
      why.replace(0, path.size(), tidy(session.directory));
    c.ui.data("  " + why + "; nothing was there to keep, and nothing was touched.");
    return Exit::ok;
  }
  if (!stopped->note.empty()) c.ui.say(stopped->note);
  const bool clean_again = stopped->attempt != session.directory;  // else nothing could be put there
  c.ui.data(fmt::format("  your work       {}\n", tidy(stopped->attempt)) +
            (clean_again ? fmt::format("  the clean tree  {}\n", tidy(session.directory)) : ""));
  if (!c.ui.quiet)
    c.ui.data(std::string(outcome == "stopped" ? "  nanobug reveal  the answer, when you want it\n" : "") +
              "  nanobug start   begins the next");
  if (const std::string lost = shell_elsewhere(session.directory); !lost.empty()) c.ui.say(lost);
  return Exit::ok;
}

}  // namespace

void add_stop(Verbs& verbs) {
  for (const char* name : {"stop", "restore"}) {
    CLI::App* verb =
        verbs.add(verbs.app, name,
                  std::string(name) == "stop" ? "End the session; your work is kept, the clean tree is back"
                                              : "The same as stop");
    verbs.on(verb, [&c = verbs.context] { return stop(c); });
  }
}

}  // namespace nanobug::cli
