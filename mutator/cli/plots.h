// plots: what `run --plot` draws: any series of the run beside the clean tree's, those of diagnostics too.
#pragma once

#include <string>
#include <vector>

#include "mutator/cli/context.h"
#include "mutator/grade/parity.h"

namespace nanobug::cli {

struct Plots {
  std::vector<std::string> series = {};  // none: nothing was asked for, and `run` draws what says most
  bool diagnosed = false;                // the program has to write diagnostics for them
  std::string clean_diagnostics = {};
};

// The series that these names mean in a run whose clean records are `clean`. Where they are not all among
// the records, and the program can tell more, what it tells of the clean tree is recorded first. Errors:
// Exit::usage for a name that the run has not, with those that it has, and for one that is words.
Result<Plots> plots_of(const Ui& ui, const workshop::Workshop& shop, const workshop::Clean& clean_tree,
                       const catalog::Run& run, const workshop::RunReport& clean,
                       const std::vector<std::string>& names);

// The run as it is to be performed for them, and where in its scratch directory its diagnostics are then.
catalog::Run performed_for(const Plots& plots, const catalog::Tree& tree, const catalog::Run& run);
inline constexpr const char* kDiagnosticsFile = "diagnostics.jsonl";

// Draws them, into one file and, but for JSON, in the terminal.
void draw_plots(const Ui& ui, const Plots& plots, const fs::path& svg, const workshop::RunReport& own,
                const std::string& own_diagnostics, const workshop::RunReport& clean, nlohmann::json& json);

}  // namespace nanobug::cli
