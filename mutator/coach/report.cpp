// report: see report.h.
#include "mutator/coach/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

// More than this many are not read.
constexpr size_t kFirst = 3;

// What those who were asked are called: most trees have tests of their own, and no probes.
std::string witness(const grade::Verdict& verdict) {
  const bool tests = std::any_of(verdict.probes.begin(), verdict.probes.end(),
                                 [](const auto& answer) { return answer.test != workshop::kProtocol; });
  return tests ? "test" : "probe";
}

std::string agreement(const grade::Verdict& verdict) {
  const Standing standing = standing_of(verdict);
  const std::string tests = count(standing.probes, witness(verdict));
  if (verdict.parity.empty() && witness(verdict) == "test")
    return tests + (standing.probes == 1 ? " agrees" : " agree") + " with the clean tree.";
  return fmt::format("{} and {} agree with the clean tree.", tests, count(standing.programs, "program run"));
}

std::string differences(const grade::Verdict& verdict, const session::Session& before, bool all) {
  const Standing standing = standing_of(verdict);
  std::string body =
      fmt::format("{} of {} {} with the clean tree", standing.probes_agree,
                  count(standing.probes, witness(verdict)), standing.probes == 1 ? "agrees" : "agree");
  if (before.probes_total_last > 0) body += fmt::format(" ({} last time)", before.probes_agree_last);
  if (standing.programs > 0)
    body += fmt::format(", and {} of {}", standing.programs_agree, count(standing.programs, "program run"));
  body += ". What differs, causes first:\n";
  for (const std::string& line : upstream(verdict.wrong, all)) body += "  " + line + '\n';
  if (standing.programs > 0 && standing.programs_agree == standing.programs)
    body +=
        "All program runs agree: what still differs does not show in these short runs, but may in a longer "
        "one.\n";
  return body;
}

}  // namespace

Standing standing_of(const grade::Verdict& verdict) {
  Standing standing;
  standing.probes = static_cast<int>(verdict.probes.size());
  for (const auto& answer : verdict.probes) standing.probes_agree += answer.passed();
  for (const auto& answer : verdict.parity) {
    standing.programs_agree += answer.agrees();
    standing.programs += answer.agrees() || answer.differs();
  }
  return standing;
}

std::string event_of(const grade::Verdict& verdict) {
  if (!verdict.builds) return "it does not build";
  const Standing standing = standing_of(verdict);
  const std::string tests =
      fmt::format("{} of {}", standing.probes_agree, count(standing.probes, witness(verdict)));
  if (verdict.parity.empty() && witness(verdict) == "test") return tests;
  return fmt::format("{}, {} of {}", tests, standing.programs_agree, count(standing.programs, "program run"));
}

std::vector<std::string> upstream(const std::vector<std::string>& wrong, bool all) {
  // A line that says "and 1 more" takes the place of the one.
  const size_t shown = all || wrong.size() <= kFirst + 1 ? wrong.size() : kFirst;
  std::vector<std::string> lines;
  for (size_t i = 0; i < shown; ++i) lines.push_back("- " + wrong[i]);
  if (shown < wrong.size())
    lines.push_back(fmt::format("and {} more that follow; --all lists them", wrong.size() - shown));
  return lines;
}

namespace {

// Of several bugs: how many are left, never which.
std::string left_of(const session::Session& session) {
  if (session.bugs.empty()) return "";
  const int left = bugs_left(session), all = static_cast<int>(session.bugs.size());
  if (left == 0)
    return fmt::format(
        " None of the {} bugs shows any more, but something still differs: another of your edits, or an "
        "incomplete fix.",
        all);
  return fmt::format(" {} of {} bugs {} left.", left, all, left == 1 ? "is" : "are");
}

Report judged(const grade::Verdict& verdict, const session::Session& before, const session::Session& after,
              bool all) {
  const std::string solved_at = "Solved at " + clock(learner_seconds(after, after.solved_at));
  if (verdict.solved) {
    if (before.solved) return {solved_at + "; it is still right.", agreement(verdict)};
    if (after.decoy && !before.revealed)
      return {"Nothing is wrong, and nothing was.", agreement(verdict) +
                                                        "\nThe answer was 'nanobug answer none \"why\"'. The "
                                                        "check has given it away, so the session counts "
                                                        "as revealed."};
    if (after.revealed)
      return {"It is right now.",
              agreement(verdict) + "\nThe answer was revealed before, so the session counts as revealed."};
    return {"Solved: " + cost_of(after, after.solved_at) + ".", agreement(verdict)};
  }
  if (verdict.undecided)
    return {"It cannot be told here: nothing that would show the bug can be asked on this machine.",
            agreement(verdict)};
  if (!verdict.builds)
    return {before.solved ? solved_at + "; as it stands now it does not build."
                          : "Not yet: the checkout does not build.",
            verdict.build_message};
  return {before.solved ? solved_at + "; as it stands now it differs." : "Not yet." + left_of(after),
          differences(verdict, before, all) + way_on(after)};
}

// What the learner should know besides: each is a sentence of its own.
std::string besides(const grade::Verdict& verdict) {
  std::string body;
  if (verdict.cut_short) body += "Something hung, so what comes after it was not asked.\n";
  if (!verdict.own_build.empty()) body += verdict.own_build + '\n';
  if (!verdict.unread.empty()) {
    body += "Could not be read, and was not judged:\n";
    for (const std::string& one : verdict.unread) body += "  - " + one + '\n';
  }
  if (!verdict.excluded.empty()) {
    body += "Not asked, because the clean tree itself does not pass it on this machine:\n";
    for (const std::string& one : verdict.excluded) body += "  - " + one + '\n';
  }
  return body;
}

}  // namespace

Report report_of(const grade::Verdict& verdict, const session::Session& before, const session::Session& after,
                 bool all) {
  Report report = judged(verdict, before, after, all);
  const std::string more = besides(verdict);
  if (!more.empty()) report.body += (report.body.ends_with('\n') ? "" : "\n") + more;
  return report;
}

}  // namespace nanobug::coach
