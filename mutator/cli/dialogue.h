// dialogue: `rule try`'s side of the talk, in the manner of clang-query: a statement in, an answer out.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "mutator/cli/draft.h"
#include "mutator/cli/statement.h"
#include "mutator/cli/ui.h"
#include "mutator/rewrite/bench.h"

namespace nanobug::cli {

struct Answer {
  std::string words;
  nlohmann::json data;
  std::optional<Error> trouble = std::nullopt;  // what came after the words and did not go well
};

class Dialogue {
 public:
  // `root`: the tree's directory in the project, as a patch names it.
  Dialogue(const Ui& ui, rewrite::Bench& bench, std::string root, std::string file);

  // Errors: Exit::usage for what is no statement, Exit::catalog for a matcher or an edit that is wrong, with
  // the place in the input; Exit::io for a file that cannot be written. Nothing is changed then.
  Result<Answer> say(const Statement& statement);

  // After `quit`.
  bool over() const { return over_; }

  // What may stand at a byte of a line that goes on with `begun`.
  std::vector<rewrite::Completion> complete(const std::string& begun, const std::string& line, size_t at);

 private:
  enum class Output { text, dump, print };
  struct Command;
  static const std::vector<Command>& commands();

  Result<Answer> match(const Statement&);
  Result<Answer> let(const Statement&);
  Result<Answer> unlet(const Statement&);
  Result<Answer> edit(const Statement&);
  Result<Answer> undo(const Statement&);
  Result<Answer> edits(const Statement&);
  Result<Answer> diff(const Statement&);
  Result<Answer> bindings(const Statement&);
  Result<Answer> output(const Statement&);
  Result<Answer> explain(const Statement&);
  Result<Answer> save(const Statement&);
  Result<Answer> help(const Statement&);
  Result<Answer> quit(const Statement&);

  Result<std::vector<rewrite::Site>> sites() const;
  Status add_diff(Answer& answer) const;
  std::string misfit(const Error& error) const;
  void add_near_misses(Answer& answer, size_t found) const;
  std::string shown(size_t match, const rewrite::Seen& node, Output how) const;
  Status matched(const Statement&) const;
  std::string source_line(int line) const;

  const Ui& ui_;
  rewrite::Bench& bench_;
  std::string root_;
  Draft draft_;
  std::vector<rewrite::Match> matches_;  // of the draft's matcher
  Output output_ = Output::text;
  std::set<std::filesystem::path> saved_;
  bool over_ = false;
};

}  // namespace nanobug::cli
