// probe_strength: how many generic mutants of the tree do the probes and the parity runs catch?
//
// Exit codes: 0 every mutant was caught or is explained, 1 some survived, 2 usage, 3 the catalog, the clean
// tree or equivalent.yaml is wrong, 6 disk or programs.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <thread>

#include "mutator/base/paths.h"
#include "mutator/base/process.h"
#include "mutator/base/suggest.h"
#include "tools/strength/enumerate.h"
#include "tools/strength/judge.h"
#include "tools/strength/report.h"
#include "tools/strength/sample.h"

namespace nanobug::strength {
namespace {

struct Options {
  Choice choice;
  int jobs = 2;
  bool list = false, fresh = false, trust_catches = false, selection = false;
  std::string catalog = NANOBUG_PROJECT "/catalog.yaml";
  std::string equivalents = NANOBUG_PROJECT "/tools/strength/equivalent.yaml";
  std::string results = NANOBUG_PROJECT "/build/strength/results.jsonl";
  std::string markdown, in;
  std::string words;  // as they were given
};

void say(const std::string& line) {
  std::fputs((line + '\n').c_str(), stderr);
}

// A mutant may ask for any amount of memory; so much is enough for a compiler.
void limit_memory() {
  const rlimit limit{8ull << 30, 8ull << 30};
  ::setrlimit(RLIMIT_AS, &limit);
}

workshop::Progress stages() {
  return [last = std::string()](const std::string& what, int, int) mutable {
    if (what != last) say(what);
    last = what;
  };
}

Status known_operators(const std::vector<std::string>& names) {
  const auto& all = operators();
  for (const std::string& name : names)
    if (std::find(all.begin(), all.end(), name) == all.end())
      return fail(Exit::usage, "there is no operator '" + name + "'" + did_you_mean(name, all) +
                                   fmt::format("; they are {}", fmt::join(all, ", ")));
  return {};
}

// Judges what is not in the results yet, `jobs` at a time; answers in the order of the mutants.
Result<std::vector<Judgement>> judge_all(Judge& judge, Results& results, const std::vector<Mutant>& mutants,
                                         const Options& options) {
  std::vector<std::string> texts;
  std::vector<Judgement> answers(mutants.size());
  std::vector<size_t> open;
  for (size_t i = 0; i < mutants.size(); ++i) {
    auto text = read_file(judge.clean().tree / mutants[i].file);
    NANOBUG_TRY(text);
    texts.push_back(std::move(*text));
    if (const auto known = results.find(mutants[i], texts[i], judge.bench(), options.trust_catches))
      answers[i] = *known;
    else
      open.push_back(i);
  }
  say(fmt::format("{} mutants, {} of them to judge", mutants.size(), open.size()));
  std::atomic<size_t> next = 0;
  std::mutex telling;
  std::optional<Error> trouble;
  size_t done = 0;
  const auto work = [&] {
    for (size_t k; (k = next++) < open.size();) {
      const size_t i = open[k];
      auto answer = judge.judge(mutants[i]);
      Status kept;
      if (answer) kept = results.keep(mutants[i], texts[i], judge.bench(), *answer);
      const std::lock_guard lock(telling);
      if (!answer || !kept) {
        trouble = answer ? kept.error() : answer.error();
        next = open.size();
        return;
      }
      answers[i] = std::move(*answer);
      say(fmt::format("[{}/{}] {}  {}  ({:.1f} + {:.1f} s)", ++done, open.size(), mutants[i].id,
                      in_words(answers[i]), answers[i].build_s, answers[i].judge_s));
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < options.jobs; ++i) workers.emplace_back(work);
  }
  if (trouble) return tl::unexpected(*trouble);
  return answers;
}

// Is a mutant that only some probes are asked about seen by none of the others?
Result<Exit> check_selection(Judge& judge, const std::vector<Mutant>& mutants) {
  bool complete = true;
  for (size_t i = 0; i < mutants.size(); ++i) {
    const auto overlooked = judge.overlooked(mutants[i]);
    NANOBUG_TRY(overlooked);
    say(fmt::format("[{}/{}] {}", i + 1, mutants.size(), mutants[i].id));
    if (overlooked->empty()) continue;
    complete = false;
    fmt::print("{}: {} would not be asked\n", mutants[i].id, fmt::join(*overlooked, ", "));
  }
  return complete ? Exit::ok : Exit::check_failed;
}

// The parity runs alone, in a tree that somebody else has built: one that counts what is executed, say.
Result<Exit> compare_in(const Judge& judge, const fs::path& place) {
  const auto answers = judge.compare_in(place, stages());
  NANOBUG_TRY(answers);
  bool differs = false;
  for (const grade::ParityAnswer& answer : *answers) {
    if (answer.agrees()) continue;
    differs = true;
    fmt::print("{}: {}\n", answer.observable, answer.message);
  }
  return differs ? Exit::check_failed : Exit::ok;
}

Result<Exit> run(const Options& options) {
  NANOBUG_TRY(known_operators(options.choice.operators));
  auto catalog = catalog::load(fs::absolute(options.catalog).lexically_normal());
  if (!catalog) return tl::unexpected(catalog.error().front());
  const auto equivalents = read_equivalents(options.equivalents);
  NANOBUG_TRY(equivalents);
  const auto judge = Judge::open(*catalog, cache_home() / "strength", stages());
  NANOBUG_TRY(judge);
  const workshop::Clean& clean = (*judge)->clean();
  if (!options.in.empty()) return compare_in(**judge, fs::absolute(options.in));
  const auto files = choose_files(clean.tree, clean.build, options.choice);
  NANOBUG_TRY(files);
  const auto mutants = enumerate({clean.tree, clean.build}, *files);
  NANOBUG_TRY(mutants);
  NANOBUG_TRY(none_is_stale(*equivalents, *files, *mutants, clean.tree));
  const std::vector<Mutant> chosen = choose(*mutants, options.choice);
  if (options.list) {
    for (const Mutant& mutant : chosen)
      fmt::print("{}\n  - {}\n  + {}\n", mutant.id, mutant.before, mutant.after);
    return Exit::ok;
  }
  if (options.selection) return check_selection(**judge, chosen);
  const auto results = Results::open(options.results, options.fresh);
  NANOBUG_TRY(results);
  limit_memory();
  const auto answers = judge_all(**judge, **results, chosen, options);
  NANOBUG_TRY(answers);
  std::vector<Found> all;
  bool survivors = false;
  for (size_t i = 0; i < chosen.size(); ++i) {
    const Equivalent* equivalent = explained(*equivalents, chosen[i]);
    if (equivalent && (*answers)[i].caught())
      return fail(Exit::catalog,
                  "this mutant is not equivalent: " + chosen[i].id + ", " + in_words((*answers)[i]),
                  equivalent->place);
    if ((*answers)[i].outcome != Outcome::survived) equivalent = nullptr;
    all.push_back({chosen[i], (*answers)[i], equivalent});
    survivors = survivors || all.back().survived();
  }
  fmt::print("{}", as_text(all));
  if (!options.markdown.empty()) NANOBUG_TRY(write_file(options.markdown, as_markdown(all, options.words)));
  return survivors ? Exit::check_failed : Exit::ok;
}

void declare(CLI::App& app, Options& options) {
  app.add_option("--file", options.choice.globs,
                 "Only files of this name or path below the tree; may be repeated")
      ->type_name("GLOB");
  app.add_option("--operator", options.choice.operators,
                 fmt::format("Only this operator; may be repeated: {}", fmt::join(operators(), ", ")))
      ->type_name("NAME");
  app.add_option("--per-file", options.choice.per_file, "So many mutants of each file, 8 without")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  app.add_option("--seed", options.choice.seed, "Which they are, 1 without");
  app.add_flag("--all", options.choice.all, "Every mutant");
  app.add_flag("--programs", options.choice.programs, "Of programs/ too, which only parity runs see");
  app.add_option("--jobs", options.jobs, "Mutants at a time, 2 without")
      ->check(CLI::Range(1, 16))
      ->type_name("N");
  app.add_flag("--list", options.list, "Print the mutants and judge none");
  app.add_flag("--fresh", options.fresh, "Forget earlier results");
  app.add_flag("--trust-catches", options.trust_catches,
               "What was caught once counts as caught, though the probes are others now");
  app.add_flag("--selection", options.selection,
               "Judge no mutant; ask the probes that run nothing of what it changes whether they see it");
  app.add_option("--results", options.results, "The file of JSON lines that a later run goes on with")
      ->type_name("FILE");
  app.add_option("--markdown", options.markdown, "Write the report there too")->type_name("FILE");
  app.add_option("--in", options.in,
                 "Judge no mutant; run the parity runs in this built tree, and say what differs")
      ->type_name("DIR");
  app.add_option("--equivalents", options.equivalents, "Mutants that are known to compute the same")
      ->type_name("FILE");
  app.add_option("--catalog", options.catalog, "The catalog whose tree is mutated")->type_name("FILE");
}

}  // namespace
}  // namespace nanobug::strength

int main(int argc, char** argv) {
  using namespace nanobug;
  strength::Options options;
  options.words = "tools/probe-strength";
  for (int i = 1; i < argc; ++i) options.words += std::string(" ") + argv[i];
  CLI::App app("How many generic mutants of the tree do the probes and the parity runs catch?",
               "probe-strength");
  strength::declare(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    std::fputs((std::string("probe-strength: ") + error.what() + "\n").c_str(), stderr);
    return static_cast<int>(Exit::usage);
  }
  end_children_when_interrupted();
  const auto answer = strength::run(options);
  if (answer) return static_cast<int>(*answer);
  std::fputs(("probe-strength: " + answer.error().text() + '\n').c_str(), stderr);
  return static_cast<int>(answer.error().code);
}
