// certificate: what a rule is refused for, and what it is not.
#include "mutator/grade/certificate.h"

#include <algorithm>

#include "tests/mutator/judged.h"

using namespace nanobug;
using namespace nanobug::grade;

namespace {

constexpr char kRule[] = "mean-divides-by-one-less";

// The project as it is now, its catalog read again.
std::vector<Certificate> certify_one(Judged& judged, const std::string& id = kRule) {
  judged.catalog = *catalog::load(judged.project / "catalog.yaml");
  workshop::Workshop shop = judged.shop();
  auto clean = shop.clean(judged.project / "tree", sha256(*read_file(judged.project / "tree/stats.cpp")), {});
  if (!clean) FAIL(clean.error().message);
  Mutants mutants(judged.catalog, shop, *clean);
  const auto certificates = certify(mutants, **catalog::find_rule(judged.catalog, id), {});
  if (!certificates) FAIL(certificates.error().text());
  return *certificates;
}

bool refused_for(const Certificate& certificate, const std::string& words) {
  return std::any_of(certificate.refusals.begin(), certificate.refusals.end(),
                     [&](const std::string& refusal) { return refusal.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("what the clean tree has too is not held against a rule", "[grade]") {
  Judged judged;
  const fs::path source = judged.project / "tree/stats.cpp";
  SECTION("warnings") {
    edit(source, "  double sum = 0;", "  int unused;\n  double sum = 0;");
  }
  SECTION("a line that clang-format would write otherwise") {
    REQUIRE(write_unsynced(judged.project / "tree/.clang-format", "BasedOnStyle: Google\n"));
    edit(source, "  const double gradient = 2 * (x - target);",
         "  const double   gradient = 2 * (x - target);");
  }
  SECTION("a program that reads a file of its tree") {
    edit(judged.project / "tree/descend.cpp", "  double x = 0;",
         "  if (!std::fopen(\"stats.h\", \"r\")) return 1;\n  double x = 0;");
  }
  for (const Certificate& certificate : certify_one(judged)) {
    INFO((certificate.refusals.empty() ? "" : certificate.refusals.front()));
    CHECK(certificate.holds());
    CHECK(certificate.symptom.kind == "unchanged");
  }
}

TEST_CASE("a warning more than the clean tree has is refused", "[grade]") {
  Judged judged;
  // The clean file has this warning once already, elsewhere.
  edit(judged.project / "tree/stats.cpp", "  const double gradient", "  int x_of;\n  const double gradient");
  edit(judged.project / "catalog.yaml", "with: \"({{count}} - 1)\"",
       "with: \"({ int x_of; {{count}} - 1; })\"");
  const auto certificates = certify_one(judged);
  REQUIRE(certificates.size() == 1);
  CHECK(refused_for(certificates[0], "new compiler warning"));
  CHECK(refused_for(certificates[0], "stats.cpp"));
}

TEST_CASE("a comment behind a number with separated digits is seen", "[grade]") {
  Judged judged;
  edit(judged.project / "tree/stats.cpp", "  return sum / static_cast<double>(values.size());",
       "  return 1'000 * sum / static_cast<double>(values.size()) * 0.001;");
  edit(judged.project / "catalog.yaml", "with: \"({{count}} - 1)\"", "with: \"({{count}} - 1) /* less */\"");
  const auto certificates = certify_one(judged);
  REQUIRE(certificates.size() == 1);
  CHECK(refused_for(certificates[0], "/* less */"));
}

TEST_CASE("a renamed rule has a certificate of its own", "[grade]") {
  Judged judged;
  CHECK(certify_one(judged).front().rule == kRule);
  edit(judged.project / "catalog.yaml", std::string("id: ") + kRule, "id: mean-off-by-one");
  CHECK(certify_one(judged, "mean-off-by-one").front().rule == "mean-off-by-one");
}

TEST_CASE("what another version of the rewriter makes of a rule has a certificate of its own", "[grade]") {
  Judged judged;
  const auto first = certify_one(judged);
  REQUIRE(first.front().holds());
  // As if it had found the same rule at the other end of its file.
  workshop::Workshop shop = judged.shop();
  auto clean = shop.clean(judged.project / "tree", sha256(*read_file(judged.project / "tree/stats.cpp")), {});
  REQUIRE(clean);
  const catalog::Rule& rule = **catalog::find_rule(judged.catalog, kRule);
  const std::string text = *read_file(clean->tree / "stats.cpp");
  const rewrite::Index index(shop.cache() / "sites");
  const std::string key =
      rewrite::Index::key(rule, {{rule.file, text}}, workshop::Units::of(shop, *clean).key(rule.file));
  auto sites = index.look_up(key);
  REQUIRE(sites);
  sites->front().edits = {{static_cast<unsigned>(text.size()), 0, "// nothing\n"}};
  REQUIRE(index.keep(key, *sites));
  CHECK(refused_for(certify_one(judged).front(), "comment"));
}

TEST_CASE("a changed public header is judged by probes that include it", "[grade]") {
  Judged judged;
  edit(judged.project / "tree/stats.h", "// One step",
       "inline double half(double x) { return x / 2; }\n\n// One step");
  edit(judged.project / "probes/probes.cpp", "{\"mean.empty\"",
       "{\"half.value\", \"values\", [] { return tiny::half(4) == 2; }},\n    {\"mean.empty\"");
  workshop::Workshop shop = judged.shop();
  const workshop::Clean clean = judged.clean(shop);
  std::string header = *read_file(clean.tree / "stats.h");
  const auto failing = [&](const std::string& text) {
    const workshop::Overlay overlay = {{"stats.h", text}};
    const auto place = workshop::Trial::of_overlay(shop, clean, overlay);
    REQUIRE(place);
    const auto program = workshop::probes_for(shop, clean, place->tree());
    if (!program) FAIL(program.error().message);
    const auto answers = run_probes(shop, *program, place->tree(), *list_probes(shop, clean), {});
    if (!answers) FAIL(answers.error().message);
    std::vector<std::string> names;
    for (const auto& answer : *answers)
      if (!answer.passed()) names.push_back(answer.probe);
    return names;
  };
  CHECK(failing(header).empty());
  header.replace(header.find("x / 2"), 5, "x / 3");
  CHECK(failing(header) == std::vector<std::string>{"half.value"});
  // Kept by content: the same header again needs no build, another one its own.
  CHECK(failing(header) == std::vector<std::string>{"half.value"});
  header.replace(header.find("x / 3"), 5, "x * .5");
  CHECK(failing(header).empty());
}
