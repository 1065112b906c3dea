// The command line: what it sets, what it refuses, and how a program ends.

#include "nanochat/args.h"

#include <algorithm>
#include <stdexcept>

#include "nanochat/common.h"
#include "probe.h"

using nanochat::Args;
using nanochat::UsageError;

namespace {

// A program's options at their defaults, and a command line for them.
struct Line {
  int64_t number = 3;
  double real = 0.5;
  std::string text = "adam";
  bool flag = false;
  Args args{"program", "Does something."};

  Line() {
    args.section("numbers");
    args.add("big-number,n", &number, "how many").at_least(-2).at_most(40);
    args.add("real", &real, "how much").at_least(0.25).at_most(2.5);
    args.section("others");
    args.add("text", &text, "which one").one_of({"adam", "muon", "sgd"});
    args.add("flag", &flag, "whether");
  }
  bool parse(std::vector<const char*> words) {
    words.insert(words.begin(), "program");
    return args.parse(static_cast<int>(words.size()), words.data());
  }
};

// The sentence that refuses these words, or "" if nothing does.
std::string refusal(const std::vector<const char*>& words) {
  Line line;
  try {
    line.parse(words);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

bool mentions(const std::string& sentence, const std::string& word) {
  return sentence.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("args.defaults", "[options]") {
  Line line;
  CHECK(line.parse({}));
  CHECK(line.number == 3);
  CHECK(line.real == 0.5);
  CHECK(line.text == "adam");
  CHECK_FALSE(line.flag);
}

TEST_CASE("args.typed", "[options]") {
  Line line;
  CHECK(line.parse({"--big-number", "7", "--real", "1.25", "--text", "sgd", "--flag"}));
  CHECK(line.number == 7);
  CHECK(line.real == 1.25);
  CHECK(line.text == "sgd");
  CHECK(line.flag);

  // With an equals sign, by the alias, with underscores; the last one counts; a number may be negative.
  Line other;
  CHECK(other.parse({"--n=9", "--big_number=-2", "--real=2.5e-1", "--text=muon"}));
  CHECK(other.number == -2);
  CHECK(other.real == 0.25);
  CHECK(other.text == "muon");
  CHECK_FALSE(other.flag);

  // Only the first equals sign parts name and value, and an empty value is a value.
  std::string free = "x";
  Args args("program", "Does something.");
  args.add("free", &free, "anything");
  const char* const equation[] = {"program", "--free=a=b"};
  CHECK(args.parse(2, equation));
  CHECK(free == "a=b");
  const char* const nothing[] = {"program", "--free="};
  CHECK(args.parse(2, nothing));
  CHECK(free.empty());
}

TEST_CASE("args.limits", "[errors]") {
  for (const char* good : {"--n=-2", "--n=40", "--real=0.25", "--real=2.5", "--text=muon"}) {
    CAPTURE(good);
    CHECK(refusal({good}).empty());
  }
  for (const char* bad : {"--n=-3", "--n=41"}) {
    CAPTURE(bad);
    CHECK(mentions(refusal({bad}), "--big-number"));
  }
  // And says what would be accepted.
  CHECK(mentions(refusal({"--n=-3"}), "-2"));
  CHECK(mentions(refusal({"--n=41"}), "40"));
  CHECK(mentions(refusal({"--real=0.2"}), "0.25"));
  CHECK(mentions(refusal({"--real=2.6"}), "2.5"));
  const std::string choices = refusal({"--text", "rmsprop"});
  for (const char* word : {"--text", "adam", "muon", "sgd", "rmsprop"}) CHECK(mentions(choices, word));
}

TEST_CASE("args.refused", "[errors]") {
  // The option is named as it was typed or as it is called; what is none, as it was typed.
  const std::vector<std::pair<std::vector<const char*>, std::vector<const char*>>> lines = {
      {{"--unknown", "1"}, {"unknown"}},
      {{"--unknown=1"}, {"unknown"}},
      {{"word"}, {"word"}},
      {{"-n", "3"}, {"-n"}},
      {{"--n"}, {"--n", "--big-number"}},
      {{"--flag", "--real"}, {"--real"}},
      {{"--flag=1"}, {"--flag"}},
      {{"--flag", "1"}, {"1"}},
      {{"--n=3x"}, {"--n", "--big-number"}},
      {{"--n=1.5"}, {"--n", "--big-number"}},
      {{"--n="}, {"--n", "--big-number"}},
      {{"--n", "--flag"}, {"--n", "--big-number"}},
      {{"--real=much"}, {"--real"}},
      {{"--real=nan"}, {"--real"}},
      {{"--real=inf"}, {"--real"}},
      {{"--n=99999999999999999999"}, {"--n", "--big-number"}},
      {{"--real", "1e999"}, {"--real"}},
      {{"--real=1 "}, {"--real"}}};
  for (const auto& [words, names] : lines) {
    const std::string sentence = refusal(words);
    CAPTURE(words, sentence);
    CHECK(
        std::any_of(names.begin(), names.end(), [&](const char* name) { return mentions(sentence, name); }));
    CHECK(std::count(sentence.begin(), sentence.end(), '\n') == 0);
  }
}

TEST_CASE("args.help", "[errors]") {
  for (const char* word : {"--help", "-h"}) {
    Line line;
    CHECK_FALSE(line.parse({word}));
    CHECK_FALSE(line.parse({"--flag", word}));
  }
  Line line;
  const std::string help = line.args.help();
  for (const char* word :
       {"program", "Does something.", "numbers", "others", "--big-number", "--n", "--real", "--text",
        "--flag", "how many", "how much", "which one", "whether", "3", "0.5", "adam"}) {
    CAPTURE(word);
    CHECK(mentions(help, word));
  }
  CHECK(help.find("numbers") == help.rfind("numbers"));  // once, over its options
  CHECK(help.find("numbers") < help.find("--big-number"));
  CHECK(help.find("--real") < help.find("others"));
  CHECK(help.find("others") < help.find("--text"));
}

TEST_CASE("args.exit_codes", "[errors]") {
  const auto ends_with = [](const std::vector<const char*>& words, const std::function<void()>& run) {
    std::vector<const char*> argv = {"program"};
    argv.insert(argv.end(), words.begin(), words.end());
    Line line;
    return nanochat::run_program("program", line.args, static_cast<int>(argv.size()), argv.data(), run);
  };
  int runs = 0;
  const auto count = [&] { ++runs; };
  CHECK(ends_with({"--n=4"}, count) == 0);
  CHECK(runs == 1);
  CHECK(ends_with({"--help"}, count) == 0);
  CHECK(ends_with({"--n=four"}, count) == 2);
  CHECK(runs == 1);
  CHECK(ends_with({}, [] { throw UsageError("the options do not fit together"); }) == 2);
  CHECK(ends_with({}, [] { throw std::runtime_error("the disk is full\nand more"); }) == 1);
}
