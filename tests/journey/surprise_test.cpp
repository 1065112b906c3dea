// start --surprise: a bug that nobody has written is drawn, practised, judged and explained like any other.
#include <set>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

// The files of the checkout that are not the clean tree's -> their clean text.
std::map<std::string, std::string> changed_files(const Tiny& tiny, const fs::path& checkout) {
  std::map<std::string, std::string> changed;
  for (const auto& entry : fs::recursive_directory_iterator(tiny.tree)) {
    const fs::path file = fs::relative(entry.path(), tiny.tree);
    if (!entry.is_regular_file() || *file.begin() == "build") continue;
    if (std::string clean = text_of(entry.path()); clean != text_of(checkout / file))
      changed[file.string()] = std::move(clean);
  }
  return changed;
}

}  // namespace

TEST_CASE("a surprise, from its draw to its debrief", "[surprise]") {
  const Tiny tiny;
  const json started = tiny.user.ask({"start", "--surprise", "--seed", "7"});
  const fs::path checkout = started["dir"].get<std::string>();
  const auto mutated = changed_files(tiny, checkout);
  REQUIRE(mutated.size() == 1);
  const auto& [file, clean] = *mutated.begin();
  CHECK(leaks(tiny.user, checkout, clean, text_of(checkout / file)).empty());
  CHECK(has(started["brief"], "nobody has written"));
  CHECK_FALSE(has(started["brief"], file));
  CHECK_FALSE(solved(tiny.user));

  const json first = tiny.user.ask({"hint"}), second = tiny.user.ask({"hint"});
  CHECK_FALSE(has(first.dump(), file));
  CHECK(has(second.dump(), file));
  CHECK(has(tiny.user.nanobug({"status"}).out, "--surprise"));

  REQUIRE(write_unsynced(checkout / file, clean));
  CHECK(solved(tiny.user));
  const json revealed = tiny.user.ask({"reveal"});
  CHECK(has(revealed["id"], "surprise-"));
  CHECK(has(revealed["cause"], file));
  CHECK(has(revealed["cause"], "It was:\n    "));
  CHECK(has(revealed["cause"], "Now it is:\n    "));
  CHECK(tiny.user.ask({"debrief", "--grades", "3"})["outcome"] == "solved");
  CHECK(tiny.user.ask({"stop"})["outcome"] == "solved");
  // What reads the ledger knows nothing of it, and goes on.
  CHECK(tiny.user.ask({"progress"})["rules_solved"] == 0);
  CHECK(tiny.user.nanobug({"progress"}).exit_code == 0);
  CHECK(tiny.user.nanobug({"next"}).exit_code == 0);

  // The same seed draws the same bug, another another one.
  const std::string text = [&] {
    const fs::path again = tiny.start({"--surprise", "--seed", "7"});
    const std::string now = text_of(again / file);
    tiny.user.nanobug({"stop"});
    return now;
  }();
  CHECK(text != clean);
  CHECK(has(revealed["diff"], "+"));
  std::set<std::string> others;
  for (const char* seed : {"1", "2", "3"}) {
    const fs::path other = tiny.start({"--surprise", "--seed", seed});
    for (const auto& [name, was] : changed_files(tiny, other)) others.insert(text_of(other / name));
    tiny.user.nanobug({"stop"});
  }
  CHECK(others.size() > 1);
}

TEST_CASE("what a surprise leaves nothing of to choose", "[surprise]") {
  const Tiny tiny;
  for (const std::vector<std::string>& other : std::vector<std::vector<std::string>>{
           {"T01"}, {"--category", "training"}, {"--bugs", "2"}, {"--decoys", "0.5"}, {"--mode", "review"}}) {
    std::vector<std::string> words = {"start", "--surprise"};
    words.insert(words.end(), other.begin(), other.end());
    CHECK(has(tiny.refused(words, 2), "--surprise and "));
  }
}

TEST_CASE("a surprise in production has evidence like any other", "[surprise]") {
  const Tiny tiny;
  tiny.user.ask({"start", "--surprise", "--seed", "7", "--mode", "production"});
  CHECK(tiny.user.nanobug({"ask", "unit tests"}).exit_code == 0);
  CHECK(tiny.user.ask({"stop"})["outcome"] == "stopped");
}

TEST_CASE("changes that operators make, and who sees them", "[surprise]") {
  const Tiny tiny;
  const json drawn = tiny.user.ask({"certify", "--operators", "12"});
  REQUIRE(drawn.size() == 12);
  std::set<std::string> ids, seen_in;
  size_t seen = 0, mutants = 0;
  for (const json& one : drawn) {
    ids.insert(one["id"]);
    const bool was_asked = one["probes"].get<int>() + one["runs"].get<int>() > 0;
    CHECK(one["fate"] == (!one["failing"].empty() ? "seen" : was_asked ? "not seen" : "no mutant"));
    seen += one["fate"] == "seen";
    mutants += one["fate"] != "no mutant";
    if (one["fate"] == "seen") seen_in.insert(one["file"]);
  }
  CHECK(ids.size() == 12);
  // One of the library's and one of a program's, which only a run can see.
  CHECK(seen_in == std::set<std::string>{"descend.cpp", "stats.cpp"});

  std::set<std::string> in_parts;
  for (const char* shard : {"1/2", "2/2"})
    for (const json& one : tiny.user.ask({"certify", "--operators", "12", "--shard", shard}))
      CHECK(in_parts.insert(one["id"]).second);
  CHECK(in_parts == ids);
  CHECK(tiny.user.ask({"certify", "--operators", "12", "--seed", "2"})[0]["id"] != drawn[0]["id"]);
  CHECK(has(tiny.user.nanobug({"certify", "--operators", "12"}).err,
            std::to_string(mutants) + " mutants, " + std::to_string(seen) + " of them seen"));

  // The quickest answer is the same answer, from fewer.
  const json quick = tiny.user.ask({"certify", "--operators", "12", "--first", "--fresh"});
  REQUIRE(quick.size() == 12);
  for (size_t i = 0; i < 12; ++i) {
    CHECK(quick[i]["id"] == drawn[i]["id"]);
    CHECK(quick[i]["fate"] == drawn[i]["fate"]);
    CHECK(quick[i]["symptom"] == "");
    for (const json& observer : quick[i]["failing"])
      CHECK(std::count(drawn[i]["failing"].begin(), drawn[i]["failing"].end(), observer) == 1);
  }

  CHECK(has(tiny.refused({"certify", "T01", "--operators", "5"}, 2), "--operators goes with --seed"));
  CHECK(has(tiny.refused({"certify", "--operators", "5", "--summary"}, 2), "--operators goes with --seed"));
  (void)tiny.refused({"certify", "--operators", "0"}, 2);
}

TEST_CASE("changes of some files, by some operators, each with its lines", "[surprise]") {
  const Tiny tiny;
  std::string text = text_of(tiny.tree / "stats.cpp");
  const std::string asks = "values.empty()";
  text.replace(text.find(asks), asks.size(), "values.size() == 0");
  REQUIRE(write_file(tiny.tree / "stats.cpp", text));
  const auto ask = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"certify", "--operators", "1000", "--first"});
    return tiny.user.ask(words);
  };
  // All that there are, each once, though a draw would have met some of them many times.
  const json all = ask({"--file", "stats.cpp", "--operator", "relation", "--operator", "condition"});
  std::set<std::string> ids, operators;
  std::map<std::string, std::string> first;  // by what they make of the file
  for (const json& one : all) {
    CHECK(ids.insert(one["id"]).second);
    operators.insert(one["operator"]);
    if (one["file"] == "") continue;  // it would mean something else
    CHECK(one["file"] == "stats.cpp");
    CHECK(has(text, one["before"].get<std::string>()));
    CHECK(one["before"] != one["after"]);
    // Opposite of == is !=, whichever operator says so.
    const std::string made = one["line"].dump() + one["after"].get<std::string>();
    const bool is_new = first.try_emplace(made, one["id"]).second;
    if (!is_new) CHECK(has(one["refusals"][0], "its text is that of " + first[made]));
  }
  CHECK(operators == std::set<std::string>{"relation", "condition"});
  CHECK(first.size() < all.size());
  CHECK(ask({"--file", "stats.cpp", "--operator", "relation", "--operator", "condition", "--seed", "9"})
            .size() == all.size());

  CHECK(has(tiny.refused({"certify", "--operators", "5", "--file", "stat.cpp"}, 2),
            "no source of the tree is called 'stat.cpp'"));
  CHECK(has(tiny.refused({"certify", "--operators", "5", "--operator", "relatoin"}, 2),
            "there is no operator 'relatoin'; did you mean 'relation'?"));
  CHECK(has(tiny.refused({"certify", "--operators", "5", "--first", "--all"}, 2), "leave --all out"));
  CHECK(has(tiny.refused({"certify", "--operators", "5", "--first", "--stock"}, 2), "leave --stock out"));
  for (const std::vector<std::string>& alone :
       {std::vector<std::string>{"--first"}, {"--stock"}, {"--file", "stats.cpp"}, {"--operator", "sign"}}) {
    std::vector<std::string> words = {"certify"};
    words.insert(words.end(), alone.begin(), alone.end());
    CHECK(has(tiny.refused(words, 2), alone[0] + " goes with --operators N"));
  }
}

TEST_CASE("a surprise comes out of the stock, where there is one", "[surprise]") {
  const Tiny tiny;
  const std::string stock = tiny.user.nanobug({"certify", "--operators", "12", "--stock"}).out;
  const std::string first = stock.substr(0, stock.find('\n') + 1);
  std::istringstream words(first);
  std::string digits, file, name, line, column;
  words >> digits >> file >> name >> line >> column;
  REQUIRE(digits == sha256(text_of(tiny.tree / file)).substr(0, 16));
  const fs::path kept = tiny.catalog.parent_path() / "patches/surprises.txt";
  fs::create_directories(kept.parent_path());
  // Lines of another text of the file, of no operator, of no file, and of nobody, count for nothing.
  REQUIRE(write_unsynced(kept, "0000000000000000 descend.cpp relation 9 7 1\n" + digits + " " + file +
                                   " relatoin 9 7 1\n" + digits +
                                   " nowhere.cpp relation 9 7 1\n\nnonsense\n" + first));
  for (const char* seed : {"7", "8"}) {
    tiny.start({"--surprise", "--seed", seed});
    const json revealed = tiny.user.ask({"reveal"});
    CHECK(revealed["id"] ==
          "surprise-" + fs::path(file).stem().string() + "-" + name + "-" + line + "-" + column);
    CHECK(tiny.user.nanobug({"stop"}).exit_code == 0);
  }
  CHECK(has(tiny.refused({"certify", "--stock"}, 2), "--stock goes with --operators N"));
}
