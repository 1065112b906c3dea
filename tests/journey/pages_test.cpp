// pages: `debrief --html` and `progress --html` as their users meet them: when there is a page, where it
// goes, what it may not overwrite, and what is in it.
#include <sys/stat.h>

#include "tests/journey/journey.h"
#include "tests/mutator/strict_page.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

std::string page_at(const std::string& path) {
  const std::string html = text_of(path);
  const test::StrictPage page = test::read_strictly(html);
  INFO(path << ": " << page.fault);
  CHECK(page.fault.empty());
  CHECK(html.size() < 300'000);
  return html;
}

// What a reader reads.
std::string words_of(const std::string& path) {
  const test::StrictPage page = test::read_strictly(page_at(path));
  return page.all("body").at(0)->text;
}

}  // namespace

TEST_CASE("a debrief's page comes with the answer, goes where it is told, and stays when the session ends",
          "[pages]") {
  const TinyWithDecoy tiny;
  const User& user = tiny.user;
  const fs::path state = user.home / ".local/state/nanobug";
  CHECK(has(tiny.refused({"debrief", "--html"}, 4), "nanobug start"));
  const fs::path dir = tiny.start({"T01"});
  CHECK(has(tiny.refused({"debrief", "--html"}, 4), "the debrief comes after the answer"));
  CHECK_FALSE(fs::exists(state / "pages"));
  user.nanobug({"run", "-q"});
  user.ask({"note", "<b>it grows</b> & \"grows\""});
  replace_in(dir / "stats.cpp", "x += rate", "x -= rate");
  user.nanobug({"run", "-q"});
  REQUIRE(solved(user));
  user.ask({"debrief", "--grades", "2"});

  const Finished made = user.nanobug({"debrief", "--html"});
  INFO(made.err);
  CHECK(made.exit_code == 0);
  CHECK(made.err.empty());
  const std::string name = user.ask({"status"})["name"].get<std::string>();
  CHECK(made.out == (state / "pages" / (name + ".html")).string() + '\n');
  const std::string words = words_of(made.out.substr(0, made.out.size() - 1));
  for (const char* part :
       {"Debrief: T01 An example does not converge", "The loss of the example grows without bound.",
        "the loss starts at 9 and ends at 3.522e+05 after 30 steps", "a logarithmic scale", "yours, last run",
        "<b>it grows</b> & \"grows\"", "stats.cpp:16", "descent-goes-uphill",
        "The update goes along the gradient instead of against it.", "The same: the step is their product.",
        "You gave yourself 2 of 3", "10 of 10", "nanobug start --category"})
    CHECK(has(words, part));
  CHECK(has(words, "  x += rate"));
  CHECK(has(words, "  x -= rate"));

  // A file of the user's own is left alone; a page is written anew.
  const fs::path mine = user.home / "mine.html";
  REQUIRE(write_unsynced(mine, "mine"));
  CHECK(has(tiny.refused({"debrief", "--html", mine.string()}, 6),
            "is no page of nanobug's, so it stays as it is"));
  CHECK(text_of(mine) == "mine");
  CHECK(has(tiny.refused({"debrief", "--html", user.home.string()}, 6), "is no regular file"));
  CHECK(has(tiny.refused({"debrief", "--html", (mine / "page.html").string()}, 6), "mine.html"));
  CHECK(user.ask({"debrief", "--html", "in/a/new place.html"})["page"] ==
        (user.home / "in/a/new place.html").string());
  CHECK(user.nanobug({"debrief", "--html", "in/a/new place.html"}).exit_code == 0);
  page_at(user.home / "in/a/new place.html");

  // The same after the end, with the learner's sources as they were left.
  user.ask({"stop"});
  const std::string after = words_of(user.ask({"debrief", "--html"})["page"]);
  for (const char* part : {"yours, last run", "  x -= rate", "solved: "}) CHECK(has(after, part));
}

TEST_CASE("what nobody has run is run once for the page", "[pages]") {
  const Tiny tiny;
  const User& user = tiny.user;
  tiny.start({"T01"});
  user.ask({"stop"});
  const Finished first = user.nanobug({"debrief", "--html", "first.html"});
  CHECK(first.exit_code == 0);
  CHECK(has(first.err, "recording what the bug shows, once"));
  const Finished again = user.nanobug({"debrief", "--html", "again.html"});
  CHECK(again.err.empty());
  for (const char* name : {"first.html", "again.html"}) {
    const std::string words = words_of((user.home / name).string());
    CHECK(
        has(words,
            "the loss starts at 9 and ends at 3.522e+05 after 30 steps; the clean tree's ends at 2.155e-05"));
    CHECK(has(words, "You left the sources as they were."));
    CHECK(has(words, "Stopped: "));
  }
  // Where the clean build has gone, the page is without.
  tiny.start({"N01"});
  user.ask({"stop"});
  REQUIRE(remove_tree(user.home / ".cache/nanobug/trees"));
  const Finished without = user.nanobug({"debrief", "--html", "without.html"});
  CHECK(without.exit_code == 0);
  CHECK(has(words_of((user.home / "without.html").string()),
            "No run is on record: the clean tree's build has gone from the cache."));
}

TEST_CASE("a debrief's page of a review, of a decoy, of several bugs", "[pages]") {
  const TinyWithDecoy tiny;
  const User& user = tiny.user;
  user.ask({"start", "T01", "--mode", "review"});
  user.ask({"answer", "16", "the sign is wrong"});
  std::string words = words_of(user.ask({"debrief", "--html"})["page"]);
  CHECK(has(words, "The lines that were shown, of stats.cpp:"));
  CHECK(has(words, "In a review nothing is run."));
  CHECK(has(words, "the sign is wrong"));
  user.ask({"stop"});

  user.ask({"start", "--decoys", "1", "--seed", "3"});
  user.ask({"answer", "none", "a product with one is the number"});
  words = words_of(user.ask({"debrief", "--html"})["page"]);
  CHECK(has(words, "Nothing is wrong. What was changed computes the same."));
  CHECK(has(words, "sum += 1.0 * value;"));
  user.ask({"stop"});

  user.ask({"start", "--bugs", "2", "--decoys", "0"});
  user.ask({"reveal"});
  words = words_of(user.ask({"debrief", "--html"})["page"]);
  for (const char* part : {"2 bugs at once", "T01, An example does not converge",
                           "N01, A statistic is a little off", "With the bugs"})
    CHECK(has(words, part));
}

TEST_CASE("the progress as a page: codes and titles, ids where they are asked for", "[pages]") {
  const Tiny tiny;
  const User& user = tiny.user;
  const std::string path = user.ask({"progress", "--html"})["page"];
  CHECK(path == (user.home / ".local/state/nanobug/pages/progress.html").string());
  CHECK(has(words_of(path), "Nothing yet; 'nanobug start' begins the first session."));
  const fs::path dir = tiny.start({"T01"});
  user.ask({"hypothesis", "numerics", "a rounding"});
  replace_in(dir / "stats.cpp", "x += rate", "x -= rate");
  REQUIRE(solved(user));
  user.ask({"stop"});
  tiny.start({"N01"});
  user.ask({"stop"});
  tiny.start({"N01"});  // what is open is not in it
  const std::string words =
      words_of(user.nanobug({"progress", "--html", "p.html"}).out == (user.home / "p.html").string() + "\n"
                   ? (user.home / "p.html").string()
                   : "");
  for (const char* part : {"2 sessions, 1 of 2 bugs solved.", "T01 An example does not converge",
                           "N01 A statistic is a little off", "tiny1 of 2",
                           "Most trouble so far: numerics, 0 of 1 session solved"})
    CHECK(has(replace_all(words, "\n", ""), part));
  for (const char* id : {"descent-goes-uphill", "mean-divides-by-one-less"}) {
    CHECK_FALSE(has(page_at(user.home / "p.html"), id));
    user.ask({"progress", "--html", "named.html", "--names"});
    CHECK(has(page_at(user.home / "named.html"), id));
  }
  CHECK(has(tiny.refused({"progress", "--html", "--markdown"}, 2), "exclude each other"));
  CHECK(has(tiny.refused({"progress", "--names"}, 2), "--html"));
  REQUIRE(write_unsynced(user.home / "p.html", "mine"));
  CHECK(has(tiny.refused({"progress", "--html", "p.html"}, 6), "it stays as it is"));
}
