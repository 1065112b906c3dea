// site: cutting text without Clang, and the index on disk.
#include "mutator/rewrite/site.h"

#include <set>

#include "mutator/base/files.h"
#include "mutator/base/sealed_file.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/surgery.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::rewrite;

namespace {

Site site(const std::string& rule, const std::string& text, std::vector<Replacement> edits, int index = 0) {
  Site made;
  made.rule = rule;
  made.index = index;
  made.file = "a.cpp";
  made.hash = sha256(text);
  made.edits = std::move(edits);
  return made;
}

std::string both(const std::string& text, std::vector<Replacement> a, std::vector<Replacement> b) {
  const auto result =
      rewrite::apply({site("one", text, std::move(a)), site("two", text, std::move(b))}, {{"a.cpp", text}});
  return result ? result->at("a.cpp") : result.error().message;
}

}  // namespace

TEST_CASE("apply cuts the text of one site", "[rewrite][site]") {
  const std::string text = "one two three";
  CHECK(*rewrite::apply(site("r", text, {{0, 3, "1"}, {4, 0, "+"}, {7, 6, ""}}), text) == "1 +two");
  CHECK(*rewrite::apply(site("r", text, {}), text) == text);
}

TEST_CASE("apply refuses a text the site was not found in", "[rewrite][site]") {
  const std::string text = "one two three";
  const auto other = rewrite::apply(site("r", text, {{0, 3, "1"}}), text + "\n");
  REQUIRE(!other);
  CHECK(other.error().code == Exit::catalog);
  CHECK(other.error().message ==
        "rule 'r' was matched in another version of 'a.cpp' than this one; match it again");
  CHECK(rewrite::apply(site("r", text, {{12, 2, ""}}), text).error().message ==
        "a site of rule 'r' reaches past the end of 'a.cpp'");
  CHECK(rewrite::apply(std::vector<Site>{site("r", text, {})}, Texts{}).error().message ==
        "rule 'r' changes 'a.cpp', which this tree does not have");
}

TEST_CASE("several sites make one text, or say which two overlap and where", "[rewrite][site]") {
  const std::string text = "one\ntwo\nthree\n";
  CHECK(both(text, {{4, 3, "2"}}, {{0, 3, "1"}}) == "1\n2\nthree\n");
  CHECK(both(text, {{0, 4, ""}}, {{4, 4, ""}}) == "three\n");
  CHECK(both(text, {{4, 0, "x"}}, {{4, 3, "y"}}) == "one\nxy\nthree\n");
  const std::string overlap =
      "rules 'one' (site 0) and 'two' (site 0) both change 'a.cpp' at line 2; use them one at a time";
  CHECK(both(text, {{0, 6, ""}}, {{5, 1, ""}}) == overlap);
  CHECK(both(text, {{4, 3, "x"}}, {{4, 3, "x"}}) == overlap);
  CHECK(both(text, {{5, 0, "x"}}, {{5, 0, "y"}}) == overlap);
  CHECK(both(text, {{4, 3, "x"}}, {{6, 0, "y"}}) == overlap);
}

TEST_CASE("the index gives back what it was given, and nothing of what was damaged", "[rewrite][site]") {
  const fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-index");
  const Index index(directory / "sites");
  Site kept = site("r", "int é;", {{4, 2, "ü"}});
  kept.line = 1;
  kept.last_line = 2;
  kept.function = "f";
  kept.bound = {{"x", "a\nb"}};
  kept.also = {kept, kept};
  kept.also[1].file = "other.h";
  CHECK(!index.look_up("key"));
  REQUIRE(index.keep("key", {kept, kept}));
  REQUIRE(index.look_up("key"));
  CHECK(*index.look_up("key") == std::vector<Site>{kept, kept});
  REQUIRE(index.keep("none", {}));
  CHECK(index.look_up("none")->empty());

  const fs::path file = directory / "sites" / "key";
  const std::string whole = *read_file(file);
  for (size_t cut = 0; cut < whole.size(); cut += 97) {
    REQUIRE(write_file(file, whole.substr(0, cut)));
    CHECK(!index.look_up("key"));
  }
  for (const std::string& broken :
       {std::string(""), std::string("null"), std::string("[]"), std::string("{}"),
        std::string("{\"version\": 2, \"key\": \"key\", \"sum\": 3, \"sites\": 4}")}) {
    REQUIRE(write_sealed(file, broken, 64));
    CHECK(!index.look_up("key"));
  }
  REQUIRE(write_file(file, whole));
  std::string changed = *read_sealed(file);
  changed.replace(changed.find("\"offset\":4"), 10, "\"offset\":5");
  REQUIRE(write_sealed(file, changed, 64));
  CHECK(!index.look_up("key"));
  REQUIRE(write_file(directory / "sites" / "other", whole));  // another key's entry
  CHECK(!index.look_up("other"));
  CHECK(!index.keep("latin1", {site("r", "x", {{0, 1, "\xE9"}})}));
  (void)remove_tree(directory);
}

TEST_CASE("the key depends on everything the answer does", "[rewrite][site]") {
  catalog::Rule rule;
  rule.match.value = "m";
  rule.edits = {{catalog::Edit::Kind::replace, {"t", {}}, {"w", {}}, {}}};
  const std::string key = Index::key(rule, {{"f", "bytes"}}, "context");
  CHECK(key.size() == 64);
  CHECK(key == Index::key(rule, {{"f", "bytes"}}, "context"));
  CHECK(key != Index::key(rule, {{"f", "byte"}}, "scontext"));
  CHECK(key != Index::key(rule, {{"f", "bytes"}}, ""));
  const auto with = [&](auto change) {
    catalog::Rule other = rule;
    change(other);
    return Index::key(other, {{"f", "bytes"}}, "context");
  };
  CHECK(key != with([](catalog::Rule& r) { r.match.value = "n"; }));
  CHECK(key != with([](catalog::Rule& r) { r.expect = 2; }));
  CHECK(key != with([](catalog::Rule& r) { r.edits[0].kind = catalog::Edit::Kind::remove; }));
  CHECK(key != with([](catalog::Rule& r) { r.edits[0].target.value = "u"; }));
  CHECK(key != with([](catalog::Rule& r) { r.edits[0].with.value = "v"; }));
  CHECK(key != with([](catalog::Rule& r) { r.edits.push_back(r.edits[0]); }));
  CHECK(key != with([](catalog::Rule& r) { r.file = "g"; }));
  CHECK(key != with([](catalog::Rule& r) { r.all = true; }));
  CHECK(key != with([](catalog::Rule& r) { r.also.push_back(r); }));
  CHECK(key != with([](catalog::Rule& r) { r.variants.push_back(r); }));
  const std::string spread = with([](catalog::Rule& r) {
    r.also.push_back(r);
    r.also.back().file = "g";
  });
  CHECK(spread != with([](catalog::Rule& r) {
          r.also.push_back(r);
          r.also.back().file = "h";
        }));
  CHECK(spread != with([](catalog::Rule& r) {
          r.variants.push_back(r);
          r.variants.back().file = "g";
        }));
  CHECK(Index::key(rule, {{"f", "ab"}}, "") != Index::key(rule, {{"f", "a"}, {"g", "b"}}, ""));
  // What the learner reads and where it stands in the file changes nothing.
  CHECK(key == with([](catalog::Rule& r) { r.brief = "b", r.match.place.line = 9, r.minutes = 3; }));
}

TEST_CASE("what is known of snippets depends on all that they come out by", "[rewrite][site]") {
  catalog::Rule rule;
  rule.in.value = "tree/a.cpp";
  rule.match.value = "m";
  rule.edits = {{catalog::Edit::Kind::replace, {"t", {}}, {"w", {}}, {}}};
  rule.matches = {{{"code", {}}, {"after", {}}}};
  rule.no_matches = {{{"other", {}}, {}}};
  const auto with = [&](auto change) {
    catalog::Rule other = rule;
    change(other);
    return Index::key_of_snippets(other, "style");
  };
  std::set<std::string> keys = {Index::key_of_snippets(rule, "style"),
                                Index::key_of_snippets(rule, ""),
                                Index::key(rule, {}, "style"),
                                with([](catalog::Rule& r) { r.in.value = "tree/a.c"; }),
                                with([](catalog::Rule& r) { r.match.value = "n"; }),
                                with([](catalog::Rule& r) { r.edits[0].with.value = "v"; }),
                                with([](catalog::Rule& r) { r.variants.push_back(r); }),
                                with([](catalog::Rule& r) { r.matches[0].code.value = "c"; }),
                                with([](catalog::Rule& r) { r.matches[0].after.value = "a"; }),
                                with([](catalog::Rule& r) { r.no_matches[0].code.value = "o"; }),
                                with([](catalog::Rule& r) { r.matches.clear(); }),
                                with([](catalog::Rule& r) { r.no_matches.clear(); }),
                                with([](catalog::Rule& r) { std::swap(r.matches, r.no_matches); })};
  CHECK(keys.size() == 13);
  CHECK(Index::key_of_snippets(rule, "style") ==
        with([](catalog::Rule& r) { r.brief = "b", r.matches[0].after.place.line = 9, r.minutes = 3; }));
}

TEST_CASE("the difference of two texts is the bytes that truly changed", "[rewrite][site]") {
  const auto diff = [](const std::string& a, const std::string& b) {
    const auto hunks = difference(a, b);
    std::string back = a;
    for (auto it = hunks.rbegin(); it != hunks.rend(); ++it) back.replace(it->offset, it->length, it->text);
    CHECK(back == b);
    return hunks;
  };
  using Hunks = std::vector<Replacement>;
  CHECK(diff("a\nb\n", "a\nb\n").empty());
  CHECK(diff("x = a + b;\n", "x = a - b;\n") == Hunks{{6, 1, "-"}});
  CHECK(diff("{\n  a;\n  b;\n}\n", "{\n  b;\n}\n") == Hunks{{2, 5, ""}});
  CHECK(diff("{\n  b;\n}\n", "{\n  a;\n  b;\n}\n") == Hunks{{2, 0, "  a;\n"}});
  CHECK(diff("1\n2\n3\n4\n5\n", "1\nx\n3\ny\n5\n") == Hunks{{2, 1, "x"}, {6, 1, "y"}});
  CHECK(diff("a\r\nb\r\nc\r\n", "a\r\nc\r\n") == Hunks{{3, 3, ""}});
  CHECK(diff("ä", "ö") == Hunks{{0, 2, "ö"}});
  CHECK(diff("", "a") == Hunks{{0, 0, "a"}});
  CHECK(diff("a\nb", "a\n") == Hunks{{2, 1, ""}});
  CHECK(difference("f;\nf;\nf;\n", "f;\nf;\n", 3) == Hunks{{3, 3, ""}});
}

TEST_CASE("removal of lines leaves no blank scar", "[rewrite][site]") {
  CHECK(without_scars("{\n\n  a;\n}\n", {2}) == "{\n  a;\n}\n");
  CHECK(without_scars("a;\n\n\nb;\n", {4}) == "a;\n\nb;\n");
  CHECK(without_scars("a;\n\n}\n", {4}) == "a;\n}\n");
  CHECK(without_scars("a;\n\nb;\n", {3}) == "a;\n\nb;\n");
  CHECK(without_scars("a;\nb;\n", {3}) == "a;\nb;\n");
  CHECK(without_scars("", {0}).empty());
}
