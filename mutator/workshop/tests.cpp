// tests: see tests.h.
#include "mutator/workshop/tests.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/base/globs.h"
#include "mutator/workshop/identity.h"
#include "mutator/workshop/report.h"
#include "mutator/workshop/surroundings.h"

namespace nanobug::workshop {
namespace {

using nlohmann::json;
using How = ProbeAnswer::How;

constexpr char kReport[] = "report";

// What a learner is told of a case: the head's words for it, or what its suite is called.
std::string observable_of(const catalog::Test& test, const ReportedCase& one) {
  for (const catalog::Observable& words : test.observables)
    if (fits(words.tag, one.name)) return words.words;
  if (!test.observable.empty()) return test.observable;
  return one.suite.empty() ? test.id.value : one.suite;
}

ProbeAnswer answer_of(const catalog::Test& test, int number, const ReportedCase& one) {
  ProbeAnswer answer{one.name, observable_of(test, one), How::passed, one.message};
  answer.test = number;
  if (one.how == ReportedCase::How::failed) answer.how = How::failed;
  if (one.how != ReportedCase::How::skipped) return answer;
  answer.how = How::failed;
  answer.message = std::string(kSkipped) + (one.message.empty() ? "" : " (" + one.message + ")");
  return answer;
}

How how_it_ended(const Finished& finished) {
  return finished.timed_out ? How::hung : finished.signal != 0 ? How::crashed : How::failed;
}

// By its exit code.
ProbeAnswer answer_of(const catalog::Test& test, int number, const Finished& finished) {
  ProbeAnswer answer{test.id.value, test.observable.empty() ? test.id.value : test.observable, How::passed};
  answer.test = number;
  if (finished.good()) return answer;
  answer.how = how_it_ended(finished);
  answer.message = "it ended with " + finished.how();
  return answer;
}

std::string called(const catalog::Test& test) {
  return "the test '" + test.id.value + "'";
}

Limits limits_of_test(const catalog::Test& test, double seconds) {
  return limits_of_clean(seconds, test.time_limit_s);
}

// The cases of one test, as the clean tree answers.
Result<std::vector<ProbeInfo>> list_of(const Workshop& workshop, int number, const fs::path& place) {
  const catalog::Test& test = workshop.spec().tests[static_cast<size_t>(number)];
  const auto ran = run_test(workshop, number, place, limits_of_test(test, 0));
  NANOBUG_TRY(ran);
  const auto wrong = [&](const std::string& what) {
    return fail(Exit::catalog, called(test) + ' ' + what, test.place);
  };
  if (ran->hung)
    return wrong("does not end within its time limit on the clean tree; give it a longer 'time_limit'");
  if (!ran->trouble.empty())
    return wrong(ran->trouble +
                 " on the clean tree; have 'run' write JUnit XML to {report}, or leave {report} out "
                 "where the exit code is all that is to be judged");
  if (ran->answers.empty()) return wrong("reports no test case on the clean tree; does it find its tests?");
  std::vector<ProbeInfo> cases;
  const double seconds = std::max(ran->processor_s, 1e-9);  // 0 would say that nobody knows
  for (const ProbeAnswer& answer : ran->answers)
    cases.push_back({answer.probe, answer.observable, number, seconds, !answer.passed()});
  return cases;
}

}  // namespace

Result<TestRun> run_test(const Workshop& workshop, int number, const fs::path& tree, const Limits& limits,
                         const std::map<std::string, std::string>& environment) {
  const catalog::Test& test = workshop.spec().tests[static_cast<size_t>(number)];
  const auto parent = directory_for_temporaries();
  NANOBUG_TRY(parent);
  const auto own = make_temporary_directory(*parent, "nanobug-test");
  NANOBUG_TRY(own);
  std::map<std::string, std::string> names = workshop.names_of(tree);
  const fs::path report = *own / (std::string(kReport) + ".xml");
  names[kReport] = report.string();
  Command command{.argv = Workshop::substitute(test.run, names), .directory = tree};
  give_surroundings(command, workshop, tree);
  for (const auto& [name, value] : environment) command.environment[name] = value;
  command.limits = limits;
  const auto finished = run(command);
  const auto text = read_file(report);
  (void)remove_tree(*own);
  if (!finished)
    return fail(Exit::io, called(test) + " cannot be run: " + finished.error().message, test.place);
  TestRun ran{.processor_s = finished->processor_s};
  ran.hung = finished->timed_out;
  if (!test.reports()) {
    ran.answers.push_back(answer_of(test, number, *finished));
    return ran;
  }
  if (!text) {
    ran.trouble = "leaves no report (it ended with " + finished->how() + ')';
    return ran;
  }
  const auto cases = read_junit(*text, tree.string());
  if (!cases)
    ran.trouble = "leaves a report that " + cases.error().message;
  else
    for (const ReportedCase& one : *cases) ran.answers.push_back(answer_of(test, number, one));
  return ran;
}

Result<std::vector<ProbeInfo>> list_cases(const Workshop& workshop, const Clean& clean,
                                          const Progress& progress) {
  std::vector<ProbeInfo> all;
  const auto& tests = workshop.spec().tests;
  if (tests.empty()) return all;
  const auto place = workshop.clean_place(clean);
  NANOBUG_TRY(place);
  std::map<std::string, int> names;
  for (size_t i = 0; i < tests.size(); ++i) {
    if (progress) progress("testing the clean tree", static_cast<int>(i), static_cast<int>(tests.size()));
    const auto cases = list_of(workshop, static_cast<int>(i), *place);
    NANOBUG_TRY(cases);
    for (const ProbeInfo& one : *cases) {
      const auto [other, is_new] = names.emplace(one.probe, static_cast<int>(i));
      if (!is_new)
        return fail(Exit::catalog,
                    called(tests[i]) + " has a case '" + one.probe + "', and so has " +
                        called(tests[static_cast<size_t>(other->second)]) + "; leave one of them out",
                    tests[i].place);
      all.push_back(one);
    }
  }
  return all;
}

Result<std::vector<ProbeAnswer>> run_cases(const Workshop& workshop, const fs::path& tree,
                                           const std::vector<ProbeInfo>& cases, const Progress& progress,
                                           Until until) {
  std::map<int, std::vector<ProbeInfo>> by_test;
  for (const ProbeInfo& one : cases) by_test[one.test].push_back(one);
  std::vector<int> numbers;
  for (const auto& [number, asked] : by_test) numbers.push_back(number);
  if (until == Until::one_process_failed)
    std::stable_sort(numbers.begin(), numbers.end(), [&](int a, int b) {
      return by_test.at(a).front().seconds < by_test.at(b).front().seconds;
    });
  std::vector<ProbeAnswer> answers;
  for (const int number : numbers) {
    const std::vector<ProbeInfo>& asked = by_test.at(number);
    const catalog::Test& test = workshop.spec().tests[static_cast<size_t>(number)];
    const auto ran = run_test(workshop, number, tree, limits_of_test(test, asked.front().seconds));
    NANOBUG_TRY(ran);
    std::map<std::string, const ProbeAnswer*> by_name;
    for (const ProbeAnswer& answer : ran->answers) by_name[answer.probe] = &answer;
    for (const ProbeInfo& one : asked) {
      const auto found = by_name.find(one.probe);
      ProbeAnswer answer{one.probe, one.observable, ran->hung ? How::hung : How::failed};
      if (found != by_name.end()) answer = *found->second;
      if (found == by_name.end() && answer.how == How::failed)
        answer.message = ran->trouble.empty() ? "it is not in the report" : "its test " + ran->trouble;
      answer.observable = one.observable, answer.test = number;
      answers.push_back(std::move(answer));
      if (progress) progress("testing", static_cast<int>(answers.size()), static_cast<int>(cases.size()));
    }
    if (until == Until::one_process_failed &&
        std::any_of(answers.begin(), answers.end(), [](const ProbeAnswer& one) { return !one.passed(); }))
      break;
  }
  return answers;
}

std::string tests_key(const Workshop& workshop) {
  if (workshop.spec().tests.empty()) return "";
  json what = json::array();
  for (const catalog::Test& test : workshop.spec().tests) {
    json observables = json::array();
    for (const catalog::Observable& one : test.observables) observables.push_back({one.tag, one.words});
    json named = json::array();  // the same wherever a session has its project laid out
    for (std::string one : named_by(test.run, workshop.project())) {
      const std::string& project = workshop.project().native();
      if (one.starts_with(project)) one.replace(0, project.size(), "{project}");
      named.push_back(std::move(one));
    }
    what.push_back({test.id.value, test.run, test.observable, observables, test.sources, named});
  }
  return sha256(what.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace nanobug::workshop
