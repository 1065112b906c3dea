// observers: who proves a rule: probes and parity runs alike, the ones that it names; of a decoy, that nobody
// sees it; and whose run shows it.
#include "mutator/grade/observers.h"

#include <algorithm>

#include "mutator/grade/certificate.h"
#include "tests/mutator/judged.h"

using namespace nanobug;
using namespace nanobug::grade;
using Catch::Contains;
using Names = std::vector<std::string>;

namespace {

catalog::Text text(const std::string& value) {
  return {.value = value, .place = {"catalog.yaml", 7, 3}};
}

// A rule of the tiny catalog, to be made another one.
catalog::Rule rule_of(const Judged& judged, const std::string& file, const std::string& match,
                      const std::string& target, const std::string& with) {
  catalog::Rule rule = judged.catalog.rules.front();
  rule.id = text("made-up");
  rule.in = text("tree/" + file);
  rule.file = file;
  rule.match = text(match);
  rule.edits = {{.kind = catalog::Edit::Kind::replace,
                 .target = text("node(\"" + target + "\")"),
                 .with = text(with),
                 .place = {}}};
  return rule;
}

// A bug in the loop of a program: the library, and so every probe, is the clean tree's.
catalog::Rule loop_bug(const Judged& judged) {
  return rule_of(judged, "descend.cpp",
                 R"(callExpr(callee(functionDecl(hasName("step"))), hasArgument(2, expr().bind("rate"))))",
                 "rate", "0.2");
}

// What is in the sum of a mean: the probe mean.value sees every change that it can see at all.
catalog::Rule in_mean(const Judged& judged, const std::string& with) {
  return rule_of(judged, "stats.cpp",
                 R"(binaryOperator(hasOperatorName("+="), hasRHS(expr().bind("value"))))", "value", with);
}

void add_parity(Judged& judged, const std::string& id, const Names& args) {
  catalog::Parity parity = judged.catalog.tree.parity.front();
  parity.id = text(id);
  parity.steps.front().args = args;
  judged.catalog.tree.parity.push_back(parity);
}

Result<std::vector<Certificate>> certify_rule(Judged& judged, const catalog::Rule& rule,
                                              const Proof& proof = {}) {
  workshop::Workshop shop = judged.shop();
  Mutants mutants(judged.catalog, shop, judged.clean(shop));
  return certify(mutants, rule, proof);
}

Certificate one(Judged& judged, const catalog::Rule& rule, const Proof& proof = {}) {
  const auto certificates = certify_rule(judged, rule, proof);
  if (!certificates) FAIL(certificates.error().text());
  REQUIRE(certificates->size() == 1);
  return certificates->front();
}

}  // namespace

TEST_CASE("a bug in a program's loop is proved by the parity run that it names", "[grade][observers]") {
  Judged judged;
  catalog::Rule rule = loop_bug(judged);
  rule.seen_by = {text("parity.descent")};
  const Certificate certificate = one(judged, rule);
  CHECK(certificate.refusals.empty());
  CHECK(certificate.failing == Names{"parity.descent"});
  CHECK(certificate.probes == 0);  // none of them can see a program
  CHECK(certificate.runs == 1);
  CHECK(certificate.symptom.kind != "unchanged");
}

TEST_CASE("what a rule names and does not see it is told with its reason", "[grade][observers]") {
  Judged judged;
  catalog::Rule rule = loop_bug(judged);
  SECTION("a probe of the library, of a bug in a program") {
    rule.seen_by = {text("mean.value")};
    CHECK(one(judged, rule).refusals == Names{"seen_by does not hold: mean.value passes on the mutant"});
  }
  SECTION("a parity run in which nothing differs") {
    add_parity(judged, "parity.short", {"{metrics}", "1"});  // its only loss is the one before the first step
    rule.seen_by = {text("parity.short"), text("parity.descent")};
    const Certificate certificate = one(judged, rule);
    CHECK(certificate.failing == Names{"parity.descent"});
    CHECK(certificate.refusals ==
          Names{"seen_by does not hold: parity.short does on the mutant what it does on the clean tree"});
  }
  SECTION("one that the clean tree does not pass itself") {
    add_parity(judged, "parity.fails", {"{metrics}"});
    rule.seen_by = {text("parity.fails"), text("parity.descent")};
    const Certificate certificate = one(judged, rule);
    REQUIRE(certificate.refusals.size() == 1);
    CHECK_THAT(certificate.refusals[0],
               Contains("parity.fails is not asked here: descend ended with exit code 2"));
  }
  SECTION("a probe behind one that hangs") {
    rule = in_mean(judged,
                   "([](double x) { for (volatile bool on = x == 1; on;) continue; return x; })({{value}})");
    rule.seen_by = {text("mean.value"), text("mean.empty")};
    const Certificate certificate = one(judged, rule);
    CHECK(certificate.failing == Names{"mean.value"});
    REQUIRE_FALSE(certificate.refusals.empty());
    CHECK_THAT(certificate.refusals.back(),
               Contains("mean.empty was not asked, because a probe before it hung"));
  }
}

TEST_CASE("parity runs are begun where a rule names them, or all are asked for", "[grade][observers]") {
  Judged judged;
  add_parity(judged, "parity.long", {"{metrics}", "25"});
  catalog::Rule rule = rule_of(
      judged, "stats.cpp",
      R"(binaryOperator(hasOperatorName("-="), hasRHS(expr().bind("by")), hasAncestor(functionDecl(hasName("step")))))",
      "by", "0.5 * ({{by}})");
  rule.seen_by = {text("step.direction")};
  const Certificate by_default = one(judged, rule);
  CHECK(by_default.failing == Names{"step.direction"});
  CHECK(by_default.probes == 3);
  CHECK(by_default.runs == 0);
  const Certificate all = one(judged, rule, {.all = true});
  CHECK(all.failing == Names{"step.direction", "parity.descent", "parity.long"});
  CHECK(all.runs == 2);
  // What was proved with all of them is proved without them; the other way round it is asked again.
  CHECK(one(judged, rule).runs == 2);
  rule.seen_by = {text("parity.long"), text("step.direction")};
  const Certificate named = one(judged, rule);
  CHECK(named.failing == Names{"step.direction", "parity.long"});
  CHECK(named.runs == 1);
  rule.seen_by = {text("parity.long")};
  CHECK(one(judged, rule).failing == Names{"parity.long", "step.direction"});
}

TEST_CASE("a run is not asked where each of its programs is the clean tree's", "[grade][observers]") {
  Judged judged;
  const fs::path tree = judged.project / "tree";
  REQUIRE(write_unsynced(tree / "other.cpp", *read_file(tree / "descend.cpp")));
  REQUIRE(write_unsynced(tree / "CMakeLists.txt",
                         *read_file(tree / "CMakeLists.txt") +
                             "add_executable(other other.cpp)\ntarget_link_libraries(other stats)\n"
                             "set_target_properties(other PROPERTIES BUILD_RPATH_USE_ORIGIN ON)\n"));
  add_parity(judged, "parity.other", {"{metrics}", "5"});
  judged.catalog.tree.parity.back().steps.front().program = "other";
  catalog::Rule rule = loop_bug(judged);
  rule.seen_by = {text("parity.descent")};
  CHECK(one(judged, rule).runs == 1);
  CHECK(one(judged, rule, {.all = true}).runs == 2);
  // So it is with a decoy, of which all are asked; but of the library everything may come.
  rule.seen_by.clear(), rule.decoy = true;
  rule.edits.front().with = text("0.10");
  CHECK(one(judged, rule).runs == 1);
  rule = in_mean(judged, "2 * ({{value}})");
  rule.seen_by = {text("parity.other")};
  CHECK(one(judged, rule, {.all = true}).runs == 2);
  const Certificate library = one(judged, rule);
  CHECK(library.runs == 1);
  CHECK(library.refusals ==
        Names{"seen_by does not hold: parity.other does on the mutant what it does on the clean tree"});
}

TEST_CASE("a name that nobody has is refused with one that is alike", "[grade][observers]") {
  Judged judged;
  catalog::Rule rule = loop_bug(judged);
  for (const auto& [wrong, right] :
       {std::pair("parity.decsent", "parity.descent"), {"mean.vaule", "mean.value"}}) {
    rule.seen_by = {text(wrong)};
    const auto answer = certify_rule(judged, rule);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Exit::catalog);
    CHECK(answer.error().text() == std::string("catalog.yaml:7:3: there is no probe, test or parity run '") +
                                       wrong + "'; did you mean '" + right + "'?");
  }
}

TEST_CASE("a decoy is proved by nobody seeing it", "[grade][observers]") {
  Judged judged;
  catalog::Rule rule = in_mean(judged, "1.0 * {{value}}");
  rule.decoy = true;
  rule.seen_by = {};
  SECTION("one that computes the same") {
    const Certificate certificate = one(judged, rule);
    CHECK(certificate.refusals.empty());
    CHECK(certificate.failing.empty());
    CHECK(certificate.probes == 3);  // all are asked
    CHECK(certificate.runs == 1);
    CHECK(certificate.symptom.kind == "unchanged");
  }
  SECTION("one whose object code is the clean tree's") {
    rule.edits[0].with = text("+{{value}}");
    CHECK(one(judged, rule).refusals.empty());
  }
  SECTION("one that a probe sees") {
    rule.edits[0].with = text("2 * {{value}}");
    const Certificate certificate = one(judged, rule);
    CHECK(certificate.refusals == Names{"it is no decoy: mean.value sees it"});
  }
  SECTION("one that only a parity run sees") {
    rule = loop_bug(judged);
    rule.decoy = true;
    rule.seen_by = {};
    CHECK(one(judged, rule).refusals == Names{"it is no decoy: parity.descent sees it"});
  }
  SECTION("one with a scar") {
    rule.edits[0].with = text("{{value}} /* as it was */");
    REQUIRE(one(judged, rule).refusals.size() == 1);
  }
  SECTION("one that changes nothing has no site") {
    rule.match = {};
    rule.edits = {};
    rule.in = {};
    rule.file = "";
    const Certificate certificate = one(judged, rule);
    CHECK(certificate.refusals.empty());
    CHECK(certificate.file.empty());
    CHECK(certificate.probes + certificate.runs == 0);
    CHECK(certificate.symptom.words == "the loss over 30 steps is exactly the clean tree's");
  }
}

TEST_CASE("the symptom on record is that of the rule's own run", "[grade][observers]") {
  Judged judged;
  catalog::Run run = judged.catalog.tree.runs.front();
  run.name = "short";
  run.program.args = {"{metrics}", "7"};
  judged.catalog.tree.runs.push_back(run);
  catalog::Rule rule = loop_bug(judged);
  rule.seen_by = {text("parity.descent")};
  CHECK_THAT(one(judged, rule).symptom.words, Contains("after 30 steps"));
  rule.run = text("short");
  const Certificate certificate = one(judged, rule);
  CHECK_THAT(certificate.symptom.words, Contains("after 7 steps"));
  CHECK(certificate.symptom.series == "loss");
}

TEST_CASE("a run without series is shown by what it prints", "[grade][observers]") {
  Judged judged;
  edit(judged.project / "tree/descend.cpp", "  std::fclose(metrics);",
       "  std::fclose(metrics);\n  std::printf(\"from 0\\nto %.3f\\n\", x);");
  catalog::Run& run = judged.catalog.tree.runs.front();
  run.series = {};
  catalog::Rule rule = loop_bug(judged);
  rule.seen_by = {text("parity.descent")};
  const Certificate certificate = one(judged, rule);
  CHECK(certificate.refusals.empty());
  CHECK(certificate.symptom.kind == "other text");
  CHECK(certificate.symptom.words ==
        "the run prints 'to 3.000' in line 2, where the clean tree prints 'to 2.996'");
  CHECK(certificate.symptom.silence == 0.5);
  CHECK(certificate.symptom.visible_from == 1);
  CHECK(certificate.symptom.series.empty());
}

TEST_CASE("a run that shows nothing on the clean tree is the catalog's mistake", "[grade][observers]") {
  Judged judged;
  workshop::Workshop shop = judged.shop();
  const workshop::Clean clean = judged.clean(shop);
  catalog::Run run = judged.catalog.tree.runs.front();
  const auto refused = [&] {
    const auto answer = baseline(shop, clean, run, 1);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Exit::catalog);
    return answer.error().message;
  };
  run.series = {"lost"};
  CHECK(refused() == "the run 'descent' writes no record with 'lost' on the clean tree");
  run.series = {};
  CHECK(refused() == "the run 'descent' prints nothing on the clean tree, and has no series");
  run.program.args = {"{metrics}"};
  CHECK_THAT(refused(),
             Contains("the run 'descent' fails on the clean tree: descend ended with exit code 2"));
}
