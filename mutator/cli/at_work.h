// at_work: what the verbs of a session do, for who calls them without a command line of their own: `watch`.
#pragma once

#include <string>
#include <vector>

#include "mutator/cli/context.h"

namespace nanobug::cli {

struct RunOptions {
  // all: as `run` tells it. small: the first error or the curve, and nothing beside it; where the terminal is
  // too narrow for a curve, its words. line: one line that says how it ended.
  enum class Telling { all, small, line };

  std::string name = {};  // of a run of the catalog; "": the one that shows the session's bug
  std::vector<std::string> plotted = {};  // series that are drawn in place of the curve that says most
  Telling telling = Telling::all;
  int rows = 22;  // of the curve
};

// Builds the checkout and runs it (run.cpp). Exit::check_failed where it does not build, or fails.
Result<Exit> run_session(Context& c, const RunOptions& options);

// Judges it (check.cpp). `all`: with what merely follows.
Result<Exit> check(Context& c, bool all);

// Gives the next hint (hint.cpp); of several bugs that one's, from 1; 0: of the first that is left.
Result<Exit> hint(Context& c, int bug);

}  // namespace nanobug::cli
