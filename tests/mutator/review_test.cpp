// review: what is shown tells nothing of where the bug is, and an answer is worth what it says.
//
// The catalog's own sites are read from its patches, which a test of their own keeps in step with it.
#include "mutator/coach/review.h"

#include <array>
#include <cmath>
#include <map>
#include <random>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/coach/tally.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;
using session::Lines;

namespace {

const fs::path kProject = fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path();

std::string text_of_lines(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += "line" + std::to_string(i) + ";\n";
  return text;
}

int length(const Lines& lines) {
  return lines.last - lines.first + 1;
}

// Where a patch changes the first file that `rule` names, in the lines of the changed file.
Exhibit exhibit_in(const fs::path& patch, const catalog::Rule& rule) {
  std::map<std::string, std::vector<Lines>> changed;
  std::map<std::string, int> grown;
  std::istringstream lines(*read_file(patch));
  std::string file;
  int at = 0;
  bool within = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("+++ ")) {
      file = fs::path(line.substr(6)).lexically_relative("reference_model").string();
    } else if (line.starts_with("@@ ")) {
      at = std::stoi(line.substr(line.find('+') + 1));
      within = false;
    } else if (file.empty() || line.starts_with("---") || line.starts_with("diff ")) {
      continue;
    } else if (line.starts_with("-") || line.starts_with("+")) {
      std::vector<Lines>& here = changed[file];
      if (!within) here.push_back({at, at - 1});
      within = true;
      grown[file] += line[0] == '+' ? 1 : -1;
      if (line[0] == '+') here.back().last = at++;
    } else {
      within = false, ++at;
    }
  }
  for (const catalog::Form* form : rule.forms()) {
    const auto known = changed.find(form->file);
    if (known == changed.end()) continue;
    std::string text = *read_file(kProject / "reference_model" / form->file);
    const auto were = static_cast<int>(lines_of(text).size());
    return exhibit_of(text_of_lines(were + grown[form->file]), known->second);
  }
  FAIL(patch.string() + " changes no file of its rule");
  return {};
}

// The catalog, and each rule's sites as they are shown.
struct Catalog {
  catalog::Catalog catalog;
  std::map<std::string, std::vector<Exhibit>> exhibits;  // by id

  Catalog() : catalog(*catalog::load(kProject / "catalog.yaml")) {
    for (const catalog::Rule& rule : catalog.rules)
      for (int site = 1;; ++site) {
        const fs::path patch = kProject / "patches" /
                               (rule.code.value + (site == 1 ? "" : "-" + std::to_string(site)) + ".patch");
        if (!fs::exists(patch)) break;
        exhibits[rule.id.value].push_back(exhibit_in(patch, rule));
      }
  }
  Shelf shelf() const {
    return {[this](const catalog::Rule& rule, std::uint64_t seed) -> Result<Exhibit> {
              const auto& sites = exhibits.at(rule.id.value);
              return sites[draw_site(rule, sites.size(), seed)];
            },
            [](const catalog::Rule&) { return Status(); }};
  }
  Exhibit of(const Shown& shown) const { return *shelf().exhibit(*shown.rule, shown.seed); }
};

const Catalog& real() {
  static const Catalog one;
  return one;
}

// A catalog of these rules: capital letters are decoys.
catalog::Catalog catalog_of(const std::vector<std::string>& ids) {
  catalog::Catalog catalog;
  for (const std::string& id : ids) {
    catalog::Rule rule;
    rule.id.value = id;
    rule.category = "training";
    rule.decoy = id[0] < 'a';
    rule.match.value = "expr()";
    catalog.rules.push_back(rule);
  }
  return catalog;
}

const Shelf kRoomy = {
    [](const catalog::Rule&, std::uint64_t) -> Result<Exhibit> { return Exhibit{200, {100, 100}}; },
    [](const catalog::Rule&) { return Status(); }};

// Of a session that shows lines 5 to 24 of f.cpp, in which line 9 is wrong, or none is.
session::Session session_of(bool decoy) {
  session::Session s;
  s.started = 1000, s.minutes = 5;
  s.injected = {{.rule = "r", .site = 0, .file = "f.cpp", .function = "", .changed = {{9, 9}, {40, 40}}}};
  s.review = session::Review{.file = "f.cpp", .shown = {5, 24}, .why = "", .terms = {}};
  s.decoy = decoy;
  return s;
}

std::vector<catalog::Text> texts(const std::vector<std::string>& values) {
  std::vector<catalog::Text> all;
  for (const std::string& value : values) all.push_back({value, {}});
  return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what is shown of a file is all of a site, or its first part", "[coach][review]") {
  const auto site = [](const std::vector<Lines>& changed) {
    return exhibit_of(text_of_lines(100), changed).site;
  };
  CHECK(site({{9, 9}}) == Lines{9, 9});
  CHECK(site({{9, 11}}) == Lines{9, 11});
  CHECK(site({{9, 9}, {20, 21}}) == Lines{9, 21});
  CHECK(site({{9, 9}, {40, 41}}) == Lines{9, 9});
  CHECK(site({{9, 60}}) == Lines{9, 28});
  // A gap has no line: the two around it, or the one at an end of the file.
  CHECK(site({{9, 8}}) == Lines{8, 9});
  CHECK(site({{1, 0}}) == Lines{1, 1});
  CHECK(site({{101, 100}}) == Lines{100, 100});
  CHECK(exhibit_of(text_of_lines(12), {{3, 3}}).lines == 12);
}

TEST_CASE("a window holds the site and lies in the file", "[coach][review]") {
  for (const int lines : {5, 19, 20, 29, 30, 31, 400})
    for (const int first : {1, 2, lines / 2, lines})
      for (const int shown : {20, 25, 30})
        for (const double place : {0.0, 0.31, 0.5, 0.77, 0.999999}) {
          const Exhibit exhibit{lines, {first, std::min(lines, first + 1)}};
          const auto found = window(exhibit, {shown, place});
          if (!found) continue;
          CHECK(found->first >= 1);
          CHECK(found->last <= lines);
          CHECK(length(*found) == std::min(lines, shown));
          CHECK(found->first <= exhibit.site.first);
          CHECK(found->last >= exhibit.site.last);
        }
  CHECK(*window({100, {50, 50}}, {20, 0}) == Lines{50, 69});
  CHECK(*window({100, {50, 50}}, {20, 0.99}) == Lines{31, 50});
  CHECK_FALSE(window({100, {95, 95}}, {20, 0}));
  CHECK_FALSE(window({100, {5, 5}}, {20, 0.99}));
  CHECK(*window({12, {3, 3}}, {20, 0.2}) == Lines{1, 12});
}

// Over the catalog's rules and many seeds each tenth of a window holds the site as often as any other. The
// bound is what chance exceeds once in a thousand times (9 degrees of freedom).
TEST_CASE("no place in the window is likelier than another", "[coach][review]") {
  constexpr int kDraws = 6000;
  constexpr double kBound = 27.88;
  const Lot lot = *lot_of(real().catalog, {.review = true});
  std::array<int, 10> bugs{};
  std::set<std::string> drawn;
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> within(0, 1);  // a site has one of so many places, not a point
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const auto shown = draw_review(lot, seed, real().shelf());
    REQUIRE(shown);
    drawn.insert(shown->rule->id.value);
    const Exhibit exhibit = real().of(*shown);
    const int places = length(shown->lines) - length(exhibit.site) + 1;
    const double place = (exhibit.site.first - shown->lines.first + within(random)) / places;
    ++bugs[static_cast<size_t>(place * 10)];
    CHECK(length(shown->lines) <= kMostShown);
    CHECK(length(shown->lines) >= std::min(kFewestShown, exhibit.lines));
  }
  double distance = 0;
  for (const int times : bugs) distance += std::pow(times - kDraws / 10.0, 2) / (kDraws / 10.0);
  CHECK(distance < kBound);
  // Those that are near an end of their file wait for their place, and come.
  CHECK(drawn.size() > real().exhibits.size() * 9 / 10);
}

// A rule that is named is shown at any of the places that its file has for it, none of them oftener.
TEST_CASE("a rule of its own is shown wherever its file allows", "[coach][review]") {
  std::map<int, std::vector<int>> times;  // by how many places there are: how often each was taken
  std::uint64_t seed = 0;                 // none twice: a seed cuts all rules alike
  for (const catalog::Rule& rule : real().catalog.rules) {
    if (rule.forms().empty()) continue;
    for (int round = 0; round < 100; ++round) {
      const auto shown = draw_review({{&rule}, {}, 0}, ++seed, real().shelf());
      REQUIRE(shown);
      const Exhibit exhibit = real().of(*shown);
      const int size = length(shown->lines);
      const int first = std::max(1, exhibit.site.last - size + 1),
                last = std::min(exhibit.site.first, exhibit.lines - size + 1);
      REQUIRE(shown->lines.first >= first);
      REQUIRE(shown->lines.first <= last);
      std::vector<int>& taken = times[last - first + 1];
      taken.resize(static_cast<size_t>(last - first + 1));
      ++taken[static_cast<size_t>(shown->lines.first - first)];
    }
  }
  double distance = 0, freedom = 0;
  for (const auto& [places, taken] : times) {
    double all = 0;
    for (const int one : taken) all += one;
    for (const int one : taken) distance += std::pow(one - all / places, 2) / (all / places);
    freedom += places - 1;
  }
  // Chance alone is four deviations above once in 30 000 times.
  CHECK(distance < freedom + 4 * std::sqrt(2 * freedom));
}

TEST_CASE("a draw is a function of the seed, and a decoy as often as was said", "[coach][review]") {
  const catalog::Catalog catalog = catalog_of({"a", "b", "c", "D", "E"});
  for (const double share : {0.0, 0.15, 1.0}) {
    const Lot lot = *lot_of(catalog, {.review = true, .decoys = share});
    int decoys = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
      const auto shown = draw_review(lot, seed, kRoomy);
      REQUIRE(shown);
      decoys += shown->rule->decoy;
      if (seed % 50 == 0) {
        const auto again = draw_review(lot, seed, kRoomy);
        CHECK(again->rule == shown->rule);
        CHECK(again->lines == shown->lines);
      }
    }
    CHECK(std::abs(decoys - 2000 * share) <= 4 * std::sqrt(2000 * share * (1 - share)));
  }
  CHECK(lot_of(catalog, {})->share == kDecoys);
  CHECK(to_options({.pack = "p", .review = true, .decoys = 0.5}) == "--pack p --mode review --decoys 0.5");
}

TEST_CASE("decoys that change nothing have nothing to show", "[coach][review]") {
  catalog::Catalog catalog = catalog_of({"a", "D", "E"});
  catalog.rules[1].match.value.clear();
  CHECK(lot_of(catalog, {})->decoys == std::vector<const catalog::Rule*>{&catalog.rules[2]});
  catalog.rules[2].match.value.clear();
  CHECK(draw_review(*lot_of(catalog, {}), 3, kRoomy)->rule->id.value == "a");
  CHECK(lot_of(catalog, {.decoys = 0}));
  const auto refused = lot_of(catalog, {.decoys = 0.5});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::usage);
}

TEST_CASE("without a seed what is not solved comes, and decoys no oftener for it", "[coach][review]") {
  const catalog::Catalog catalog = catalog_of({"a", "b", "c", "d", "E", "F"});
  const Lot lot = *lot_of(catalog, {});
  std::mt19937 random(5);
  std::map<std::string, int> times;
  for (int round = 0; round < 1000; ++round)
    ++times[draw_review(lot, {"a", "b", "c", "E"}, std::ref(random), kRoomy)->rule->id.value];
  CHECK(times.size() == 2);
  CHECK(std::abs(times["F"] - 150) < 50);
  times.clear();
  for (int round = 0; round < 300; ++round)
    ++times[draw_review(lot, {"a", "b", "c", "d", "E", "F"}, std::ref(random), kRoomy)->rule->id.value];
  CHECK(times.size() == 6);
}

TEST_CASE("who may not be given is passed over, and named when nobody is left", "[coach][review]") {
  const catalog::Catalog catalog = catalog_of({"a", "b"});
  const Lot lot = *lot_of(catalog, {});
  Shelf shelf = kRoomy;
  shelf.may_be_given = [](const catalog::Rule& rule) -> Status {
    return rule.id.value == "a" ? Status() : fail(Exit::catalog, "not " + rule.id.value);
  };
  for (std::uint64_t seed = 0; seed < 20; ++seed) CHECK(draw_review(lot, seed, shelf)->rule->id.value == "a");
  std::mt19937 random(1);
  CHECK(draw_review(lot, {"a"}, std::ref(random), shelf)->rule->id.value == "a");
  shelf.may_be_given = [](const catalog::Rule& rule) -> Status {
    return fail(Exit::catalog, "not " + rule.id.value);
  };
  CHECK(draw_review(lot, 1, shelf).error().message.starts_with("not "));
  shelf.exhibit = [](const catalog::Rule&, std::uint64_t) -> Result<Exhibit> {
    return fail(Exit::io, "torn");
  };
  CHECK(draw_review(lot, 1, shelf).error().message == "torn");
}

TEST_CASE("an answer is a line or none, and a reason", "[coach][review]") {
  CHECK(parse_reply("12", "the mask")->line == 12);
  CHECK(parse_reply("12", "the mask")->why == "the mask");
  CHECK(parse_reply("none", "it commutes")->line == 0);
  CHECK(parse_reply("None", "it commutes")->line == 0);
  CHECK(parse_reply("1", std::string(1000, 'x')));
  CHECK(parse_reply("1", "∇f"));
  const auto refused = [](const std::string& what, const std::string& why, const std::string& part) {
    const auto reply = parse_reply(what, why);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Exit::usage);
    CHECK(reply.error().message.starts_with("the answer is not counted: "));
    INFO(reply.error().message);
    CHECK(reply.error().message.find(part) != std::string::npos);
    CHECK(reply.error().message.find('\n') == std::string::npos);
  };
  for (const char* what : {"", "x", "12x", "0", "-3", "f.cpp:12", "99999999999", "nothing"})
    refused(what, "why", "the number of a line");
  for (const char* why : {"", " ", "?!\n"}) refused("12", why, "say why");
  refused("12", std::string(10240, 'x'), "10240 characters; say it in 1000");
}

TEST_CASE("right is the changed line, of a decoy that there is none", "[coach][review]") {
  const std::string text = text_of_lines(50);
  const auto is_right = [&](const char* what, bool decoy) {
    return *judge_reply(*parse_reply(what, "why"), session_of(decoy), text);
  };
  for (int line = 5; line <= 24; ++line) {
    CHECK(is_right(std::to_string(line).c_str(), false) == (line == 9));
    CHECK_FALSE(is_right(std::to_string(line).c_str(), true));
  }
  CHECK_FALSE(is_right("none", false));
  CHECK(is_right("none", true));
  for (const char* outside : {"4", "25", "40"}) {
    const auto judged = judge_reply(*parse_reply(outside, "why"), session_of(false), text);
    REQUIRE_FALSE(judged);
    CHECK(judged.error().code == Exit::usage);
    CHECK(judged.error().message == "the answer is not counted: the lines shown are 5 to 24");
  }
}

TEST_CASE("a reason names a term in any of its forms, and no other word", "[coach][review]") {
  const auto named = [](const Names& terms, const std::string& why) {
    return terms_named(texts(terms), why);
  };
  CHECK(named({"mask", "softmax"}, "The Mask goes in after soft max") == Names{"mask"});
  CHECK(named({"mask"}, "it is masked too late") == Names{"mask"});
  CHECK(named({"square root", "scale"}, "scaling by the square\nroot!") == Names{"square root", "scale"});
  CHECK(named({"square root"}, "the root of the square") == Names{"square root"});
  CHECK(named({"zero initialisation"}, "zero-initialized") == Names{"zero initialisation"});
  CHECK(named({"normalisation"}, "normalization") == Names{"normalisation"});
  CHECK(named({"rotation", "frequency"}, "it rotates with these frequencies") ==
        Names{"rotation", "frequency"});
  CHECK(named({"scale"}, "a scalar").empty());
  CHECK(named({"heads"}, "the header").empty());
  CHECK(named({"pre-norm"}, "this is pre norm") == Names{"pre-norm"});
  // By what says something of it; not by a word that any bug could be told with.
  CHECK(named({"gradient clipping", "before the optimizer step", "order"},
              "clipping comes after the step so it limits nothing") == Names{"gradient clipping"});
  CHECK(named({"gradient clipping"}, "the gradient is wrong").empty());
  CHECK(named({"last batch"}, "the last, smaller batch is not counted") == Names{"last batch"});
  CHECK(named({"last batch"}, "the last one").empty());
  CHECK(named({"beginning of sequence"}, "no bos") == Names{"beginning of sequence"});
  CHECK(named({"learning rate"}, "lr is too large") == Names{"learning rate"});
  CHECK(named({"left padding", "rotary embedding"}, "padding and rotary rows") ==
        Names{"left padding", "rotary embedding"});
  CHECK(named({}, "anything").empty());
  CHECK(named({"mask"}, "").empty());
  // Each of the catalog's own is named by itself.
  for (const catalog::Rule& rule : real().catalog.rules)
    for (const catalog::Text& term : rule.terms)
      CHECK(terms_named({term}, "It is the " + term.value + ", I think.") == Names{term.value});
}

TEST_CASE("the first right answer fixes a review; a revealed one stays revealed", "[coach][review][tally]") {
  session::Session s = session_of(false);
  CHECK(mode_of(s) == "review");
  CHECK(mode_of({}) == "hunt");
  note_reply(s, false, "a guess", {"mask"}, 1010);
  CHECK(s.wrong_claims == 1);
  CHECK(s.review->why.empty());
  CHECK(outcome_of(s) == "stopped");
  note_reply(s, true, "the mask", {"mask"}, 1060);
  CHECK(outcome_of(s) == "solved");
  CHECK(s.located);
  CHECK(s.review->why == "the mask");
  CHECK(s.review->terms == Names{"mask"});
  note_reply(s, false, "or not", {}, 1100);
  note_reply(s, true, "yes", {}, 1200);
  note_reveal(s);
  CHECK(cost_of(s, 9999) == "1:00, no hint, 1 wrong claim");
  CHECK(s.review->why == "the mask");
  CHECK(outcome_of(s) == "solved");

  s = session_of(true);
  note_reveal(s);
  note_reply(s, true, "I read it", {"mask"}, 1100);
  CHECK(outcome_of(s) == "revealed");
  CHECK(s.review->terms.empty());
}
