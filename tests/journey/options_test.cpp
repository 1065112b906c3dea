// options: an option that no parity run switches on is one whose branches nobody compares.
#include "tools/strength/options.h"

#include <algorithm>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using strength::Option;

namespace {

// What the programs themselves say they take.
std::vector<Option> all_options() {
  std::vector<fs::path> sources;
  for (const auto& entry : fs::directory_iterator(NANOBUG_PROJECT "/reference_model/programs"))
    if (entry.path().extension() == ".cpp") sources.push_back(entry.path());
  std::sort(sources.begin(), sources.end());
  std::vector<Option> all;
  for (const fs::path& source : sources) {
    const std::string program = source.stem().string();
    const auto help = run({.argv = {NANOCHAT_BIN "/" + program, "--help"}});
    REQUIRE(help);
    REQUIRE(help->good());
    const auto options = strength::read_help(program, help->out);
    INFO(program);
    CHECK(options.size() >= 5);
    all.insert(all.end(), options.begin(), options.end());
  }
  return all;
}

}  // namespace

TEST_CASE("a program's options are read off its help", "[programs-options]") {
  const auto options = strength::read_help("p",
                                           "usage: p [options]\n\nsummary --with dashes\n\nmodel:\n"
                                           "  --n-layer, --depth N    blocks [4]\n"
                                           "  --dtype VALUE    one of [these] [float32]\n"
                                           "  --data VALUE     a file\n  --quiet          no words\n");
  REQUIRE(options.size() == 4);
  CHECK(options[0].name == "n-layer");
  CHECK(options[0].usual == "4");
  CHECK(options[1].usual == "float32");
  CHECK(options[2].name == "data");
  CHECK(options[2].usual.empty());
  CHECK(options[3].name == "quiet");
}

TEST_CASE("only another value than the usual one switches an option on", "[programs-options]") {
  std::vector<Option> options = {{"p", "n", "4", {}, ""},  {"p", "m", "", {}, ""},
                                 {"p", "b", "", {}, ""},   {"q", "n", "4", {}, ""},
                                 {"p", "nn", "1", {}, ""}, {"p", "quiet", "", {}, ""}};
  catalog::Tree tree;
  tree.parity.resize(2);
  tree.parity[0].observable = "one", tree.parity[1].observable = "two";
  tree.parity[0].before = {{.program = "bin/p", .args = {"--n", "5", "--b"}}};
  tree.parity[0].steps.resize(1);
  tree.parity[0].steps[0].program = "bin/q";
  tree.parity[0].steps[0].args = {"--n", "4"};
  tree.parity[1].steps.resize(2);
  tree.parity[1].steps[1].program = "bin/p";
  tree.parity[1].steps[1].args = {"--m=", "--n=6"};
  strength::find_runs(tree, options);
  using Runs = std::vector<std::string>;
  CHECK(options[0].runs == Runs{"one", "two"});
  CHECK(options[1].runs.empty());  // said, and nothing else than usual
  CHECK(options[2].runs == Runs{"one"});
  CHECK(options[3].runs.empty());
  CHECK(options[4].runs.empty());  // --n is not --nn
  CHECK(options[5].exempt == "what is said about the same numbers");
  CHECK(options[0].exempt.empty());
}

TEST_CASE("every option of every program is switched on by a parity run", "[programs-options]") {
  const auto catalog = catalog::load(NANOBUG_PROJECT "/catalog.yaml");
  REQUIRE(catalog);
  std::vector<Option> options = all_options();
  strength::find_runs(catalog->tree, options);
  for (const Option& option : options) {
    INFO(option.program << " --" << option.name << " [" << option.usual << "]");
    CHECK((!option.runs.empty() || !option.exempt.empty()));
  }
  // docs/probes.md shows this very table; NANOBUG_ACCEPT writes it there.
  const fs::path file = NANOBUG_PROJECT "/docs/probes.md";
  const std::string table = strength::options_table(options);
  auto page = read_file(file);
  REQUIRE(page);
  if (std::getenv("NANOBUG_ACCEPT") != nullptr) {
    const size_t begin = page->find(table.substr(0, table.find('\n')));
    REQUIRE(begin != std::string::npos);
    page->replace(begin, page->find("\n\n", begin) + 1 - begin, table);
    REQUIRE(write_file(file, *page));
  }
  CHECK(page->find(table) != std::string::npos);
}
