// symptom: see symptom.h.
#include "mutator/grade/symptom.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nanobug::grade {
namespace {

double end_of(const std::vector<double>& values) {
  const size_t n = std::max<size_t>(1, values.size() / 10);
  return std::accumulate(values.end() - static_cast<std::ptrdiff_t>(n), values.end(), 0.0) /
         static_cast<double>(n);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::string classify(double first, double clean_end, double end, double gain, double largest_difference) {
  if (largest_difference <= 1e-6) return "unchanged";  // also where the clean run gains nothing
  if (end < 0) return "below zero";
  if (end > first + 0.25 * gain) return "diverges";
  if (end > first - 0.25 * gain) return "stuck";
  if (end < clean_end - 0.15 * gain) return "too good";
  if (end > clean_end + 0.15 * gain) return "slower";
  return "drifts";
}

}  // namespace

Symptom describe(const workshop::RunReport& mutant, const workshop::RunReport& clean,
                 const std::string& series) {
  const std::vector<double> own = mutant.series(series), reference = clean.series(series);
  const auto nan = std::find_if(own.begin(), own.end(), [](double v) { return !std::isfinite(v); });
  if (nan != own.end()) {
    const int step = static_cast<int>(nan - own.begin());
    return {"nan", fmt::format("the {} is {} from step {} on", series, *nan, step), 0, step};
  }
  const int steps = static_cast<int>(own.size());
  if (mutant.finished.timed_out)
    return {"hang", fmt::format("the run hangs after {} steps", steps), 0, steps};
  if (!mutant.finished.good())
    return {"crash",
            fmt::format("the run ends after {} steps with {}: {}", steps, mutant.finished.how(),
                        first_line(mutant.finished.err)),
            0, steps};
  if (own.empty() || own.size() != reference.size())
    return {"crash", fmt::format("the run writes {} records instead of {}", own.size(), reference.size()), 0,
            steps};

  const double clean_end = end_of(reference), end = end_of(own),
               gain = std::max(reference.front() - clean_end, 1e-9);
  Symptom symptom;
  double largest = 0;
  for (size_t i = 0; i < own.size(); ++i) {
    const double difference = std::abs(own[i] - reference[i]);
    largest = std::max(largest, difference / std::max(std::abs(reference[i]), 1e-12));
    if (symptom.visible_from < 0 && difference > 0.05 * gain) symptom.visible_from = static_cast<int>(i);
  }
  symptom.kind = classify(reference.front(), clean_end, end, gain, largest);
  symptom.silence = 1 - std::min(1.0, std::abs(end - clean_end) / gain);
  // A person compares these with what a run prints, so they are a run's own first and last numbers, printed
  // alike.
  symptom.words = fmt::format(
      "the {} starts at {:.4g} and ends at {:.4g} after {} steps; the clean tree's ends at {:.4g}", series,
      own.front(), own.back(), steps, reference.back());
  if (symptom.kind == "unchanged")
    symptom.words = largest == 0
                        ? fmt::format("the {} over {} steps is exactly the clean tree's", series, steps)
                        : fmt::format("the {} over {} steps is the clean tree's to {} digits", series, steps,
                                      static_cast<int>(std::floor(-std::log10(largest))));
  return symptom;
}

}  // namespace nanobug::grade
