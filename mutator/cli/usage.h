// usage: what is said of a call that cannot be understood, and how --help looks. CLI11 finds the fault; the
// words are ours.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace nanobug::cli {

// One sentence with a way out.
std::string explain(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv);

// What nothing may be given as: an empty value, and a number that is none. Of every option and argument.
void check_values(CLI::App& app);

// The words of --help.
void word_the_help(CLI::App& app);

}  // namespace nanobug::cli
