// usage: what the command says when it is called wrongly: one sentence, the documented exit code, nothing
// lost.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

struct Wrong {
  std::vector<std::string> words;
  int exit;
  std::string sentence;  // a part of it
};

}  // namespace

TEST_CASE("a wrong call gets one sentence", "[usage]") {
  const Tiny tiny;
  const auto wrong = GENERATE(values<Wrong>({
      {{"strat"}, 2, "there is no verb 'strat'; did you mean 'start'?"},
      {{"frobnicate"}, 2, "there is no verb 'frobnicate'; 'nanobug --help' lists them"},
      {{"patch", "aply"}, 2, "there is no verb 'patch aply'; did you mean 'apply'?"},
      {{"start", "--sede", "1"}, 2, "nanobug start has no option '--sede'; did you mean '--seed'?"},
      {{"start", "mean-divides-by-one-les"}, 2, "did you mean 'mean-divides-by-one-less'?"},
      {{"start", "--random", "descent-goes-uphill"}, 2, "exclude each other"},
      {{"start", "--pack", "tini"}, 2, "did you mean 'tiny'?"},
      {{"start", "--difficulty", "9"}, 2, "--difficulty takes a whole number from 1 to 3, not '9'"},
      {{"start", "--minutes", "0"}, 2, "--minutes takes a whole number from 1 to 600, not '0'"},
      {{"start", "--seed", "x"}, 2, "--seed takes a whole number, not 'x'; 'nanobug start --help' says how"},
      {{"start", "--seed", "-1"}, 2, "--seed takes a whole number, not '-1'"},
      {{"start", "--seed", "0x10"}, 2, "--seed takes a whole number, not '0x10'"},
      {{"start", "--seed", "99999999999999999999"}, 2, "--seed takes a whole number, not '9999"},
      {{"start", "--seed"}, 2, "--seed needs a value, a whole number"},
      {{"start", "--seed", ""}, 2, "--seed is empty; leave it out, or say which"},
      {{"start", "--seed", "1", "--seed", "2"}, 2, "--seed is given twice; give it once"},
      {{"start", "--minutes", "5", "--minutes", "6"}, 2, "--minutes is given twice; give it once"},
      {{"start", "--dir"}, 2, "--dir needs a value, DIR: where the checkout goes; 'nanobug"},
      {{"start", "--no-hints=maybe"}, 2, "--no-hints takes no value"},
      {{"start", ""}, 2, "the bug is empty"},
      {{"list", "--pack", ""}, 2, "--pack is empty"},
      {{"certify", "--operators", "-5"}, 2, "--operators takes a whole number from 1 to 100000, not '-5'"},
      {{"certify", "--operators", "99999999999"}, 2, "--operators takes a whole number from 1 to 100000, not '99999999999'"},
      {{"judge", ""}, 2, "the directory is empty"},
      {{"start", "--category", "numeric"}, 2, "there is no category 'numeric'; did you mean 'numerics'?"},
      {{"list", "--category", "poetry"}, 2, "there is no category 'poetry'; it may be numerics or training"},
      {{"list", "--pack", "tini"}, 2, "there is no pack 'tini'; did you mean 'tiny'?"},
      {{"list", "--difficulty", "3"}, 2, "no bug matches these options; 'nanobug list' shows them all"},
      {{"hint", "now"}, 2, "'now' is a word too many; 'nanobug hint --help' says how"},
      {{"locate"}, 2, "name a place: for example nanochat/gpt.cpp:42"},
      {{"patch"}, 2, "name a verb: list, show, apply, restore or export"},
      {{"patch", "show"}, 2, "name a bug"},
      {{"rule"}, 2, "name a verb: check, explain, try, new or schema"},
      {{"rule", "explain", "descent-goes-uphill", "--at", "stats.cpp"}, 2, "'stats.cpp' is not FILE:LINE"},
      {{"rule", "explain", "descent-goes-downhill", "--at", "stats.cpp:9"},
       2,
       "did you mean 'descent-goes-uphill'?"},
      {{"rule", "try"}, 2, "name a file: a file of the tree"},
      {{"rule", "try", "stast.cpp"}, 2, "the tree has no file 'stast.cpp'; did you mean 'stats.cpp'?"},
      {{"completion"}, 2, "name a shell: bash, zsh or fish"},
      {{"locate", "stats.cpp"}, 2, "'stats.cpp' is not FILE:LINE"},
      {{"explain"}, 1, "this tree has no guide to symptoms"},
      {{"explain", "loss", "is", "nan"}, 1, "this tree has no guide to symptoms"},
      {{"explain", "--all"}, 2, "nanobug explain has no option '--all'"},
      {{"hint"}, 4, "no session is open; 'nanobug start' begins one"},
      {{"check"}, 4, "no session is open"},
      {{"answer"}, 2, "name a line: a line that is shown, by its number"},
      {{"answer", "3", "the sign"}, 4, "no session is open; 'nanobug start' begins one"},
      {{"start", "--mode", "exam"}, 2, "--mode takes hunt, review or production, not 'exam'"},
      {{"run"}, 4, "no session is open"},
      {{"reveal"}, 4, "no session is open and none has ended; 'nanobug start' begins one"},
      {{"stop"}, 4, "no session is open"},
      {{"restore"}, 4, "no session is open"},
      {{"patch", "restore"}, 4, "no patch is applied"},
      {{"list", "--catalog", "/nowhere.yaml"}, 3, "/nowhere.yaml"},
      {{"completion", "tcsh"}, 2, "shell takes bash, zsh or fish, not 'tcsh'"},
  }));
  const Finished finished = tiny.user.nanobug(wrong.words);
  INFO(finished.err);
  CHECK(finished.exit_code == wrong.exit);
  CHECK(finished.out.empty());
  CHECK(finished.err.starts_with("nanobug: "));
  CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
  CHECK(finished.err.find(wrong.sentence) != std::string::npos);
}

TEST_CASE("help, version and the bare command answer on stdout", "[usage]") {
  const User user("");
  CHECK(user.nanobug({"--help"}).out.find("check") != std::string::npos);
  CHECK(user.nanobug({"start", "--help"}).out.find("--seed") != std::string::npos);
  CHECK(user.nanobug({"--version"}).out == "0.1.0\n");
  const Finished bare = user.nanobug({});
  CHECK(bare.exit_code == 0);
  CHECK(std::count(bare.out.begin(), bare.out.end(), '\n') == 5);
  for (const char* shell : {"bash", "zsh", "fish"})
    CHECK(user.nanobug({"completion", shell}).out.find("nanobug") != std::string::npos);
  const fs::path script = user.home / "completion";
  REQUIRE(write_unsynced(script, user.nanobug({"completion", "bash"}).out));
  CHECK(user.command({"bash", "-n", script.string()}).good());
}

// ld.so's own list, which a program that is asked for it writes instead of running.
TEST_CASE("the command begins without Clang and without git", "[usage]") {
  const User user("");
  const std::string libraries = user.command({"env", "LD_TRACE_LOADED_OBJECTS=1", user.program.string()}).out;
  CHECK(libraries.find("libyaml-cpp") != std::string::npos);
  CHECK(libraries.find("libgit2") == std::string::npos);
  CHECK(libraries.find("libclang") == std::string::npos);
}

TEST_CASE("list and status are data without a session", "[usage]") {
  const User user("");
  const json list = user.ask({"list"});
  REQUIRE(list.is_array());
  CHECK(list.size() >= 8);
  for (const json& entry : list) CHECK(entry.contains("code"));
  const json status = user.ask({"status"});
  CHECK(status["open"] == false);
  CHECK(user.ask({}) == status);
}

TEST_CASE("output that cannot be written is an error", "[usage]") {
  const Tiny tiny;
  for (const char* to : {">/dev/full", ">&-"})
    for (const char* words : {"list --json", "status", "rule schema", "patch show T01", "--help"}) {
      INFO(words << ' ' << to);
      const Finished lost = tiny.user.command(
          {"bash", "-c",
           fmt::format("'{}' --catalog '{}' {} {}", NANOBUG_PROGRAM, tiny.catalog.string(), words, to)});
      CHECK(lost.exit_code == 6);
      CHECK(lost.err.find("the output could not be written") != std::string::npos);
    }
}

TEST_CASE("a directory that is gone is said to be", "[usage]") {
  const Tiny tiny;
  const Finished lost = tiny.user.command(
      {"bash", "-c",
       fmt::format("mkdir gone; cd gone; rmdir ../gone; '{}' --catalog catalog.yaml list", NANOBUG_PROGRAM)});
  CHECK(lost.exit_code == 6);
  CHECK(lost.err == "nanobug: this shell stands in a directory that is gone; cd to one that is there\n");
}

namespace {

// What it prints in a terminal so wide, without colours.
std::string in_a_terminal(const Tiny& tiny, const std::string& words, int columns) {
  const std::string command = fmt::format("stty cols {} rows 200; '{}' --catalog '{}' {}", columns,
                                          NANOBUG_PROGRAM, tiny.catalog.string(), words);
  std::string text =
      tiny.user
          .command({"env", "TERM=xterm", "NO_COLOR=1", "PAGER=cat", "script", "-qec", command, "/dev/null"})
          .out;
  std::erase(text, '\r');
  return text;
}

// Lines that the terminal would break: longer than it, and not of one word.
std::string too_long(const std::string& text, size_t columns) {
  std::istringstream lines(text);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (const size_t drawn = line.rfind("\033[K"); drawn != std::string::npos) line.erase(0, drawn + 3);
    const auto letters =
        std::count_if(line.begin(), line.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; });
    const size_t begin = line.find_first_not_of(' ');
    if (static_cast<size_t>(letters) > columns && line.find(' ', begin) != std::string::npos)
      found += line + '\n';
  }
  return found;
}

}  // namespace

TEST_CASE("no line is longer than the terminal", "[usage]") {
  const TinyWithDecoy tiny;
  const int columns = GENERATE(60, 80);
  const auto fits = [&](const std::string& words) {
    INFO(words);
    const std::string said = in_a_terminal(tiny, words, columns);
    CHECK_FALSE(said.empty());
    CHECK(too_long(said, static_cast<size_t>(columns)) == "");
  };
  fits("--help");
  std::istringstream verbs(tiny.user.nanobug({"--help"}).out);
  size_t helps = 0;
  for (std::string line; std::getline(verbs, line);)
    if (line.starts_with("  ") && std::isalpha(static_cast<unsigned char>(line[2])) != 0) {
      fits(line.substr(2, line.find(' ', 2) - 2) + " --help");
      ++helps;
    }
  CHECK(helps > 20);
  for (const char* words :
       {"",
        "list",
        "list --names",
        "plan",
        "plan tiny",
        "next",
        "progress",
        "pack list",
        "pack show tiny",
        "patch list",
        "start --mode production T01",
        "",
        "status",
        "ask",
        "ask loss",
        "ask xyz",
        "ask loss of the mlp",
        "ask tests",
        "ask clean",
        "ask loss",
        "status",
        "answer 3 here",
        "hypothesis training 'it goes the wrong way, along the gradient and not against it'",
        "open",
        "",
        "check",
        "check --all",
        "locate stats.cpp:9",
        "answer none 'nothing is wrong that I can see'",
        "hint",
        "run",
        "reveal",
        "debrief --no-input",
        "stop",
        "reveal",
        "progress",
        "next",
        "plan",
        "start --mode review T01",
        "",
        "status",
        "reveal",
        "debrief --no-input",
        "stop",
        "start T01",
        "stop"})
    fits(words);
}
