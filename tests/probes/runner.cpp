// Catch2 itself: compiled once, away from LibTorch and unoptimised, which takes a fifth of the time. (3 is a
// library that is compiled already.)

#include "runner.h"

#include <signal.h>

#include <string_view>
#include <utility>

#define CATCH_CONFIG_RUNNER
#define CATCH_CONFIG_NO_POSIX_SIGNALS  // a signal must end the process and not be reported
#include "catch.h"
#if NANOBUG_CATCH2_VERSION == 3
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/interfaces/catch_interfaces_registry_hub.hpp>
#include <catch2/interfaces/catch_interfaces_testcase.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <catch2/reporters/catch_reporter_streaming_base.hpp>
#endif

namespace {

ProbeAnswer answer;  // of the probe that runs

void keep_first_failure(const Catch::AssertionStats& stats) {
  const Catch::AssertionResult& result = stats.assertionResult;
  std::string& failure = answer.message;
  if (result.isOk() || !failure.empty()) return;
  failure = result.hasExpression() ? result.getExpressionInMacro() : "outside of any check";
  if (result.hasExpandedExpression()) failure += " with " + result.getExpandedExpression();
  if (result.hasMessage()) failure += ": " + std::string(result.getMessage());
  for (const Catch::MessageInfo& info : stats.infoMessages) {
    if (!info.message.empty() && info.type == Catch::ResultWas::Info) failure += "; " + info.message;
  }
}

void judge(const Catch::TestCaseStats& stats) {
  answer.passed = stats.totals.assertions.allOk() && stats.totals.assertions.total() > 0;
  if (!answer.passed && answer.message.empty()) answer.message = "the probe checked nothing";
}

#if NANOBUG_CATCH2_VERSION == 3
class Listener : public Catch::StreamingReporterBase {
 public:
  using StreamingReporterBase::StreamingReporterBase;
  static std::string getDescription() { return "keeps the answer"; }
  void assertionEnded(const Catch::AssertionStats& stats) override { keep_first_failure(stats); }
  void testCaseEnded(const Catch::TestCaseStats& stats) override { judge(stats); }

  // A signal must end the process and not be reported: the heap may be broken. The library has handlers of
  // its own, with the default actions back in place when they come here.
  void fatalErrorEncountered(Catch::StringRef error) override {
    constexpr std::pair<std::string_view, int> kSignals[] = {{"SIGINT", SIGINT},   {"SIGILL", SIGILL},
                                                             {"SIGFPE", SIGFPE},   {"SIGSEGV", SIGSEGV},
                                                             {"SIGTERM", SIGTERM}, {"SIGABRT", SIGABRT}};
    sigset_t raised;
    ::sigemptyset(&raised);
    for (const auto& [name, number] : kSignals) {
      if (std::string_view(error.data(), error.size()).substr(0, name.size()) != name) continue;
      ::sigaddset(&raised, number);
      ::raise(number);  // held back until this handler's own signal is let through
    }
    ::sigprocmask(SIG_UNBLOCK, &raised, nullptr);
  }
};
#else
class Listener : public Catch::StreamingReporterBase<Listener> {
 public:
  using StreamingReporterBase::StreamingReporterBase;
  static std::string getDescription() { return "keeps the answer"; }
  bool assertionEnded(const Catch::AssertionStats& stats) override {
    keep_first_failure(stats);
    return true;
  }
  void assertionStarting(const Catch::AssertionInfo&) override {}
  void testCaseEnded(const Catch::TestCaseStats& stats) override { judge(stats); }
};
#endif

CATCH_REGISTER_REPORTER("answer", Listener)

Catch::ConfigData config_for(const std::string& name) {
  Catch::ConfigData config;
#if NANOBUG_CATCH2_VERSION == 3
  config.reporterSpecifications.push_back({"answer", {}, {}, {}});
  config.rngSeed = 1;  // 2's is always the same one
#else
  config.reporterName = "answer";
#endif
  config.testsOrTags = {name};
  return config;
}

}  // namespace

std::vector<ProbeName> all_probes() {
  std::vector<ProbeName> probes;
  for (const auto& test : Catch::getRegistryHub().getTestCaseRegistry().getAllTests()) {
    const Catch::TestCaseInfo& info = test.getTestCaseInfo();
#if NANOBUG_CATCH2_VERSION == 3
    probes.push_back({info.name, info.tags.empty() ? "" : std::string(info.tags.front().original)});
#else
    probes.push_back({info.name, info.tags.empty() ? "" : info.tags.front()});
#endif
  }
  return probes;
}

ProbeAnswer run_probe(const std::string& name) {
  static Catch::Session session;
  answer = {false, ""};
  session.useConfigData(config_for(name));
  session.run();
  if (!answer.passed && answer.message.empty()) answer.message = "the probe was not run";
  return answer;
}
