// verbs: each of them in its three voices (plain, -q, --json), the numbers a person reads, and what each
// leaves behind.
//
// The cases share one project and one cache, so that the clean tree is built and certified once; each has a
// home of its own.
#include <cstdlib>
#include <set>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/mutator/variable.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

using test::Variable;

namespace {

using Words = std::vector<std::string>;

// The project and the cache of all cases.
struct World {
  fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-verbs");
  fs::path catalog = copy_of_tiny(place / "project");
  ~World() { (void)remove_tree(place); }
};

const World& world() {
  static const World one;
  return one;
}

User learner() {
  const Variable cache("XDG_CACHE_HOME", (world().place / "cache").string());
  return User(world().catalog, /*shared_cache=*/true);
}

// A user with a session on the bug whose cause is in stats.cpp, line 16.
struct Session {
  User user = learner();
  fs::path dir;
  std::string name;

  explicit Session(Words more = {}) {
    more.insert(more.begin(), {"start", "descent-goes-uphill"});
    const json answer = user.ask(more);
    dir = answer["dir"].get<std::string>();
    name = answer["name"];
  }
  void fix() const { replace_in(dir / "stats.cpp", "x += rate * gradient", "x -= rate * gradient"); }
};

Finished in_voice(const User& user, Words words, const std::string& voice) {
  if (!voice.empty()) words.push_back(voice);
  return user.nanobug(words);
}

std::string joined(const Words& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

// The cells of the row that begins with this word.
Words row(const std::string& table, const std::string& first) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Words cells;
    for (std::string word; words >> word;) cells.push_back(word);
    if (!cells.empty() && cells[0] == first) return cells;
  }
  return {};
}

std::set<std::string> keys(const json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

// Are all of these there?
void has(const json& object, const std::set<std::string>& names) {
  INFO(object.dump());
  const std::set<std::string> there = keys(object);
  for (const std::string& name : names) {
    INFO(name);
    CHECK(there.contains(name));
  }
}

const std::string kRight = "stats.cpp:16";

}  // namespace

TEST_CASE("every verb answers in each voice, with the same exit code", "[verbs]") {
  struct Step {
    Words words;
    int exit;
  };
  const std::vector<Step> session = {{{"list"}, 0},
                                     {{"status"}, 0},
                                     {{"progress"}, 0},
                                     {{"start", "descent-goes-uphill"}, 0},
                                     {{"status"}, 0},
                                     {{"check"}, 1},
                                     {{"hint"}, 0},
                                     {{"locate", "stats.cpp:1"}, 1},
                                     {{"locate", kRight}, 0},
                                     {{"run"}, 0},
                                     {{"rule", "check"}, 0},
                                     {{"rule", "explain", "descent-goes-uphill"}, 0},
                                     {{"patch", "list"}, 0},
                                     {{"patch", "show", "mean-divides-by-one-less"}, 0},
                                     {{"certify"}, 0},
                                     {{"reveal"}, 0},
                                     {{"stop"}, 0},
                                     {{"progress"}, 0},
                                     {{"start", "descent-goes-uphill", "--mode", "review"}, 0},
                                     {{"status"}, 0},
                                     {{"answer", "1", "a guess"}, 1},
                                     {{"answer", "16", "the sign"}, 0},
                                     {{"stop"}, 0},
                                     {{"progress"}, 0}};
  const std::string voice = GENERATE(as<std::string>(), "", "-q", "--json");
  const User user = learner();
  for (const Step& step : session) {
    const Finished finished = in_voice(user, step.words, voice);
    INFO("nanobug " << joined(step.words) << ' ' << voice << "\n" << finished.out << finished.err);
    CHECK(finished.exit_code == step.exit);
    CHECK(finished.signal == 0);
    CHECK_FALSE(finished.out.empty());
    CHECK(finished.out.ends_with('\n'));
    CHECK(finished.out.find('\033') == std::string::npos);
    if (voice == "-q") CHECK(finished.err.empty());
    if (voice == "--json") CHECK_FALSE(json::parse(finished.out, nullptr, false).is_discarded());
    if (voice.empty()) CHECK(json::parse(finished.out, nullptr, false).is_discarded());
  }
  // Errors are said in every voice, on stderr alone.
  const Finished none = in_voice(user, {"check"}, voice);
  CHECK(none.exit_code == 4);
  CHECK(none.out.empty());
  CHECK(none.err.starts_with("nanobug: "));
}

TEST_CASE("what each verb's data is called", "[verbs]") {
  const Session session;
  const User& user = session.user;
  has(user.ask({"status"}),
      {"open", "name", "dir", "dir_exists", "branch", "mode", "elapsed_s", "minutes", "seed", "state",
       "strict", "hints", "wrong_claims", "located", "checks", "solved", "revealed"});
  has(user.ask({"check"}, 1), {"solved", "builds", "wrong", "message", "seconds"});
  has(user.ask({"hint"}), {"hint", "number", "of"});
  has(user.ask({"locate", "stats.cpp:1"}, 1), {"file", "line", "right"});
  has(user.ask({"run"}), {"ended", "svg", "yours", "clean"});
  has(user.ask({"rule", "check"})[0], {"id", "ok", "errors", "sites"});
  has(user.ask({"rule", "explain", "descent-goes-uphill"})[0], {"matcher", "candidates", "near_misses"});
  has(user.ask({"patch", "list"})[0], {"code", "title", "site", "file", "exists"});
  has(user.ask({"patch", "show", "mean-divides-by-one-less"}), {"id", "site", "files", "patch"});
  has(user.ask({"certify"})[0], {"id", "site", "file", "line", "function", "holds", "refusals", "failing",
                                 "probes", "symptom", "silence"});
  has(user.ask({"reveal"}), {"id", "code", "title", "cause", "diff", "questions"});
  has(user.ask({"stop"}),
      {"name", "outcome", "hints", "wrong_claims", "dir", "tree", "attempt", "branch", "snapshot", "note"});
  has(user.ask({"progress"})["all"],
      {"sessions", "solved", "revealed", "stopped", "seconds", "solved_seconds", "hints", "wrong_claims"});
}

TEST_CASE("hints come in order, each once, and then there are none", "[verbs]") {
  const Session session;
  const Words hints = {"It is a sign.", "Look at the update.", "Look at step()."};
  for (int i = 0; i < 3; ++i) {
    if (i == 1) {
      CHECK(session.user.nanobug({"hint"}).out == "2/3: Look at the update.\n");
      continue;
    }
    const json hint = session.user.ask({"hint"});
    CHECK(hint["hint"] == hints[static_cast<size_t>(i)]);
    CHECK(hint["number"] == i + 1);
    CHECK(hint["of"] == 3);
  }
  for (int again = 0; again < 2; ++again) {
    const Finished none = session.user.nanobug({"hint"});
    CHECK(none.exit_code == 1);
    CHECK(none.out.empty());
    CHECK(none.err.find("nanobug reveal") != std::string::npos);
  }
  CHECK(session.user.ask({"status"})["hints"] == 3);
}

TEST_CASE("a claim counts when it is one", "[verbs]") {
  const Session session;
  const auto status = [&] {
    const json s = session.user.ask({"status"});
    return std::pair(s["wrong_claims"].get<int>(), s["located"].get<bool>());
  };
  CHECK(session.user.nanobug({"locate", "stats.cpp:1"}).exit_code == 1);
  CHECK(session.user.nanobug({"locate", "stats.h:3"}).exit_code == 1);
  CHECK(status() == std::pair(2, false));
  // Not claims: no such file, no such line, no place at all.
  for (const char* no : {"nothing.cpp:1", "stats.cpp:999", "stats.cpp:0", "stats.cpp", "stats.cpp:x"}) {
    const Finished refused = session.user.nanobug({"locate", no});
    INFO(no << refused.err);
    CHECK(refused.exit_code == 2);
    CHECK(refused.out.empty());
  }
  CHECK(status() == std::pair(2, false));
  CHECK(session.user.nanobug({"locate", kRight}).exit_code == 0);
  CHECK(status() == std::pair(2, true));
  CHECK(session.user.nanobug({"status"}).out.find("2 wrong, place found") != std::string::npos);
}

TEST_CASE("the numbers that a person reads are those of the data", "[verbs]") {
  const Session session({"--minutes", "37", "--seed", "12"});
  const User& user = session.user;
  user.nanobug({"hint"});
  user.nanobug({"hint"});
  user.nanobug({"locate", "stats.cpp:1"});
  user.nanobug({"check"});
  const std::string status = user.nanobug({"status"}).out;
  INFO(status);
  CHECK(status.find(session.name) != std::string::npos);
  CHECK(status.find(" of 37:00") != std::string::npos);
  CHECK(row(status, "branch") == Words{"branch", "session/" + session.name});
  CHECK(row(status, "hints") == Words{"hints", "2"});
  CHECK(row(status, "claims") == Words{"claims", "1", "wrong"});
  CHECK(row(status, "checks") == Words{"checks", "1"});
  CHECK(user.ask({"status"})["minutes"] == 37);
  CHECK(user.ask({"status"})["seed"] == 12);
  CHECK(user.ask({"status"})["checks"] == 1);
  CHECK(user.ask({"status"})["strict"] == false);
  CHECK(user.ask({"status"})["dir"] == session.dir.string());
  session.fix();
  CHECK(user.nanobug({"check"}).exit_code == 0);
  CHECK(user.ask({"status"})["solved"] == true);
  const std::string stopped = user.nanobug({"stop"}).out;
  INFO(stopped);
  CHECK(stopped.find("solved") != std::string::npos);
  CHECK(stopped.find("2 hints") != std::string::npos);
  CHECK(stopped.find("1 wrong claim") != std::string::npos);
  CHECK(stopped.find(session.name) != std::string::npos);
  const json progress = user.ask({"progress"});
  CHECK(progress["all"]["sessions"] == 1);
  CHECK(progress["all"]["solved"] == 1);
  CHECK(progress["all"]["revealed"] == 0);
  CHECK(progress["all"]["stopped"] == 0);
  CHECK(progress["all"]["hints"] == 2);
  CHECK(progress["all"]["wrong_claims"] == 1);
  CHECK(progress["by_category"]["training"] == progress["all"]);
  CHECK(progress["solved_rules"] == json{{"T01", 1}});
  const std::string table = user.nanobug({"progress"}).out;
  const Words all = row(table, "all"), training = row(table, "training");
  INFO(table);
  REQUIRE(all.size() >= 7);
  CHECK(Words(all.begin() + 1, all.end()) == Words(training.begin() + 1, training.end()));
  CHECK(Words(all.begin(), all.begin() + 5) == Words{"all", "1", "1", "0", "0"});
  const json list = user.ask({"list"});
  CHECK(list[0]["solved"] == false);
  CHECK(list[1]["solved"] == true);
  CHECK(row(user.nanobug({"list"}).out, "T01").back() == "yes");
  CHECK(row(user.nanobug({"list"}).out, "N01").back() == "-");
}

TEST_CASE("list narrows by each of its options", "[verbs]") {
  const User user = learner();
  const auto codes = [&](const Words& more) {
    Words words = {"list"};
    words.insert(words.end(), more.begin(), more.end());
    Words all;
    for (const json& one : user.ask(words)) all.push_back(one["code"]);
    return all;
  };
  const Words both = {"N01", "T01"};
  CHECK(codes({}) == both);
  CHECK(codes({"--pack", "tiny"}) == both);
  CHECK(codes({"--difficulty", "1"}) == both);
  CHECK(codes({"--category", "numerics"}) == Words{both[0]});
  CHECK(codes({"--category", "training", "--pack", "tiny"}) == Words{both[1]});
  const json first = user.ask({"list"})[0];
  CHECK(first["title"] == "A statistic is a little off");
  CHECK(first["category"] == "numerics");
  CHECK(first["pack"] == json{"tiny"});
  CHECK(first["priority"] == 1);
  CHECK(first["difficulty"] == 1);
  CHECK(first["minutes"] == 5);
  const Words cells = row(user.nanobug({"list"}).out, "N01");
  CHECK(Words(cells.end() - 6, cells.end()) == Words{"numerics", "tiny", "1", "*", "5", "-"});
}

TEST_CASE("what a bug is stands nowhere until its session is over, unless it is asked for", "[verbs]") {
  const User user = learner();
  const auto names = [](const std::string& text) {
    return text.find("mean-divides") != std::string::npos || text.find("goes-uphill") != std::string::npos;
  };
  const std::vector<Words> quiet = {
      {"list"}, {"patch", "list"}, {"progress"},          {"status"}, {}, {"hint"}, {"check"}, {"run"},
      {"stop"}, {"progress"},      {"completion", "bash"}};
  for (const bool json_too : {false, true}) {
    CHECK_FALSE(names(user.nanobug({"start", json_too ? "T01" : "n01"}).out));
    for (Words words : quiet) {
      INFO((words.empty() ? "bare" : words[0]));
      if (json_too && !words.empty() && words[0] != "completion") words.push_back("--json");
      const Finished finished = user.nanobug(words);
      CHECK_FALSE(names(finished.out + finished.err));
    }
  }
  CHECK(row(user.nanobug({"list", "--names"}).out, "T01").back() == "descent-goes-uphill");
  CHECK(user.ask({"list", "--names"})[0]["id"] == "mean-divides-by-one-less");
  CHECK_FALSE(user.ask({"list"})[0].contains("id"));
}

TEST_CASE("a rule goes by its code, its id and its row in a source, wherever one is named", "[verbs]") {
  const User user = learner();
  for (const char* name : {"T01", "t01", "descent-goes-uphill", "tiny-2", "Tiny-2"}) {
    INFO(name);
    CHECK(user.ask({"patch", "show", name})["id"] == "descent-goes-uphill");
    CHECK(user.ask({"rule", "check", name}).at(0)["id"] == "descent-goes-uphill");
  }
  CHECK(user.ask({"certify", "N01", "tiny-2"}).size() == 2);
  CHECK(user.nanobug({"rule", "explain", "tiny-1"}).good());
  // By whatever name the answer is opened, it is opened.
  user.ask({"start", "tiny-2"});
  user.ask({"patch", "show", "N01"});
  CHECK(user.ask({"status"})["revealed"] == false);
  user.ask({"patch", "show", "t01"});
  CHECK(user.ask({"status"})["revealed"] == true);
  CHECK(user.nanobug({"stop"}).good());
}

TEST_CASE("a row of a source that has several bugs draws one of them", "[verbs]") {
  const Tiny tiny;
  replace_in(tiny.catalog, "refs: [tiny-1]", "refs: [tiny-2]");
  CHECK(tiny.user.ask({"rule", "check", "tiny-2"}).size() == 2);
  const Finished one = tiny.user.nanobug({"patch", "show", "tiny-2"});
  CHECK(one.exit_code == 2);
  CHECK(one.err.find("'tiny-2' is several bugs: N01, T01; name one of them") != std::string::npos);
  std::set<std::string> drawn;
  for (int seed = 0; seed < 8; ++seed) {
    const std::string number = std::to_string(seed);
    const json first = tiny.user.ask({"start", "tiny-2", "--seed", number});
    drawn.insert(first["brief"].get<std::string>());
    tiny.user.nanobug({"stop"});
    CHECK(tiny.user.ask({"start", "tiny-2", "--seed", number})["brief"] == first["brief"]);
    tiny.user.nanobug({"stop"});
  }
  CHECK(drawn.size() == 2);
}

TEST_CASE("certificates and sites as a person reads them", "[verbs]") {
  const User user = learner();
  const json certificates = user.ask({"certify"});
  const std::string table = user.nanobug({"certify"}).out;
  for (const json& one : certificates) {
    const Words cells = row(table, one["id"]);
    INFO(table);
    REQUIRE(cells.size() >= 7);
    CHECK(cells[1] == one["file"].get<std::string>() + ":" + std::to_string(one["line"].get<int>()));
    CHECK(cells[2] == one["symptom"].get<std::string>());
    CHECK(cells[4] == std::to_string(one["failing"].size()));
    CHECK(cells[6] == std::to_string(one["probes"].get<int>()));
    CHECK(cells.back() == "holds");
    CHECK(one["site"] == 1);
  }
  CHECK(user.ask({"certify", "descent-goes-uphill"}).size() == 1);
  CHECK(user.nanobug({"certify", "nonsense"}).exit_code == 2);
  CHECK(certificates[0]["function"] == "tiny::mean");
  CHECK(certificates[1]["function"] == "tiny::step");
  const std::string sites = user.nanobug({"rule", "check"}).out;
  CHECK(sites ==
        "mean-divides-by-one-less: stats.cpp:10 in tiny::mean\ndescent-goes-uphill: stats.cpp:16 in "
        "tiny::step\n");
  CHECK(user.nanobug({"rule", "check", "nonsense"}).exit_code == 2);
  const json steps = user.ask({"rule", "explain", "descent-goes-uphill"});
  CHECK(steps.size() > 3);
  CHECK(steps.back()["candidates"] == 1);
  const std::string told = user.nanobug({"rule", "explain", "descent-goes-uphill"}).out;
  for (const json& step : steps) CHECK(told.find(step["matcher"].get<std::string>()) != std::string::npos);
}

TEST_CASE("what was revealed is the answer, whole", "[verbs]") {
  const Session session;
  const Finished plain = session.user.nanobug({"reveal"});
  INFO(plain.out);
  for (const char* part : {"descent-goes-uphill", "An example does not converge",
                           "-  x -= rate * gradient;\n+  x += rate * gradient;\n",
                           "The update goes along the gradient instead of against it.",
                           "What would a negative learning rate do?"})
    CHECK(plain.out.find(part) != std::string::npos);
  const json answer = session.user.ask({"reveal"});
  CHECK(answer["cause"] == "The update goes along the gradient instead of against it.");
  REQUIRE(answer["questions"].size() == 1);
  CHECK(answer["questions"][0]["question"] == "What would a negative learning rate do?");
  CHECK(answer["questions"][0]["answer"].get<std::string>().starts_with(
      "The same: the step is their product."));
  CHECK(answer["title"] == "An example does not converge");
  CHECK(session.user.ask({"status"})["state"] == "revealed");
  CHECK(session.user.ask({"stop"})["outcome"] == "revealed");
}

TEST_CASE("a patch is put on the clean tree alone, and taken off to the byte", "[verbs]") {
  // A project of its own: the others' tree stays as it is.
  const fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-patch");
  {
    const Variable cache("XDG_CACHE_HOME", (world().place / "cache").string());
    const User user(copy_of_tiny(place / "project"), true);
    const fs::path tree = place / "project/tree", file = tree / "stats.cpp",
                   patches = place / "project/patches";
    const std::string clean = text_of(file);
    CHECK(user.nanobug({"patch", "restore"}).exit_code == 4);
    CHECK(user.nanobug({"patch", "apply", "nonsense"}).exit_code == 2);
    const Finished site = user.nanobug({"patch", "apply", "descent-goes-uphill", "--site", "2"});
    CHECK(site.exit_code == 2);
    CHECK(site.err.find("there is no site 2") != std::string::npos);
    CHECK(user.nanobug({"patch", "show", "descent-goes-uphill", "--site", "0"}).exit_code == 2);
    CHECK(text_of(file) == clean);

    CHECK(user.nanobug({"patch", "export", "--check"}).exit_code == 1);
    CHECK_FALSE(fs::exists(patches / "T01.patch"));
    for (const json& one : user.ask({"patch", "list"})) CHECK(one["exists"] == false);
    REQUIRE(write_unsynced(patches / "T09-2.patch", "stale"));
    REQUIRE(write_unsynced(patches / "README", "kept"));
    REQUIRE(write_unsynced(patches / "mine.patch", "kept"));  // nobody's rule is called so
    const Finished not_there = user.nanobug({"patch", "export", "--check"});
    CHECK(not_there.out ==
          "N01.patch is missing; 'nanobug patch export' writes it\n"
          "T01.patch is missing; 'nanobug patch export' writes it\n"
          "T09-2.patch is of no rule; 'nanobug patch export' removes it\n");
    CHECK(user.nanobug({"patch", "export"}).err.find("2 written, 1 of no rule removed") != std::string::npos);
    CHECK_FALSE(fs::exists(patches / "T09-2.patch"));
    CHECK(text_of(patches / "README") == "kept");
    CHECK(text_of(patches / "mine.patch") == "kept");
    fs::remove(patches / "N01.patch");
    CHECK(user.ask({"patch", "export"})["changed"] == json{"N01.patch"});
    CHECK(user.ask({"patch", "export"})["changed"].empty());
    CHECK(text_of(patches / "T01.patch") == user.nanobug({"patch", "show", "descent-goes-uphill"}).out);
    CHECK(user.ask({"patch", "show", "descent-goes-uphill"})["patch"] == text_of(patches / "T01.patch"));
    for (const json& one : user.ask({"patch", "list"})) CHECK(one["exists"] == true);
    CHECK(user.ask({"patch", "export", "--dir", (place / "other").string()})["patches"] == 2);
    CHECK(text_of(place / "other/T01.patch") == text_of(patches / "T01.patch"));
    REQUIRE(write_unsynced(patches / "T01.patch", "changed"));
    const Finished behind = user.nanobug({"patch", "export", "--check"});
    CHECK(behind.exit_code == 1);
    CHECK(behind.out == "T01.patch is not what the catalog makes; 'nanobug patch export' writes it again\n");
    CHECK(text_of(patches / "T01.patch") == "changed");

    CHECK(user.nanobug({"patch", "apply", "descent-goes-uphill"}).exit_code == 0);
    const std::string mutated = text_of(file);
    CHECK(mutated != clean);
    CHECK(user.nanobug({"start", "descent-goes-uphill"}).exit_code == 4);
    CHECK(user.nanobug({"patch", "restore"}).exit_code == 0);
    CHECK(text_of(file) == clean);
    CHECK(user.nanobug({"patch", "restore"}).exit_code == 4);
    // Edited meanwhile: what the learner wrote is kept, to the byte.
    CHECK(user.nanobug({"patch", "apply", "descent-goes-uphill"}).exit_code == 0);
    REQUIRE(write_unsynced(file, mutated + "// mine\n"));
    const Finished restored = user.nanobug({"patch", "restore"});
    CHECK(restored.exit_code == 0);
    CHECK(text_of(file) == clean);
    int kept = 0;
    for (const auto& entry : fs::recursive_directory_iterator(user.home / ".local/share/nanobug/attempts"))
      if (entry.is_regular_file()) CHECK((++kept, text_of(entry.path())) == mutated + "// mine\n");
    CHECK(kept == 1);
  }
  (void)remove_tree(place);
}

TEST_CASE("completion knows the verbs and their options", "[verbs]") {
  const User user = learner();
  const fs::path script = user.home / "script";
  REQUIRE(write_unsynced(script, user.nanobug({"completion", "bash"}).out));
  const auto complete = [&](const std::string& words) {
    const Finished asked = user.command({"bash", "-c",
                                         "source \"$0\"; COMP_WORDS=(" + words +
                                             "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); "
                                             "_nanobug; echo \"${COMPREPLY[@]}\"",
                                         script.string()});
    return asked.out;
  };
  CHECK(complete("nanobug sta") == "start status\n");
  CHECK(complete("nanobug st") == "start status stop\n");
  CHECK(complete("nanobug start --se") == "--seed\n");
  CHECK(complete("nanobug patch ap") == "apply\n");
  CHECK(complete("nanobug check --j") == "--json\n");
  CHECK(complete("nanobug list --cat") == "--category\n");
  const std::string zsh = user.nanobug({"completion", "zsh"}).out, bash = text_of(script),
                    fish = user.nanobug({"completion", "fish"}).out;
  CHECK(zsh == "autoload -U +X bashcompinit && bashcompinit\n" + bash);
  for (const char* verb :
       {"start", "status", "run", "locate", "answer", "hint", "check", "reveal", "stop", "restore", "list",
        "progress", "patch", "rule", "certify", "doctor", "completion"}) {
    CHECK(bash.find("    " + std::string(verb) + ") words=") != std::string::npos);
    CHECK(fish.find("-a " + std::string(verb) + " -d '") != std::string::npos);
  }
}

TEST_CASE("doctor says what is missing and how to mend it", "[verbs]") {
  const User user = learner();
  // Everything but gnuplot is on this PATH.
  const fs::path bin = user.home / "bin";
  fs::create_directory(bin);
  for (const char* program : {"clang++-19", "ld.lld-19", "cmake", "ninja", "git", "sh", "bash", "env"})
    if (const auto path = find_program(program)) fs::create_symlink(*path, bin / program);
  const Variable path("PATH", bin.string());
  const Finished told = user.nanobug({"doctor", "--json"});
  CHECK(told.exit_code == 1);
  std::set<std::string> missing;
  for (const json& finding : json::parse(told.out)) {
    has(finding, {"what", "found", "ok", "mend"});
    if (finding["ok"] == false) missing.insert(finding["what"].get<std::string>());
    if (finding["what"] == "gnuplot") {
      CHECK(finding["found"] == "missing");
      CHECK(finding["mend"] == "tools/setup");
    }
    if (finding["what"] == "nvcc") CHECK(finding["ok"] == true);
    if (finding["ok"] == true) CHECK(finding["mend"] == "");
  }
  CHECK(missing.contains("gnuplot"));
  CHECK_FALSE(missing.contains("cmake"));
  const std::string table = user.nanobug({"doctor"}).out;
  CHECK(row(table, "!!").at(1) == "gnuplot");
  CHECK(table.find("missing  -> tools/setup") != std::string::npos);
}

TEST_CASE("each kind of trouble has its exit code and its sentence", "[verbs]") {
  const User user = learner();
  const auto told = [&](const Words& words, int code, const std::string& part) {
    const Finished finished = user.nanobug(words);
    INFO(joined(words) << "\n" << finished.out << finished.err);
    CHECK(finished.exit_code == code);
    CHECK(finished.out.empty());
    CHECK(finished.err.starts_with("nanobug: "));
    CHECK(finished.err.find(part) != std::string::npos);
  };
  const fs::path broken = user.home / "catalog.yaml";
  told({"list", "--catalog", broken.string()}, 3, broken.string() + ": there is no catalog");
  REQUIRE(write_unsynced(broken, "tree: 1\nrules: 2\n"));
  told({"list", "--catalog", broken.string()}, 3, broken.string() + ":1:7: tree must be a mapping, not text");
  told({"list", "--catalog", broken.string()}, 3,
       broken.string() + ":2:8: 'rules' must be a list of mappings, not text");
  told({"start", "nonsense"}, 2, "there is no bug 'nonsense'");
  told({"start", "--minutes", "0"}, 2, "--minutes");
  told({"start", "--minutes", "601"}, 2, "--minutes");
  told({"list", "--difficulty", "4"}, 2, "--difficulty");
  // The state's place is a file: disk trouble, told with the path.
  fs::create_directories(user.home / ".local/state");
  REQUIRE(write_unsynced(user.home / ".local/state/nanobug", "x"));
  told({"check"}, 6, (user.home / ".local/state/nanobug").string());
  fs::remove(user.home / ".local/state/nanobug");
  REQUIRE(write_unsynced(user.home / "taken", "x"));
  told({"start", "descent-goes-uphill", "--dir", (user.home / "taken").string()}, 4,
       "is there and is no directory; choose another place with --dir");
  CHECK(text_of(user.home / "taken") == "x");
  CHECK(user.ask({"status"})["open"] == false);
}

TEST_CASE("a whole session leaves nothing in the temporary directory", "[verbs]") {
  const fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-left");
  {
    const Variable temporary("TMPDIR", place.string());
    const User user = learner();
    const auto left = [&] {
      Words names;
      for (const auto& entry : fs::directory_iterator(place))  // but for what this test process keeps itself
        if (entry.path() != user.home.parent_path()) names.push_back(entry.path().filename());
      return joined(names);
    };
    for (const Words& words : std::vector<Words>{{"start", "descent-goes-uphill"},
                                                 {"check"},
                                                 {"run"},
                                                 {"certify", "--fresh"},
                                                 {"rule", "check"},
                                                 {"patch", "show", "mean-divides-by-one-less"},
                                                 {"doctor"},
                                                 {"stop"}}) {
      INFO(joined(words));
      user.nanobug(words);
      CHECK(left() == "");
    }
  }
  (void)remove_tree(place);
}
