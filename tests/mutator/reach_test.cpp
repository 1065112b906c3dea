// reach: which probes and which steps of runs run what a mutant changes, measured on the tiny tree, and that
// a certificate asks and runs no others.
#include "mutator/workshop/reach.h"

#include <set>

#include "mutator/grade/certificate.h"
#include "mutator/grade/courses.h"
#include "tests/mutator/judged.h"

using namespace nanobug;
using namespace nanobug::workshop;
using Names = std::set<std::string>;

namespace {

// The tiny tree with what is hard to place: a constant, a function that a compiler evaluates, one that nobody
// runs.
struct Measured : Judged {
  fs::path first = path / "first";  // what the step before the catalog's run writes
  Workshop shop_;
  Clean clean_;
  Reach reach;

  Measured() : shop_(with_step_before()) {
    edit(project / "tree/stats.cpp", "double mean(const",
         "const double kOne = 1;\n\nconstexpr double twice(double x) {\n  return 2 * x;\n}\n\n"
         "double idle(double x) {\n  return x + 1;\n}\n\ndouble mean(const");
    edit(project / "tree/stats.cpp", "const double gradient = 2 * (x - target);",
         "const double gradient = twice(x - target) * kOne;");
    clean_ = clean(shop_);
    REQUIRE(clean_probes(shop_, clean_));
    auto measured = Reach::measure(shop_, clean_, grade::courses_of(catalog.tree));
    if (!measured) FAIL(measured.error().message);
    reach = std::move(*measured);
  }

  Workshop with_step_before() {
    catalog.tree.runs.front().program.before.push_back({.program = "descend", .args = {first.string(), "5"}});
    return shop();
  }

  Overlay changed(const std::string& from, const std::string& to,
                  const std::string& file = "stats.cpp") const {
    std::string text = *read_file(clean_.tree / file);
    const size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return {{file, text.replace(at, from.size(), to)}};
  }

  std::optional<Names> seeing(const std::string& from, const std::string& to,
                              const std::string& file = "stats.cpp") const {
    return reach.probes_of(clean_, changed(from, to, file));
  }
};

}  // namespace

TEST_CASE("probes are chosen by what they run", "[workshop][reach]") {
  const Measured measured;
  CHECK(measured.seeing("sum += value", "sum -= value") == Names{"mean.empty", "mean.value"});
  CHECK(measured.seeing("x -= rate", "x += rate") == Names{"step.direction"});
  CHECK(measured.seeing("  double sum = 0;\n", "  double sum = 0;\n  sum += 1;\n") ==
        Names{"mean.empty", "mean.value"});
  CHECK(measured.seeing("// A fraction", "// A part") == Names{"step.direction"});
  // All of them, where it cannot be told.
  CHECK_FALSE(measured.seeing("kOne = 1", "kOne = 2"));
  CHECK_FALSE(measured.seeing("return 2 * x", "return 3 * x"));
  CHECK_FALSE(measured.seeing("return x + 1", "return x + 2"));
  CHECK(measured.seeing("double rate)", "double pace)") == Names{"step.direction"});
  CHECK_FALSE(measured.seeing("double& x", "double & x", "stats.h"));
  CHECK_FALSE(measured.seeing("double x = 0", "double x = 1", "descend.cpp"));
  // Two changes: whoever sees one of them.
  std::string text = *read_file(measured.clean_.tree / "stats.cpp");
  text.replace(text.find("sum += value"), 12, "sum -= value");
  text.replace(text.find("x -= rate"), 9, "x += rate");
  CHECK(measured.reach.probes_of(measured.clean_, {{"stats.cpp", text}}) ==
        Names{"mean.empty", "mean.value", "step.direction"});
  // Kept, and the same when it is read again.
  const auto again = Reach::find(measured.shop_, measured.clean_);
  REQUIRE(again);
  CHECK(again->probes_of(measured.clean_, {{"stats.cpp", text}}) ==
        measured.reach.probes_of(measured.clean_, {{"stats.cpp", text}}));
}

TEST_CASE("runs and the steps before them are known by what they run", "[workshop][reach]") {
  const Measured measured;
  const auto courses = grade::courses_of(measured.catalog.tree);
  REQUIRE(courses.size() == 2);  // the parity run, and the step before the other
  const auto missed = [&](const Reach& reach, const Overlay& overlay) {
    std::vector<bool> all;
    for (const Course& course : courses)
      all.push_back(reach.missed(measured.clean_, overlay).contains(course.names.front()));
    return all;
  };
  const std::vector<bool> both = {true, true}, neither = {false, false};
  const Overlay mean = measured.changed("sum += value", "sum -= value");
  CHECK(missed(measured.reach, mean) == both);
  CHECK(missed(measured.reach, measured.changed("x -= rate", "x += rate")) == neither);
  CHECK(missed(measured.reach, measured.changed("return x + 1", "return x + 2")) == both);  // nobody runs it
  // What cannot be told is not said to be missed.
  CHECK(missed(measured.reach, measured.changed("kOne = 1", "kOne = 2")) == neither);
  CHECK(missed(measured.reach, measured.changed("return 2 * x", "return 3 * x")) == neither);
  CHECK(missed(measured.reach, measured.changed("double& x", "double & x", "stats.h")) == neither);
  CHECK(missed(measured.reach, measured.changed("double x = 0", "double x = 1", "descend.cpp")) == neither);
  CHECK_FALSE(measured.reach.missed(measured.clean_, mean).contains("another"));
  CHECK(missed(*Reach::find(measured.shop_, measured.clean_), mean) == both);
}

TEST_CASE("a mutant's run begins where its steps do what the clean tree's do", "[grade][reach]") {
  const Measured measured;
  const auto is_performed = [&](const char* rule, bool measure) {
    (void)remove_tree(measured.first);
    grade::Mutants alone(measured.catalog, measured.shop_, measured.clean_);
    if (!measure) fs::remove(clean_probes(measured.shop_, measured.clean_)->parent_path() / "reach.json");
    const auto certificates =
        grade::certify(alone, **catalog::find_rule(measured.catalog, rule), {.fresh = true});
    if (!certificates) FAIL(certificates.error().text());
    CHECK(certificates->front().holds());
    return fs::exists(measured.first);
  };
  CHECK(is_performed("mean-divides-by-one-less", true));        // on the clean tree, for all that follow
  CHECK_FALSE(is_performed("mean-divides-by-one-less", true));  // it runs no mean()
  CHECK(is_performed("descent-goes-uphill", true));
  CHECK(is_performed("mean-divides-by-one-less", false));  // where nothing was measured
}

TEST_CASE("whom a selection overlooks is named where all are asked", "[grade][reach]") {
  Measured measured;
  // As if nobody had run the function that the rule changes.
  const fs::path file = clean_probes(measured.shop_, measured.clean_)->parent_path() / "reach.json";
  std::string kept = *read_file(file);
  for (size_t at; (at = kept.find("\"step.direction\"")) != std::string::npos;)
    kept.replace(at, 16, "\"mean.value\"");
  REQUIRE(write_file(file, kept));
  catalog::Rule rule = **catalog::find_rule(measured.catalog, "descent-goes-uphill");
  rule.seen_by.clear();
  grade::Mutants mutants(measured.catalog, measured.shop_, measured.clean_);
  const auto selected = grade::certify(mutants, rule, {});
  REQUIRE(selected);
  CHECK(selected->front().failing == std::vector<std::string>{"parity.descent"});
  CHECK(selected->front().overlooked.empty());
  const auto all = grade::certify(mutants, rule, {.all = true});
  REQUIRE(all);
  CHECK(all->front().overlooked == std::vector<std::string>{"step.direction"});
  CHECK(all->front().refusals ==
        std::vector<std::string>{"step.direction sees it, and is not asked without --all"});
}

TEST_CASE("a certificate asks those that reach the mutant, and whom the rule names", "[grade][reach]") {
  Measured measured;
  catalog::Rule rule = **catalog::find_rule(measured.catalog, "descent-goes-uphill");
  grade::Mutants mutants(measured.catalog, measured.shop_, measured.clean_);
  const auto asked = [&](const grade::Proof& proof) {
    const auto certificates = grade::certify(mutants, rule, proof);
    if (!certificates) FAIL(certificates.error().text());
    return certificates->front();
  };
  const auto selected = asked({});
  CHECK(selected.holds());
  CHECK(selected.probes == 1);
  const auto all = asked({.all = true});
  CHECK(all.probes == 3);
  CHECK(selected.failing == std::vector<std::string>{"step.direction"});
  CHECK(all.failing == std::vector<std::string>{"step.direction", "parity.descent"});
  CHECK(all.overlooked.empty());
  rule.seen_by.push_back({"mean.value", {}});
  CHECK(asked({}).refusals ==
        std::vector<std::string>{"seen_by does not hold: mean.value passes on the mutant"});
  CHECK(asked({}).probes == 2);
  // A decoy is shown to those that run it, whether probes or runs.
  rule.seen_by.clear(), rule.decoy = true;
  const auto decoy = asked({});
  CHECK(decoy.probes == 1);
  CHECK(decoy.runs == 1);
  CHECK(decoy.refusals == std::vector<std::string>{"it is no decoy: step.direction sees it",
                                                   "it is no decoy: parity.descent sees it"});
}
