// pager: what is longer than a terminal is shown a screen at a time, as git shows it.
#pragma once

#include <string>

namespace nanobug::cli {

// Shows the text in $PAGER, as the shell reads it, else in less where there is one, until it is left. False,
// with nothing shown, where stdin or stdout is no terminal, where the terminal has room for all of it, and
// where there is no pager: it is not installed, or PAGER is empty or cat.
bool shown_in_pager(const std::string& text);

}  // namespace nanobug::cli
