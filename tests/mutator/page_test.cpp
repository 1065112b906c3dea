// page: the debrief's and the progress's, whole: well-formed, in order, readable in both schemes, without
// script and network, and without a spoiler where none belongs.
#include <cmath>
#include <regex>

#include "mutator/base/files.h"
#include "mutator/coach/debrief_page.h"
#include "mutator/coach/page.h"
#include "mutator/coach/progress_page.h"
#include "mutator/coach/tally.h"
#include "tests/mutator/strict_page.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;
using session::Record;
using session::Session;
using test::Element;
using test::read_strictly;
using test::StrictPage;

namespace {

constexpr std::int64_t kStart = 1'795'219'200;
const std::string kHostile = "<script>alert(\"x\")</script> & 'Ünïcode' 梯度 \xFF";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

catalog::Rule rule_of(const std::string& code, const std::string& id, const std::string& category,
                      int difficulty = 1) {
  catalog::Rule rule;
  rule.code.value = code, rule.id.value = id, rule.title.value = "Title of " + code;
  rule.category = category, rule.difficulty = difficulty, rule.pack = {"small"};
  rule.match.value = "expr()";
  rule.brief = "Brief of " + code + ".", rule.cause = "Cause of " + code + " <&>.";
  rule.questions = {{{"Why " + code + "?", {}}, "Because."}, {{"And then?", {}}, "Then `x < y`."}};
  return rule;
}

catalog::Catalog catalog_of() {
  catalog::Catalog catalog;
  catalog.tree.categories = {{"D", "data"}, {"T", "training"}};
  catalog.tree.packs = {{.name = "small", .about = "", .bugs = 1}};
  catalog.rules = {rule_of("T01", "secret-first", "training"), rule_of("T02", "secret-second", "training", 2),
                   rule_of("D01", "secret-third", "data", 3)};
  return catalog;
}

Session session_of(const std::string& rule, bool solved = true) {
  Session s;
  s.name = "2026-11-28-warm-ibex", s.started = kStart, s.minutes = 10;
  s.solved = solved, s.solved_at = solved ? kStart + 300 : 0;
  s.injected = {{.rule = rule, .site = 0, .file = "nanochat/a.cpp", .function = "f", .changed = {{7, 7}}}};
  s.grades = {3, -1};
  s.events = {{kStart + 5, kNote, "", kHostile},
              {kStart + 9, kHypothesis, "data", kHostile},
              {kStart + 300, kCheck, "3 of 3 probes", ""},
              {kStart + 400, kReply, "question 1", "my own <answer>"}};
  return s;
}

Debrief debrief_of(const Session& session, const catalog::Catalog& catalog) {
  Debrief debrief{.session = session, .outcome = "solved", .at = kStart + 500, .rules = {&catalog.rules[0]}};
  debrief.score = score_of(session, debrief.rules, debrief.at);
  debrief.runs = {{.name = "pretraining",
                   .words = "the loss <stays>",
                   .series = "loss",
                   .curves = {{"with the bug", {3, 3, NAN}}, {"clean", {3, 2, 1}}}}};
  debrief.bug = {{"nanochat/a.cpp", "the clean tree", "with the bug", "a\nb < c\n", "a\nb > c\n"}};
  debrief.fix = {{"nanochat/a.cpp", "with the bug", "yours", "a\nb > c\n", "a\nb < c // mine\n"}};
  debrief.schedule = schedule_of({}, catalog, kStart);
  debrief.drills = {&catalog.rules[1]};
  debrief.made = "Made by a test.";
  return debrief;
}

Record record_of(const std::string& rule, const std::string& outcome, const std::string& suspected = "") {
  Record record;
  record.session = session_of(rule, outcome == "solved");
  record.ended = kStart + 600, record.outcome = outcome;
  record.session.events.clear();
  if (!suspected.empty()) record.session.events.push_back({kStart + 9, kHypothesis, suspected, "why"});
  return record;
}

// What every page has to be.
StrictPage whole(const std::string& html) {
  StrictPage page = read_strictly(html);
  INFO(page.fault);
  REQUIRE(page.fault.empty());
  // One h1, and no level of heading is jumped over.
  int before = 0, firsts = 0;
  std::map<std::string, int> ids, landmarks;
  for (const Element& element : page.elements) {
    if (element.tag.size() == 2 && element.tag[0] == 'h' &&
        std::isdigit(static_cast<unsigned char>(element.tag[1]))) {
      const int level = element.tag[1] - '0';
      INFO(element.text);
      CHECK(level <= before + 1);
      CHECK_FALSE(element.text.empty());
      before = level;
      firsts += level == 1;
    }
    if (!element.attribute("id").empty()) ++ids[element.attribute("id")];
    ++landmarks[element.tag];
    for (const char* external : {"src", "srcset", "action", "data", "poster"})
      CHECK_FALSE(element.attributes.contains(external));
    for (const auto& [name, value] : element.attributes) CHECK_FALSE(name.starts_with("on"));
    if (const std::string href = element.attribute("href"); !href.empty())
      CHECK((href.starts_with("#") || href == "data:,"));
  }
  CHECK(firsts == 1);
  for (const auto& [id, times] : ids) CHECK(times == 1);
  for (const char* landmark : {"header", "nav", "main", "footer", "title"}) CHECK(landmarks[landmark] >= 1);
  CHECK(landmarks["main"] == 1);
  for (const char* never : {"script", "iframe", "img", "object", "embed", "form", "base"})
    CHECK(landmarks[never] == 0);
  // Each link leads somewhere in the page; each section is labelled by its heading.
  for (const Element* link : page.all("a")) CHECK(page.by_id(link->attribute("href").substr(1)) != nullptr);
  for (const Element* section : page.all("section"))
    CHECK(page.by_id(section->attribute("aria-labelledby"))->tag == "h2");
  for (const Element* table : page.all("table")) {
    bool caption = false;
    for (const Element* one : page.all("caption")) caption |= &page.elements[one->parent] == table;
    CHECK(caption);
  }
  // Of the style too, nothing is asked for.
  for (const char* asks : {"url(", "@import", "http:", "https:", "//"})
    CHECK_FALSE(has(std::string(page_style()), asks));
  return page;
}

std::string text_of(const StrictPage& page) {
  return page.all("body").at(0)->text;
}

// ---- WCAG 2.2: relative luminance and contrast ratio, by their definitions

double luminance(const std::string& hex) {
  double sum = 0;
  const double weights[] = {0.2126, 0.7152, 0.0722};
  for (size_t i = 0; i < 3; ++i) {
    const double c = std::stoi(hex.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
    sum += weights[i] * (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double contrast(const std::string& a, const std::string& b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

std::map<std::string, std::string> colours_in(const std::string& css) {
  std::map<std::string, std::string> colours;
  const std::regex variable("--([a-z]+):(#[0-9a-f]{6})");
  for (std::sregex_iterator it(css.begin(), css.end(), variable), end; it != end; ++it)
    colours[(*it)[1]] = (*it)[2];
  return colours;
}

}  // namespace

TEST_CASE("a debrief's page is whole, and has everything in it", "[coach][page]") {
  const catalog::Catalog catalog = catalog_of();
  const Session session = session_of("secret-first");
  const std::string html = page_of(debrief_of(session, catalog));
  const StrictPage page = whole(html);
  const std::string text = text_of(page);
  for (const char* part : {"Debrief: T01 Title of T01",
                           "Solved: 5:00, no hint, no wrong claim.",
                           "Brief of T01.",
                           "Cause of T01 <&>.",
                           "secret-first",
                           "nanochat/a.cpp:7",
                           "the loss <stays>",
                           "NaN at step 2",
                           "Why T01?",
                           "Because.",
                           "x < y",
                           "my own <answer>",
                           "You gave yourself 3 of 3",
                           "Not graded.",
                           "you said data, it was training",
                           "10 of 10",
                           "nanobug start T02",
                           "b < c // mine",
                           "2026-11-28-warm-ibex",
                           "Made by a test."})
    CHECK(has(text, part));
  CHECK(page.all("h1").at(0)->text == page.all("title").at(0)->text);
  // What the learner wrote is there to the letter, and nowhere as markup.
  size_t found = 0;
  for (const Element* words : page.all("bdi"))
    found += words->text == "<script>alert(\"x\")</script> & 'Ünïcode' 梯度 \xEF\xBF\xBD";
  CHECK(found == 2);
  std::vector<std::string> sections;
  for (const Element* section : page.all("section")) sections.push_back(section->attribute("id"));
  CHECK(sections ==
        std::vector<std::string>{"symptom", "course", "bug", "fix", "questions", "score", "next"});
  CHECK(page.all("time").at(1)->attribute("datetime") == "PT9S");
}

TEST_CASE("a debrief's page of a review, of several bugs, of a decoy, of what is gone", "[coach][page]") {
  const catalog::Catalog catalog = catalog_of();
  Session session = session_of("secret-first");
  SECTION("a review has lines and no fix") {
    session.review = session::Review{.file = "nanochat/a.cpp", .shown = {2, 3}, .why = "", .terms = {}};
    Debrief debrief = debrief_of(session, catalog);
    debrief.runs.clear(), debrief.no_runs = "In a review nothing is run.";
    debrief.lines = "one\ntwo <\nthree\nfour\n";
    const std::string text = text_of(whole(page_of(debrief)));
    CHECK(has(text, "   2  two <\n   3  three\n"));
    CHECK_FALSE(has(text, "four"));
    CHECK_FALSE(has(text, "Your fix"));
    CHECK(has(text, "In a review nothing is run."));
  }
  SECTION("several") {
    session.bugs = {
        {.rule = "secret-first", .own = {}, .hints = 0, .fixed = true, .earned = true, .located = false},
        {.rule = "secret-third", .own = {}, .hints = 0, .fixed = false, .located = true}};
    Debrief debrief = debrief_of(session, catalog);
    debrief.rules.push_back(&catalog.rules[2]);
    debrief.runs.push_back(debrief.runs.front());
    const std::string text = text_of(whole(page_of(debrief)));
    for (const char* part : {"2 bugs at once", "T01, Title of T01", "D01, Title of D01",
                             "Fixed by the last check, and its place was not named.",
                             "Not fixed, and you said where it is.", "3. Why D01?", "The bugs"})
      CHECK(has(text, part));
  }
  SECTION("a decoy that changes nothing, and a learner who changed nothing") {
    session.decoy = true;
    catalog::Catalog decoys = catalog;
    decoys.rules[0].decoy = true, decoys.rules[0].match.value.clear();
    Debrief debrief = debrief_of(session, decoys);
    debrief.bug.clear(), debrief.fix.clear();
    debrief.no_fix = "You left the sources as they were.";
    const std::string text = text_of(whole(page_of(debrief)));
    CHECK(has(text, "Nothing is wrong, and nothing was changed."));
    CHECK(has(text, "You left the sources as they were."));
  }
  SECTION("the rule is gone") {
    Debrief debrief = debrief_of(session, catalog);
    debrief.rules.clear(), debrief.runs.clear(), debrief.drills.clear();
    CHECK(has(text_of(whole(page_of(debrief))), "The catalog no longer has this bug"));
  }
}

TEST_CASE("a debrief's page stays below 300 kB, however much was written", "[coach][page]") {
  const catalog::Catalog catalog = catalog_of();
  Session session = session_of("secret-first");
  session.events.clear();
  for (size_t i = 0; i < kMostEvents; ++i)
    session.events.push_back({kStart + static_cast<std::int64_t>(i), kNote, "", std::string(1000, '&')});
  const std::string html = page_of(debrief_of(session, catalog));
  CHECK(html.size() < 300'000);
  CHECK(has(text_of(whole(html)), "more; 'nanobug debrief' lists them all."));
}

TEST_CASE("the progress's page is whole, and does not spoil", "[coach][page]") {
  const catalog::Catalog catalog = catalog_of();
  const std::vector<Record> ledger = {
      record_of("secret-first", "solved", "training"), record_of("secret-third", "revealed", "training"),
      record_of("secret-third", "stopped", "none"), record_of("gone", "stopped")};
  const std::string html =
      page_of(ProgressPage{.ledger = ledger, .catalog = catalog, .now = kStart + 86'400, .made = "Made."});
  const StrictPage page = whole(html);
  const std::string text = text_of(page);
  for (const char* part :
       {"4 sessions, 1 of 3 bugs solved.", "T01 Title of T01", "D01 Title of D01", "1 of 3", "difficulty 1",
        "1 of 1", "Most trouble so far: data, 0 of 2 sessions solved", "a bug that is gone from the catalog"})
    CHECK(has(text, part));
  // The minutes of the first: 300 s; of the last, which had no answer, 600 s.
  CHECK(
      page.by_id("minutes-words")->text.starts_with("It took begins at 5 and ends at 10 after 4 sessions;"));
  CHECK_FALSE(has(html, "secret-"));
  CHECK_FALSE(has(html, "Cause of"));
  CHECK_FALSE(has(html, "Brief of"));
  const std::string named =
      page_of(ProgressPage{.ledger = ledger, .catalog = catalog, .now = kStart, .names = true});
  CHECK(has(text_of(whole(named)), "T01 Title of T01 (secret-first)"));
  CHECK_FALSE(has(named, "secret-second"));  // it was in no session
  const std::string none = page_of(ProgressPage{.ledger = {}, .catalog = catalog, .now = kStart});
  CHECK(has(text_of(whole(none)), "Nothing yet; 'nanobug start' begins the first session."));
}

TEST_CASE("which class was taken for which", "[coach][page]") {
  const catalog::Catalog catalog = catalog_of();
  std::vector<Record> ledger = {
      record_of("secret-first", "solved", "data"), record_of("secret-second", "solved", "data"),
      record_of("secret-third", "solved", "data"), record_of("secret-third", "stopped", "none"),
      record_of("secret-third", "stopped"),        record_of("gone", "stopped", "data")};
  ledger.push_back(record_of("secret-first", "solved", "data"));
  ledger.back().session.decoy = true;
  ledger.push_back(record_of("secret-first", "revealed", "data"));  // said when the answer was known
  ledger.back().session.events.insert(ledger.back().session.events.begin(), {kStart + 1, kReveal, "", ""});
  ledger.push_back(record_of("secret-first", "stopped", "data"));
  ledger.back().session.injected.push_back(ledger[2].session.injected.front());  // data too, so it is right
  using Confusions = std::map<std::pair<std::string, std::string>, int>;
  CHECK(confusions_in(ledger, catalog) == Confusions{{{"data", "training"}, 2},
                                                     {{"nothing is wrong", "data"}, 1},
                                                     {{"data", "nothing is wrong"}, 1}});
}

TEST_CASE("every colour can be read on what is behind it, light and dark", "[coach][page]") {
  const std::string css(page_style());
  const size_t dark_from = css.find("@media screen and (prefers-color-scheme:dark)"),
               dark_to = css.find("}}", dark_from);
  REQUIRE(dark_from != std::string::npos);
  const auto light = colours_in(css.substr(0, dark_from)),
             dark = colours_in(css.substr(dark_from, dark_to - dark_from));
  REQUIRE(light.size() == 13);
  for (const auto& colours : {light, dark}) {
    REQUIRE(colours.size() == light.size());
    const auto ratio = [&](const std::string& a, const std::string& b) {
      INFO(a << " " << colours.at(a) << " on " << b << " " << colours.at(b));
      return contrast(colours.at(a), colours.at(b));
    };
    // Text: 4.5 (WCAG 2.2, 1.4.3). Lines, bars and marks: 3 (1.4.11).
    for (const auto& [text, behind] : std::vector<std::pair<const char*, const char*>>{{"ink", "paper"},
                                                                                       {"ink", "panel"},
                                                                                       {"ink", "removed"},
                                                                                       {"ink", "added"},
                                                                                       {"muted", "paper"},
                                                                                       {"muted", "panel"},
                                                                                       {"link", "paper"}})
      CHECK(ratio(text, behind) >= 4.5);
    for (const auto& [mark, behind] : std::vector<std::pair<const char*, const char*>>{{"bug", "paper"},
                                                                                       {"clean", "paper"},
                                                                                       {"mine", "paper"},
                                                                                       {"fill", "paper"},
                                                                                       {"fill", "track"},
                                                                                       {"link", "paper"}})
      CHECK(ratio(mark, behind) >= 3);
  }
  CHECK(contrast("#000000", "#ffffff") == Approx(21));
  CHECK(contrast("#777777", "#ffffff") ==
        Approx(4.48).epsilon(0.002));  // the example that everybody knows to fail
  // No colour but those: a rule has a variable or none.
  CHECK_FALSE(std::regex_search(css.substr(dark_to), std::regex("#[0-9a-fA-F]{3}|rgb|hsl")));
}

TEST_CASE("a page goes where nothing else is, or where a page of ours was", "[coach][page]") {
  const fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-page");
  const std::string html = to_html({.title = "t", .lead = "l", .sections = {}, .made = "m"});
  const fs::path file = directory / "a/b/page.html";
  CHECK(write_page(file, html));
  CHECK(*read_file(file) == html);
  CHECK(write_page(file, html + "\n"));  // ours
  CHECK(*read_file(file) == html + "\n");
  REQUIRE(write_unsynced(directory / "mine.html", "<html>mine</html>"));
  const Status refused = write_page(directory / "mine.html", html);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::io);
  CHECK(has(refused.error().message, "mine.html is there and is no page of nanobug's, so it stays as it is"));
  CHECK(*read_file(directory / "mine.html") == "<html>mine</html>");
  REQUIRE(write_unsynced(directory / "empty.html", ""));
  CHECK_FALSE(write_page(directory / "empty.html", html));
  // The mark deep in somebody's own file does not make it ours.
  REQUIRE(write_unsynced(directory / "deep.html", std::string(4000, ' ') + html));
  CHECK_FALSE(write_page(directory / "deep.html", html));
  CHECK(has(write_page(directory, html).error().message, "is no regular file"));
  CHECK(has(write_page("/dev/null", html).error().message, "is no regular file"));
  CHECK(write_page(directory / "mine.html/page.html", html).error().code == Exit::io);
  (void)remove_tree(directory);
}
