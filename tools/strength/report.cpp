// report: see report.h.
#include "tools/strength/report.h"

#include <fmt/format.h>

#include <functional>
#include <map>

namespace nanobug::strength {
namespace {

struct Count {
  int changes = 0, discarded = 0, probe = 0, parity = 0, survived = 0, equivalent = 0;

  void add(const Found& found) {
    ++changes;
    switch (found.change.fate) {
      case Fate::no_mutant:
        ++discarded;
        break;
      case Fate::probe:
        ++probe;
        break;
      case Fate::run:
        ++parity;
        break;
      case Fate::not_seen:
        ++(found.equivalent ? equivalent : survived);
        break;
    }
  }
  std::string share() const {
    const int judged = probe + parity + survived;
    return judged == 0 ? "" : fmt::format("{:.0f} %", 100.0 * (probe + parity) / judged);
  }
  std::vector<std::string> cells(const std::string& name) const {
    std::vector<std::string> row = {name};
    for (const int n : {changes, discarded, equivalent, probe, parity, survived})
      row.push_back(std::to_string(n));
    row.push_back(share());
    return row;
  }
};

const std::vector<std::string> kHeader = {"",          "changes",   "discarded", "equivalent",
                                          "by probes", "by parity", "survived",  "caught"};

using Rows = std::vector<std::vector<std::string>>;

Rows counted(const std::vector<Found>& all, const std::string& what,
             const std::function<std::string(const Change&)>& name) {
  std::map<std::string, Count> counts;
  Count total;
  for (const Found& found : all) counts[name(found.change)].add(found), total.add(found);
  Rows rows = {kHeader};
  rows.front().front() = what;
  for (const auto& [key, count] : counts) rows.push_back(count.cells(key));
  rows.push_back(total.cells("all"));
  return rows;
}

std::string aligned(const Rows& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    text += fmt::format("{:<{}}", row[0], widths[0]);
    for (size_t i = 1; i < row.size(); ++i) text += fmt::format("  {:>{}}", row[i], widths[i]);
    text += '\n';
  }
  return text;
}

std::string markdown(const Rows& rows) {
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    text += fmt::format("| {} |\n", fmt::join(rows[i], " | "));
    if (i > 0) continue;
    text += "| ---";
    for (size_t k = 1; k < rows[i].size(); ++k) text += " | --:";
    text += " |\n";
  }
  return text;
}

Rows by_file(const std::vector<Found>& all) {
  return counted(all, "file", [](const Change& change) { return change.file; });
}
Rows by_operator(const std::vector<Found>& all) {
  return counted(all, "operator", [](const Change& change) { return change.op; });
}

std::string as_diff(const Change& change) {
  return fmt::format("```diff\n- {}\n+ {}\n```\n", change.before, change.after);
}

}  // namespace

std::string as_text(const std::vector<Found>& all) {
  std::string text = aligned(by_file(all)) + '\n' + aligned(by_operator(all));
  for (const Found& found : all)
    if (found.survived())
      text += fmt::format("\n{}\n  - {}\n  + {}\n", found.change.id, found.change.before, found.change.after);
  return text;
}

std::string as_markdown(const std::vector<Found>& all, const std::string& command) {
  std::string text =
      "# How strong the probes are\n\n`" + command +
      "`, each mutant judged by the probes and then by the parity runs. Discarded: it does not "
      "compile, warns, or makes the clean tree's code. Equivalent: explained below.\n\n";
  text += markdown(by_file(all)) + '\n' + markdown(by_operator(all));
  text += "\n## Survivors\n";
  for (const Found& found : all)
    if (found.survived()) text += fmt::format("\n`{}`\n\n{}", found.change.id, as_diff(found.change));
  text += "\n## Equivalent, explained\n";
  for (const Found& found : all)
    if (found.equivalent)
      text +=
          fmt::format("\n`{}`: {}\n\n{}", found.change.id, found.equivalent->reason, as_diff(found.change));
  return text;
}

}  // namespace nanobug::strength
