// advice: which entry of a guide a question finds. The table is what a person would type; the sources' own
// words come from source_symptoms.txt.
#include "mutator/coach/advice.h"

#include <fmt/format.h>

#include <set>
#include <sstream>

#include "mutator/base/files.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using coach::Advice;

namespace {

const fs::path kProject = fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path();

const catalog::Catalog& project() {
  static const catalog::Catalog catalog = [] {
    auto loaded = catalog::load(kProject / "catalog.yaml");
    REQUIRE(loaded);
    return std::move(*loaded);
  }();
  return catalog;
}

const catalog::Guide& guide() {
  static const catalog::Guide guide = [] {
    auto loaded = catalog::load_guide(project());
    REQUIRE(loaded);
    return std::move(*loaded);
  }();
  return guide;
}

std::string first(const std::string& question) {
  const Advice advice = coach::advise(guide(), question);
  return advice.best.empty() ? "" : advice.best.front()->name.value;
}

std::string all_of(const Advice& advice) {
  std::string all;
  for (const auto* list : {&advice.best, &advice.near})
    for (const catalog::Symptom* symptom : *list) all += symptom->name.value + "; ";
  return all;
}

// clang-format off
const std::vector<std::pair<const char*, const char*>> kQuestions = {
    {"loss is nan", "The loss is NaN"},
    {"NAN", "The loss is NaN"},
    {"is loss nan", "The loss is NaN"},
    {"my loss turned into NaN at step 40", "The loss is NaN"},
    {"loss explodes", "The loss explodes"},
    {"the loss blows up after 20 steps", "The loss explodes"},
    {"loss diverging", "The loss explodes"},
    {"loss is flat", "The loss stays where it begins"},
    {"loss does not go down", "The loss stays where it begins"},
    {"model is not learning", "The loss stays where it begins"},
    {"gradients are zero", "The gradients vanish"},
    {"grad norm is 0", "The gradients vanish"},
    {"loss too low", "The loss is too good to be true"},
    {"negative loss", "The loss is too good to be true"},
    {"it crashes right away", "It stops at once with an error"},
    {"shapes dont match", "Two shapes do not fit"},
    {"mat1 and mat2 shapes cannot be multiplied (96x64 and 48x64)", "Two shapes do not fit"},
    {"causal mask", "The model sees the future"},
    {"model can look ahead into the future", "The model sees the future"},
    {"attention rows do not sum to one", "Attention weights do not add up to one"},
    {"prenorm or postnorm", "Norm before the block, or after it?"},
    {"word order is ignored", "The model does not learn word order"},
    {"rope", "A table, sines, or a rotation?"},
    {"index out of range", "An index is out of range"},
    {"unknown token", "A token is not in the vocabulary"},
    {"bpe does not merge", "The tokenizer's output is single characters"},
    {"accuracy 50%", "Accuracy is stuck at one half"},
    {"the answer repeats itself again and again", "The text repeats itself"},
    {"temperature 0 crashes", "Temperature 0 ends in an error"},
    {"top_p has no effect", "Temperature, top-k or top-p seem to do nothing"},
    {"out of memory", "Memory grows, or runs out"},
    {"memory leak", "Memory grows, or runs out"},
    {"loss jumps after resume", "What is saved is not what comes back"},
    {"fp16 loss scale", "Half precision does not train"},
    {"two gpus give another result than one", "Several ranks do not equal one"},
    {"answers never stop", "The chat answers, but not as it was taught"},
    {"kv cache", "What it writes is garbage, though the loss is good"},
    {"samples are garbage but loss is fine", "What it writes is garbage, though the loss is good"},
    {"why sqrt", "Why divide the scores by the root of the head size?"},
    {"validation bits per byte look wrong", "The numbers are wrong, the training is right"},
    {"warmup", "Which learning rate?"},
    {"where do I start", "I do not know where to begin"},
};
// clang-format on

}  // namespace

TEST_CASE("what a person types finds the entry", "[coach][advice]") {
  for (const auto& [question, entry] : kQuestions) {
    INFO(question << " -> " << all_of(coach::advise(guide(), question)));
    CHECK(first(question) == entry);
  }
}

TEST_CASE("every entry of the sources on troubleshooting has one here, found by its own words",
          "[coach][advice]") {
  std::istringstream lines(*read_file(fs::path(NANOBUG_TEST_DATA) / "source_symptoms.txt"));
  std::set<std::string> ids;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const size_t one = line.find('\t'), two = line.find('\t', one + 1);
    REQUIRE(two != std::string::npos);
    CHECK(ids.insert(line.substr(0, one)).second);
    const std::string question = line.substr(one + 1, two - one - 1);
    INFO(line << "\n" << all_of(coach::advise(guide(), question)));
    CHECK(first(question) == line.substr(two + 1));
  }
  CHECK(ids.size() == 50);
}

TEST_CASE("an entry's own name and each of its other words find it", "[coach][advice]") {
  for (const catalog::Symptom& symptom : guide().symptoms) {
    std::vector<std::string> names = symptom.other_words;
    names.push_back(symptom.name.value);
    for (const std::string& name : names) {
      const Advice advice = coach::advise(guide(), name);
      INFO(name << " -> " << all_of(advice));
      CHECK(std::find(advice.best.begin(), advice.best.end(), &symptom) != advice.best.end());
    }
  }
}

TEST_CASE("words go in any order, capitals or not, and a misspelt one is read as the nearest",
          "[coach][advice]") {
  CHECK(first("MASK, Causal?!") == first("causal mask"));
  const Advice misspelt = coach::advise(guide(), "atention heads not independant");
  REQUIRE_FALSE(misspelt.best.empty());
  CHECK(misspelt.best[0]->name.value == "Why several heads?");
  REQUIRE(misspelt.guessed.size() == 2);
  CHECK(misspelt.guessed[0] == std::pair<std::string, std::string>{"atention", "attention"});
  CHECK(misspelt.guessed[1] == std::pair<std::string, std::string>{"independant", "independent"});
  CHECK(coach::advise(guide(), "causal mask").guessed.empty());
}

TEST_CASE("what says nothing of a symptom fits none, and a code is no question", "[coach][advice]") {
  for (const char* question : {"", " ", "the of and", "xyz", "?!", "zebra crossing pancake",
                               "\xf0\x9f\x90\x9b", "Warum ist der Himmel blau", "A05", "T31", "n15"}) {
    INFO(question);
    const Advice advice = coach::advise(guide(), question);
    CHECK((advice.best.empty() && advice.near.empty() && advice.guessed.empty()));
  }
}

TEST_CASE("a long text is searched for what an entry is called", "[coach][advice]") {
  std::string log;
  for (int i = 0; log.size() < 10000; ++i)
    log += fmt::format("frame {}: zqx{} in /usr/lib/zq.so\n", i, i * 7919);
  CHECK(coach::advise(guide(), log).best.empty());
  CHECK(first("RuntimeError: mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)\n" +
              log.substr(0, 1000)) == "Two shapes do not fit");
}

TEST_CASE("a symptom in words keeps to the width and says all", "[coach][advice]") {
  for (const catalog::Symptom& symptom : guide().symptoms) {
    INFO(symptom.name.value);
    const std::string text = coach::described(symptom, project(), 80);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      CHECK(line.size() <= 80 + 2);  // … and ' are of several bytes
    for (const catalog::Text& code : symptom.drills) CHECK(text.find(code.value) != std::string::npos);
    for (const catalog::Code& code : symptom.code)
      CHECK(text.find(code.file.value + ":") != std::string::npos);
    for (const catalog::Text& run : symptom.runs) CHECK(text.find(run.value) != std::string::npos);
  }
  const std::string narrow = coach::described(guide().symptoms[0], project(), 20);
  std::istringstream lines(narrow);
  for (std::string line; std::getline(lines, line);)
    if (line.size() > 20) CHECK(line.find(' ', line.find_first_not_of(" -")) == std::string::npos);
}
