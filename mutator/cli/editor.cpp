// editor: see editor.h.
#include "mutator/cli/editor.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "mutator/base/line_diff.h"
#include "mutator/base/process.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

// "" where there is none.
std::string editor() {
  for (const char* variable : {"VISUAL", "EDITOR"})
    if (const char* value = std::getenv(variable); value && *value) return value;
  return find_program("vi") ? "vi" : "";
}

// Those that have a line as FILE:LINE; all others know the older +LINE FILE.
std::string arguments_for(const std::string& editor, const std::filesystem::path& file, int line) {
  const std::string program = std::filesystem::path(editor.substr(0, editor.find(' '))).filename().string();
  const std::string with_line = fmt::format("{}:{}", file.string(), line);
  for (const char* one : {"code", "codium", "cursor"})
    if (program == one) return coach::command_line({"--goto", with_line});
  for (const char* one : {"subl", "zed", "hx"})
    if (program == one) return coach::command_line({with_line});
  return coach::command_line({fmt::format("+{}", line), file.string()});
}

}  // namespace

Status can_edit(const Ui& ui) {
  if (ui.json || ui.no_input || !::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO))
    return fail(Exit::usage, "--edit opens an editor, which needs a terminal; leave it out");
  if (editor().empty())
    return fail(Exit::usage, "no editor is known; set VISUAL or EDITOR, or leave --edit out");
  return {};
}

Status open_editor(const std::filesystem::path& file, int line) {
  std::fflush(nullptr);
  const std::string command = editor() + ' ' + arguments_for(editor(), file, line);
  const int status = std::system(command.c_str());
  if (status == 0) return {};
  return fail(Exit::io, fmt::format("'{}' failed{}; VISUAL or EDITOR says which editor is opened", command,
                                    status > 0 && WIFEXITED(status)
                                        ? fmt::format(" with exit code {}", WEXITSTATUS(status))
                                        : ""));
}

int line_now(const std::string& before, const std::string& present, int line) {
  const auto at = static_cast<size_t>(std::max(1, line) - 1);
  std::int64_t moved = 0;
  for (const LineChange& change : line_changes(lines_of(before), lines_of(present))) {
    if (change.before > at) break;
    if (at < change.before + change.removed) return static_cast<int>(change.after) + 1;
    moved += static_cast<std::int64_t>(change.added) - static_cast<std::int64_t>(change.removed);
  }
  const auto last = static_cast<std::int64_t>(std::max<size_t>(1, lines_of(present).size()));
  return static_cast<int>(std::clamp<std::int64_t>(static_cast<std::int64_t>(at) + moved + 1, 1, last));
}

}  // namespace nanobug::cli
