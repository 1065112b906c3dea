// probe_run: what is asked, of which library, and for how long.
#include "mutator/workshop/probe_run.h"

#include <ctime>
#include <set>

#include "mutator/base/build_id.h"
#include "tests/mutator/judged.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

constexpr char kWhile[] = "  double sum = 0;";

std::vector<std::string> names(const std::vector<ProbeAnswer>& answers, ProbeAnswer::How how) {
  std::vector<std::string> found;
  for (const ProbeAnswer& answer : answers)
    if (answer.how == how) found.push_back(answer.probe);
  return found;
}

}  // namespace

TEST_CASE("probes that loaded another library say nothing of this one", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const auto program = clean_probes(shop, clean);
  REQUIRE(program);
  const fs::path own = judged.checkout(shop, clean);
  const std::vector<ProbeInfo> all = *list_probes(shop, clean);
  CHECK(run_probes(shop, *program, own, all, {}));
  // Without one of its own the loader finds the clean tree's, by the program's RUNPATH.
  fs::remove(own / "build/libstats.so");
  const auto answers = run_probes(shop, *program, own, all, {});
  REQUIRE_FALSE(answers);
  CHECK(answers.error().code == Exit::io);
  CHECK(answers.error().message.find("libstats.so") != std::string::npos);
}

TEST_CASE("a probe program that cannot be started is an error", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const auto answers =
      run_probes(shop, judged.project / "no/probes", judged.checkout(shop, clean), {{"mean.value", ""}}, {});
  REQUIRE_FALSE(answers);
  CHECK(answers.error().code == Exit::io);
  CHECK(answers.error().message.find("no/probes") != std::string::npos);
}

TEST_CASE("a build id is the linker's own", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const auto said = run({.argv = {"readelf", "-n", (clean.build / "libstats.so").string()}});
  REQUIRE(said->good());
  const std::string id = build_id(clean.build / "libstats.so");
  CHECK(id.size() == 40);
  CHECK(said->out.find("Build ID: " + id) != std::string::npos);
  CHECK(build_id(clean.tree / "stats.cpp").empty());
  CHECK(build_id(judged.path / "nothing").empty());
  // Cut anywhere it is no id, or the whole one.
  const std::string whole = *read_file(clean.build / "libstats.so");
  for (size_t length = 0; length < 2000; length += 37) {
    REQUIRE(write_unsynced(judged.path / "cut", whole.substr(0, length)));
    const std::string cut = build_id(judged.path / "cut");
    CHECK((cut.empty() || cut == id));
  }
}

TEST_CASE("a learner may print anything, anywhere", "[grade]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  edit(own / "stats.cpp", "namespace tiny {\n\ndouble",
       "#include <cstdio>\nstatic const int early = std::puts(\"{\\\"begin\\\": 1}\");\n\nnamespace tiny "
       "{\n\ndouble");
  edit(own / "stats.cpp", kWhile,
       "  std::puts(\"{\\\"end\\\": \\\"mean.value\\\", \\\"passed\\\": false}\\n{\\\"loss\\\": "
       "7}\\n\\377\");\n"
       "  std::fputs(\"no newline\", stderr);\n  double sum = 0;");
  const grade::Verdict verdict = judged.judge(shop, clean, own);
  CHECK(verdict.solved);
  CHECK(verdict.agreeing() == 3);
}

TEST_CASE("memory that nobody has written is not zero by luck", "[grade]") {
  const Judged judged;
  auto shop = judged.shop();
  const workshop::Clean clean = judged.clean(shop);
  const fs::path checkout = judged.checkout(shop, clean);
  // So much comes from the system, which hands out zeros.
  edit(checkout / "stats.cpp", "#include \"stats.h\"", "#include \"stats.h\"\n#include <cstdlib>");
  edit(checkout / "stats.cpp", "double sum = 0;",
       "double sum = *static_cast<double*>(std::malloc(1 << 20));");
  const grade::Verdict verdict = judged.judge(shop, clean, checkout);
  CHECK(verdict.builds);
  CHECK_FALSE(verdict.solved);
}

TEST_CASE("a hang ends the verdict with what is known", "[grade]") {
  Judged judged;
  judged.catalog.tree.probes.time_limit_s = 0.5;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  const auto hang = GENERATE(as<std::string>(), "for (volatile int i = 0;; ++i) {}",
                             "std::this_thread::sleep_for(std::chrono::hours(1));");
  edit(own / "stats.cpp", "#include \"stats.h\"\n",
       "#include \"stats.h\"\n#include <chrono>\n#include <thread>\n");
  edit(own / "stats.cpp", "  if (values.empty()) return 0;", "  if (values.empty()) " + hang);
  const std::vector<ProbeInfo> all = *list_probes(shop, clean);
  const auto place = Trial::of_checkout(shop, clean, own, judged.catalog.tree.not_sources());
  REQUIRE(place);
  const auto answers = run_probes(shop, *clean_probes(shop, clean), place->tree(), all,
                                  askable(shop, clean)->limits(shop.spec().probes));
  REQUIRE(answers);
  CHECK(names(*answers, ProbeAnswer::How::passed) == std::vector<std::string>{"mean.value"});
  CHECK(names(*answers, ProbeAnswer::How::hung) == std::vector<std::string>{"mean.empty"});
  CHECK(names(*answers, ProbeAnswer::How::unasked) == std::vector<std::string>{"step.direction"});
  const grade::Verdict verdict = judged.judge(shop, clean, own);
  CHECK_FALSE(verdict.solved);
  CHECK(verdict.wrong == std::vector<std::string>{"the empty list"});
}

TEST_CASE("limits are the clean tree's own, many times over", "[workshop]") {
  catalog::Probes spec;
  spec.time_limit_s = 30;
  Askable askable;
  askable.slowest_s = 0.01;
  CHECK(askable.limits(spec).processor_s == 5);  // never less
  askable.slowest_s = 1;
  CHECK(askable.limits(spec).processor_s == Approx(20));
  CHECK(askable.limits(spec).wall_s == Approx(120));
  askable.slowest_s = 10;
  CHECK(askable.limits(spec).processor_s == 30);  // nor more than the catalog allows
}

namespace {

// Puts another probe at the end of the tiny tree's. `fails` may ask how many `times` it has been asked, this
// one included, and whether a trial is being asked or the clean tree.
void add_probe(const Judged& judged, const std::string& name, const std::string& fails) {
  const fs::path source = judged.project / "probes/probes.cpp";
  const std::string place = (judged.path / name).string();
  edit(source, "};\n\n}  // namespace",
       "    {\"" + name +
           "\", \"edge\",\n     [] {\n"
           "       const bool tried = std::strstr(std::getenv(\"LD_LIBRARY_PATH\"), \"/trials/\") != "
           "nullptr;\n"
           "       const std::string file = \"" +
           place +
           "\" + std::string(tried ? \".trial\" : \".clean\");\n"
           "       std::FILE* f = std::fopen(file.c_str(), \"a\");\n       std::fputc('x', f);\n"
           "       const long times = std::ftell(f);\n       std::fclose(f);\n"
           "       (void)tried, (void)times;\n       return !(" +
           fails + ");\n     }},\n};\n\n}  // namespace");
}

std::uintmax_t asked(const Judged& judged, const std::string& name) {
  std::error_code error;
  const auto size = fs::file_size(judged.path / name, error);
  return error ? 0 : size;
}

}  // namespace

TEST_CASE("what the machine does not pass it does not ask", "[grade]") {
  const Judged judged;
  add_probe(judged, "never.here", "true");
  add_probe(judged, "seldom.here", "times <= 2");
  add_probe(judged, "once.not", "!tried && times == 1");
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const auto known = askable(shop, clean);
  REQUIRE(known);
  CHECK(known->probes.size() == 4);  // three, and the one that failed once of three
  REQUIRE(known->excluded.size() == 2);
  CHECK(known->excluded[0].probe == "never.here");
  CHECK(known->excluded[0].message.starts_with("fails on the clean tree: "));
  CHECK(known->excluded[1].probe == "seldom.here");
  CHECK(known->excluded[1].message == "fails on the clean tree 2 times of 3");
  // It is found out once.
  const fs::path own = judged.checkout(shop, clean);
  const grade::Verdict verdict = judged.judge(shop, clean, own);
  CHECK(verdict.solved);
  CHECK(verdict.excluded.size() == 2);
  CHECK(verdict.not_asked == std::set<std::string>{"never.here", "seldom.here"});
  CHECK(asked(judged, "never.here.clean") == 3);
  CHECK(asked(judged, "never.here.trial") == 0);
  // An hour later the machine may be another one: who passes now is asked again.
  const fs::path answers = clean_probes(shop, clean)->parent_path() / "answers.json";
  REQUIRE(set_time(answers, std::time(nullptr) - 2 * 3600));
  CHECK(askable(shop, clean)->excluded.size() == 1);
  CHECK(asked(judged, "never.here.clean") == 6);
  CHECK(askable(shop, clean)->excluded.size() == 1);
  CHECK(asked(judged, "never.here.clean") == 6);
  CHECK(askable(shop, clean, /*fresh=*/true)->excluded.size() == 1);
  CHECK(asked(judged, "never.here.clean") == 9);
}

TEST_CASE("what nobody could be asked about is not solved", "[grade]") {
  const Judged judged;
  add_probe(judged, "never.here", "true");
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  const auto judge = [&](const std::vector<std::vector<std::string>>& seen_by) {
    return *grade::judge(shop, clean, own, judged.catalog.tree.not_sources(), {}, seen_by);
  };
  CHECK(judge({}).solved);
  CHECK(judge({{}}).solved);
  CHECK(judge({{"mean.value"}, {"never.here", "mean.value"}}).solved);
  for (const auto& unseen : {std::vector<std::vector<std::string>>{{"never.here"}},
                             std::vector<std::vector<std::string>>{{"mean.value"}, {"never.here"}}}) {
    const grade::Verdict verdict = judge(unseen);
    CHECK_FALSE(verdict.solved);
    CHECK(verdict.undecided);
    CHECK(verdict.wrong.empty());
  }
  edit(own / "stats.cpp", "for (double value", "if (false) for (double value");
  CHECK_FALSE(judge({{"never.here"}}).undecided);  // it is wrong, whoever says so
}

TEST_CASE("a probe that the clean tree fails now and then is believed when it fails every time", "[grade]") {
  const Judged judged;
  // On the clean tree it passes at first, and then fails once of three times.
  const bool always = GENERATE(true, false);
  add_probe(judged, "now.and.then",
            std::string("tried ? ") + (always ? "true" : "times != 4") + " : times == 3");
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  CHECK(askable(shop, clean)->excluded.empty());
  const fs::path own = judged.checkout(shop, clean);
  const grade::Verdict verdict = judged.judge(shop, clean, own);
  CHECK(verdict.solved == !always);
  CHECK(verdict.excluded.size() == (always ? 0 : 1));
  CHECK(asked(judged, "now.and.then.clean") == 4);
  CHECK(asked(judged, "now.and.then.trial") == 6);
  CHECK(askable(shop, clean)->excluded.empty());  // nothing of it is kept
}

TEST_CASE("a failure that the clean tree has too, here and now, is not the learner's", "[grade]") {
  const Judged judged;
  const fs::path source = judged.project / "probes/probes.cpp", flag = judged.path / "flag";
  edit(source, "};\n\n}  // namespace",
       "    {\"no.flag\", \"edge\", [] { return std::fopen(\"" + flag.string() +
           "\", \"r\") == nullptr; }},\n};\n\n}  // namespace");
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  CHECK(askable(shop, clean)->excluded.empty());
  REQUIRE(write_unsynced(flag, ""));  // the machine is another one now
  const fs::path own = judged.checkout(shop, clean);
  const grade::Verdict verdict = judged.judge(shop, clean, own);
  CHECK(verdict.solved);
  REQUIRE(verdict.excluded.size() == 1);
  CHECK(verdict.excluded[0].find("no.flag") != std::string::npos);
  CHECK(verdict.agreeing() == 3);
}
