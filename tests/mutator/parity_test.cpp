// parity: what agrees and what does not; what is recorded of the clean tree; what a stage does.
#include "mutator/grade/parity.h"

#include <cmath>
#include <limits>

#include "mutator/base/files.h"
#include "mutator/grade/compare.h"
#include "mutator/grade/recording.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::grade;
using workshop::Record;
using How = ParityAnswer::How;
using Catch::Contains;
using Catch::Matchers::Equals;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

std::string compare(const std::vector<double>& own, const std::vector<double>& clean, double tolerance) {
  const auto records = [](const std::vector<double>& values) {
    std::vector<Record> made;
    for (const double value : values) made.push_back({{"loss", value}});
    return made;
  };
  return compare_series(records(own), records(clean), {{"loss", tolerance}});
}

// Trees whose programs are shell scripts: a clean one and a checkout's, and a head that runs them.
struct Bench {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-parity");
  catalog::Tree spec;
  workshop::Clean clean{path / "cache/tree", path / "cache/tree/build", "key", 0};
  ~Bench() { (void)remove_tree(path); }

  void script(const std::string& tree, const std::string& name, const std::string& text) const {
    const fs::path home = tree == "clean" ? clean.tree : path / tree;
    REQUIRE(write_file(home / spec.build.directory / name, "#!/bin/sh\n" + text, 0755));
  }
  // The same program in both trees.
  void both(const std::string& name, const std::string& text) const {
    script("clean", name, text), script("own", name, text);
  }
  catalog::Parity& add(const std::string& observable, const std::string& program) {
    catalog::Parity& parity = spec.parity.emplace_back();
    parity.observable = observable;
    parity.time_limit_s = 5;
    step(parity, program);
    return parity;
  }
  static catalog::Compared& step(catalog::Parity& parity, const std::string& program) {
    catalog::Compared& step = parity.steps.emplace_back();
    step.program = program;
    step.args = {"{metrics}", "{scratch}"};
    return step;
  }
  std::vector<ParityAnswer> operator()(Until until = Until::all) const {
    const workshop::Workshop shop(spec, path, path / "cache");
    const auto answers = run_parity(shop, clean, path / "own", {}, {.until = until});
    if (!answers) FAIL(answers.error().message);
    return *answers;
  }
  ParityAnswer one() const { return (*this)().at(0); }
};

const std::string kLoss = "echo '{\"loss\": 1}' >$1\n";

}  // namespace

TEST_CASE("numbers agree as a mathematician would have it", "[grade]") {
  CHECK(agree(1, 1, 0));
  CHECK_FALSE(agree(1, std::nextafter(1, 2), 0));
  CHECK(agree(1 + 1e-9, 1, 1e-8));
  CHECK(agree(1e9 + 1, 1e9, 1e-8));
  CHECK_FALSE(agree(1e-9 + 1e-12, 1e-9, 1e-8));  // relative, not absolute
  CHECK_FALSE(agree(1, -1, 1));
  CHECK(agree(0.0, -0.0, 0));
  CHECK(agree(kInf, kInf, 0));
  CHECK(agree(-kInf, -kInf, 1));
  CHECK_FALSE(agree(kInf, -kInf, 1));
  CHECK_FALSE(agree(kInf, 1e308, 1));
  CHECK_FALSE(agree(1, kInf, 1));
  CHECK_FALSE(agree(kNan, 1, 1));
  CHECK_FALSE(agree(1, kNan, 1));
  CHECK_FALSE(agree(kInf, kNan, 1));
  CHECK_FALSE(agree(kNan, kNan, 1));  // nothing was computed
  // Beside larger numbers of its series a rounding error is nothing; without a tolerance it is one.
  CHECK(agree(0, 1e-18, 1e-8, 1e-17));
  CHECK_FALSE(agree(0, 1e-18, 1e-8));
  CHECK_FALSE(agree(0, 1e-18, 0, 1e-17));
}

TEST_CASE("series agree record by record", "[grade]") {
  CHECK(compare({}, {}, 0).empty());
  CHECK(compare({1, 2}, {1, 2}, 0).empty());
  CHECK_THAT(compare({1, 2.1}, {1, 2}, 1e-8),
             Equals("loss differs from the clean tree's at record 1 by 4.8e-02 (relative)"));
  CHECK_THAT(compare({1, kNan}, {1, 2}, 1), Equals("loss is nan at record 1, the clean tree's 2"));
  CHECK_THAT(compare({kInf, kInf}, {1, 2}, 1), Equals("loss is inf at record 0, the clean tree's 1"));
  CHECK(compare({kInf, 2}, {kInf, 2}, 0).empty());
  CHECK_THAT(compare({1}, {1, 2}, 1), Equals("there are 1 records, of the clean tree 2"));
  CHECK_THAT(compare({1, 2, 3}, {1, 2}, 1), Equals("there are 3 records, of the clean tree 2"));
  CHECK_THAT(compare({}, {1}, 1), Equals("there are 0 records, of the clean tree 1"));
  CHECK(compare({0.5, 1e-18}, {0.5, 0}, 1e-12).empty());
  CHECK_FALSE(compare({0.5, 1e-15}, {0.5, 0}, 1e-12).empty());

  // The same values of each series, and not in the same records.
  const std::vector<Record> clean = {{{"step", 0}, {"val", 7}}, {{"step", 1}}, {{"note", 1}}};
  const std::map<std::string, double> both = {{"step", 0}, {"val", 0}};
  CHECK(compare_series({{{"step", 0}, {"val", 7}, {"ms", 3}}, {{"other", 1}}, {{"step", 1}}}, clean, both)
            .empty());
  CHECK_THAT(compare_series({{{"step", 0}}, {{"step", 1}, {"val", 7}}}, clean, both),
             Equals("val is missing from record 0, unlike the clean tree's"));
  CHECK_THAT(compare_series({{{"step", 0}, {"val", 7}}, {{"step", 1}, {"val", 7}}}, clean, both),
             Equals("val is in record 1, unlike the clean tree's"));
  CHECK_THAT(compare_series({{{"step", 0}, {"val", 7}}, {{"val", 7}}, {{"step", 1}}}, clean, both),
             Equals("step is missing from record 1, unlike the clean tree's"));
}

TEST_CASE("text agrees to the byte, and additional lines are called that", "[grade]") {
  CHECK(compare_text("", "").why.empty());
  CHECK(compare_text("a\nb\n", "a\nb\n").why.empty());
  CHECK_THAT(compare_text("here\na\nb\n", "a\nb\n").why,
             Equals("prints a line that the clean tree does not: 'here'"));
  CHECK(compare_text("here\na\nb\n", "a\nb\n").only_more_lines);
  CHECK_FALSE(compare_text("a\nc\n", "a\nb\n").only_more_lines);
  CHECK_FALSE(compare_text("a\n", "a\nb\n").only_more_lines);
  CHECK_THAT(compare_text("a\nx\nb\ny\n", "a\nb\n").why,
             Equals("prints 2 additional lines that the clean tree does not: 'x'"));
  CHECK_THAT(compare_text("a\nc\n", "a\nb\n").why,
             Equals("prints 'c' in line 2, where the clean tree prints 'b'"));
  CHECK_THAT(compare_text("a\n", "a\nb\n").why, Equals("prints 1 lines, the clean tree 2"));
  CHECK_THAT(compare_text("", "a\n").why, Equals("prints 0 lines, the clean tree 1"));
  CHECK_THAT(compare_text("a", "a\n").why, Contains("prints 'a' in line 1"));  // the newline is text too
  CHECK_THAT(compare_writes({{"m", 5}}, {{"m", 3}}), Equals("writes m 5 times, the clean tree 3"));
  CHECK_THAT(compare_writes({}, {{"m", 1}}), Equals("writes m 0 times, the clean tree 1"));
  CHECK(compare_writes({{"m", 3}}, {{"m", 3}}).empty());
}

TEST_CASE("of a text only what an expression picks is compared, in whatever order", "[grade]") {
  const std::string expression = "^ +--([a-z-]+)(?:.*\\[([^\\[\\]]*)\\]$)?";
  const std::string help =
      "usage: p [options]\n\n  --n, --depth N  blocks [4]\n  --to VALUE  a [good] place [a b]\r\n  --quiet  "
      "no words\n";
  CHECK(picked(help, expression) == "n 4\nquiet \nto a b\n");
  CHECK(picked("  --quiet  silence\n  --to X  a place [a b]\n  --n N  layers [4]\n", expression) ==
        picked(help, expression));
  CHECK(picked("  --n N  blocks [5]\n", expression) == "n 5\n");
  CHECK(picked("", expression).empty());
  CHECK(picked("nothing\n", expression).empty());
  CHECK(picked(std::string(1 << 20, ' ') + "--n\n  --m", expression) == "m \n");
}

TEST_CASE("a recording comes back to the bit, and half of one does not", "[grade]") {
  const Bench bench;
  const fs::path file = bench.path / "r";
  const Recording made = {.before_s = {0.25},
                          .takes = {{.records = {{{"a", 0.1}, {"b", kNan}}, {{"a", -kInf}}},
                                     .text = "caf\xe9\n",
                                     .writes = {{"m", 3}},
                                     .processor_s = 1.5}},
                          .excluded = "why"};
  REQUIRE(write_recording(file, made));
  const auto back = read_recording(file);
  REQUIRE(back);
  CHECK(back->before_s == made.before_s);
  CHECK(back->excluded == "why");
  REQUIRE(back->takes.size() == 1);
  CHECK(back->takes[0].records[0].at("a") == 0.1);
  CHECK(std::isnan(back->takes[0].records[0].at("b")));
  CHECK(back->takes[0].records[1].at("a") == -kInf);
  CHECK(back->takes[0].text == "caf\xe9\n");
  CHECK(back->takes[0].writes == made.takes[0].writes);
  CHECK(back->seconds() == 1.75);
  const std::string bytes = *read_file(file);
  for (size_t size = 0; size < bytes.size(); ++size) {
    REQUIRE(write_unsynced(file, bytes.substr(0, size)));
    CHECK_FALSE(read_recording(file));
  }
  CHECK_FALSE(read_recording(bench.path / "nowhere"));
}

TEST_CASE("every part of a parity run is part of its recording's name", "[grade]") {
  catalog::Tree tree;
  catalog::Parity parity;
  parity.before = {{.program = "make", .args = {"a"}}};
  parity.steps = {{{.program = "show", .args = {"b"}}, {{"loss", 0}}, false, "", {"m"}}};
  const std::string name = recording_name(tree, parity);
  CHECK(name == recording_name(tree, parity));
  const auto other = [&](const auto& change) {
    catalog::Tree t = tree;
    catalog::Parity p = parity;
    change(t, p);
    return recording_name(t, p) != name;
  };
  CHECK(other([](auto& t, auto&) { t.inputs["x"] = "y"; }));
  CHECK(other([](auto&, auto& p) { p.before.clear(); }));
  CHECK(other([](auto&, auto& p) { p.before[0].args = {"b"}; }));
  CHECK(other([](auto&, auto& p) { p.before[0].ranks = 2; }));
  CHECK(other([](auto&, auto& p) { p.steps[0].program = "other"; }));
  CHECK(other([](auto&, auto& p) { p.steps[0].args = {"a"}; }));
  CHECK(other([](auto&, auto& p) { p.steps[0].input = "x"; }));
  CHECK(other([](auto&, auto& p) { p.steps[0].ranks = 2; }));
  CHECK(other([](auto&, auto& p) { p.steps[0].series["loss"] = 1; }));
  CHECK(other([](auto&, auto& p) { p.steps[0].text = true; }));
  CHECK(other([](auto&, auto& p) { p.steps[0].picks = "(a)"; }));
  CHECK(other([](auto&, auto& p) { p.steps[0].leaves.clear(); }));
  CHECK(other([](auto&, auto& p) { p.steps.push_back(p.steps[0]); }));
}

TEST_CASE("limits come from what the clean tree took", "[grade]") {
  CHECK(limits_from(0.1, 60).processor_s == 5);  // a floor: small numbers say little
  CHECK(limits_from(2, 60).processor_s == 20);
  CHECK(limits_from(2, 15).processor_s == 15);  // the catalog's is the most
  CHECK(limits_from(2, 60).wall_s == 80);
}

TEST_CASE("what a program prints changes nothing, wherever it prints", "[grade]") {
  Bench bench;
  bench.add("the loss", "train").steps[0].series = {{"loss", 0}};
  bench.script("clean", "train", kLoss + "echo '{\"loss\": 2}' >$1\n");
  bench.script("own", "train",
               "echo hello; echo '{\"loss\": 9}'; echo '{\"begin\": 1}' >&2; printf '\\000\\377{'\n" + kLoss +
                   "printf '\\377\\376' >&2; echo '{\"loss\": 2}' >$1\n");
  CHECK(bench.one().how == How::agrees);
  CHECK(bench.one().message.empty());
  // Where text is the product it is compared, and nothing else is.
  bench.spec.parity[0].steps[0].text = true;
  bench.script("own", "train", kLoss + "echo debug\necho '{\"loss\": 2}' >$1\n");
  CHECK(bench.one().how == How::differs);
  CHECK_THAT(bench.one().message, Equals("train prints a line that the clean tree does not: 'debug'"));
}

TEST_CASE("of a help text the defaults are compared, not the words", "[grade]") {
  Bench bench;
  catalog::Compared& step = bench.add("defaults", "train").steps[0];
  step.text = true;
  step.picks = "--([a-z]+).*\\[(.*)\\]";
  bench.script("clean", "train", "echo 'usage'; echo ' --n N blocks [4]'; echo ' --m N more [1]'\n");
  bench.script("own", "train", "echo ' --m N many more [1]'; echo ' --n N how many blocks [4]'\n");
  CHECK(bench.one().how == How::agrees);
  bench.script("own", "train", "echo 'usage'; echo ' --n N blocks [5]'; echo ' --m N more [1]'\n");
  CHECK(bench.one().message == "train prints 'n 5' in line 2, where the clean tree prints 'n 4'");
  bench.script("own", "train", "echo 'usage'; echo ' --m N more [1]'\n");
  CHECK(bench.one().message == "train prints 1 lines, the clean tree 2");
}

TEST_CASE("records and then a failure is a failure", "[grade]") {
  Bench bench;
  bench.add("the loss", "train").steps[0].series = {{"loss", 0}};
  bench.script("clean", "train", kLoss);
  bench.script("own", "train", kLoss + "exit 3\n");
  CHECK(bench.one().how == How::differs);
  CHECK(bench.one().message == "train ended with exit code 3");
  CHECK_FALSE(bench.one().hung);
  bench.script("own", "train", kLoss + "kill -SEGV $$\n");
  CHECK_THAT(bench.one().message, Contains("SEGV"));
  bench.script("own", "train", kLoss);
  CHECK(bench.one().how == How::agrees);
}

TEST_CASE("what was left behind is read back, and its writes are counted", "[grade]") {
  Bench bench;
  catalog::Parity& parity = bench.add("the model", "train");
  parity.steps[0].leaves = {"model"};
  Bench::step(parity, "load").series = {{"weight", 0}};
  const std::string save = "echo '{\"weight\": 5}' >$2/new && mv $2/new $2/model\n";
  bench.script("clean", "train", save + save + "echo x >$2/other\n");
  bench.both("load", "cat $2/model >$1\n");
  bench.script("own", "train", save + save);
  CHECK(bench.one().how == How::agrees);
  bench.script("own", "train", save);
  CHECK(bench.one().message == "train writes model 1 time, the clean tree 2");
  bench.script("own", "train", save + save + "cp $2/model $2/m2; cat $2/m2 >$2/model\n");
  CHECK(bench.one().message == "train writes model 3 times, the clean tree 2");
  bench.script("own", "train", save + "echo '{\"weight\": 6}' >$2/new && mv $2/new $2/model\n");
  CHECK_THAT(bench.one().message, Contains("weight differs"));
  bench.script("own", "train",
               save + "exec 5>$2/new; echo '{\"weight\": 5}' >&5; mv $2/new $2/model; exec 5>&-\n");
  CHECK(bench.one().how == How::agrees);  // closed after it was renamed, and written once all the same
  bench.script("own", "load", "exit 1\n");
  CHECK(bench.one().message == "load ended with exit code 1");
}

TEST_CASE("ranks know each other, and each one's failure is the run's", "[grade]") {
  Bench bench;
  bench.add("ranks", "train").steps[0].ranks = 2;
  bench.spec.parity[0].steps[0].series = {{"rank", 0}, {"world", 0}, {"same", 0}};
  const std::string tell =
      "echo \"{\\\"rank\\\": $RANK, \\\"world\\\": $WORLD_SIZE, \\\"same\\\": $((RANK - LOCAL_RANK))}\" "
      ">$1\n";
  bench.both("train", "test -n \"$MASTER_ADDR\" && test $MASTER_PORT -gt 1023 || exit 9\n" + tell);
  CHECK(bench.one().how == How::agrees);
  bench.script("own", "train", tell + "exit $((RANK * 4))\n");
  CHECK(bench.one().message == "train ended with exit code 4");
  bench.script("own", "train", "test $RANK = 1 || " + tell);
  CHECK_THAT(bench.one().message, Contains("there are 1 records, of the clean tree 2"));
  // A port that somebody else has taken meanwhile is not the tree's fault.
  bench.script("own", "train", "test -e $2/tried.$RANK || { touch $2/tried.$RANK; exit 1; }\n" + tell);
  CHECK(bench.one().how == How::agrees);
}

TEST_CASE("inputs lie in every scratch directory, and one is read on stdin", "[grade]") {
  Bench bench;
  bench.spec.inputs = {{"lines", "one\ntwo\n"}};
  catalog::Parity& parity = bench.add("what is said", "say");
  parity.steps[0].input = "lines";
  parity.steps[0].text = true;
  bench.script("clean", "say", "cat\n");
  bench.script("own", "say", "cat $2/lines\n");
  CHECK(bench.one().how == How::agrees);
  bench.script("own", "say", "echo $2 >&2; cat\n");
  CHECK(bench.one().how == How::agrees);
  bench.both("say", "echo $2/lines; cat\n");  // each of them has a directory of its own
  REQUIRE(forget_parity(bench.clean));
  CHECK(bench.one().how == How::agrees);
  bench.script("clean", "say", "cat\n");
  REQUIRE(forget_parity(bench.clean));
  bench.script("own", "say", "head -1\n");
  CHECK(bench.one().message == "say prints 1 lines, the clean tree 2");
}

TEST_CASE("equal first steps are run once for all", "[grade]") {
  Bench bench;
  const catalog::Step make = {.program = "make", .args = {"{scratch}", "a"}};
  for (int i = 0; i < 5; ++i) {
    catalog::Parity& parity = bench.add("run " + std::to_string(i), "show");
    parity.before = {make};
    parity.steps[0].series = {{"n", 0}};
  }
  bench.spec.parity[4].before.push_back({.program = "make", .args = {"{scratch}", "b"}});
  bench.script("clean", "make", "echo >>$1/$2\n");
  bench.script("own", "make", "echo >>$1/$2; echo $2 >>" + (bench.path / "log").string() + "\n");
  bench.both("show", "echo \"{\\\"n\\\": $(cat $2/a | wc -l)}\" >$1\n");
  for (const ParityAnswer& answer : bench()) CHECK(answer.how == How::agrees);
  const std::string log = *read_file(bench.path / "log");
  CHECK((log == "a\nb\n" || log == "b\na\n"));
  // One that fails fails all that begin with it, each with its own words.
  bench.script("own", "make", "test $2 = b\n");
  for (const ParityAnswer& answer : bench()) CHECK(answer.message == "make ended with exit code 1");
}

TEST_CASE("what the clean tree does not pass here is not asked", "[grade]") {
  Bench bench;
  bench.add("fails", "fail").steps[0].series = {{"loss", 0}};
  bench.add("differs", "dice").steps[0].series = {{"loss", 1e-3}};
  bench.add("undefined", "nan").steps[0].series = {{"loss", 0}};
  bench.add("absent", "good").steps[0].series = {{"losses", 0}};
  bench.add("sound", "good").steps[0].series = {{"loss", 0}};
  bench.add("once", "once").steps[0].series = {{"loss", 0}};
  const std::string runs = (bench.path / "runs").string(), tried = (bench.path / "tried").string();
  bench.both("fail", "echo >>" + runs + "; exit 1\n");
  bench.both("dice", "n=$(cat " + runs + ".dice 2>/dev/null | wc -l); echo >>" + runs + ".dice\n" +
                         "echo \"{\\\"loss\\\": $((n + 1))}\" >$1\n");
  bench.both("nan", "echo '{\"loss\": \"nan\"}' >$1\n");
  bench.both("good", kLoss);
  // One flake: the other two measurements decide.
  bench.both("once", "test -e " + tried + " || { touch " + tried + "; exit 1; }\n" + kLoss);
  const auto answers = bench();
  REQUIRE(answers.size() == 6);
  const auto shows = [&](size_t i, const std::string& why) {
    CHECK(answers[i].how == How::excluded);
    CHECK_THAT(answers[i].message, Contains(why));
  };
  shows(0, "fail ended with exit code 1");
  shows(1, "the clean tree does not repeat it: loss differs");
  shows(2, "loss is NaN on the clean tree");
  shows(3, "losses is in no record of the clean tree");
  CHECK(answers[4].how == How::agrees);
  CHECK(answers[5].how == How::agrees);
  // Three times and never again, and the checkout was not asked.
  CHECK(read_file(runs)->size() == 3);
  CHECK(bench()[0].how == How::excluded);
  CHECK(read_file(runs)->size() == 3);
  const workshop::Workshop shop(bench.spec, bench.path, bench.path / "cache");
  CHECK(excluded_parity(shop, bench.clean).size() == 4);
  CHECK(excluded_parity(shop, bench.clean)[1].observable == "differs");
  // Until somebody wants to know again.
  REQUIRE(forget_parity(bench.clean));
  CHECK(excluded_parity(shop, bench.clean).empty());
  bench.both("fail", kLoss);
  CHECK(bench()[0].how == How::agrees);
}

TEST_CASE("a checkout that differs is told apart from one that does not", "[grade]") {
  Bench bench;
  for (const char* name : {"a", "b", "c", "d"}) bench.add(name, name).steps[0].series = {{"loss", 1e-9}};
  for (const char* name : {"a", "b", "c", "d"}) bench.both(name, kLoss);
  bench.script("own", "c", "echo '{\"loss\": 1.001}' >$1\n");
  const auto answers = bench();
  REQUIRE(answers.size() == 4);
  for (const size_t i : {0, 1, 3}) CHECK(answers[i].how == How::agrees);
  CHECK(answers[2].observable == "c");
  CHECK(answers[2].how == How::differs);
  const auto early = bench(Until::first_difference);
  CHECK(early[2].how == How::differs);
}

TEST_CASE("where one that differs is enough, the shortest are begun first", "[grade]") {
  Bench bench;
  const std::string works = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done\n";
  for (const char* name : {"long", "longer", "short", "shorter"}) {
    bench.add(name, name).steps[0].series = {{"loss", 1e-9}};
    bench.both(name, (name[0] == 'l' ? works : "") + kLoss);
    bench.script("own", name, "echo '{\"loss\": 1.001}' >$1\n");
  }
  (void)bench();  // recorded, and how long each takes
  const auto answers = bench(Until::first_difference);
  CHECK(answers[0].how == How::not_run);
  CHECK(answers[1].how == How::not_run);
  CHECK((answers[2].differs() || answers[3].differs()));
}

TEST_CASE("a print too many is told as that", "[grade]") {
  Bench bench;
  bench.add("the product", "talk").steps[0].text = true;
  bench.script("clean", "talk", "echo hello\n");
  bench.script("own", "talk", "echo here; echo hello\n");
  CHECK(bench.one().differs());
  CHECK(bench.one().only_more_lines);
  bench.script("own", "talk", "echo hullo\n");
  CHECK(bench.one().differs());
  CHECK_FALSE(bench.one().only_more_lines);
}

TEST_CASE("what hangs ends the asking", "[grade]") {
  Bench bench;
  for (const char* name : {"a", "b", "c", "d"}) {
    bench.add(name, name).steps[0].series = {{"loss", 0}};
    bench.both(name, kLoss);
  }
  for (const char* name : {"a", "b", "c", "d"}) bench.script("own", name, "while :; do :; done\n");
  // No more than two were begun, each ended by its processor limit.
  const auto answers = bench();
  int hung = 0, not_run = 0;
  for (const ParityAnswer& answer : answers) {
    hung += answer.hung && answer.how == How::differs;
    not_run += answer.how == How::not_run;
  }
  CHECK(hung >= 1);
  CHECK(hung <= 2);
  CHECK(hung + not_run == 4);
}
