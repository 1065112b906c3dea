// The property test of the rewriter: rules and expressions at random; what comes out must be the tree that
// the model says. `rewrite_properties --count 100000 --seed 7`: the seed of a run is printed.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <random>

#include "tests/properties/not_yet.h"
#include "tests/properties/trial.h"

namespace nanobug::properties {
namespace {

struct Settings {
  size_t count = 300, batch = 100, failures = 1;
  uint64_t seed = 1;
  bool all = false;  // the kinds of not_yet.h too
  std::vector<std::string>
      shown;  // the verdicts whose cases are made small and shown; empty: all but `holds`
};

std::string indented(const std::string& text) {
  std::string result = "    ";
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "    ";
  }
  return result;
}

void print(const Case& trial, const Outcome& outcome, std::ostream& out) {
  out << "== " << name_of(outcome.verdict) << ":";
  const char* comma = " ";
  for (const std::string& feature : features_of(trial)) out << comma << feature, comma = ", ";
  const catalog::Rule rule = rule_of(trial, "f");
  out << "\n  match: " << rule.match.value << "\n";
  for (const catalog::Edit& edit : rule.edits)
    out << (edit.kind == catalog::Edit::Kind::swap ? "  swap: " : "  replace: ") << edit.target.value
        << " with: " << edit.with.value << "\n";
  out << "  input:\n" << indented(source_of(trial, "f")) << "\n";
  out << "  came out:\n" << indented(outcome.text + outcome.message) << "\n";
  out << "  should mean:\n" << indented(full_result_of(trial, "f")) << "\n";
  out << "  as text:\n" << indented(plain_result_of(trial, "f")) << std::endl;
}

// The smallest case that still fails the same way.
std::pair<Case, Outcome> smallest(const Settings& settings, Laboratory& laboratory,
                                  rc::Shrinkable<Case> failing, Outcome outcome) {
  constexpr size_t kAtOnce = 60;
  for (bool again = true; again;) {
    again = false;
    auto shrinks = failing.shrinks();
    for (bool more = true; more && !again;) {
      std::vector<rc::Shrinkable<Case>> next;
      std::vector<Case> cases;
      while (next.size() < kAtOnce) {
        auto shrink = shrinks.next();
        if (!shrink) break;
        if (!settings.all && !not_yet(shrink->value()).empty()) continue;
        cases.push_back(shrink->value());
        next.push_back(std::move(*shrink));
      }
      more = next.size() == kAtOnce;
      const auto outcomes = laboratory.judge(cases);
      for (size_t i = 0; i < next.size() && !again; ++i)
        if (outcomes[i].verdict == outcome.verdict) {
          failing = next[i];
          outcome = outcomes[i];
          again = true;
        }
    }
  }
  return {failing.value(), outcome};
}

class Run {
 public:
  explicit Run(const Settings& settings) : settings_(settings), random_(settings.seed) {}

  bool holds() {
    for (size_t done = 0; done < settings_.count;) {
      draw(std::min(settings_.batch, settings_.count - done));
      judge();
      done += drawn_.size();
    }
    std::cout << "seed " << settings_.seed << ":";
    for (const auto& [verdict, count] : tally_) std::cout << " " << count << " " << verdict;
    std::cout << "\n";
    for (const auto& [kind, count] : left_out_)
      std::cout << "left out: " << count << " with " << kind << "\n";
    return tally_[name_of(Verdict::holds)] == settings_.count;
  }

 private:
  void draw(size_t count) {
    drawn_.clear();
    while (drawn_.size() < count) {
      auto next = generator_(random_.split(), 4 + static_cast<int>(drawn_.size() % 16));
      const std::string kind = settings_.all ? "" : not_yet(next.value());
      if (kind.empty())
        drawn_.push_back(std::move(next));
      else
        ++left_out_[kind];
    }
  }

  void judge() {
    std::vector<Case> batch;
    for (const auto& each : drawn_) batch.push_back(each.value());
    const auto outcomes = laboratory_.judge(batch);
    for (size_t i = 0; i < batch.size(); ++i) {
      ++tally_[name_of(outcomes[i].verdict)];
      if (is_shown(outcomes[i].verdict) && kinds_.size() < settings_.failures) show(drawn_[i], outcomes[i]);
    }
  }

  bool is_shown(Verdict verdict) const {
    if (verdict == Verdict::holds) return false;
    const auto& names = settings_.shown;
    return names.empty() || std::find(names.begin(), names.end(), name_of(verdict)) != names.end();
  }

  // One case of a kind is enough.
  void show(const rc::Shrinkable<Case>& failing, const Outcome& first) {
    const auto [least, outcome] = smallest(settings_, laboratory_, failing, first);
    std::string kind = name_of(outcome.verdict);
    for (const std::string& feature : features_of(least)) kind += ", " + feature;
    if (kinds_.insert(kind).second) print(least, outcome, std::cout);
  }

  Settings settings_;
  rc::Random random_;
  rc::Gen<Case> generator_ = cases();
  Laboratory laboratory_;
  std::vector<rc::Shrinkable<Case>> drawn_;
  std::map<std::string, size_t> tally_, left_out_;
  std::set<std::string> kinds_;  // that were shown
};

}  // namespace
}  // namespace nanobug::properties

int main(int argc, char** argv) {
  nanobug::properties::Settings settings;
  CLI::App app("Rules and expressions at random, and what the rewriter makes of them.");
  settings.seed = std::random_device()();
  app.add_option("--count", settings.count, "cases")->capture_default_str();
  app.add_option("--batch", settings.batch, "cases in one file")->capture_default_str();
  app.add_option("--failures", settings.failures, "failing cases that are made small and shown")
      ->capture_default_str();
  app.add_option("--show", settings.shown, "verdicts that are shown (default: every failure)")
      ->delimiter(',');
  app.add_flag("--all", settings.all, "the kinds too that are known to fail");
  app.add_option("--seed", settings.seed, "which cases (default: a random one)");
  CLI11_PARSE(app, argc, argv);
  return nanobug::properties::Run(settings).holds() ? 0 : 1;
}
