// editor: the learner's own, opened at a line, as git opens it.
#pragma once

#include <filesystem>
#include <string>

#include "mutator/cli/ui.h"

namespace nanobug::cli {

// Errors: Exit::usage without a terminal, with --json or --no-input, or where no editor is known.
Status can_edit(const Ui& ui);

// $VISUAL, else $EDITOR, else vi, as the shell reads it ("emacs -nw" is two words); the line as +N, or as
// that editor wants it. Waits until it is closed. Errors: Exit::io where it cannot be started or fails.
Status open_editor(const std::filesystem::path& file, int line);

// The line of `present` that stands where `line` of `before` stood; where it is gone, the one that came in
// its place.
int line_now(const std::string& before, const std::string& present, int line);

}  // namespace nanobug::cli
