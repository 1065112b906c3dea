// The property test of the rewriter: rules and code at random; what comes out must be the tree that the model
// says. `rewrite_properties --count 100000 --seed 7`: the seed of a run is printed.
#include <CLI/CLI.hpp>

#include <random>

#include "tests/properties/block.h"
#include "tests/properties/case.h"
#include "tests/properties/run.h"

int main(int argc, char** argv) {
  using namespace nanobug::properties;
  Settings settings;
  bool expressions = false, statements = false;
  CLI::App app("Rules and code at random, and what the rewriter makes of them.");
  settings.seed = std::random_device()();
  app.add_flag("--expressions", expressions, "edits of expressions only");
  app.add_flag("--statements", statements, "edits of statements only");
  app.add_option("--count", settings.count, "trials, of each of the two")->capture_default_str();
  app.add_option("--batch", settings.batch, "trials in one file")->capture_default_str();
  app.add_option("--failures", settings.failures, "kinds of failure that are made small and shown")
      ->capture_default_str();
  app.add_option("--show", settings.shown, "verdicts that are shown (default: every failure)")
      ->delimiter(',');
  app.add_option("--seed", settings.seed, "which trials (default: random ones)");
  CLI11_PARSE(app, argc, argv);
  const bool first = statements || Run("expressions", cases(), settings).holds();
  const bool second = expressions || Run("statements", blocks(), settings).holds();
  return first && second ? 0 : 1;
}
