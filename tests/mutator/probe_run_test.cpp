// probe_run: what is asked, of which library, and for how long.
#include "mutator/workshop/probe_run.h"

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

TEST_CASE("what the machine does not pass it does not ask", "[grade]") {
  const Judged judged;
  const fs::path source = judged.project / "probes/probes.cpp", count = judged.path / "count";
  const std::string more =
      "    {\"never.here\", \"edge\", [] { return false; }},\n"
      "    {\"not.always\", \"edge\",\n     [] {\n       static const char* file = \"" +
      count.string() +
      "\";\n       std::FILE* f = std::fopen(file, \"a\");\n       std::fputc('x', f);\n"
      "       const bool first = std::ftell(f) == 1;\n       std::fclose(f);\n       return !first;\n     "
      "}},\n};\n\n}  // namespace";
  edit(source, "};\n\n}  // namespace", more);
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const auto asked = askable(shop, clean);
  REQUIRE(asked);
  CHECK(asked->probes.size() == 3);
  REQUIRE(asked->excluded.size() == 2);
  CHECK(asked->excluded[0].probe == "never.here");
  CHECK(asked->excluded[0].message.starts_with("fails on the clean tree: "));
  CHECK(asked->excluded[1].probe == "not.always");
  CHECK(asked->excluded[1].message == "fails on the clean tree 1 time of 3");
  // It is asked once: the count of the second probe's runs stays.
  const auto runs = fs::file_size(count);
  const fs::path own = judged.checkout(shop, clean);
  const grade::Verdict verdict = judged.judge(shop, clean, own);
  CHECK(verdict.solved);
  CHECK(verdict.excluded.size() == 2);
  CHECK(fs::file_size(count) == runs);
  // Asked again when told to: now the second one always passes, and is no longer left out.
  const auto again = askable(shop, clean, /*fresh=*/true);
  REQUIRE(again);
  CHECK(again->excluded.size() == 1);
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
