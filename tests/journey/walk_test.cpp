// walk: what docs/maintainer.md says a maintainer types, typed. The first section's blocks are taken in their
// order: a console's lines are given to bash, and what stands below them has to come, line for line, where
// "…" leaves some out; a page and a file of snippets are written where the rule wants them.
#include <regex>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const fs::path kProject = NANOBUG_PROJECT;
constexpr const char* kPrompt = "rule> ";
constexpr const char* kMore = "  ... ";

struct Block {
  std::string language;
  std::vector<std::string> lines;

  std::string text() const {
    std::string all;
    for (const std::string& line : lines) all += line + '\n';
    return all;
  }
};

// What is typed, what it is given on stdin, and what has to come.
struct Typed {
  std::string command, input;
  std::vector<std::string> expected;
  bool talk = false;  // at prompts; what a terminal alone is told, in front of the first, is passed over
};

std::vector<Block> blocks_of_the_walk() {
  std::istringstream page(text_of(kProject / "docs/maintainer.md"));
  std::vector<Block> blocks;
  bool in_the_walk = false, in_a_block = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ") && !in_a_block) in_the_walk = line.starts_with("## A bug of your own");
    if (!in_the_walk) continue;
    if (line.starts_with("```")) {
      if (!in_a_block) blocks.push_back({line.substr(3), {}});
      in_a_block = !in_a_block;
    } else if (in_a_block) {
      blocks.back().lines.push_back(line);
    }
  }
  return blocks;
}

std::vector<Typed> typed_in(const Block& console) {
  std::vector<Typed> all;
  bool goes_on = false;
  for (const std::string& line : console.lines) {
    if (line.starts_with("$ ")) {
      all.push_back({line.substr(2) + '\n', "", {}, line.starts_with("$ nanobug rule try")});
    } else if (goes_on) {
      all.back().command += line + '\n';
    } else if (line.starts_with(kPrompt) || line.starts_with(kMore)) {
      all.back().input += line.substr(std::string(kPrompt).size()) + '\n';
    } else if (!all.back().input.empty() || !all.back().talk) {
      all.back().expected.push_back(line);
    }
    goes_on = (line.starts_with("$ ") || goes_on) && line.ends_with("\\");
  }
  return all;
}

// A home with the project in it, as the walk's reader has it.
struct Maintainer {
  User user{"", /*shared_cache=*/true};
  fs::path project = user.home / "nanobug";

  Maintainer() {
    fs::create_directory(project);
    for (const char* part : {"catalog.yaml", "docs", "patches", "reference_model", "tests"})
      fs::copy(kProject / part, project / part, fs::copy_options::recursive);
    fs::remove_all(project / "reference_model/build");
  }

  // What a command says, on stdout and stderr together.
  std::string say(const Typed& typed) const {
    const fs::path input = user.home / "typed";
    REQUIRE(write_unsynced(input, typed.input));
    const std::string command = "export PATH='" + fs::path(NANOBUG_PROGRAM).parent_path().string() +
                                "':\"$PATH\" NANOBUG_CATALOG=\"$HOME/nanobug/catalog.yaml\"\nexec 2>&1 <'" +
                                input.string() + "'\n" + typed.command;
    return user.command({"bash", "-c", command}, project).out;
  }
};

// Without the number of probes, which depends on what was measured here, and the blanks of a table's columns.
std::string without_chance(const std::string& line) {
  static const std::regex counted(R"(of \d+ probes?)"), blanks(" {2,}");
  return std::regex_replace(std::regex_replace(line, counted, "of some probes"), blanks, "  ");
}

// Each of these lines comes, in this order.
void compare(const std::vector<std::string>& expected, const std::string& said) {
  std::istringstream lines(said);
  std::string line;
  for (const std::string& each : expected) {
    if (each.find_first_not_of(' ') == each.find("…")) continue;
    INFO("'" << each << "' in\n" << said);
    bool came = false;
    while (!came && std::getline(lines, line)) came = without_chance(line) == without_chance(each);
    CHECK(came);
  }
}

}  // namespace

TEST_CASE("the walk of docs/maintainer.md happens as it stands there", "[walk]") {
  const Maintainer maintainer;
  const std::vector<Block> blocks = blocks_of_the_walk();
  // The code in the page is one of the time it was written at; here it is the next.
  const std::string written = "T104";
  std::string code;
  std::vector<std::string> commands;
  for (const Block& block : blocks) {
    if (block.language == "markdown") {
      REQUIRE(write_unsynced(maintainer.project / "docs/bugs" / (code + ".md"),
                             replace_all(block.text(), written, code)));
    } else if (block.language == "c++") {
      REQUIRE(write_unsynced(maintainer.project / "tests/rules" / (code + ".cpp"), block.text()));
    } else {
      for (Typed typed : typed_in(block)) {
        typed.command = replace_all(typed.command, written, code);
        const std::string said = maintainer.say(typed);
        if (code.empty() && typed.command.starts_with("nanobug rule new")) {
          code = said.substr(0, said.find(','));
          INFO(said);
          REQUIRE(code.size() < 8);
        }
        for (std::string& line : typed.expected) line = replace_all(line, written, code);
        INFO(typed.command);
        compare(typed.expected, said);
        commands.push_back(typed.command);
      }
    }
  }
  // The page and the walk are still the ones that this test is about.
  CHECK(blocks.size() == 6);
  REQUIRE(commands.size() == 6);
  CHECK(maintainer.say({"nanobug status >status && nanobug stop >stopped && echo begun", "", {}}) ==
        "begun\n");
}
