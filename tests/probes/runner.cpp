// Catch2 itself: compiled once, away from LibTorch and unoptimised, which takes a fifth of the time.

// A signal must end the process and not be reported: Catch2 would go on after it.
#define CATCH_CONFIG_RUNNER
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#define CATCH_CONFIG_NOSTDOUT

#include "runner.h"

#include <catch2/catch.hpp>
#include <iostream>

// Where it may talk: standard output belongs to main.cpp.
namespace Catch {
std::ostream& cout() {
  return std::cerr;
}
std::ostream& cerr() {
  return std::cerr;
}
std::ostream& clog() {
  return std::cerr;
}
}  // namespace Catch

void run_probe(const std::string& name) {
  static Catch::Session session;
  Catch::ConfigData config;
  config.reporterName = "protocol";
  config.testsOrTags = {name};
  session.useConfigData(config);
  session.run();
}
