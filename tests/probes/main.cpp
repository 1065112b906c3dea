// The program: lists the probes, or runs some of them, and says on standard output what became of each.
//
//   probes --list    {"probe":"attention.scale","observable":"outputs"} a line, for every probe
//   probes [NAME…]   runs these, in this order, or all:
//                    {"begin":"attention.scale"}
//                    {"end":"attention.scale","passed":false,"message":"…"}
//
// A line is flushed as it is written, so that a crash or a hang shows as a begin without an end. Everything
// else, also what the tree under test prints, goes to standard error. Exits with 0 if all passed, 1 if one
// failed, 2 on bad usage.

#define CATCH_CONFIG_EXTERNAL_INTERFACES  // the reporter below
#include "probe.h"

#include <nss.h>
#include <torch/utils.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "runner.h"

// LibTorch's exceptions end with a backtrace, which differs from machine to machine.
CATCH_TRANSLATE_EXCEPTION(const c10::Error& error) {
  return error.what_without_backtrace();
}

namespace {

using Json = nlohmann::ordered_json;

std::FILE* protocol = stdout;

void say(const Json& line) {
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::fprintf(protocol, "%s\n", text.c_str());
  std::fflush(protocol);
}

std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
    if (line.size() >= 600) return line + "…";
  }
  return line;
}

// The reporter: one probe's begin and end.
class Protocol : public Catch::IStreamingReporter {
 public:
  explicit Protocol(const Catch::ReporterConfig&) {}

  static std::string getDescription() { return "JSON lines"; }
  static std::set<Catch::Verbosity> getSupportedVerbosities() { return {Catch::Verbosity::Normal}; }
  Catch::ReporterPreferences getPreferences() const override { return {}; }

  void testCaseStarting(const Catch::TestCaseInfo& probe) override {
    failure_.clear();
    torch::manual_seed(20251105);
    torch::GradMode::set_enabled(true);
    say({{"begin", probe.name}});
  }

  bool assertionEnded(const Catch::AssertionStats& stats) override {
    const Catch::AssertionResult& result = stats.assertionResult;
    if (result.isOk() || !failure_.empty()) return true;
    failure_ = result.hasExpression() ? result.getExpressionInMacro() : "outside of any check";
    if (result.hasExpandedExpression()) failure_ += " with " + result.getExpandedExpression();
    if (result.hasMessage()) failure_ += ": " + std::string(result.getMessage());
    for (const Catch::MessageInfo& info : stats.infoMessages) {
      if (!info.message.empty() && info.type == Catch::ResultWas::Info) failure_ += "; " + info.message;
    }
    return true;
  }

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    const bool passed = stats.totals.assertions.allOk() && stats.totals.assertions.total() > 0;
    if (!passed && failure_.empty()) failure_ = "the probe checked nothing";
    say({{"end", stats.testInfo.name}, {"passed", passed}, {"message", one_line(failure_)}});
    all_passed = all_passed && passed;
  }

  void noMatchingTestCases(const std::string&) override { all_passed = false; }
  void testRunStarting(const Catch::TestRunInfo&) override {}
  void testGroupStarting(const Catch::GroupInfo&) override {}
  void sectionStarting(const Catch::SectionInfo&) override {}
  void assertionStarting(const Catch::AssertionInfo&) override {}
  void sectionEnded(const Catch::SectionStats&) override {}
  void testGroupEnded(const Catch::TestGroupStats&) override {}
  void testRunEnded(const Catch::TestRunStats&) override {}
  void skipTest(const Catch::TestCaseInfo&) override {}

  static inline bool all_passed = true;

 private:
  std::string failure_;  // the first
};
CATCH_REGISTER_REPORTER("protocol", Protocol)

// Every probe and its tag, by name.
std::map<std::string, std::string> all_probes() {
  std::map<std::string, std::string> probes;
  for (const Catch::TestCase& test : Catch::getRegistryHub().getTestCaseRegistry().getAllTests()) {
    const Catch::TestCaseInfo& info = test.getTestCaseInfo();
    probes[info.name] = info.tags.empty() ? "" : info.tags.front();
  }
  return probes;
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::string> probes = all_probes();
  std::vector<std::string> names(argv + 1, argv + argc);
  if (names == std::vector<std::string>{"--list"}) {
    for (const auto& [name, observable] : probes) say({{"probe", name}, {"observable", observable}});
    return 0;
  }
  for (const std::string& name : names) {
    if (probes.count(name)) continue;
    std::fprintf(stderr, "There is no probe %s; --list names them all.\n", name.c_str());
    return 2;
  }
  if (names.empty()) {
    for (const auto& [name, observable] : probes) names.push_back(name);
  }

  // Standard output belongs to the protocol, whatever the tree under test prints.
  protocol = ::fdopen(::dup(STDOUT_FILENO), "w");
  if (!protocol || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    std::perror("probes");
    return 2;
  }
  torch::set_num_threads(1);
  // c10d asks who calls for every connection, and a name server that does not answer takes five seconds to.
  __nss_configure_lookup("hosts", "files");

  for (const std::string& name : names) run_probe(name);
  return Protocol::all_passed ? 0 : 1;
}
