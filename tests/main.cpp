// The main of every test program but the probes: Catch2's own, compiled once. Where a filter matches no test
// it fails, as Catch2 3 does by itself and 2 only if it is told to: a test that was never run must not pass.
#define CATCH_CONFIG_RUNNER
#include "tests/probes/catch.h"
#if NANOBUG_CATCH2_VERSION == 3
#include <catch2/catch_session.hpp>
#endif

int main(int argc, char** argv) {
  Catch::Session session;
#if NANOBUG_CATCH2_VERSION == 2
  session.configData().warnings = Catch::WarnAbout::NoTests;
#endif
  return session.run(argc, argv);
}
