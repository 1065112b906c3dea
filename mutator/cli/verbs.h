// verbs: one function a verb; each adds its subcommand, and its callback runs the verb.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "mutator/cli/context.h"

namespace nanobug::cli {

// What a verb answers: its exit code, or the error that main prints.
using Verb = std::function<Result<Exit>()>;

// Adds a subcommand; the outcome of its verb is the program's.
class Verbs {
 public:
  Verbs(CLI::App& app, Context& context) : app(app), context(context) {}
  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& what);
  void on(CLI::App* verb, Verb run);

  CLI::App& app;
  Context& context;
  Exit outcome = Exit::ok;
};

// What bare `nanobug --json` prints too.
Result<Exit> status(Context&);

void add_list(Verbs&);
void add_start(Verbs&);
void add_tutorial(Verbs&);
void add_status(Verbs&);
void add_run(Verbs&);
void add_ask(Verbs&);
void add_open(Verbs&);
void add_watch(Verbs&);
void add_locate(Verbs&);
void add_answer(Verbs&);
void add_note(Verbs&);
void add_hypothesis(Verbs&);
void add_debrief(Verbs&);
void add_reset(Verbs&);
void add_hint(Verbs&);
void add_check(Verbs&);
void add_explain(Verbs&);
void add_reveal(Verbs&);
void add_stop(Verbs&);
void add_progress(Verbs&);
void add_next(Verbs&);
void add_plan(Verbs&);
void add_patch(Verbs&);
void add_pack(Verbs&);
void add_rule(Verbs&);
void add_cache(Verbs&);
void add_certify(Verbs&);
void add_judge(Verbs&);
void add_export(Verbs&);
void add_doctor(Verbs&);
void add_completion(Verbs&);

}  // namespace nanobug::cli
