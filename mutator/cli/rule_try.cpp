// rule_try: a matcher and its edits tried on a file that is parsed once, in the manner of clang-query.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/cli/bench_verbs.h"
#include "mutator/cli/dialogue.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

constexpr const char* kInput = "stdin";

std::optional<std::string> line_of_stdin() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

void print(const Ui& ui, const Answer& answer) {
  if (ui.json)
    ui.data(answer.data.dump(-1, ' ', false, kAnyBytes));
  else if (!answer.words.empty())
    ui.data(answer.words);
}

// At a terminal the place is shown under what was typed.
void complain(const Ui& ui, const Statement& statement, const Error& error) {
  if (error.place && error.place->file == kInput && error.place->column > 0) {
    const auto lines = lines_of(statement.text);
    const auto line = static_cast<size_t>(error.place->line - statement.rest.place.line);
    if (line < lines.size()) {
      const std::string text(lines[line].substr(0, lines[line].find_last_not_of('\n') + 1));
      ui.say("  " + text + "\n  " + std::string(static_cast<size_t>(error.place->column) - 1, ' ') + "^");
    }
  }
  ui.complain({error.code, error.message});
}

// A script of lines: the first that is wrong ends it.
Result<Exit> script(const Ui& ui, Dialogue& dialogue) {
  Statements statements([](bool) { return line_of_stdin(); }, kInput, false);
  while (!dialogue.over()) {
    const auto statement = statements.next();
    NANOBUG_TRY(statement);
    if (statement->word.empty()) break;
    auto answer = dialogue.say(*statement);
    if (answer) print(ui, *answer);
    if (answer && !answer->trouble) continue;
    Error error = answer ? *answer->trouble : answer.error();
    if (!error.place || error.place->file != kInput)
      error.place = Place{kInput, statement->rest.place.line, 0};
    return tl::unexpected(std::move(error));
  }
  return Exit::ok;
}

Result<Exit> talk(const Ui& ui, Dialogue& dialogue, rewrite::Rewriter& clang) {
  const fs::path history = state_home() / "rule-history";
  std::error_code ignored;  // without a place for it there is no history
  fs::create_directories(history.parent_path(), ignored);
  const Statements* reading = nullptr;
  const auto lines = clang.lines(history, [&](const std::string& line, size_t at) {
    return dialogue.complete(reading ? reading->begun() : "", line, at);
  });
  Statements statements([&](bool more) { return lines->read(more ? "  ... " : "rule> "); }, kInput, true);
  reading = &statements;
  while (!dialogue.over()) {
    const auto statement = statements.next();
    if (!statement || statement->word.empty()) break;
    const auto answer = dialogue.say(*statement);
    if (answer) print(ui, *answer);
    if (!answer || answer->trouble) complain(ui, *statement, answer ? *answer->trouble : answer.error());
  }
  return Exit::ok;
}

Result<Exit> try_rule(Context& c, const std::string& name) {
  const auto file = tree_file(c, name);  // a misspelt one builds nothing
  NANOBUG_TRY(file);
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto clang = (*mutants)->rewriter();
  NANOBUG_TRY(clang);
  const auto source = (*mutants)->source();
  NANOBUG_TRY(source);
  const auto bench = (*clang)->open(*file, *source);
  NANOBUG_TRY(bench);
  Dialogue dialogue(c.ui, **bench, (*mutants)->catalog().tree.root, *file);
  if (c.ui.no_input || !::isatty(STDIN_FILENO)) return script(c.ui, dialogue);
  const auto lines = static_cast<std::int64_t>(lines_of((*bench)->text()).size());
  c.ui.say(
      fmt::format("{}, {}. 'help' lists what can be said here, Tab completes, an empty line "
                  "gives up what was begun, 'quit' ends.",
                  *file, coach::count(lines, "line")));
  return talk(c.ui, dialogue, **clang);
}

}  // namespace

void add_rule_try(Verbs& verbs, CLI::App& rule) {
  auto file = std::make_shared<std::string>();
  CLI::App* verb = verbs.add(rule, "try", "Try matchers and edits on a file, as in clang-query");
  verb->add_option("file", *file, "A file of the tree, like nanochat/gpt.cpp or gpt.cpp")
      ->required()
      ->type_name("FILE");
  verb->footer(
      "With --no-input, or where stdin is no terminal, its lines are read as a script: results on stdout; "
      "the\n"
      "first line that is wrong ends it, with its number and exit code 2 (no such statement), 3 (matcher or\n"
      "edit) or 6 (a file that cannot be written).");
  verbs.on(verb, [file, &c = verbs.context] { return try_rule(c, *file); });
}

}  // namespace nanobug::cli
