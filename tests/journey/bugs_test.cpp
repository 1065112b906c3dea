// bugs: bugs of the catalog, as a learner meets them: a silent checkout, a check that fails, fixes that pass
// however they are written, a fix that only hides the line and fails, and the clean tree back at the end.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/journey/fixes.h"
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

// Each text in its file of the checkout.
void write(const fs::path& dir, const std::map<std::string, std::string>& texts) {
  for (const auto& [file, text] : texts) REQUIRE(write_unsynced(dir / file, text));
}

// Any bug of the catalog, without knowing what it is: nothing tells it, it is seen, a changed line that is
// only commented out does not pass, what computes the same does, so do the clean tree's files, and the tree
// is back at the end. `fixes` are those of fixes.txt for it.
void any(const std::string& code, const std::vector<Fix>& fixes) {
  INFO(code);
  const User user("", /*shared_cache=*/true);
  const fs::path reference = fs::path(NANOBUG_PROJECT) / "reference_model";
  const fs::path dir = user.ask({"start", code})["dir"].get<std::string>();
  CHECK(user.command({"ninja", "-C", (dir / "build").string(), "-n"}).out.find("no work to do") !=
        std::string::npos);
  const std::map<std::string, std::string> clean = mutated_files(dir);
  REQUIRE_FALSE(clean.empty());
  std::map<std::string, std::string> mutated, without;
  for (const auto& [file, text] : clean) {
    mutated[file] = text_of(dir / file);
    if (std::string cut = commented_out(mutated[file], text); !cut.empty()) without[file] = std::move(cut);
    CHECK(leaks(user, dir, text, mutated[file]) == std::vector<std::string>{});
  }
  CHECK_FALSE(solved(user));

  if (!without.empty()) {
    INFO("commented out");
    write(dir, without);
    CHECK_FALSE(solved(user));
  }
  for (const bool hidden : {true, false})
    for (const Fix& fix : fixes) {
      if (fix.hidden != hidden) continue;
      INFO(fix.to);
      // A bug with variants may be in another file this time.
      if (!clean.contains(fix.file)) continue;
      write(dir, hidden ? mutated : clean);
      write(dir, {{fix.file, fixed(fix, text_of(dir / fix.file))}});
      CHECK(solved(user) != hidden);
    }
  write(dir, clean);
  CHECK(solved(user));
  CHECK(user.ask({"status"})["solved"] == true);
  const json stop = user.ask({"restore"});
  CHECK(stop["outcome"] == "solved");
  CHECK(git_tree(user, dir) == stop["tree"].get<std::string>());
  CHECK(git_tree(user, dir) == git_tree(user, reference));
}

std::vector<Fix> fixes_of(const std::string& code) {
  std::vector<Fix> fixes = all_fixes();
  std::erase_if(fixes, [&](const Fix& fix) { return fix.code != code; });
  return fixes;
}

// The codes of all bugs, in the order of a seed: NANOBUG_TEST_SEED, or 1.
std::vector<std::string> shuffled_codes() {
  std::vector<std::string> codes;
  for (const json& bug : User("", /*shared_cache=*/true).ask({"list"}))
    codes.push_back(bug["code"].get<std::string>());
  std::mt19937_64 random(test_seed());
  std::shuffle(codes.begin(), codes.end(), random);
  return codes;
}

}  // namespace

// The answer key's, one test case each, so that ctest tells them apart.
#define BUG_TEST(number, code)                                                    \
  TEST_CASE("CS336 bug " #number ", as a learner meets it", "[bug" #number "]") { \
    const std::vector<Fix> fixes = fixes_of(code);                                \
    CHECK(fixes.size() == 2);                                                     \
    any(code, fixes);                                                             \
  }
BUG_TEST(1, "A01")
BUG_TEST(2, "A02")
BUG_TEST(3, "A03")
BUG_TEST(4, "N01")
BUG_TEST(5, "A04")
BUG_TEST(6, "A05")
BUG_TEST(7, "T01")
BUG_TEST(8, "T02")

// Each by itself is played with its bug, by the cases below. Here they are all in one tree, those of one line
// in another: that they pass is asked with a check or two.
TEST_CASE("fixes that are written otherwise pass, all of them at once", "[fixes]") {
  const fs::path reference = fs::path(NANOBUG_PROJECT) / "reference_model";
  std::vector<Fix> left = all_fixes();
  std::erase_if(left, [](const Fix& fix) { return fix.hidden; });
  std::set<std::string> codes;
  for (const Fix& fix : left) codes.insert(fix.code);
  CHECK(codes.size() >= 40);
  const User user("", /*shared_cache=*/true);
  const fs::path dir = user.ask({"start", "A05"})["dir"].get<std::string>();
  while (!left.empty()) {
    write(dir, mutated_files(dir));
    std::set<std::pair<std::string, std::string>> taken;  // lines of files
    std::vector<Fix> later;
    std::string here;
    for (const Fix& fix : left) {
      const std::string clean = text_of(reference / fix.file);
      const size_t begin = clean.rfind('\n', clean.find(fix.from)) + 1,
                   end = clean.find('\n', clean.find(fix.from) + fix.from.size());
      if (!taken.emplace(fix.file, clean.substr(begin, end - begin)).second) {
        later.push_back(fix);
        continue;
      }
      here += fix.code + ' ';
      write(dir, {{fix.file, fixed(fix, text_of(dir / fix.file))}});
    }
    INFO(here);
    CHECK(solved(user));
    left = std::move(later);
  }
}

TEST_CASE("a dozen bugs, as a learner meets them", "[dozen]") {
  std::vector<std::string> codes = shuffled_codes();
  codes.resize(12);
  for (const std::string& code : codes) any(code, fixes_of(code));
}

// Two of these side by side play all of them.
TEST_CASE("every other bug, as a learner meets it", "[half0]") {
  const std::vector<std::string> codes = shuffled_codes();
  for (size_t i = 0; i < codes.size(); i += 2) any(codes[i], fixes_of(codes[i]));
}
TEST_CASE("and the others", "[half1]") {
  const std::vector<std::string> codes = shuffled_codes();
  for (size_t i = 1; i < codes.size(); i += 2) any(codes[i], fixes_of(codes[i]));
}

TEST_CASE("the patches are what the catalog makes, and git takes them both ways", "[patches]") {
  const User user("", /*shared_cache=*/true);
  const Finished in_step = user.nanobug({"patch", "export", "--check"});
  INFO(in_step.out << in_step.err);
  CHECK(in_step.exit_code == 0);
  const fs::path copy = user.home / "copy", project = NANOBUG_PROJECT;
  fs::create_directory(copy);
  fs::copy(project / "reference_model", copy / "reference_model", fs::copy_options::recursive);
  fs::remove_all(copy / "reference_model/build");
  const std::string clean = git_tree(user, copy);
  CHECK(user.command({"git", "init", "-q"}, copy).good());
  size_t patches = 0;
  std::map<std::string, std::string> by_text;  // nothing is there twice under two names
  for (const auto& entry : fs::directory_iterator(project / "patches")) {
    if (entry.path().extension() != ".patch") continue;
    ++patches;
    const auto [same, is_new] = by_text.emplace(text_of(entry.path()), entry.path().filename().string());
    INFO(entry.path().filename().string() << " and " << same->second);
    CHECK(is_new);
    CHECK(user.command({"git", "apply", entry.path().string()}, copy).good());
    CHECK(git_tree(user, copy) != clean);
    CHECK(user.command({"git", "apply", "-R", entry.path().string()}, copy).good());
    CHECK(git_tree(user, copy) == clean);
  }
  CHECK(patches == user.ask({"patch", "list"}).size());
}

TEST_CASE("the clean tree is built, and a rule is proved on it", "[clean-tree]") {
  const User user("", /*shared_cache=*/true);
  for (const json& one : user.ask({"certify", "attention-residual-missing"})) CHECK(one["holds"] == true);
}

TEST_CASE("every rule does with its snippets what its page says, and finds its place", "[rules]") {
  const User user("", /*shared_cache=*/true);
  for (const json& rule : user.ask({"rule", "check"})) CHECK(rule["ok"] == true);
}

TEST_CASE("every rule has its certificate", "[certificates]") {
  User user("", /*shared_cache=*/true);
  user.patience = std::chrono::minutes(75);  // a quarter of an hour on two idle cores, where nothing is kept
  const json certificates = user.ask({"certify"});
  std::set<std::string> proved;  // some have several sites
  for (const json& one : certificates) {
    INFO(one.dump(2));
    CHECK(one["holds"] == true);
    proved.insert(one["id"]);
  }
  const json rules = user.ask({"rule", "check"});
  CHECK(proved.size() == rules.size());  // decoys too, which `list` does not show
  for (const json& rule : rules) CHECK(rule["ok"] == true);
  // The page that counts them is in step, as far as it is not of one machine.
  const auto counted = [](const std::string& page) { return page.substr(0, page.find("Silence is 1")); };
  const std::string page = counted(user.nanobug({"certify", "--summary"}).out);
  CHECK(page == counted(text_of(fs::path(NANOBUG_PROJECT) / "docs/catalog.md")));
}
