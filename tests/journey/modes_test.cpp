// modes: the interview's two modes on the reference tree, end to end, for thirty bugs and ten decoys: lines
// that are read and answered, a symptom and what is asked about it. What is right is worked out here, from
// the clean tree's files and the prices in the catalog's head. (bugs_test.cpp hunts.)
#include <algorithm>
#include <map>
#include <random>
#include <regex>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const fs::path kProject = NANOBUG_PROJECT;
using Words = std::vector<std::string>;

struct Entry {
  std::string code, id;
  bool decoy = false;

  bool is(const std::string& told) const { return decoy || id == told; }
};

// What catalog.yaml has, as its lines say.
std::vector<Entry> all_entries() {
  std::vector<Entry> all;
  std::istringstream lines(text_of(kProject / "catalog.yaml"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  - code: ")) all.push_back({line.substr(10), "", false});
    if (all.empty()) continue;
    if (line.starts_with("    id: ")) all.back().id = line.substr(8);
    if (line == "    decoy: true") all.back().decoy = true;
  }
  return all;
}

// So many of each, in the order of NANOBUG_TEST_SEED.
std::vector<Entry> some(size_t bugs, size_t decoys) {
  std::vector<Entry> all = all_entries();
  std::mt19937_64 random(test_seed());
  std::shuffle(all.begin(), all.end(), random);
  std::vector<Entry> taken;
  for (const Entry& one : all) {
    size_t& left = one.decoy ? decoys : bugs;
    if (left == 0) continue;
    --left;
    taken.push_back(one);
  }
  REQUIRE(bugs + decoys == 0);
  return taken;
}

// What is typed for a session of each. Nobody can name a decoy: it is drawn, and which one it was is said at
// the end.
struct Begun {
  Entry entry;
  Words words;
};

std::vector<Begun> sessions(size_t bugs, size_t decoys, const Words& mode) {
  std::vector<Begun> all;
  for (const Entry& one : some(bugs, 0))
    all.push_back({one, {"start", one.code, "--seed", std::to_string(test_seed())}});
  for (size_t i = 0; i < decoys; ++i)
    all.push_back({{.code = "", .id = "", .decoy = true},
                   {"start", "--decoys", "1", "--seed", std::to_string(100 * test_seed() + i)}});
  for (Begun& one : all) one.words.insert(one.words.end(), mode.begin(), mode.end());
  return all;
}

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Of lines that are shown, the first that is not the clean file's, from 0: as many before it are, at the one
// place of the file where most are. Where lines are only missing it is the one behind them.
size_t first_changed(const std::vector<std::string>& shown, const std::vector<std::string>& clean) {
  size_t most = 0;
  for (size_t at = 0; at < clean.size(); ++at) {
    size_t same = 0;
    while (same < shown.size() && at + same < clean.size() && shown[same] == clean[at + same]) ++same;
    most = std::max(most, same);
  }
  return most;
}

int parts_of(const json& debrief) {
  int points = 0;
  for (const json& line : debrief["score"]["lines"]) {
    INFO(line.dump());
    CHECK(line["points"] >= 0);
    CHECK(line["points"] <= line["of"]);
    CHECK_FALSE(line["why"].get<std::string>().empty());
    points += line["points"].get<int>();
  }
  return points;
}

std::vector<std::string> answer(const std::string& line) {
  return {"answer", line, "that", "is", "where", "it", "goes", "wrong"};
}

// Lines to read: a wrong answer, then the right one.
void review(const User& user, const Begun& session) {
  const Entry& one = session.entry;
  INFO(session.words.back() << one.id);
  const json begun = user.ask(session.words);
  if (!one.decoy) CHECK_FALSE(has(begun.dump(), one.id));
  std::vector<std::string> shown;
  for (const json& line : begun["lines"]) shown.push_back(line.get<std::string>());
  const auto clean = lines_in(text_of(kProject / "reference_model" / begun["file"].get<std::string>()));
  CHECK(shown.size() >= std::min<size_t>(20, clean.size() - 2));
  CHECK(shown.size() <= 30);
  const int first = begun["first"].get<int>();
  // A line that the clean file does not have; where every line is one of its, the first that is not where it
  // was. (Before a line that was changed, a variable that nobody reads any more may be gone, and that is not
  // the bug.)
  size_t changed = first_changed(shown, clean);
  for (size_t i = changed; i < shown.size(); ++i) {
    if (std::find(clean.begin(), clean.end(), shown[i]) != clean.end()) continue;
    changed = i;
    break;
  }
  const int last = first + static_cast<int>(shown.size()) - 1;
  // All of it is the clean file's, and lines are missing beside its first or its last.
  const bool at_an_end = !one.decoy && changed >= shown.size();
  // The line, or the next one in that direction that holds anything: a blank one is no answer.
  const auto line_at = [&](int line, int step) {
    const auto blank = [&](int at) {
      return shown[static_cast<size_t>(at - first)].find_first_not_of(" \t") == std::string::npos;
    };
    while (blank(line) && line + step >= first && line + step <= last) line += step;
    return std::to_string(line);
  };
  const std::string wrong = at_an_end                   ? line_at((first + last) / 2, 1)
                            : one.decoy || changed >= 8 ? line_at(first, 1)
                                                        : line_at(last, -1);
  const json no = user.ask(answer(wrong), 1);
  CHECK(no["right"] == false);
  CHECK_FALSE(no.contains("cause"));
  if (!one.decoy) CHECK(user.ask(answer("none"), 1)["right"] == false);
  int wrongs = one.decoy ? 1 : 2;
  json yes;
  if (at_an_end) {
    Words words = answer(line_at(first, 1));
    words.push_back("--json");
    const Finished told = user.nanobug(words);
    wrongs += told.exit_code == 1;
    yes = told.exit_code == 0 ? json::parse(told.out) : user.ask(answer(line_at(last, -1)));
  } else {
    yes = user.ask(answer(one.decoy ? "none" : line_at(first + static_cast<int>(changed), 1)));
  }
  CHECK(yes["right"] == true);
  CHECK(yes["decoy"] == one.decoy);
  CHECK_FALSE(yes["cause"].get<std::string>().empty());
  CHECK(yes["questions"].size() >= 1);
  const json debrief = user.ask({"debrief", "--grades", "3,3,3"});
  CHECK(debrief["score"]["points"] == parts_of(debrief));
  CHECK(one.is(debrief["rules"][0]["id"]));
  const json stopped = user.ask({"stop"});
  CHECK(stopped["outcome"] == "solved");
  CHECK(stopped["wrong_claims"] == wrongs);
}

// What an interviewer can show of it tells of a bug and not of a decoy, and names no rule, file or function.
void evidence_is_honest(const Entry& one, const json& evidence, const json& certificate) {
  const std::string said = evidence["pieces"].dump();
  CHECK(evidence["tells"].empty() == one.decoy);
  if (!one.decoy) CHECK(evidence["minutes"].get<int>() >= 1);
  CHECK_FALSE(has(said, one.id));
  if (const std::string file = certificate["file"]; !file.empty()) {
    CHECK_FALSE(has(said, file));
    CHECK_FALSE(has(said, fs::path(file).filename().string()));
  }
  if (const std::string function = certificate["function"]; !function.empty())
    CHECK_FALSE(has(said, function + "("));
}

void evidence_is_honest(const User& user, const std::vector<Entry>& entries, Words codes) {
  Words certify = codes, show = codes;
  certify.insert(certify.begin(), "certify");
  show.insert(show.begin(), {"certify", "--evidence"});
  std::map<std::string, json> places;
  for (const json& one : user.ask(certify)) places[one["id"]] = one;
  CHECK(places.size() == entries.size());
  const json all = user.ask(show);
  CHECK(all.size() >= entries.size());
  for (const Entry& entry : entries)
    for (const json& one : all) {
      INFO(entry.id);
      if (one["id"] == entry.id) evidence_is_honest(entry, one, places.at(entry.id));
    }
}

// A symptom: all that there is to ask for, each at its price; and what it was worth.
void production(const User& user, const Begun& session) {
  const Entry& one = session.entry;
  INFO(one.id);
  const json begun = user.ask(session.words);
  CHECK(begun["dir"].is_null());
  if (!one.decoy) CHECK_FALSE(has(begun.dump(), one.id));
  const json menu = user.ask({"ask"});
  int paid = 0;
  std::string checkout;
  for (const json& evidence : menu) {
    const std::string name = evidence["evidence"];
    INFO(name);
    if (name == "code") continue;  // that is for 'open'
    const json shown = user.ask({"ask", name});
    CHECK(shown["minutes"] == evidence["minutes"]);
    paid += evidence["minutes"].get<int>();
    CHECK(shown["paid_s"] == 60 * paid);
    CHECK(user.ask({"ask", name})["minutes"] == 0);
  }
  const json none = user.ask(answer("none"), one.decoy ? 0 : 1);
  CHECK(none["right"] == one.decoy);
  if (!one.decoy) CHECK_FALSE(user.ask({"reveal"})["id"].get<std::string>().empty());
  const json debrief = user.ask({"debrief"});
  CHECK(debrief["score"]["points"] == parts_of(debrief));
  int told = 0, charged = 0, counted = 0, first = 0;  // minutes; the first that tells
  for (const json& asked : debrief["asked"]) {
    const int minutes = asked["minutes"];
    charged += minutes;
    if (asked["evidence"] != "clean") counted += minutes;
    if (!asked["tells"]) continue;
    told += minutes;
    if (first == 0) first = minutes;
  }
  CHECK(charged == paid);
  CHECK((told == 0) == one.decoy);
  CHECK(debrief["cheapest"]["evidence"].empty() == one.decoy);
  // What tells of all that was paid for, of six; four more where no other would have told for less.
  const int cheap = first > 0 && first <= debrief["cheapest"]["minutes"] ? 4 : 0;
  // Of a decoy what the questions left of the minutes.
  const int given = begun["minutes"], left = 10 * std::max(0, given - counted) / given;
  CHECK(score_line(debrief, "evidence")["points"] == (one.decoy ? left : 6 * told / counted + cheap));
  CHECK(user.ask({"stop"})["outcome"] == (one.decoy ? "solved" : "revealed"));
  CHECK_FALSE(fs::exists(user.home / "nanobug"));
}

// ---- what the page for learners shows

// The words of a command as a shell takes them apart.
Words typed(const std::string& command) {
  Words words(1);
  bool quoted = false;
  for (const char c : command)
    if (c == '"')
      quoted = !quoted;
    else if (c == ' ' && !quoted)
      words.emplace_back();
    else
      words.back() += c;
  return words;
}

// Without what is another one each time: the session's name, and how long it took.
std::string timeless(const std::string& line) {
  return std::regex_replace(
      std::regex_replace(line, std::regex("20\\d\\d-\\d\\d-\\d\\d-[a-z]+-[a-z]+"), "NAME"),
      std::regex("\\b\\d+:\\d\\d\\b"), "TIME");
}

// The block of the page that begins with this command: each line that it shows comes, in that order.
void walk(const User& user, const std::string& page, const std::string& first) {
  const size_t begin = page.find("$ " + first + '\n');
  REQUIRE(begin != std::string::npos);
  std::istringstream block(page.substr(begin, page.find("```", begin) - begin)), said;
  for (std::string line; std::getline(block, line);) {
    INFO(line);
    if (line.starts_with("$ nanobug ")) {
      const Words words = typed(line.substr(10));
      const Finished finished = user.nanobug(words);
      said = std::istringstream(finished.err + finished.out);
      continue;
    }
    if (line.empty() || line.ends_with("…")) continue;
    bool found = false;
    for (std::string one; !found && std::getline(said, one);) found = timeless(one) == timeless(line);
    CHECK(found);
  }
  user.nanobug({"stop"});
}

}  // namespace

TEST_CASE("reviews of thirty bugs and ten decoys, answered wrong and right", "[modes-review]") {
  const User user("", /*shared_cache=*/true);
  for (const Begun& one : sessions(30, 10, {"--mode", "review"})) review(user, one);
}

TEST_CASE("the review and the production of docs/learner.md are what a learner sees", "[modes-review]") {
  const User user("", /*shared_cache=*/true);
  const std::string page = text_of(kProject / "docs/learner.md");
  walk(user, page, "nanobug start A05 --mode review --seed 3");
  walk(user, page, "nanobug start --mode production A05 --seed 3");
}

TEST_CASE("thirty bugs and ten decoys in production, asked about everything", "[modes-production]") {
  const User user("", /*shared_cache=*/true);
  const std::vector<Entry> entries = some(30, 10);
  Words ids;
  for (const Entry& one : entries) ids.push_back(one.id);
  evidence_is_honest(user, entries, ids);
  for (const Begun& one : sessions(30, 10, {"--mode", "production"})) production(user, one);
}

// A decoy is hunted too: no check fails, and the answer is that nothing is wrong.
TEST_CASE("hunts of ten decoys", "[modes-decoys]") {
  const User user("", /*shared_cache=*/true);
  for (const Begun& one : sessions(0, 10, {})) {
    INFO(one.words.back());
    const fs::path dir = user.ask(one.words)["dir"].get<std::string>();
    CHECK(user.ask(answer("none"))["right"] == true);
    const json stop = user.ask({"restore"});
    CHECK(stop["outcome"] == "solved");
    CHECK(git_tree(user, dir) == stop["tree"].get<std::string>());
  }
}

TEST_CASE("something tells of each bug, and nothing names it: all rules", "[evidence-all]") {
  User user("", /*shared_cache=*/true);
  user.patience = std::chrono::minutes(100);
  evidence_is_honest(user, all_entries(), {});
}
