// run: so many trials of one kind, batch by batch; what fails is made small and printed.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/properties/trial.h"

namespace nanobug::properties {

struct Settings {
  size_t count = 400, batch = 50, failures = 1;
  uint64_t seed = 1;
  std::vector<std::string> shown;  // verdicts that are made small and shown; empty: every failure
};

void print(const Question& question, const Outcome& outcome, std::ostream& out);

// Trial: question_of(trial, before, after).
template <class Trial>
class Run {
 public:
  Run(std::string name, rc::Gen<Trial> generator, const Settings& settings)
      : name_(std::move(name)),
        generator_(std::move(generator)),
        settings_(settings),
        random_(settings.seed) {}

  bool holds() {
    size_t done = 0, failed = 0;
    while (done < settings_.count) {
      draw(std::min(settings_.batch, settings_.count - done));
      for (const Outcome& outcome : judge()) {
        done += outcome.verdict != Verdict::void_;
        failed += is_failure(outcome.verdict);
      }
    }
    std::cout << name_ << ", seed " << settings_.seed << ":";
    for (const auto& [verdict, count] : tally_) std::cout << " " << count << " " << name_of(verdict);
    std::cout << "\n";
    return failed == 0;
  }

 private:
  using Drawn = rc::Shrinkable<Trial>;

  void draw(size_t count) {
    drawn_.clear();
    while (drawn_.size() < count)
      drawn_.push_back(generator_(random_.split(), 4 + static_cast<int>(drawn_.size() % 16)));
  }

  std::vector<Outcome> judged(const std::vector<Drawn>& drawn) {
    std::vector<Question> questions;
    for (size_t i = 0; i < drawn.size(); ++i)
      questions.push_back(question_of(drawn[i].value(), before_name(i), after_name(i)));
    return laboratory_.judge(questions);
  }

  std::vector<Outcome> judge() {
    const auto outcomes = judged(drawn_);
    for (size_t i = 0; i < outcomes.size(); ++i) {
      ++tally_[outcomes[i].verdict];
      if (is_shown(outcomes[i].verdict) && kinds_.size() < settings_.failures)
        show(drawn_[i], outcomes[i].verdict);
    }
    return outcomes;
  }

  bool is_shown(Verdict verdict) const {
    const auto& names = settings_.shown;
    return names.empty() ? is_failure(verdict)
                         : std::find(names.begin(), names.end(), name_of(verdict)) != names.end();
  }

  // One trial of a kind is enough.
  void show(const Drawn& failing, Verdict verdict) {
    const Drawn least = smallest(failing, verdict);
    const Question question = question_of(least.value(), before_name(0), after_name(0));
    std::string kind = name_of(verdict);
    for (const std::string& feature : question.features) kind += ", " + feature;
    if (kinds_.insert(kind).second) print(question, laboratory_.judge({question})[0], std::cout);
  }

  // The first smaller trial that fails the same way, and so on until there is none.
  Drawn smallest(Drawn failing, Verdict verdict) {
    constexpr size_t kAtOnce = 60;
    auto shrinks = failing.shrinks();
    while (true) {
      std::vector<Drawn> next;
      while (next.size() < kAtOnce) {
        auto shrink = shrinks.next();
        if (!shrink) break;
        next.push_back(std::move(*shrink));
      }
      if (next.empty()) return failing;
      const auto outcomes = judged(next);
      const auto same = std::find_if(outcomes.begin(), outcomes.end(),
                                     [&](const Outcome& outcome) { return outcome.verdict == verdict; });
      if (same == outcomes.end()) continue;
      failing = next[static_cast<size_t>(same - outcomes.begin())];
      shrinks = failing.shrinks();
    }
  }

  std::string name_;
  rc::Gen<Trial> generator_;
  Settings settings_;
  rc::Random random_;
  Laboratory laboratory_;
  std::vector<Drawn> drawn_;
  std::map<Verdict, size_t> tally_;
  std::set<std::string> kinds_;  // that were shown
};

}  // namespace nanobug::properties
