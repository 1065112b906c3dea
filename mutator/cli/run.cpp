// run: builds the checkout, trains it for a short while, and draws its loss beside the clean tree's. What the
// program itself prints passes through, as if the learner had started it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "mutator/base/paths.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/plot.h"
#include "mutator/coach/silence.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"
#include "mutator/grade/parity.h"
#include "mutator/workshop/programs.h"

namespace nanobug::cli {
namespace {

nlohmann::json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

// What stands on stderr while the program runs: its own words, a line a step (every tenth where lines cannot
// be drawn over), and a word when no step comes. Several threads speak.
class Screen {
 public:
  Screen(const Ui& ui, const catalog::Run& run, const std::vector<double>& clean)
      : ui_(ui), run_(run), clean_(clean), silence_(Clock::now()), watch_([this](std::stop_token stop) {
          std::unique_lock lock(speaking_);
          while (!ended_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; }) &&
                 !stop.stop_requested())
            if (silence_.is_to_be_told(Clock::now()))
              say(fmt::format("no step for {} s; Ctrl-C ends it", coach::kLongSilence.count()));
        }) {}

  void output(std::string_view bytes) {
    const std::lock_guard lock(speaking_);
    if (ui_.quiet) return;
    clear();
    std::fwrite(bytes.data(), 1, bytes.size(), stderr);
    in_line_ = !bytes.ends_with('\n');
  }

  void step(const workshop::Record& own) {
    const std::lock_guard lock(speaking_);
    silence_.heard(Clock::now());
    const size_t step = steps_++;
    if (ui_.quiet || ui_.json) return;
    std::string line = fmt::format("step {:>4}", step);
    for (const std::string& name : run_.series)
      if (const auto value = own.find(name); value != own.end())
        line += fmt::format("  {} {:.4g}", name, value->second);
    if (step < clean_.size()) line += fmt::format("   (clean {} {:.4g})", run_.series.front(), clean_[step]);
    if (ui_.live() && steps_ != clean_.size()) {
      clear();
      std::fputs(line.c_str(), stderr);
      drawn_ = true;
    } else if (step % 10 == 0 || steps_ == clean_.size()) {
      say(line);
    }
  }

  size_t end() {
    watch_.request_stop();
    watch_.join();
    clear();
    return steps_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  void clear() {
    if (std::exchange(drawn_, false)) std::fputs("\r\033[K", stderr);
  }
  void say(const std::string& line) {
    clear();
    if (std::exchange(in_line_, false) && !ui_.quiet) std::fputc('\n', stderr);
    ui_.say(line);
  }

  const Ui& ui_;
  const catalog::Run& run_;
  const std::vector<double>& clean_;
  std::mutex speaking_;
  std::condition_variable_any ended_;
  coach::Silence silence_;
  size_t steps_ = 0;
  bool drawn_ = false;    // the line that can be drawn over
  bool in_line_ = false;  // the program has not ended its own
  std::jthread watch_;    // last: it reads the others
};

// As the learner would type it in the checkout; the metrics go to the terminal.
std::string typed(const workshop::Workshop& shop, const catalog::Program& program, const fs::path& checkout) {
  std::vector<std::string> argv = shop.command(program, checkout, {{"metrics", "/dev/stdout"}}).argv;
  argv[0] = fs::path(argv[0]).lexically_relative(checkout).string();
  return coach::command_line(argv);
}

// nanobug's own seconds are not the learner's. Beside a check that has the desk there is nothing to note.
void note_machine(double seconds) {
  if (auto desk = session::Desk::open(Context::places()); desk && desk->current())
    (void)desk->update(
        [&](session::Session& s) { coach::note_machine(s, static_cast<std::int64_t>(seconds)); });
}

// False when it does not build, which has been said.
Result<bool> build(Context& c, const workshop::Workshop& shop, const fs::path& checkout) {
  const auto built = shop.build(checkout, c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(built);
  note_machine(built->seconds);
  if (built->good) {
    if (const std::string warnings = coach::without_progress(built->output); !warnings.empty())
      c.ui.say(warnings);
    return true;
  }
  if (c.ui.json)
    c.ui.data(nlohmann::json{{"ended", "does not build"}, {"message", built->message}}.dump(2, ' ', false,
                                                                                            kAnyBytes));
  else
    c.ui.data("The checkout does not build:\n" + built->message);
  return false;
}

void draw(const Ui& ui, const std::string& series, const std::vector<coach::Curve>& curves) {
  const auto text = coach::plot_text(series + ": o yours, . clean", curves, std::min(ui.width(), 100), 22);
  if (text)
    ui.data(*text);
  else
    ui.complain(text.error());
  if (std::none_of(curves[0].values.begin(), curves[0].values.end(),
                   [](double value) { return std::isfinite(value); }))
    ui.say("Yours has no finite " + series + ", so it has no curve.");
}

Result<Exit> run_session(Context& c) {
  // Until the run is over nobody moves the checkout away.
  const auto in_use = session::Desk::use_checkout(Context::places());
  NANOBUG_TRY(in_use);
  const auto session = c.open_session();
  NANOBUG_TRY(session);
  NANOBUG_TRY(c.checkout_is_there(*session));
  if (const std::string lost = shell_elsewhere(session->directory); !lost.empty()) c.ui.say(lost);
  const auto mutants = c.mutants_of(*session);
  NANOBUG_TRY(mutants);
  const workshop::Workshop& shop = (*mutants)->workshop();
  const auto good = build(c, shop, session->directory);
  NANOBUG_TRY(good);
  if (!*good) return Exit::check_failed;

  const catalog::Run& run = shop.spec().runs.front();
  const auto clean = grade::baseline(shop, (*mutants)->clean(), run.program, 0, c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(clean);
  const std::string series = run.series.front();
  const std::vector<double> clean_series = clean->series(series);
  c.ui.say("$ " + typed(shop, run.program, session->directory));
  Screen screen(c.ui, run, clean_series);
  const auto own = run_program(
      shop, run.program, session->directory, 0,
      [&](const workshop::Record& record) {
        if (record.contains(series)) screen.step(record);
      },
      [&](std::string_view bytes) { screen.output(bytes); });
  const size_t steps = screen.end();
  NANOBUG_TRY(own);
  if (!own->finished.good())
    c.ui.say(fmt::format("The run ended after {}: {}.",
                         coach::count(static_cast<std::int64_t>(steps), "step"), own->finished.how()));

  const fs::path svg = state_home() / "plots" / (session->name + ".svg");
  const std::vector<coach::Curve> curves = {{"yours", own->series(series)}, {"clean", clean_series}};
  const Status drawn = coach::plot_svg(series, curves, svg);
  if (c.ui.json) {
    nlohmann::json json = {{"ended", own->finished.how()},
                           {"command", typed(shop, run.program, session->directory)},
                           {"svg", drawn ? nlohmann::json(svg.string()) : nlohmann::json(nullptr)}};
    for (const std::string& name : run.series) {
      for (double value : own->series(name)) json["yours"][name].push_back(number(value));
      for (double value : clean->series(name)) json["clean"][name].push_back(number(value));
    }
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  } else {
    draw(c.ui, series, curves);
    if (drawn) c.ui.say("Plot saved to " + tidy(svg));
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
