// probe_run: see probe_run.h.
#include "mutator/workshop/probe_run.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "mutator/base/build_id.h"
#include "mutator/base/files.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/tests.h"

namespace nanobug::workshop {
namespace {

using nlohmann::json;

// Limits in units of what the clean tree takes here. A machine that was busy while it was measured has no
// say: processor time hardly grows with the load.
constexpr std::chrono::hours kAskAgainAfter{1};
constexpr double kProcessorFactor = 20, kLeastProcessor_s = 5, kWallFactor = 6;

std::string string_at(const json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

// One run of the program: what it said, up to where it ended.
class Conversation {
 public:
  Conversation(const std::vector<ProbeInfo>& probes, size_t first, const Progress& progress)
      : probes_(probes), next_(first), progress_(progress) {}

  void hear(std::string_view line) {
    const auto event = json::parse(line, nullptr, false);
    if (!event.is_object() || next_ >= probes_.size()) return;
    if (event.contains("library")) {
      library_ = string_at(event, "library"), build_id_ = string_at(event, "build_id");
    } else if (event.contains("begin")) {
      begun_ = true;
    } else if (string_at(event, "end") == probes_[next_].probe) {
      const auto passed = event.find("passed"), took = event.find("processor_s");
      const bool good = passed != event.end() && passed->is_boolean() && passed->get<bool>();
      answers_.push_back({probes_[next_].probe, probes_[next_].observable,
                          good ? ProbeAnswer::How::passed : ProbeAnswer::How::failed,
                          string_at(event, "message"),
                          took != event.end() && took->is_number() ? took->get<double>() : 0});
      begun_ = false;
      ++next_;
      if (progress_) progress_("probing", static_cast<int>(next_), static_cast<int>(probes_.size()));
    }
  }

  // Did it load the library that it was to judge?
  Status loaded(const fs::path& wanted) const {
    if (answers_.empty()) return {};
    if (library_.empty())
      return fail(
          Exit::catalog,
          "the probe program does not say which library it loaded; a line {\"library\": …} comes first "
          "(docs/maintainer.md)");
    std::error_code error;
    const bool same_build = build_id_.empty() || build_id_ == build_id(wanted);
    if (fs::equivalent(library_, wanted, error) && same_build) return {};
    return fail(Exit::io, "the probes loaded " + library_ + " and not " + wanted.string() +
                              ", which they were to judge; is LD_PRELOAD or LD_LIBRARY_PATH set?");
  }

  const std::vector<ProbeInfo>& probes_;
  size_t next_;
  const Progress& progress_;
  bool begun_ = false;
  std::string library_, build_id_;
  std::vector<ProbeAnswer> answers_;
};

// Runs the program over the probes from `next` on, until it ends in whatever way; moves `next` past what was
// answered.
Status one_process(const Workshop& workshop, const fs::path& program, const fs::path& tree,
                   const std::vector<ProbeInfo>& probes, const Limits& limits, size_t& next,
                   std::vector<ProbeAnswer>& answers, const Progress& progress, Standbys& standbys) {
  const size_t first = next;
  Conversation heard(probes, next, progress);
  Command command = probe_command(workshop, program, tree);
  command.limits = limits;  // to load it in
  Standby* const standby = standbys.of(command);
  command.limits = {};
  for (size_t i = next; i < probes.size(); ++i) command.argv.push_back(probes[i].probe);
  command.quiet_limits = limits;
  command.on_line = [&](std::string_view line) { heard.hear(line); };
  const auto finished = run(command, standby);
  NANOBUG_TRY(finished);
  const fs::path library = workshop.build_directory(tree) / workshop.spec().build.library;
  if (!workshop.spec().build.library.empty()) NANOBUG_TRY(heard.loaded(library));
  next = heard.next_;
  std::move(heard.answers_.begin(), heard.answers_.end(), std::back_inserter(answers));
  if (next >= probes.size()) return {};
  if (!heard.begun_ && next == first && finished->exit_code == 2)
    return fail(Exit::catalog, "the probe program refused its arguments: " + finished->err);
  // It ended inside a probe, or before the first (its library does not load): that probe has its answer.
  const auto answer = [&](ProbeAnswer::How how, const std::string& message) {
    answers.push_back({probes[next].probe, probes[next].observable, how, message});
    ++next;
  };
  answer(finished->timed_out ? ProbeAnswer::How::hung : ProbeAnswer::How::crashed, finished->how());
  // What hangs once may hang in all of them, and a library that does not load fails them all alike.
  const bool nothing_loads = !heard.begun_ && next == first + 1;
  while (next < probes.size() && finished->timed_out)
    answer(ProbeAnswer::How::unasked, "not asked after a hang");
  while (next < probes.size() && nothing_loads) answer(ProbeAnswer::How::crashed, finished->how());
  return {};
}

// ---- what the clean tree answers here

json to_json(const ProbeAnswer& answer) {
  return {{"probe", answer.probe}, {"message", answer.message}};
}

// How often one failed that was asked more than once.
struct Doubted {
  ProbeAnswer answer = {};
  int failed = 0, asked = 0;

  bool usually() const { return 2 * failed > asked; }
};

constexpr int kAskedInDoubt = 3, kAskedAgain = 5;

struct Kept {
  std::map<std::string, std::string> excluded;  // probe -> why
  double slowest_s = 0;
};

std::optional<Kept> read_kept(const fs::path& file) {
  const auto text = read_file(file);
  if (!text) return std::nullopt;
  const auto j = json::parse(*text, nullptr, false);
  if (!j.is_object() || !j.contains("excluded") || !j["excluded"].is_array() || !j.contains("slowest_s") ||
      !j["slowest_s"].is_number())
    return std::nullopt;
  Kept kept{{}, j["slowest_s"].get<double>()};
  for (const json& one : j["excluded"])
    if (one.is_object()) kept.excluded[string_at(one, "probe")] = string_at(one, "message");
  return kept;
}

Status write_kept(const fs::path& file, const Askable& askable) {
  json excluded = json::array();
  for (const ProbeAnswer& answer : askable.excluded) excluded.push_back(to_json(answer));
  return write_file(file, json{{"excluded", excluded}, {"slowest_s", askable.slowest_s}}.dump(
                              -1, ' ', false, json::error_handler_t::replace));
}

// A probe is asked by itself; the cases of a test share its runs.
std::vector<std::vector<ProbeInfo>> one_by_one(const std::vector<ProbeInfo>& probes) {
  std::vector<std::vector<ProbeInfo>> batches;
  std::vector<ProbeInfo> cases;
  for (const ProbeInfo& probe : probes) {
    if (probe.test == kProtocol)
      batches.push_back({probe});
    else
      cases.push_back(probe);
  }
  if (!cases.empty()) batches.push_back(std::move(cases));
  return batches;
}

// Asks each `times` times on the tree, in a process of its own, and how often it failed. Those that never did
// are not in the answer; of the others it is the last that failed, in its words.
Result<std::vector<Doubted>> failing_of(const Workshop& workshop, const fs::path& program,
                                        const fs::path& tree, const std::vector<ProbeInfo>& probes,
                                        const Limits& limits, int times) {
  Standbys standbys(workshop.hosts(), tree);
  std::map<std::string, Doubted> failed;
  for (int time = 0; time < times; ++time)
    for (const std::vector<ProbeInfo>& batch : one_by_one(probes)) {
      auto answers = run_probes(workshop, program, tree, batch, limits, {}, Until::all_answered, &standbys);
      NANOBUG_TRY(answers);
      for (ProbeAnswer& answer : *answers) {
        if (answer.passed()) continue;
        Doubted& doubted = failed[answer.probe];
        doubted.answer = std::move(answer);
        ++doubted.failed;
      }
    }
  std::vector<Doubted> all;
  for (auto& [name, doubted] : failed) {
    doubted.asked = times;
    all.push_back(std::move(doubted));
  }
  return all;
}

// What is said of one that the clean tree fails.
ProbeAnswer excluding(const Doubted& doubted) {
  ProbeAnswer answer = doubted.answer;
  answer.how = ProbeAnswer::How::failed;
  const bool always = doubted.failed == doubted.asked;
  if (always && answer.message.starts_with(kSkipped))
    answer.message = "is skipped on the clean tree" + answer.message.substr(std::strlen(kSkipped));
  else
    answer.message = always ? "fails on the clean tree: " + answer.message
                            : "fails on the clean tree " + std::to_string(doubted.failed) +
                                  (doubted.failed == 1 ? " time of " : " times of ") +
                                  std::to_string(doubted.asked);
  return answer;
}

Askable without(const std::vector<ProbeInfo>& all, const Kept& kept) {
  Askable askable;
  askable.slowest_s = kept.slowest_s;
  for (const ProbeInfo& info : all) {
    const auto it = kept.excluded.find(info.probe);
    if (it == kept.excluded.end())
      askable.probes.push_back(info);
    else
      askable.excluded.push_back(
          {info.probe, info.observable, ProbeAnswer::How::failed, it->second, 0, info.test});
  }
  return askable;
}

}  // namespace

bool is_old(const fs::path& file) {
  std::error_code error;
  const auto age = fs::file_time_type::clock::now() - fs::last_write_time(file, error);
  return error || age > kAskAgainAfter || age < -kAskAgainAfter;
}

Limits limits_of_clean(double seconds, double time_limit_s) {
  const double processor =
      seconds > 0 ? std::min(time_limit_s, std::max(kLeastProcessor_s, kProcessorFactor * seconds))
                  : time_limit_s;
  return {processor, kWallFactor * processor};
}

Limits Askable::limits(const catalog::Probes& spec) const {
  // One that took no time at all has the least.
  return limits_of_clean(std::max(slowest_s, 1e-9), spec.time_limit_s);
}

namespace {

// Where the clean tree is asked: tests may write there.
Result<fs::path> place_to_ask(const Workshop& workshop, const Clean& clean) {
  return workshop.spec().tests.empty() ? Result<fs::path>(clean.tree) : workshop.clean_place(clean);
}

std::vector<ProbeInfo> chosen(const std::vector<ProbeInfo>& all, bool cases) {
  std::vector<ProbeInfo> some;
  for (const ProbeInfo& one : all)
    if ((one.test != kProtocol) == cases) some.push_back(one);
  return some;
}

// What did not pass the first time: a probe is asked twice more. A case was asked when it was listed and now;
// it is asked a third time, and one that did not pass all three is no witness, whoever judges by it.
Result<std::map<std::string, std::string>> not_passing(const Workshop& workshop, const fs::path& program,
                                                       const fs::path& place,
                                                       const std::vector<ProbeInfo>& doubtful,
                                                       const std::map<std::string, Doubted>& cases,
                                                       const Limits& limits) {
  std::map<std::string, std::string> excluded;
  const auto probes = failing_of(workshop, program, place, chosen(doubtful, false), limits, 2);
  NANOBUG_TRY(probes);
  for (Doubted doubted : *probes) {
    ++doubted.failed, ++doubted.asked;
    excluded[doubted.answer.probe] = excluding(doubted).message;
  }
  std::map<std::string, Doubted> all = cases;
  const auto again = failing_of(workshop, program, place, chosen(doubtful, true), limits, 1);
  NANOBUG_TRY(again);
  for (const Doubted& doubted : *again) {
    Doubted& known = all[doubted.answer.probe];
    known.answer = doubted.answer;
    known.failed += doubted.failed;
  }
  for (auto& [name, doubted] : all) {
    doubted.asked = 3;
    excluded[name] = excluding(doubted).message;
  }
  return excluded;
}

}  // namespace

Result<Askable> askable(const Workshop& workshop, const Clean& clean, bool fresh, const Progress& progress) {
  const auto program = clean_probes(workshop, clean);
  NANOBUG_TRY(program);
  const auto all = list_probes(workshop, clean, progress);
  NANOBUG_TRY(all);
  const fs::path file = program->parent_path() / kAnswers;
  const auto holds = [&]() -> std::optional<Kept> {
    auto kept = fresh ? std::nullopt : read_kept(file);
    if (kept && !kept->excluded.empty() && is_old(file)) return std::nullopt;
    return kept;
  };
  if (const auto kept = holds()) return without(*all, *kept);
  const FileLock lock(file.string() + ".lock");
  if (const auto kept = holds()) return without(*all, *kept);
  // Nothing is known of this machine yet: the catalog's own limit it is.
  const Limits limits{workshop.spec().probes.time_limit_s, kWallFactor * workshop.spec().probes.time_limit_s};
  const auto place = place_to_ask(workshop, clean);
  NANOBUG_TRY(place);
  Kept found;
  std::vector<ProbeInfo> doubtful, rest = *all;
  std::map<std::string, Doubted> cases;  // those that did not pass when they were listed, or now
  std::map<std::string, ProbeInfo> known;
  for (const ProbeInfo& one : *all) known[one.probe] = one;
  while (!rest.empty()) {
    const auto answers = run_probes(workshop, *program, *place, rest, limits, progress);
    NANOBUG_TRY(answers);
    rest.clear();
    for (const ProbeAnswer& answer : *answers) {
      const ProbeInfo& info = known.at(answer.probe);
      if (answer.how == ProbeAnswer::How::unasked)
        rest.push_back(info);
      else if (!answer.passed() || info.doubtful)
        doubtful.push_back(info);
      if (info.test != kProtocol && (!answer.passed() || info.doubtful))
        cases[answer.probe] = {answer, !answer.passed() + info.doubtful};
      found.slowest_s = std::max(found.slowest_s, answer.processor_s);
    }
  }
  auto excluded = not_passing(workshop, *program, *place, doubtful, cases, limits);
  NANOBUG_TRY(excluded);
  found.excluded = std::move(*excluded);
  Askable askable = without(*all, found);
  NANOBUG_TRY(write_kept(file, askable));
  return askable;
}

std::vector<ProbeAnswer> excluded_probes(const Workshop& workshop, const Clean& clean) {
  const auto program = find_clean_probes(workshop, clean);
  if (!program) return {};
  const auto kept = read_kept(program->parent_path() / kAnswers);
  if (!kept) return {};
  std::vector<ProbeAnswer> excluded;
  for (const auto& [probe, why] : kept->excluded)
    excluded.push_back({probe, "", ProbeAnswer::How::failed, why});
  return excluded;
}

Result<std::vector<ProbeAnswer>> doubt(const Workshop& workshop, const Clean& clean, const fs::path& program,
                                       const fs::path& tree, const std::vector<ProbeInfo>& probes) {
  const auto known = askable(workshop, clean);
  NANOBUG_TRY(known);
  const auto pristine = clean_probes(workshop, clean);
  NANOBUG_TRY(pristine);
  const Limits limits = known->limits(workshop.spec().probes);
  const auto place = place_to_ask(workshop, clean);
  NANOBUG_TRY(place);
  auto failing = failing_of(workshop, *pristine, *place, chosen(probes, false), limits, kAskedInDoubt);
  NANOBUG_TRY(failing);
  // Cases have passed twice when the clean tree was measured: only what fails now is asked as often as probes
  // are.
  auto cases = failing_of(workshop, *pristine, *place, chosen(probes, true), limits, 1);
  NANOBUG_TRY(cases);
  if (!cases->empty())
    cases = failing_of(workshop, *pristine, *place, chosen(probes, true), limits, kAskedInDoubt);
  NANOBUG_TRY(cases);
  failing->insert(failing->end(), cases->begin(), cases->end());
  std::vector<ProbeAnswer> excused;
  Askable now = *known;
  for (const Doubted& doubted : *failing) {
    const ProbeInfo probe = doubted.answer.info();
    if (doubted.usually()) {
      excused.push_back(excluding(doubted));
      now.excluded.push_back(excused.back());
      continue;
    }
    // The clean tree stumbles over it now and then. So may this one; but what fails every time is wrong.
    const auto here = failing_of(workshop, program, tree, {probe}, limits, kAskedAgain);
    NANOBUG_TRY(here);
    if (here->empty() || here->front().failed < kAskedAgain) excused.push_back(excluding(doubted));
  }
  if (now.excluded.size() == known->excluded.size()) return excused;
  const fs::path file = pristine->parent_path() / kAnswers;
  const FileLock lock(file.string() + ".lock");
  NANOBUG_TRY(write_kept(file, now));
  return excused;
}

Result<std::vector<ProbeAnswer>> run_probes(const Workshop& workshop, const fs::path& program,
                                            const fs::path& tree, const std::vector<ProbeInfo>& all,
                                            const Limits& limits, const Progress& progress, Until until,
                                            Standbys* standbys) {
  const std::vector<ProbeInfo> probes = chosen(all, false);
  Standbys own(workshop.hosts(), tree);
  std::vector<ProbeAnswer> answers;
  const auto failed = [](const ProbeAnswer& answer) { return !answer.passed(); };
  for (size_t next = 0; next < probes.size();) {
    NANOBUG_TRY(one_process(workshop, program, tree, probes, limits, next, answers, progress,
                            standbys ? *standbys : own));
    if (until == Until::one_process_failed && std::any_of(answers.begin(), answers.end(), failed))
      return answers;
  }
  auto cases = run_cases(workshop, tree, chosen(all, true), progress, until);
  NANOBUG_TRY(cases);
  std::move(cases->begin(), cases->end(), std::back_inserter(answers));
  return answers;
}

}  // namespace nanobug::workshop
