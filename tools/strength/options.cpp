// options: see options.h.
#include "tools/strength/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

namespace nanobug::strength {
namespace {

const std::map<std::string, std::string> kExempt = {
    {"threads", "how fast, and the last digit; all runs take one"},
    {"quiet", "what is said about the same numbers"},
    {"device", "a GPU, which no run has"},
    {"metrics", "where the records go; all runs that have some read them"},
};

// What a step gives the option; nothing when it does not name it.
std::optional<std::string> given(const catalog::Step& step, const std::string& option) {
  const std::string flag = "--" + option;
  for (size_t i = 0; i < step.args.size(); ++i) {
    if (step.args[i].starts_with(flag + "=")) return step.args[i].substr(flag.size() + 1);
    if (step.args[i] != flag) continue;
    const bool has_value = i + 1 < step.args.size() && !step.args[i + 1].starts_with("--");
    return has_value ? step.args[i + 1] : "yes";
  }
  return std::nullopt;
}

bool switches_on(const catalog::Step& step, const Option& option) {
  if (std::filesystem::path(step.program).filename() != option.program) return false;
  const auto value = given(step, option.name);
  return value && *value != option.usual;
}

}  // namespace

std::vector<Option> read_help(const std::string& program, const std::string& help) {
  std::vector<Option> options;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  --")) continue;
    const std::string name = line.substr(4, line.find_first_of(", ", 4) - 4);
    const size_t open = line.rfind('[');
    const bool has_default = line.ends_with(']') && open != std::string::npos;
    options.push_back({.program = program,
                       .name = name,
                       .usual = has_default ? line.substr(open + 1, line.size() - open - 2) : "",
                       .runs = {},
                       .exempt = ""});
  }
  return options;
}

void find_runs(const catalog::Tree& tree, std::vector<Option>& options) {
  for (Option& option : options) {
    if (const auto exempt = kExempt.find(option.name); exempt != kExempt.end())
      option.exempt = exempt->second;
    for (const catalog::Parity& parity : tree.parity) {
      const auto does = [&](const catalog::Step& step) { return switches_on(step, option); };
      if (std::any_of(parity.before.begin(), parity.before.end(), does) ||
          std::any_of(parity.steps.begin(), parity.steps.end(), does))
        option.runs.push_back(parity.observable);
    }
  }
}

std::string options_table(const std::vector<Option>& options) {
  std::string text = "| program | option | usually | switched on by |\n| --- | --- | --- | --- |\n";
  for (const Option& option : options)
    text += fmt::format(
        "| {} | {} | {} | {} |\n", option.program, option.name, option.usual,
        option.exempt.empty() ? fmt::format("{}", fmt::join(option.runs, "; ")) : "(" + option.exempt + ")");
  return text;
}

}  // namespace nanobug::strength
