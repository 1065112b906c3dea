// plots: see plots.h.
#include "mutator/cli/plots.h"

#include <fmt/format.h>

#include <algorithm>

#include "mutator/base/paths.h"
#include "mutator/base/suggest.h"
#include "mutator/coach/evidence.h"
#include "mutator/coach/panels.h"
#include "mutator/grade/told.h"

namespace nanobug::cli {
namespace {

// {"numbers": {PART: [[STEP, VALUE], …]}, "tables": {PART: {"step": STEP, "rows": …}}}, with "" for the part
// of a series that has none.
nlohmann::json to_json(const grade::Series& series) {
  nlohmann::json json = {{"numbers", nlohmann::json::object()}, {"tables", nlohmann::json::object()}};
  for (const grade::Series::Number& one : series.numbers)
    json["numbers"][one.part].push_back({one.step, number_in_json(one.value)});
  for (const grade::Piece::Table& one : series.tables) {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : one.rows) {
      rows.push_back(nlohmann::json::array());
      for (const double cell : row) rows.back().push_back(number_in_json(cell));
    }
    json["tables"][one.part] = {{"step", one.step}, {"rows", rows}};
  }
  return json;
}

// One sentence, with all that there is.
tl::unexpected<Error> no_series(const catalog::Run& run, const std::string& name, const grade::Names& known) {
  if (!coach::series_meant(name, known.words).empty())
    return fail(Exit::usage,
                fmt::format("'{}' of the run '{}' is text, and text has no plot", name, run.name));
  const auto listed = coach::series_listed(known.numbers);
  if (listed.empty())
    return fail(
        Exit::usage,
        fmt::format("the run '{}' has no series to plot; without --plot it shows what it prints", run.name));
  const auto near = nearest(name, listed);
  return fail(Exit::usage,
              fmt::format("the run '{}' has no series '{}'{}; it has {}", run.name, name,
                          near ? fmt::format(" (did you mean '{}'?)", *near) : "", fmt::join(listed, ", ")));
}

}  // namespace

Result<Plots> plots_of(const Ui& ui, const workshop::Workshop& shop, const workshop::Clean& clean_tree,
                       const catalog::Run& run, const workshop::RunReport& clean,
                       const std::vector<std::string>& names) {
  Plots plots;
  const auto find_all = [&](const grade::Names& known) -> Status {
    plots.series.clear();
    for (const std::string& name : names) {
      const std::string series = coach::series_meant(name, known.numbers);
      if (series.empty()) return no_series(run, name, known);
      if (std::find(plots.series.begin(), plots.series.end(), series) == plots.series.end())
        plots.series.push_back(series);
    }
    return {};
  };
  Status found = find_all(grade::Told(clean, "").names());
  if (!found && grade::can_tell(shop.spec(), run.program)) {
    auto told = grade::clean_diagnostics(shop, clean_tree, run, ui.progress());
    ui.clear_progress();
    NANOBUG_TRY(told);
    plots.diagnosed = true;
    plots.clean_diagnostics = std::move(*told);
    found = find_all(grade::Told(clean, plots.clean_diagnostics).names());
  }
  NANOBUG_TRY(found);
  return plots;
}

catalog::Run performed_for(const Plots& plots, const catalog::Tree& tree, const catalog::Run& run) {
  catalog::Run performed = run;
  if (plots.diagnosed)
    performed.program = grade::telling(tree, run.program, std::string("{scratch}/") + kDiagnosticsFile);
  return performed;
}

void draw_plots(const Ui& ui, const Plots& plots, const fs::path& svg, const workshop::RunReport& own,
                const std::string& own_diagnostics, const workshop::RunReport& clean, nlohmann::json& json) {
  const grade::Told ours(own, own_diagnostics), theirs(clean, plots.clean_diagnostics);
  std::vector<coach::Panel> panels;
  json["plots"] = nlohmann::json::array();
  for (const std::string& series : plots.series) {
    const coach::Panel& panel = panels.emplace_back(series, ours.series(series), theirs.series(series));
    json["plots"].push_back(
        {{"series", series}, {"yours", to_json(panel.own)}, {"clean", to_json(panel.clean)}});
  }
  const Status drawn = coach::panels_svg(panels, svg);
  json["svg"] = drawn ? nlohmann::json(svg.string()) : nlohmann::json(nullptr);
  if (ui.json) return;
  for (const coach::Panel& panel : panels)
    if (const auto text = coach::panel_text(panel, ui.width()))
      ui.data(*text);
    else
      ui.complain(text.error());
  std::string same;
  for (const coach::Panel& panel : panels)
    if (coach::same(panel.own, panel.clean)) same += (same.empty() ? "" : ", ") + panel.series;
  if (!same.empty()) ui.data("Equal to the clean tree's to the last digit: " + same + '.');
  if (drawn) ui.say("Plot saved to " + tidy(svg));
}

}  // namespace nanobug::cli
