// run: builds the checkout, runs what shows its bug, and draws its curve beside the clean tree's, or shows
// where its text parts from the clean tree's. What the program itself prints passes through, as if the
// learner had started it.
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "mutator/base/files.h"
#include "mutator/base/line_diff.h"
#include "mutator/base/paths.h"
#include "mutator/cli/at_work.h"
#include "mutator/cli/plots.h"
#include "mutator/cli/recorded.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/first_error.h"
#include "mutator/coach/plot.h"
#include "mutator/coach/silence.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"
#include "mutator/grade/parity.h"
#include "mutator/grade/symptom.h"
#include "mutator/workshop/programs.h"

namespace nanobug::cli {
namespace {

// What stands on stderr while the program runs: its own words, every tenth step (those between, too, one over
// the other, where lines can be drawn over), and a word when no step comes. Several threads speak.
class Screen {
 public:
  Screen(const Ui& ui, const catalog::Run& run, const std::vector<double>& clean)
      : ui_(ui), run_(run), clean_(clean), silence_(Clock::now()), watch_([this](std::stop_token stop) {
          std::unique_lock lock(speaking_);
          while (!ended_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; }) &&
                 !stop.stop_requested())
            if (silence_.is_to_be_told(Clock::now()))
              say(fmt::format("{} for {} s; Ctrl-C ends it", run_.series.empty() ? "no word" : "no step",
                              coach::kLongSilence.count()));
        }) {}

  void output(std::string_view bytes) {
    const std::lock_guard lock(speaking_);
    if (run_.series.empty()) silence_.heard(Clock::now());
    if (ui_.quiet) return;
    clear();
    std::fputs(coach::visible(bytes, &letter_).c_str(), stderr);
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
        line += fmt::format("  {} {}", name, coach::number(value->second));
    if (step < clean_.size())
      line += fmt::format("   (clean {} {})", run_.series.front(), coach::number(clean_[step]));
    if (step % 10 == 0 || steps_ == clean_.size()) {
      say(line);
    } else if (ui_.live()) {
      clear();
      // A line that a narrow terminal breaks is not drawn over.
      std::fputs(line.substr(0, static_cast<size_t>(ui_.width()) - 1).c_str(), stderr);
      drawn_ = true;
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
  std::string letter_;    // of the program's output, the beginning of one
  std::jthread watch_;    // last: it reads the others
};

// The run's own scratch directory in the checkout, so that its commands can be typed again. Nothing where the
// run needs none, or the tree has no place for what its programs write.
Result<std::optional<workshop::RunDirectory>> scratch_for(const workshop::Workshop& shop,
                                                          const catalog::Run& run, const fs::path& checkout) {
  const catalog::Program& program = run.program;
  const auto uses_it = [](const catalog::Step& step) {
    return !step.input.empty() || std::any_of(step.args.begin(), step.args.end(), [](const std::string& arg) {
      return arg.find("{scratch}") != std::string::npos;
    });
  };
  const bool used = uses_it(program) || std::any_of(program.before.begin(), program.before.end(), uses_it);
  if (!used || shop.spec().outputs.empty()) return std::optional<workshop::RunDirectory>();
  auto made = workshop::RunDirectory::keep(shop.spec(), checkout / shop.spec().outputs.front() / run.name);
  NANOBUG_TRY(made);
  return std::optional(std::move(*made));
}

// A step as the learner would type it in the checkout; the metrics go to the terminal.
std::string typed(const workshop::Workshop& shop, const catalog::Step& step, const fs::path& checkout,
                  const std::optional<workshop::RunDirectory>& scratch) {
  std::map<std::string, std::string> places = {{"metrics", "/dev/stdout"}};
  if (scratch) places["scratch"] = scratch->path().lexically_relative(checkout).string();
  std::vector<std::string> argv = shop.command(step, checkout, places).argv;
  argv[0] = fs::path(argv[0]).lexically_relative(checkout).string();
  if (step.ranks > 1)
    argv.insert(argv.begin(), {"torchrun", fmt::format("--nproc-per-node={}", step.ranks), "--no-python"});
  const std::string input =
      step.input.empty() ? "" : " < " + coach::command_line({places["scratch"] + '/' + step.input});
  return coach::command_line(argv) + input;
}

// That it was run; nanobug's own seconds are not the learner's. Beside a check that has the desk there is
// nothing to note.
void note_run(const std::string& run, double seconds) {
  if (auto desk = session::Desk::open(Context::places()); desk && desk->current())
    (void)desk->update([&](session::Session& s) {
      coach::note_machine(s, static_cast<std::int64_t>(seconds));
      coach::note_event(s, {std::time(nullptr), coach::kRun, run, ""});
    });
}

// What is said of a checkout that does not build.
void tell_failure(const Ui& ui, const workshop::Workshop& shop, const workshop::Built& built,
                  const fs::path& checkout, RunOptions::Telling telling) {
  if (ui.json)
    return ui.data(nlohmann::json{{"ended", "does not build"}, {"message", built.message}}.dump(2, ' ', false,
                                                                                                kAnyBytes));
  if (telling == RunOptions::Telling::all) return ui.data("The checkout does not build:\n" + built.message);
  const std::string error = coach::first_error(built.output, checkout, shop.build_directory(checkout));
  if (telling == RunOptions::Telling::small)
    return ui.data(ui.bad("The checkout does not build:") + '\n' + error);
  const auto lines = lines_of(error);
  const auto names_it = std::find_if(lines.begin(), lines.end(), [](std::string_view line) {
    return line.find("rror: ") != std::string_view::npos;
  });
  ui.data("does not build: " + std::string(names_it != lines.end() ? *names_it
                                           : lines.empty()         ? std::string_view("it says nothing")
                                                                   : lines.back()));
}

// False when it does not build, which has been said.
Result<bool> build(Context& c, const grade::Mutants& mutants, const catalog::Run& run,
                   const fs::path& checkout, RunOptions::Telling telling) {
  const workshop::Workshop& shop = mutants.workshop();
  const auto built = shop.build(mutants.clean(), checkout, c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(built);
  note_run(run.name, built->seconds);
  if (built->good) {
    if (const std::string warnings = coach::without_progress(built->output); !warnings.empty())
      c.ui.say(warnings);
    return true;
  }
  tell_failure(c.ui, shop, *built, checkout, telling);
  return false;
}

void draw(const Ui& ui, const std::string& series, const std::vector<coach::Curve>& curves, int rows) {
  if (curves[0].values.empty()) return ui.say("Yours has no step, so there is nothing to draw.");
  const auto text = coach::plot_text(series, curves, std::clamp(ui.width(), 40, 100), rows);
  if (text)
    ui.data(*text);
  else
    ui.complain(text.error());
  if (std::none_of(curves[0].values.begin(), curves[0].values.end(),
                   [](double value) { return std::isfinite(value); }))
    ui.say("Yours has no finite " + series + ", so it has no curve.");
}

// What both print, as one text: lines that only the clean tree prints, and only the checkout.
void show_text(const Ui& ui, const std::string& own, const std::string& clean) {
  const auto ours = lines_of(own), theirs = lines_of(clean);
  const auto changes = line_changes(theirs, ours);
  if (changes.empty()) return ui.data("Everything it prints is what the clean tree prints.");
  std::string text = "- the clean tree, + yours:\n";
  const auto add = [&](const char* mark, std::string_view line) {
    text += mark + coach::visible(line);
    if (!line.ends_with('\n')) text += '\n';
  };
  size_t at = 0;
  for (const LineChange& change : changes) {
    for (; at < change.before; ++at) add("  ", theirs[at]);
    for (; at < change.before + change.removed; ++at) add("- ", theirs[at]);
    for (size_t i = 0; i < change.added; ++i) add("+ ", ours[change.after + i]);
  }
  for (; at < theirs.size(); ++at) add("  ", theirs[at]);
  text.pop_back();
  ui.data(text);
}

// The one that was asked for, or the one that shows the session's bug.
Result<const catalog::Run*> choose_run(const catalog::Catalog& catalog, const session::Session& session,
                                       const std::string& name) {
  if (catalog.tree.runs.empty()) return fail(Exit::catalog, catalog::kNoRuns);
  if (name.empty()) {
    const auto left = std::find_if(session.bugs.begin(), session.bugs.end(),
                                   [](const session::Bug& bug) { return !bug.fixed; });
    const catalog::Rule* rule = left != session.bugs.end() ? catalog.find(left->rule)
                                : session.injected.empty() ? nullptr
                                                           : catalog.find(session.injected.front().rule);
    return rule ? catalog.run_of(*rule) : &catalog.tree.runs.front();
  }
  if (const catalog::Run* run = catalog.tree.find_run(name)) return run;
  std::vector<std::string> known;
  for (const catalog::Run& run : catalog.tree.runs) known.push_back(run.name);
  return fail(Exit::usage, coach::no_such("run", name, known));
}

nlohmann::json to_json(const catalog::Run& run, const workshop::RunReport& own,
                       const workshop::RunReport& clean) {
  nlohmann::json json = {{"run", run.name}, {"ended", own.finished.how()}};
  for (const std::string& name : run.series) {
    for (double value : own.series(name)) json["yours"][name].push_back(number_in_json(value));
    for (double value : clean.series(name)) json["clean"][name].push_back(number_in_json(value));
  }
  if (run.series.empty())
    json["yours"]["text"] = own.finished.out, json["clean"]["text"] = clean.finished.out;
  return json;
}

fs::path picture_of(const session::Session& session) {
  return state_home() / "plots" / (session.name + ".svg");
}

// The curves that say most: those of the first series that a person sees part from the clean tree's.
void draw_curves(const Ui& ui, const session::Session& session, const catalog::Run& run,
                 const workshop::RunReport& own, const workshop::RunReport& clean, const RunOptions& options,
                 nlohmann::json& json) {
  const grade::Symptom symptom = grade::describe(own, clean, run);
  const std::string& series = symptom.series;
  const fs::path svg = picture_of(session);
  const std::vector<coach::Curve> curves = {{"yours", own.series(series)}, {"clean", clean.series(series)}};
  const Status drawn = coach::plot_svg(series, curves, svg);
  json["svg"] = drawn ? nlohmann::json(svg.string()) : nlohmann::json(nullptr);
  if (ui.json) return;
  // A terminal that is too narrow for a curve has its words.
  const bool fits = options.telling == RunOptions::Telling::all || ui.width() >= 40;
  if (fits) draw(ui, series, curves, options.rows);
  if (options.telling == RunOptions::Telling::all && !curves[0].values.empty())
    ui.data(coach::wrap(coach::where_they_part(series, curves[0].values, curves[1].values),
                        static_cast<size_t>(ui.width()), ""));
  if (!fits) ui.data(coach::wrap(symptom.words, static_cast<size_t>(ui.width()), ""));
  if (drawn && options.telling == RunOptions::Telling::all) ui.say("Plot saved to " + tidy(svg));
}

// "a,b" -> a, b. What is given once more stands in another line.
std::vector<std::string> names_in(std::string list) {
  std::vector<std::string> names;
  if (list.empty()) return names;
  std::replace(list.begin(), list.end(), '\n', ',');
  std::istringstream in(list + ',');
  for (std::string name; std::getline(in, name, ',');) names.push_back(name);
  return names;
}

// What of those names there is, known before anything of the learner's is built.
Result<Plots> plots_named(Context& c, const grade::Mutants& mutants, const catalog::Run& run,
                          const std::vector<std::string>& names) {
  if (names.empty()) return Plots{};
  const auto clean = grade::baseline(mutants.workshop(), mutants.clean(), run, 0, c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(clean);
  return plots_of(c.ui, mutants.workshop(), mutants.clean(), run, *clean, names);
}

// What it came to, in a line.
std::string line_of(const catalog::Run& run, const workshop::RunReport& own,
                    const workshop::RunReport& clean) {
  const std::string words = grade::describe(own, clean, run).words;
  return "ran: " + (own.finished.good() ? "" : own.finished.how() + "; ") +
         (words.empty() ? "everything is as the clean tree's" : words);
}

}  // namespace

Result<Exit> run_session(Context& c, const RunOptions& options) {
  const bool all = options.telling == RunOptions::Telling::all;
  // Until the run is over nobody moves the checkout away.
  const auto in_use = session::Desk::use_checkout(Context::places());
  NANOBUG_TRY(in_use);
  const auto session = c.open_session();
  NANOBUG_TRY(session);
  NANOBUG_TRY(c.checkout_is_there(*session));
  const auto catalog = c.catalog_of(*session);
  NANOBUG_TRY(catalog);
  const auto chosen = choose_run(**catalog, *session, options.name);  // a misspelt one builds nothing
  NANOBUG_TRY(chosen);
  const catalog::Run& run = **chosen;
  if (const std::string lost = shell_elsewhere(session->directory); !lost.empty() && all) c.ui.say(lost);
  const auto mutants = c.mutants_of(*session);
  NANOBUG_TRY(mutants);
  const workshop::Workshop& shop = (*mutants)->workshop();
  const auto plots = plots_named(c, **mutants, run, options.plotted);
  NANOBUG_TRY(plots);
  const auto good = build(c, **mutants, run, session->directory, options.telling);
  NANOBUG_TRY(good);
  if (!*good) return Exit::check_failed;

  const auto clean = grade::baseline(shop, (*mutants)->clean(), run, 0, c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(clean);
  const catalog::Run performed = performed_for(*plots, shop.spec(), run);
  auto scratch = scratch_for(shop, performed, session->directory);
  NANOBUG_TRY(scratch);
  if (plots->diagnosed && !*scratch) {  // a tree that has no place for it
    auto made = workshop::RunDirectory::make(shop.spec());
    NANOBUG_TRY(made);
    scratch->emplace(std::move(*made));
  }
  const fs::path told = *scratch && plots->diagnosed ? (*scratch)->path() / kDiagnosticsFile : fs::path();
  std::error_code error;
  if (!told.empty()) fs::remove(told, error);  // an earlier run's is not this one's
  for (const catalog::Step& step : run.program.before)
    if (all) c.ui.say("$ " + typed(shop, step, session->directory, *scratch));
  const std::string command = typed(shop, performed.program, session->directory, *scratch);
  if (all) c.ui.say("$ " + command);
  const std::string series = run.series.empty() ? "" : run.series.front();
  const std::vector<double> clean_series = clean->series(series);
  Screen screen(c.ui, run, clean_series);
  const auto own = run_program(shop, performed.program, session->directory,
                               {.on_record =
                                    [&](const workshop::Record& record) {
                                      if (record.contains(series)) screen.step(record);
                                    },
                                .on_output = [&](std::string_view bytes) { screen.output(bytes); },
                                .scratch = *scratch ? &**scratch : nullptr});
  const size_t steps = screen.end();
  NANOBUG_TRY(own);
  remember_run(*session, **catalog, run, *own, *clean);
  if (!own->finished.good() && run.series.empty())
    c.ui.say("The run failed: " + own->program + " ended with " + own->finished.how() + ".");
  else if (!own->finished.good())
    c.ui.say(fmt::format("The run ended after {}: {}.",
                         coach::count(static_cast<std::int64_t>(steps), "step"), own->finished.how()));

  nlohmann::json json = to_json(run, *own, *clean);
  json["command"] = command;
  if (options.telling == RunOptions::Telling::line && !c.ui.json)
    c.ui.data(line_of(run, *own, *clean));
  else if (!plots->series.empty())
    draw_plots(c.ui, *plots, picture_of(*session), *own, told.empty() ? "" : read_file(told).value_or(""),
               *clean, json);
  else if (!run.series.empty())
    draw_curves(c.ui, *session, run, *own, *clean, options, json);
  else if (!c.ui.json)
    show_text(c.ui, own->finished.out, clean->finished.out);
  if (c.ui.json) c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  return own->finished.good() ? Exit::ok : Exit::check_failed;
}

void add_run(Verbs& verbs) {
  auto name = std::make_shared<std::string>();
  auto plotted = std::make_shared<std::string>();
  CLI::App* verb = verbs.add(
      verbs.app, "run", "Run the program that shows the bug, beside the clean tree's run: training, a chat");
  verb->add_option("--run", *name, "Another of the catalog's runs (default: the one of the session's bug)")
      ->type_name("NAME");
  verb->add_option("--plot", *plotted,
                   "Series of it to draw instead, with commas between; a name that ends in / means its parts")
      ->join()
      ->type_name("SERIES");
  verbs.on(verb, [name, plotted, &c = verbs.context] {
    return run_session(c, {.name = *name, .plotted = names_in(*plotted)});
  });
}

}  // namespace nanobug::cli
