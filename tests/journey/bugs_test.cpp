// bugs: every bug of the CS336 answer key, as a learner meets it: a silent checkout, a check that fails,
// fixes that pass however they are written, a fix that only hides the line and fails, and the clean tree back
// at the end.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

struct Bug {
  std::string rule, file;
  std::string mutated;  // as it stands in the checkout
  std::string right;    // as the clean tree has it
  std::string another;  // computes the same, written differently
  std::string hidden;   // the line commented out, in a way that compiles where there is one
};

const std::vector<Bug> kBugs = {
    {"softmax-dimension-hardcoded", "nanochat/softmax.cpp", "numerator.sum(-2, /*keepdim=*/true)",
     "numerator.sum(dim, /*keepdim=*/true)", "numerator.transpose(dim, -1).sum(-1, true).transpose(dim, -1)",
     "numerator; //.sum(-2, true)"},
    {"attention-mask-inverted", "nanochat/attention.cpp",
     "scores = scores.masked_fill(keep, minus_infinity);",
     "scores = scores.masked_fill(~keep, minus_infinity);",
     "scores = torch::where(keep, scores, torch::full_like(scores, minus_infinity));",
     "// scores = scores.masked_fill(keep, minus_infinity);"},
    {"attention-scale-inverted", "nanochat/attention.cpp",
     "torch::matmul(q, keys.transpose(-2, -1)) * scale;", "torch::matmul(q, keys.transpose(-2, -1)) / scale;",
     "torch::matmul(q / scale, keys.transpose(-2, -1));",
     "torch::matmul(q, keys.transpose(-2, -1)); // * scale"},
    {"rmsnorm-epsilon-outside", "nanochat/rmsnorm.cpp", "return x * (torch::rsqrt(mean_square) + eps);",
     "return x * torch::rsqrt(mean_square + eps);", "return x / (mean_square + eps).sqrt();",
     "return x * torch::rsqrt(mean_square); // + eps"},
    {"rotary-second-row-swapped", "nanochat/rotary.cpp", "y2 = -x2 * sin + x1 * cos;",
     "y2 = -x1 * sin + x2 * cos;", "y2 = x2 * cos - sin * x1;", "y2 = x2; // -x2 * sin + x1 * cos;"},
    {"attention-residual-missing", "nanochat/gpt.cpp", "x = attn(rms_norm(x), rotary, keep, cache);",
     "x = x + attn(rms_norm(x), rotary, keep, cache);",
     "x = torch::add(attn(rms_norm(x), rotary, keep, cache), x);",
     "// x = attn(rms_norm(x), rotary, keep, cache);"},
    {"cross-entropy-sign", "nanochat/loss.cpp", "return picked.where(kept, 0.0).sum() / count;",
     "return -picked.where(kept, 0.0).sum() / count;",
     "return picked.neg().masked_select(kept).sum() / count;",
     "return (picked.where(kept, 0.0).sum() / count).abs() * 0; // picked"},
    {"adamw-decay-after-step", "nanochat/adamw.cpp",
     "  param.addcdiv_(state.exp_avg, denominator, -group.lr / bias_correction1);\n"
     "  param.mul_(1.0 - group.lr * group.weight_decay);\n",
     "  param.mul_(1.0 - group.lr * group.weight_decay);\n"
     "  param.addcdiv_(state.exp_avg, denominator, -group.lr / bias_correction1);\n",
     "  param.sub_(param * (group.lr * group.weight_decay));\n"
     "  param.sub_(state.exp_avg / denominator * (group.lr / bias_correction1));\n",
     "  param.addcdiv_(state.exp_avg, denominator, -group.lr / bias_correction1);\n"
     "  // param.mul_(1.0 - group.lr * group.weight_decay);\n"},
};

bool solved(const User& user) {
  const Finished finished = user.nanobug({"check", "--json"});
  const auto answer = json::parse(finished.out, nullptr, false);
  INFO(finished.err << finished.out);
  REQUIRE(answer.is_object());
  CHECK((finished.exit_code == 0) == answer["solved"].get<bool>());
  if (!answer["solved"].get<bool>()) CHECK((answer["builds"] == false || !answer["wrong"].empty()));
  return answer["solved"].get<bool>();
}

// The hash git itself gives a directory's files, the build directory left out.
std::string git_tree(const User& user, const fs::path& directory) {
  const fs::path ids = *make_temporary_directory(user.home, "ids");
  user.command({"git", "init", "-q", ids.string()});
  user.command({"git", "--work-tree", directory.string(), "add", "-A", "-f", ".", ":!build"}, ids);
  const std::string id = user.command({"git", "write-tree"}, ids).out;
  return id.substr(0, id.find('\n'));
}

void one(const Bug& bug) {
  const User user("", /*shared_cache=*/true);
  const fs::path reference = fs::path(NANOBUG_PROJECT) / "reference_model";
  const std::string clean = text_of(reference / bug.file);
  const fs::path dir = user.ask({"start", bug.rule})["dir"].get<std::string>();
  const std::string mutated = text_of(dir / bug.file);
  CHECK(user.command({"ninja", "-C", (dir / "build").string(), "-n"}).out.find("no work to do") !=
        std::string::npos);
  CHECK(leaks(user, dir, clean, mutated) == std::vector<std::string>{});
  CHECK_FALSE(solved(user));

  const auto attempt = [&](const std::string& text) {
    REQUIRE(write_unsynced(dir / bug.file, mutated));
    replace_in(dir / bug.file, bug.mutated, text);
    return solved(user);
  };
  CHECK_FALSE(attempt(bug.hidden));
  CHECK(attempt(bug.another));
  CHECK(attempt(bug.right));
  CHECK(user.ask({"status"})["solved"] == true);

  const json stop = user.ask({"restore"});
  CHECK(stop["outcome"] == "solved");
  CHECK(git_tree(user, dir) == stop["tree"].get<std::string>());
  CHECK(git_tree(user, dir) == git_tree(user, reference));
  CHECK(text_of(dir / bug.file) == clean);
}

// Any bug of the catalog, without knowing what it is: nothing tells it, it is seen, the clean tree's files
// fix it, and the tree is back at the end.
void any(const std::string& code) {
  INFO(code);
  const User user("", /*shared_cache=*/true);
  const fs::path reference = fs::path(NANOBUG_PROJECT) / "reference_model";
  const fs::path dir = user.ask({"start", code})["dir"].get<std::string>();
  std::map<std::string, std::string> changed;  // file -> the clean text
  for (const auto& entry : fs::recursive_directory_iterator(reference)) {
    const fs::path file = fs::relative(entry.path(), reference);
    if (!entry.is_regular_file() || *file.begin() == "build") continue;
    if (const std::string clean = text_of(entry.path()); clean != text_of(dir / file)) {
      changed[file.string()] = clean;
      CHECK(leaks(user, dir, clean, text_of(dir / file)) == std::vector<std::string>{});
    }
  }
  REQUIRE_FALSE(changed.empty());
  CHECK_FALSE(solved(user));
  for (const auto& [file, clean] : changed) REQUIRE(write_unsynced(dir / file, clean));
  CHECK(solved(user));
  const json stop = user.ask({"restore"});
  CHECK(stop["outcome"] == "solved");
  CHECK(git_tree(user, dir) == git_tree(user, reference));
}

// The codes of all bugs, in the order of a seed: NANOBUG_TEST_SEED, or 1.
std::vector<std::string> shuffled_codes() {
  std::vector<std::string> codes;
  for (const json& bug : User("", /*shared_cache=*/true).ask({"list"}))
    codes.push_back(bug["code"].get<std::string>());
  const char* given = std::getenv("NANOBUG_TEST_SEED");
  std::mt19937_64 random(given ? std::strtoull(given, nullptr, 10) : 1);
  std::shuffle(codes.begin(), codes.end(), random);
  return codes;
}

}  // namespace

// One test case a bug, so that ctest tells them apart.
#define BUG_TEST(number)                                                          \
  TEST_CASE("CS336 bug " #number ", as a learner meets it", "[bug" #number "]") { \
    one(kBugs.at(number - 1));                                                    \
  }
BUG_TEST(1)
BUG_TEST(2)
BUG_TEST(3)
BUG_TEST(4)
BUG_TEST(5)
BUG_TEST(6)
BUG_TEST(7)
BUG_TEST(8)

TEST_CASE("a dozen bugs, as a learner meets them", "[dozen]") {
  std::vector<std::string> codes = shuffled_codes();
  codes.resize(12);
  for (const std::string& code : codes) any(code);
}

// Two of these side by side play all of them.
TEST_CASE("every other bug, as a learner meets it", "[half0]") {
  const std::vector<std::string> codes = shuffled_codes();
  for (size_t i = 0; i < codes.size(); i += 2) any(codes[i]);
}
TEST_CASE("and the others", "[half1]") {
  const std::vector<std::string> codes = shuffled_codes();
  for (size_t i = 1; i < codes.size(); i += 2) any(codes[i]);
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
  for (const auto& entry : fs::directory_iterator(project / "patches")) {
    if (entry.path().extension() != ".patch") continue;
    ++patches;
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
