// judge: the verdict on any directory, outside of sessions, for scripts: a line a test.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/words.h"
#include "mutator/grade/verdict.h"

namespace nanobug::cli {
namespace {

struct Line {
  std::string name, message;
  bool passed;
};

// Probes and tests in the head's order, then the parity runs.
std::vector<Line> lines_of(const grade::Verdict& verdict) {
  std::vector<Line> lines;
  for (const workshop::ProbeAnswer& one : verdict.probes)
    lines.push_back({one.probe, one.message, one.passed()});
  for (const grade::ParityAnswer& one : verdict.parity)
    if (one.how != grade::ParityAnswer::How::excluded) lines.push_back({one.id, one.message, one.agrees()});
  return lines;
}

Result<Exit> judge(Context& c, const std::string& directory) {
  std::error_code error;
  const fs::path tree = fs::canonical(directory, error);
  if (error || !fs::is_directory(tree))
    return fail(Exit::usage, directory + " is no directory; name the one that has the tree");
  const auto open = session::Desk::peek(Context::places());
  NANOBUG_TRY(open);
  if (*open && (*open)->has_checkout() && fs::equivalent(tree, (*open)->directory, error))
    return fail(Exit::session, tidy(tree) + " is the open session's checkout; 'nanobug check' judges it");
  const auto pristine = c.pristine();
  NANOBUG_TRY(pristine);
  const vault::Tree& files = (*pristine)->tree;
  // A README.md and a CMakeLists.txt are anywhere.
  const auto there = std::count_if(files.begin(), files.end(),
                                   [&](const auto& each) { return fs::exists(tree / each.first, error); });
  if (10 * static_cast<size_t>(there) < files.size() || there == 0)
    return fail(Exit::usage,
                fmt::format("{} does not have the tree's files ({}, …); name the directory that has them",
                            tidy(tree), files.begin()->first));
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto verdict = grade::judge((*mutants)->workshop(), (*mutants)->clean(), tree,
                                    (*mutants)->catalog().tree.not_sources(), c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(verdict);
  const std::vector<Line> lines = lines_of(*verdict);
  if (c.ui.json) {
    nlohmann::json tests = nlohmann::json::array();
    for (const Line& line : lines)
      tests.push_back({{"name", line.name}, {"passed", line.passed}, {"message", line.message}});
    c.ui.data(nlohmann::json{{"solved", verdict->solved},
                             {"builds", verdict->builds},
                             {"message", verdict->build_message},
                             {"tests", tests},
                             {"wrong", verdict->wrong},
                             {"excluded", verdict->excluded},
                             {"unread", verdict->unread},
                             {"cut_short", verdict->cut_short},
                             {"seconds", verdict->seconds}}
                  .dump(2, ' ', false, kAnyBytes));
  } else {
    std::string text;
    for (const Line& line : lines) text += (line.passed ? "PASSED " : "FAILED ") + line.name + '\n';
    if (!text.empty()) c.ui.data(text);
    for (const std::string& excluded : verdict->excluded) c.ui.say("not asked: " + excluded);
    if (!verdict->builds)
      c.ui.complain({Exit::check_failed, "it does not build:\n" + verdict->build_message});
    for (const std::string& unread : verdict->unread) c.ui.say("not read, so not judged: " + unread);
    if (verdict->cut_short) c.ui.say("Something hung; what came after it was not asked.");
  }
  return verdict->solved ? Exit::ok : Exit::check_failed;
}

}  // namespace

void add_judge(Verbs& verbs) {
  auto directory = std::make_shared<std::string>();
  CLI::App* verb =
      verbs.add(verbs.app, "judge", "The verdict on the tree in any directory, test by test, for scripts");
  verb->add_option("directory", *directory, "Where the tree is")->required()->type_name("DIR");
  verbs.on(verb, [directory, &c = verbs.context] { return judge(c, *directory); });
}

}  // namespace nanobug::cli
