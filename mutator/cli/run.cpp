// run: builds the checkout, trains it for a short while, and draws its loss beside the clean tree's.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mutator/base/paths.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/plot.h"
#include "mutator/grade/parity.h"
#include "mutator/workshop/programs.h"

namespace nanobug::cli {
namespace {

std::string last_line(const std::string& text) {
  size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return "";
  const size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

nlohmann::json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

// One line a record while it runs: every tenth where lines cannot be drawn over.
void show(const Ui& ui, const catalog::Run& run, const workshop::Record& own,
          const std::vector<double>& clean, size_t step, bool last) {
  if (ui.quiet || ui.json) return;
  std::string line = fmt::format("step {:>4}", step);
  for (const std::string& name : run.series)
    if (const auto value = own.find(name); value != own.end())
      line += fmt::format("  {} {:.4g}", name, value->second);
  if (step < clean.size()) line += fmt::format("   (clean {} {:.4g})", run.series.front(), clean[step]);
  if (ui.live() && !last)
    std::fputs(("\r\033[K" + line).c_str(), stderr);
  else if (step % 10 == 0 || last)
    std::fputs(((ui.live() ? "\r\033[K" : "") + line + '\n').c_str(), stderr);
}

Result<Exit> run_session(Context& c) {
  // Until the run is over nobody moves the checkout away.
  const auto in_use = session::Desk::use_checkout(Context::places());
  NANOBUG_TRY(in_use);
  const auto session = c.open_session();
  NANOBUG_TRY(session);
  NANOBUG_TRY(c.checkout_is_there(*session));
  const auto mutants = c.mutants_of(*session);
  NANOBUG_TRY(mutants);
  const workshop::Workshop& shop = (*mutants)->workshop();
  const auto built = shop.build(session->directory, c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(built);
  if (!built->good) {
    c.ui.say("The checkout does not build:");
    c.ui.data(built->message);
    return Exit::check_failed;
  }
  const catalog::Run& run = shop.spec().run;
  c.ui.progress()("recording the clean baseline", 0, 0);
  const auto clean = grade::baseline(shop, (*mutants)->clean(), run.program, 0);
  c.ui.clear_progress();
  NANOBUG_TRY(clean);
  const std::string main_series = run.series.front();
  const std::vector<double> clean_series = clean->series(main_series);
  size_t step = 0;
  const auto own = run_program(shop, run.program, session->directory, 0, [&](const workshop::Record& record) {
    if (!record.contains(main_series)) return;
    show(c.ui, run, record, clean_series, step, step + 1 == clean_series.size());
    ++step;
  });
  NANOBUG_TRY(own);
  if (c.ui.live()) std::fputs("\r\033[K", stderr);
  if (!own->finished.good())
    c.ui.say(fmt::format("The run ended after {} steps: {}. {}", step, own->finished.how(),
                         last_line(own->finished.err)));

  const fs::path svg = state_home() / "plots" / (session->name + ".svg");
  const std::vector<coach::Curve> curves = {{"yours", own->series(main_series)}, {"clean", clean_series}};
  const Status drawn = coach::plot_svg(main_series, curves, svg);
  if (c.ui.json) {
    nlohmann::json json = {{"ended", own->finished.how()},
                           {"svg", drawn ? nlohmann::json(svg.string()) : nlohmann::json(nullptr)}};
    for (const std::string& name : run.series) {
      for (double value : own->series(name)) json["yours"][name].push_back(number(value));
      for (double value : clean->series(name)) json["clean"][name].push_back(number(value));
    }
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  } else {
    const auto text =
        coach::plot_text(main_series + ": o yours, . clean", curves, std::min(c.ui.width(), 100), 22);
    if (text)
      c.ui.data(*text);
    else
      c.ui.complain(text.error());
    const auto finite = [](double value) { return std::isfinite(value); };
    if (std::none_of(curves[0].values.begin(), curves[0].values.end(), finite))
      c.ui.say("Yours has no finite " + main_series + ", so it has no curve.");
    if (drawn) c.ui.say("The same as a picture: " + tidy(svg));
  }
  return own->finished.good() ? Exit::ok : Exit::check_failed;
}

}  // namespace

void add_run(Verbs& verbs) {
  CLI::App* verb =
      verbs.add(verbs.app, "run", "Train the checkout for a short while, beside the clean baseline");
  verbs.on(verb, [&c = verbs.context] { return run_session(c); });
}

}  // namespace nanobug::cli
