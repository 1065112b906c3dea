// reach: which probes and which steps of runs run what a mutant changes, measured on the tiny tree, and that
// a certificate asks and runs no others.
#include "mutator/workshop/reach.h"

#include <set>

#include "mutator/grade/certificate.h"
#include "mutator/grade/courses.h"
#include "mutator/grade/observers.h"
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

namespace {

catalog::Tree built_by_cmake() {
  catalog::Tree spec;
  spec.root = ".";
  spec.build.configure = {"cmake",   "-S", "{source}", "-B",
                          "{build}", "-G", "Ninja",    "-DCMAKE_C_COMPILER=clang-19"};
  spec.build.compile = {"cmake", "--build", "{build}"};
  return spec;
}

}  // namespace

TEST_CASE("a tree's own tests are known by what they run, also by what is killed in them",
          "[workshop][reach]") {
  const fs::path path = fs::canonical(*make_temporary_directory(fs::temp_directory_path(), "nanobug-reach"));
  const auto write = [&](const char* file, const std::string& text) {
    REQUIRE(write_file(path / "project" / file, text));
  };
  write("parts.h", "int one(void);\nint two(void);\nint three(void);\n");
  write("one.c",
        "#include \"parts.h\"\nint one(void) {\n  return 1;\n}\nint three(void) {\n  return 3;\n}\n");
  write("two.c", "#include \"parts.h\"\nint two(void) {\n  return 2;\n}\n");
  write("plain.c", "#include \"parts.h\"\nint main(void) {\n  return one() - 1;\n}\n");
  write("kills.c",
        "#include <signal.h>\n#include <sys/wait.h>\n#include <unistd.h>\n#include \"parts.h\"\n"
        "int main(void) {\n  int status;\n  if (fork() == 0) {\n    if (two() == 2) raise(SIGKILL);\n"
        "    return 0;\n  }\n  wait(&status);\n  return WIFSIGNALED(status) ? 0 : 1;\n}\n");
  write("CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.20)\nproject(parts C)\nadd_library(parts STATIC one.c two.c)\n"
        "foreach(test plain kills)\n  add_executable(${test} ${test}.c)\n"
        "  target_link_libraries(${test} parts)\nendforeach()\n");
  catalog::Tree spec = built_by_cmake();
  spec.tests = {{.id = {"plain", {}}, .run = {"{build}/plain"}},
                {.id = {"kills", {}}, .run = {"{build}/kills"}}};
  Workshop shop(spec, path / "project", path / "cache");
  const auto clean = shop.clean(path / "project", "id", {});
  if (!clean) FAIL(clean.error().message);
  const auto reach = Reach::measure(shop, *clean);
  if (!reach) FAIL(reach.error().message);
  const auto changed = [&](const char* file, const std::string& from, const std::string& to) {
    std::string text = *read_file(clean->tree / file);
    return Overlay{{file, text.replace(text.find(from), from.size(), to)}};
  };
  using Tests = std::set<int>;
  CHECK(reach->idle_tests(*clean, changed("one.c", "return 1", "return 7")) == Tests{1});
  CHECK(reach->idle_tests(*clean, changed("two.c", "return 2", "return 7")) == Tests{0});
  CHECK(reach->idle_tests(*clean, changed("one.c", "return 3", "return 7")) ==
        Tests{0, 1});  // nobody runs it
  // What cannot be told; each program has a main.
  CHECK(reach->idle_tests(*clean, changed("kills.c", "? 0 : 1", "? 1 : 0")).empty());
  CHECK(reach->idle_tests(*clean, changed("parts.h", "int two", "long two")).empty());
  CHECK(Reach::find(shop, *clean)->idle_tests(*clean, changed("two.c", "return 2", "return 7")) == Tests{0});
  (void)remove_tree(path);
}

TEST_CASE("whom nothing of a mutant reaches is not asked, and the shortest test is asked first",
          "[grade][reach]") {
  const fs::path path = fs::canonical(*make_temporary_directory(fs::temp_directory_path(), "nanobug-reach"));
  REQUIRE(write_file(path / "project/one.c", "int one(void) {\n  return 1;\n}\n"));
  REQUIRE(write_file(path / "project/main.c",
                     "int one(void);\nint main(int n, char** words) {\n  (void)words;\n"
                     "  return n > 1 ? one() - 1 : 0;\n}\n"));
  REQUIRE(
      write_file(path / "project/CMakeLists.txt",
                 "cmake_minimum_required(VERSION 3.20)\nproject(parts C)\nadd_executable(a one.c main.c)\n"));
  catalog::Tree spec = built_by_cmake();
  const std::string asked = (path / "asked").string();
  const auto test = [&](const char* id, const std::string& command) {
    return catalog::Test{.id = {id, {}},
                         .run = {"sh", "-c", "echo " + std::string(id) + " >> '" + asked + "'; " + command}};
  };
  spec.tests = {test("long", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; '{build}/a' x"),
                test("short", "'{build}/a' x"), test("idle", "'{build}/a'")};
  Workshop shop(spec, path / "project", path / "cache");
  const auto clean = shop.clean(path / "project", "id", {});
  if (!clean) FAIL(clean.error().message);
  catalog::Catalog catalog;
  catalog.tree = spec;
  grade::Mutants mutants(catalog, shop, *clean);
  REQUIRE(mutants.reach(true));
  const auto known = askable(shop, *clean);
  REQUIRE(known);
  const Overlay overlay = {{"one.c", "int one(void) {\n  return 2;\n}\n"}};
  const auto built = shop.mutant(*clean, overlay);
  REQUIRE(built);
  const auto who_is_asked = [&](bool first, bool all) {
    fs::remove(asked);
    const auto place = Trial::of_mutant(shop, *clean, overlay, *built);
    REQUIRE(place);
    catalog::Rule rule;
    const auto seen = grade::look(mutants, *known,
                                  {.rule = rule,
                                   .overlay = overlay,
                                   .built = *built,
                                   .tree = place->tree(),
                                   .all = all,
                                   .first = first});
    REQUIRE(seen);
    CHECK(seen->seen_by ==
          (first ? std::vector<std::string>{"short"} : std::vector<std::string>{"long", "short"}));
    CHECK(seen->overlooked.empty());
    return *read_file(asked);
  };
  CHECK(who_is_asked(false, false) == "long\nshort\n");
  CHECK(who_is_asked(true, false) == "short\n");
  CHECK(who_is_asked(false, true) == "long\nshort\nidle\n");
  (void)remove_tree(path);
}
