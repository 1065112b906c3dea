// status: the open session.
#include <fmt/format.h>
#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/coach.h"

namespace nanobug::cli {

void add_status(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "status", "The open session: clock, hints, where it lives");
  verbs.on(verb, [&c = verbs.context]() -> Result<Exit> {
    const auto open = session::Desk::peek(Context::places());
    NANOBUG_TRY(open);
    if (!*open) {
      c.ui.data(c.ui.json ? R"({"open": false, "dir": null, "branch": null, "elapsed_s": 0})"
                          : "No session is open; 'nanobug start' begins one.");
      return Exit::ok;
    }
    const session::Session& s = **open;
    const std::int64_t elapsed = std::time(nullptr) - s.started;
    std::error_code error;
    const bool there = fs::is_directory(s.directory, error);
    if (c.ui.json) {
      const nlohmann::json json = {{"open", true},
                                   {"name", s.name},
                                   {"dir", s.directory.string()},
                                   {"dir_exists", there},
                                   {"branch", s.branch()},
                                   {"mode", "hunt"},
                                   {"elapsed_s", elapsed},
                                   {"minutes", s.minutes},
                                   {"strict", s.strict},
                                   {"hints", s.hints},
                                   {"wrong_claims", s.wrong_claims},
                                   {"located", s.located},
                                   {"checks", s.checks},
                                   {"solved", s.solved},
                                   {"revealed", s.revealed}};
      c.ui.data(json.dump(2, ' ', false, kAnyBytes));
      return Exit::ok;
    }
    const std::string state = s.solved                   ? "solved"
                              : s.revealed               ? "revealed"
                              : elapsed > s.minutes * 60 ? "over time"
                                                         : "open";
    c.ui.data(table({{"session", s.name + " (hunt" + (s.strict ? ", strict)" : ")")},
                     {"state", state},
                     {"clock", fmt::format("{} of {}:00", coach::clock(elapsed), s.minutes)},
                     {"checkout", tidy(s.directory) + (there ? "" : "  (gone)")},
                     {"branch", s.branch()},
                     {"hints", std::to_string(s.hints)},
                     {"claims", fmt::format("{} wrong{}", s.wrong_claims, s.located ? ", place found" : "")},
                     {"checks", std::to_string(s.checks)}}));
    return Exit::ok;
  });
}

}  // namespace nanobug::cli
