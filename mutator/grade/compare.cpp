// compare: see compare.h.
#include "mutator/grade/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <regex>

#include "mutator/base/files.h"

namespace nanobug::grade {
namespace {

using workshop::Record;

// Those that have one of the series, in order.
std::vector<const Record*> having(const std::vector<Record>& records,
                                  const std::map<std::string, double>& series) {
  std::vector<const Record*> all;
  for (const Record& record : records)
    if (std::any_of(series.begin(), series.end(),
                    [&](const auto& one) { return record.contains(one.first); }))
      all.push_back(&record);
  return all;
}

// A difference at the rounding error of the series' largest number is none.
double rounding_of(const std::vector<const Record*>& records, const std::string& name) {
  double largest = 0;
  for (const Record* record : records)
    if (const auto value = record->find(name); value != record->end() && std::isfinite(value->second))
      largest = std::max(largest, std::abs(value->second));
  return std::numeric_limits<double>::epsilon() * largest;
}

std::string quoted(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  size_t end = std::min<size_t>(line.size(), 60);
  while (end < line.size() && end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return "'" + std::string(line.substr(0, end)) + (end < line.size() ? "…'" : "'");
}

}  // namespace

bool agree(double own, double clean, double tolerance, double rounding) {
  if (own == clean) return true;
  if (!std::isfinite(own) || !std::isfinite(clean)) return false;
  const double difference = std::abs(own - clean);
  return tolerance > 0 &&
         difference <= std::max(tolerance * std::max(std::abs(own), std::abs(clean)), rounding);
}

std::string compare_series(const std::vector<Record>& own, const std::vector<Record>& clean,
                           const std::map<std::string, double>& tolerances) {
  const auto ours = having(own, tolerances), theirs = having(clean, tolerances);
  std::map<std::string, double> rounding;
  for (const auto& [name, tolerance] : tolerances) rounding[name] = rounding_of(theirs, name);
  for (size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i)
    for (const auto& [name, tolerance] : tolerances) {
      const auto a = ours[i]->find(name), b = theirs[i]->find(name);
      const bool here = a != ours[i]->end(), there = b != theirs[i]->end();
      if (!here && !there) continue;
      if (here != there)
        return fmt::format("{} is {} record {}, unlike the clean tree's", name, here ? "in" : "missing from",
                           i);
      if (agree(a->second, b->second, tolerance, rounding[name])) continue;
      if (!std::isfinite(a->second) || !std::isfinite(b->second))
        return fmt::format("{} is {} at record {}, the clean tree's {}", name, a->second, i, b->second);
      return fmt::format(
          "{} differs from the clean tree's at record {} by {:.1e} (relative)", name, i,
          std::abs(a->second - b->second) / std::max(std::abs(a->second), std::abs(b->second)));
    }
  if (ours.size() != theirs.size())
    return fmt::format("there are {} records, of the clean tree {}", ours.size(), theirs.size());
  return "";
}

int first_parting(const std::vector<Record>& own, const std::vector<Record>& clean, const std::string& series,
                  double tolerance) {
  const auto ours = having(own, {{series, tolerance}}), theirs = having(clean, {{series, tolerance}});
  const double rounding = rounding_of(theirs, series);
  const size_t common = std::min(ours.size(), theirs.size());
  for (size_t i = 0; i < common; ++i)
    if (!agree(ours[i]->at(series), theirs[i]->at(series), tolerance, rounding)) return static_cast<int>(i);
  return ours.size() == theirs.size() ? -1 : static_cast<int>(common);
}

Difference compare_text(const std::string& own, const std::string& clean) {
  if (own == clean) return {};
  const auto ours = lines_of(own), theirs = lines_of(clean);
  size_t matched = 0;
  std::vector<std::string_view> additional;
  for (const std::string_view line : ours)
    if (matched < theirs.size() && line == theirs[matched])
      ++matched;
    else
      additional.push_back(line);
  if (matched == theirs.size())
    return {
        fmt::format("prints {} that the clean tree does not: {}",
                    additional.size() == 1 ? "a line" : fmt::format("{} additional lines", additional.size()),
                    quoted(additional.front())),
        true};
  const size_t first = static_cast<size_t>(
      std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end()).first - ours.begin());
  if (first == ours.size()) return {fmt::format("prints {} lines, the clean tree {}", first, theirs.size())};
  return {fmt::format("prints {} in line {}, where the clean tree prints {}", quoted(ours[first]), first + 1,
                      first < theirs.size() ? quoted(theirs[first]) : "nothing")};
}

std::string picked(const std::string& text, const std::string& expression) {
  constexpr size_t kLongest = 2000;  // the library recurses for every character
  const std::regex wanted(expression);
  std::vector<std::string> found;
  for (std::string_view line : lines_of(text)) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    line = line.substr(0, kLongest);
    std::cmatch match;
    if (!std::regex_search(line.data(), line.data() + line.size(), match, wanted)) continue;
    std::string& all = found.emplace_back();
    for (size_t group = 1; group < match.size(); ++group) all += (group > 1 ? " " : "") + match[group].str();
  }
  std::sort(found.begin(), found.end());
  std::string all;
  for (const std::string& line : found) all += line + '\n';
  return all;
}

std::string compare_writes(const std::map<std::string, int>& own, const std::map<std::string, int>& clean) {
  for (const auto& [file, times] : clean) {
    const auto found = own.find(file);
    const int here = found == own.end() ? 0 : found->second;
    if (here != times)
      return fmt::format("writes {} {} {}, the clean tree {}", file, here, here == 1 ? "time" : "times",
                         times);
  }
  return "";
}

}  // namespace nanobug::grade
