// symptom: see symptom.h.
#include "mutator/grade/symptom.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "mutator/base/files.h"
#include "mutator/base/line_diff.h"
#include "mutator/grade/compare.h"

namespace nanobug::grade {
namespace {

// The mean of its first tenth, and of its last.
double start_of(const std::vector<double>& values) {
  const size_t n = std::max<size_t>(1, values.size() / 10);
  return std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n), 0.0) /
         static_cast<double>(n);
}
double end_of(const std::vector<double>& values) {
  const size_t n = std::max<size_t>(1, values.size() / 10);
  return std::accumulate(values.end() - static_cast<std::ptrdiff_t>(n), values.end(), 0.0) /
         static_cast<double>(n);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// How the clean tree's series goes, and where the mutant's ends beside it.
struct Course {
  double first, clean_end, end, scale;
  bool moves, falls;
};

// Less than this share of a series is no movement of it.
constexpr double kStill = 0.02;

Course course_of(const std::vector<double>& own, const std::vector<double>& clean) {
  // Where it goes is told by more than its first value, which of a noisy series may be any.
  Course course{clean.front(), end_of(clean), end_of(own), 0, true, end_of(clean) < start_of(clean)};
  const double change = std::abs(course.first - course.clean_end),
               size = std::max(std::abs(course.first), std::abs(course.clean_end));
  course.moves = change > kStill * size;
  course.scale = std::max(course.moves ? change : std::abs(course.clean_end), 1e-9);
  return course;
}

std::string classify(const Course& c, double largest_difference) {
  if (largest_difference <= 1e-6) return "unchanged";
  const double off = (c.end - c.clean_end) / c.scale;
  if (!c.moves) return off > 0.15 ? "grows" : off < -0.15 ? "shrinks" : "drifts";
  if (c.falls && c.end < 0 && c.clean_end >= 0) return "below zero";
  const double behind = c.falls ? off : -off;  // how far from the clean end, back towards the start
  if (behind > 1.25) return "diverges";
  if (behind > 0.75) return "stuck";
  if (behind > 0.15) return "slower";
  if (behind < -0.15) return "too good";
  return "drifts";
}

// Nothing, or how it came to another end than the program's own.
std::optional<Symptom> early_end(const workshop::RunReport& mutant, int reached, std::string of) {
  if (reached != 1) of += 's';
  const auto& finished = mutant.finished;
  if (finished.timed_out)
    return Symptom{"hang", fmt::format("the run hangs after {} {}", reached, of), 0, reached};
  if (finished.good()) return std::nullopt;
  const std::string why = first_line(finished.err);
  return Symptom{"crash",
                 fmt::format("the run ends after {} {} with {}{}", reached, of, finished.how(),
                             why.empty() ? "" : ": " + why),
                 0, reached};
}

Symptom of_series(const workshop::RunReport& mutant, const workshop::RunReport& clean,
                  const std::string& series) {
  const std::vector<double> own = mutant.series(series), reference = clean.series(series);
  const int steps = static_cast<int>(own.size());
  for (size_t i = 0; i < own.size(); ++i)
    if (!std::isfinite(own[i]) && (i >= reference.size() || std::isfinite(reference[i])))
      return {"nan", fmt::format("the {} is {} from step {} on", series, own[i], i), 0, static_cast<int>(i)};
  if (auto ended = early_end(mutant, steps, "step")) return *ended;
  if (own.empty() || reference.empty())
    return {"crash",
            fmt::format("the run writes {} records with a {} instead of {}", own.size(), series,
                        reference.size()),
            0, steps};
  const Course course = course_of(own, reference);
  const size_t both = std::min(own.size(), reference.size()),
               longest = std::max(own.size(), reference.size());
  Symptom symptom;
  double largest = 0;
  for (size_t i = 0; i < both; ++i) {
    if (own[i] == reference[i]) continue;  // infinities of one sign too
    const double difference = std::abs(own[i] - reference[i]);
    largest = std::max(largest, difference / std::max(std::abs(reference[i]), 1e-12));
    if (symptom.visible_from < 0 && difference > 0.05 * course.scale)
      symptom.visible_from = static_cast<int>(i);
  }
  symptom.kind = classify(course, largest);
  symptom.silence = std::min(1 - std::min(1.0, std::abs(course.end - course.clean_end) / course.scale),
                             static_cast<double>(both) / static_cast<double>(longest));
  // A person compares these with what a run prints, so they are a run's own first and last numbers, printed
  // alike.
  symptom.words = fmt::format(
      "the {} starts at {:.4g} and ends at {:.4g} after {} steps; the clean tree's ends at {:.4g}", series,
      own.front(), own.back(), steps, reference.back());
  if (both != longest) {
    symptom.words += fmt::format(" after {}", reference.size());
    if (symptom.visible_from < 0) symptom.visible_from = static_cast<int>(both);
    if (symptom.kind == "unchanged" || symptom.kind == "drifts")
      symptom.kind = own.size() < reference.size() ? "shorter" : "longer";
  }
  if (symptom.kind == "unchanged")
    symptom.words = largest == 0
                        ? fmt::format("the {} over {} steps is exactly the clean tree's", series, steps)
                        : fmt::format("the {} over {} steps is the clean tree's to {} digits", series, steps,
                                      static_cast<int>(std::floor(-std::log10(largest))));
  return symptom;
}

}  // namespace

Symptom describe(const workshop::RunReport& mutant, const workshop::RunReport& clean,
                 const std::string& series) {
  Symptom symptom = of_series(mutant, clean, series);
  symptom.series = series;
  return symptom;
}

Symptom describe_text(const workshop::RunReport& mutant, const workshop::RunReport& clean) {
  const auto own = lines_of(mutant.finished.out), reference = lines_of(clean.finished.out);
  if (auto ended = early_end(mutant, static_cast<int>(own.size()), "line")) return *ended;
  const Difference parts = compare_text(mutant.finished.out, clean.finished.out);
  if (parts.why.empty())
    return {"unchanged",
            fmt::format("what the run prints, {} {}, is exactly the clean tree's", own.size(),
                        own.size() == 1 ? "line" : "lines"),
            1};
  const auto changes = line_changes(reference, own);
  size_t common = reference.size();
  for (const LineChange& change : changes) common -= change.removed;
  return {"other text", "the run " + parts.why,
          static_cast<double>(common) / static_cast<double>(std::max(own.size(), reference.size())),
          static_cast<int>(changes.front().after)};
}

Symptom describe(const workshop::RunReport& mutant, const workshop::RunReport& clean,
                 const catalog::Run& run) {
  if (run.series.empty()) return describe_text(mutant, clean);
  const Symptom first = describe(mutant, clean, run.series.front());
  if (first.kind != "unchanged") return first;
  for (size_t i = 1; i < run.series.size(); ++i) {
    const std::vector<double> values = clean.series(run.series[i]);
    if (values.empty() ||
        !std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
      continue;
    Symptom other = describe(mutant, clean, run.series[i]);
    if (other.visible_from < 0) continue;
    other.words = first.words + "; " + other.words;
    return other;
  }
  return first;
}

}  // namespace nanobug::grade
