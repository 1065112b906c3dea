// grade, symptoms: each class at both sides of its border, and the sentence that goes on record.
#include <cmath>
#include <limits>

#include "mutator/grade/symptom.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::grade;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                 kInf = std::numeric_limits<double>::infinity();

workshop::RunReport report(const std::vector<double>& losses) {
  workshop::RunReport made;
  for (double loss : losses) made.records.push_back({{"loss", loss}});
  return made;
}

// Twenty steps from 5 down to 1, of which training gains 4; the last tenth is two steps.
std::vector<double> clean_values() {
  std::vector<double> values(20, 3.0);
  values.front() = 5;
  values[18] = values[19] = 1;
  return values;
}

std::vector<double> ending(double end, double apart = 0) {
  auto values = clean_values();
  values[18] = end - apart;
  values[19] = end + apart;
  return values;
}

Symptom of(const std::vector<double>& own) {
  return describe(report(own), report(clean_values()), "loss");
}

}  // namespace

TEST_CASE("a symptom's class is where its end lies between the start and the clean end", "[grade][symptom]") {
  const std::vector<std::pair<double, const char*>> rows = {
      {-0.01, "below zero"},   {0.01, "too good"},   {0.39, "too good"}, {0.41, "drifts"}, {1, "unchanged"},
      {1 + 5e-7, "unchanged"}, {1 + 2e-6, "drifts"}, {1.59, "drifts"},   {1.61, "slower"}, {3.99, "slower"},
      {4.01, "stuck"},         {5.99, "stuck"},      {6.01, "diverges"}, {99, "diverges"}};
  for (const auto& [end, kind] : rows) {
    INFO(end);
    CHECK(of(ending(end)).kind == kind);
    if (end > 0.5 && std::string(kind) != "unchanged")
      CHECK(of(ending(end, 0.3)).kind == kind);  // the mean of the last tenth
  }
}

TEST_CASE("where a noisy series goes is not told by its first value", "[grade][symptom]") {
  // A reward that rises from 0.1 to 0.3, and by luck begins at 0.4.
  std::vector<double> clean(40, 0.2), worse, better;
  clean[0] = 0.4, clean[1] = clean[2] = clean[3] = 0;
  for (size_t i = 36; i < 40; ++i) clean[i] = 0.3;
  worse = better = clean;
  for (size_t i = 36; i < 40; ++i) worse[i] = 0.15, better[i] = 0.45;
  const auto kind = [&](const std::vector<double>& own) {
    return describe(report(own), report(clean), "loss").kind;
  };
  CHECK(kind(worse) == "diverges");
  CHECK(kind(better) == "too good");
  // And one that falls.
  for (auto* values : {&clean, &worse, &better})
    for (double& value : *values) value = 1 - value;
  CHECK(kind(worse) == "diverges");
  CHECK(kind(better) == "too good");
}

TEST_CASE("silence is what is left of the distance between the ends", "[grade][symptom]") {
  for (const auto& [end, silence] : std::vector<std::pair<double, double>>{
           {1, 1}, {2, 0.75}, {0, 0.75}, {3, 0.5}, {5, 0}, {9, 0}, {-7, 0}}) {
    INFO(end);
    CHECK(of(ending(end)).silence == Approx(silence).margin(1e-12));
  }
}

TEST_CASE("visible is the first step that is off by more than a twentieth of the gain", "[grade][symptom]") {
  auto own = clean_values();
  CHECK(of(own).visible_from == -1);
  own[4] += 0.19;
  CHECK(of(own).visible_from == -1);
  own[7] -= 0.21;
  own[9] += 1;
  CHECK(of(own).visible_from == 7);
  own[0] += 0.21;
  CHECK(of(own).visible_from == 0);
}

TEST_CASE("a symptom in words", "[grade][symptom]") {
  CHECK(of(ending(2)).words ==
        "the loss starts at 5 and ends at 2 after 20 steps; the clean tree's ends at 1");
  auto own = clean_values();
  own[3] = kNan;
  own[5] = kInf;
  CHECK(of(own).kind == "nan");
  CHECK(of(own).words == "the loss is nan from step 3 on");
  CHECK(of(own).visible_from == 3);
  CHECK(of(own).silence == 0);
  own[3] = -kInf;
  CHECK(of(own).words == "the loss is -inf from step 3 on");
  CHECK(of(clean_values()).words == "the loss over 20 steps is exactly the clean tree's");
  // As many digits as agree, and no more.
  auto near = clean_values();
  near[4] *= 1 + 3e-8;
  CHECK(of(near).words == "the loss over 20 steps is the clean tree's to 7 digits");
  CHECK(of(clean_values()).kind == "unchanged");
}

TEST_CASE("runs that do not come to their end", "[grade][symptom]") {
  auto cut = report({5, 4, 3});
  cut.finished.exit_code = 3;
  cut.finished.err = "first line\nsecond line\n";
  const auto clean = report(clean_values());
  CHECK(describe(cut, clean, "loss").kind == "crash");
  CHECK(describe(cut, clean, "loss").words == "the run ends after 3 steps with exit code 3: first line");
  CHECK(describe(cut, clean, "loss").silence == 0);
  CHECK(describe(cut, clean, "loss").visible_from == 3);
  cut.finished = {};
  CHECK(describe(cut, clean, "loss").kind == "slower");
  CHECK(describe(cut, clean, "loss").words ==
        "the loss starts at 5 and ends at 3 after 3 steps; the clean tree's ends at 1 after 20");
  CHECK(describe(cut, clean, "loss").silence == Approx(0.15));  // of twenty steps it has three
  cut.finished.timed_out = true;
  CHECK(describe(cut, clean, "loss").kind == "hang");
  CHECK(describe(cut, clean, "loss").words == "the run hangs after 3 steps");
  CHECK(describe(cut, clean, "loss").silence == 0);
  CHECK(describe(report({}), clean, "loss").words == "the run writes 0 records with a loss instead of 20");
  // Of another series nothing is said.
  CHECK(describe(report(clean_values()), clean, "lr").kind == "crash");
  // What is not finite comes before how it ended.
  auto both = report({5, kNan});
  both.finished.exit_code = 1;
  CHECK(describe(both, clean, "loss").kind == "nan");
}

TEST_CASE("a run that stops where it has learned enough may have another number of steps",
          "[grade][symptom]") {
  auto values = clean_values();
  const auto clean = report(values);
  values.push_back(1);
  CHECK(describe(report(values), clean, "loss").kind == "longer");
  CHECK(describe(report(values), clean, "loss").visible_from == 20);
  values.resize(19);
  CHECK(describe(report(values), clean, "loss").kind == "shorter");
  CHECK(describe(report(values), clean, "loss").visible_from == 19);
  values.back() = 4.5;
  CHECK(describe(report(values), clean, "loss").kind == "stuck");
}

TEST_CASE("a short run's last tenth is its last step", "[grade][symptom]") {
  const auto clean = report({5, 3, 1}), own = report({5, 3, 2});
  const Symptom symptom = describe(own, clean, "loss");
  CHECK(symptom.kind == "slower");
  CHECK(symptom.silence == Approx(0.75));
  // A clean run that gains nothing divides by nothing.
  const auto flat = report({2, 2, 2});
  CHECK(describe(flat, flat, "loss").kind == "unchanged");
  CHECK(describe(report({2, 2, 3}), flat, "loss").kind == "grows");
}

TEST_CASE("a series that rises is read as one that falls", "[grade][symptom]") {
  const auto accuracy = [](double end) {
    workshop::RunReport made = report({0.1, 0.5, end});
    for (auto& record : made.records) record = {{"accuracy", record.at("loss")}};
    return made;
  };
  const auto clean = accuracy(0.9);
  for (const auto& [end, kind] : std::vector<std::pair<double, const char*>>{{0.9, "unchanged"},
                                                                             {0.85, "drifts"},
                                                                             {0.6, "slower"},
                                                                             {0.15, "stuck"},
                                                                             {-0.2, "diverges"},
                                                                             {1.2, "too good"}}) {
    INFO(end);
    CHECK(describe(accuracy(end), clean, "accuracy").kind == kind);
  }
  CHECK(describe(accuracy(0.5), clean, "accuracy").silence == Approx(0.5));
}

TEST_CASE("a series that training does not move is measured by itself", "[grade][symptom]") {
  const auto clean = report({10, 10, 10.1, 10});
  CHECK(describe(report({10, 10, 10.1, 10}), clean, "loss").kind == "unchanged");
  CHECK(describe(report({10, 10, 10.1, 11}), clean, "loss").kind == "drifts");
  CHECK(describe(report({10, 20, 30, 40}), clean, "loss").kind == "grows");
  CHECK(describe(report({10, 20, 30, 40}), clean, "loss").silence == 0);
  CHECK(describe(report({10, 20, 30, 40}), clean, "loss").visible_from == 1);
  CHECK(describe(report({10, 9, 8, 7}), clean, "loss").kind == "shrinks");
  CHECK(describe(report({10, 9, 8, 7.5}), clean, "loss").silence == Approx(0.75));
}

TEST_CASE("where the first series is the clean tree's, another one is described", "[grade][symptom]") {
  const auto of_two = [](const std::vector<double>& losses, const std::vector<double>& scores) {
    workshop::RunReport made = report(losses);
    for (size_t i = 0; i < scores.size(); ++i) made.records[i]["score"] = scores[i];
    return made;
  };
  const catalog::Run run{.name = "run", .program = {}, .series = {"loss", "absent", "score"}};
  const auto clean = of_two({3, 2, 1}, {0.2, 0.8});
  CHECK(describe(clean, clean, run).words == "the loss over 3 steps is exactly the clean tree's");
  const Symptom other = describe(of_two({3, 2, 1}, {0.2, 0.4}), clean, run);
  CHECK(other.series == "score");
  CHECK(other.kind == "slower");
  CHECK(other.words ==
        "the loss over 3 steps is exactly the clean tree's; the score starts at 0.2 and ends at 0.4 after 2 "
        "steps; "
        "the clean tree's ends at 0.8");
  CHECK(describe(of_two({3, 2, 1.5}, {0.2, 0.4}), clean, run).series == "loss");
  // What nobody would see is not spoken of.
  CHECK(describe(of_two({3, 2, 1}, {0.2, 0.801}), clean, run).series == "loss");
}

TEST_CASE("text is described by its first line that is another one", "[grade][symptom]") {
  const auto prints = [](const std::string& text) {
    workshop::RunReport made;
    made.finished.out = text;
    return made;
  };
  const auto clean = prints("a\nb\nc\nd\n");
  Symptom symptom = describe_text(clean, clean);
  CHECK(symptom.kind == "unchanged");
  CHECK(symptom.words == "what the run prints, 4 lines, is exactly the clean tree's");
  CHECK(symptom.silence == 1);
  CHECK(symptom.visible_from == -1);
  symptom = describe_text(prints("a\nb\nx\nd\n"), clean);
  CHECK(symptom.kind == "other text");
  CHECK(symptom.words == "the run prints 'x' in line 3, where the clean tree prints 'c'");
  CHECK(symptom.silence == 0.75);
  CHECK(symptom.visible_from == 2);
  CHECK(describe_text(prints("a\nb\nc\nd\nd\n"), clean).silence == Approx(0.8));  // one more
  CHECK(describe_text(prints(""), clean).silence == 0);
  auto cut = prints("a\n");
  cut.finished.exit_code = 1;
  cut.finished.err = "out of range\nmore";
  symptom = describe_text(cut, clean);
  CHECK(symptom.kind == "crash");
  CHECK(symptom.words == "the run ends after 1 line with exit code 1: out of range");
  cut.finished.timed_out = true;
  CHECK(describe_text(cut, clean).kind == "hang");
}
