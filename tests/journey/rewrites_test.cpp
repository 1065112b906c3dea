// rewrites: no false alarm. Valid rewrites of the reference tree, kept in tests/rewrites, must pass `check`
// as the clean tree does: other formulas, another order of sums, LibTorch's fused functions, files split and
// joined, signatures and private members changed.
//
// A .rewrite file says in its first line what it is. Then come the files:
//   @@ edit PATH, @@ add PATH, @@ remove PATH
// and under an edit any number of blocks that replace a text which occurs once, under an addition one without
// a text:
//   <<<<
//   old
//   ====
//   new
//   >>>>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const fs::path kProject = NANOBUG_PROJECT;

struct Block {
  std::string from, to;
};

struct Change {
  enum class Kind { edit, add, remove } kind;
  std::string path;
  std::vector<Block> blocks;
};

struct Rewrite {
  std::string name, what;
  std::vector<Change> changes;
};

Change::Kind kind_of(const std::string& word) {
  if (word == "edit") return Change::Kind::edit;
  if (word == "add") return Change::Kind::add;
  REQUIRE(word == "remove");
  return Change::Kind::remove;
}

// The lines up to `end`, which is read too.
std::string lines_until(std::istream& in, const std::string& end) {
  std::string text;
  for (std::string line; std::getline(in, line); text += line + "\n")
    if (line == end) return text;
  FAIL("a block without " << end);
  return text;
}

Rewrite read_rewrite(const fs::path& file) {
  INFO(file.string());
  Rewrite rewrite{.name = file.stem().string(), .what = {}, .changes = {}};
  std::istringstream in(text_of(file));
  std::getline(in, rewrite.what);
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    if (line == "<<<<") {
      REQUIRE_FALSE(rewrite.changes.empty());
      std::string from = lines_until(in, "===="), to = lines_until(in, ">>>>");
      rewrite.changes.back().blocks.push_back({std::move(from), std::move(to)});
      continue;
    }
    INFO(line);
    REQUIRE(line.starts_with("@@ "));
    const size_t blank = line.find(' ', 3);
    REQUIRE(blank != std::string::npos);
    rewrite.changes.push_back({kind_of(line.substr(3, blank - 3)), line.substr(blank + 1), {}});
  }
  return rewrite;
}

std::vector<Rewrite> all_rewrites() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kProject / "tests/rewrites"))
    if (entry.path().extension() == ".rewrite") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Rewrite> all;
  for (const fs::path& file : files) all.push_back(read_rewrite(file));
  return all;
}

Rewrite named(const std::string& name) {
  return read_rewrite(kProject / "tests/rewrites" / (name + ".rewrite"));
}

void apply(const Rewrite& rewrite, const fs::path& tree) {
  for (const Change& change : rewrite.changes) {
    INFO(rewrite.name << ": " << change.path);
    const fs::path file = tree / change.path;
    CHECK(fs::exists(file) == (change.kind != Change::Kind::add));
    if (change.kind == Change::Kind::remove) {
      fs::remove(file);
    } else if (change.kind == Change::Kind::add) {
      REQUIRE(change.blocks.size() == 1);
      REQUIRE(write_unsynced(file, change.blocks[0].to));
    } else {
      for (const Block& block : change.blocks) replace_in(file, block.from, block.to);
    }
  }
}

// The clean tree's sources in place of a checkout's, whose build directory and repository stay.
void put_clean_sources(const fs::path& checkout) {
  const fs::path reference = kProject / "reference_model";
  for (const auto& entry : fs::recursive_directory_iterator(reference)) {
    const std::string path = entry.path().lexically_relative(reference).string();
    if (!entry.is_regular_file() || path.starts_with("build/") || path.starts_with("runs/")) continue;
    const std::string text = text_of(entry.path());
    if (text_of(checkout / path) != text) REQUIRE(write_unsynced(checkout / path, text));
  }
}

// In a session about some bug the fix is the whole clean tree, rewritten: what `check` says of it.
void check_passes(const std::vector<Rewrite>& rewrites) {
  const User user("", /*shared_cache=*/true);
  const fs::path dir = user.ask({"start", "attention-scale-inverted"})["dir"].get<std::string>();
  put_clean_sources(dir);
  for (const Rewrite& rewrite : rewrites) apply(rewrite, dir);
  const Finished checked = user.nanobug({"check", "--json"});
  const json answer = json::parse(checked.out, nullptr, false);
  INFO(rewrites.front().name << ": " << rewrites.front().what << "\n" << checked.err << checked.out);
  REQUIRE(answer.is_object());
  CHECK(answer["builds"] == true);
  CHECK(answer["wrong"] == json::array());
  CHECK(answer["solved"] == true);
  CHECK(user.nanobug({"stop", "--json"}).good());
}

}  // namespace

TEST_CASE("rewrites: each says what it is, and fits the tree", "[rewrites]") {
  const std::vector<Rewrite> all = all_rewrites();
  CHECK(all.size() >= 40);
  const fs::path copy = *make_temporary_directory(fs::temp_directory_path(), "nanobug-rewrites");
  for (const Rewrite& rewrite : all) {
    INFO(rewrite.name);
    CHECK(rewrite.what.ends_with("."));
    CHECK_FALSE(rewrite.changes.empty());
    const fs::path tree = copy / rewrite.name;
    for (const char* part : {"nanochat", "programs", "CMakeLists.txt"}) {
      fs::create_directories(tree);
      fs::copy(kProject / "reference_model" / part, tree / part, fs::copy_options::recursive);
    }
    apply(rewrite, tree);
    fs::remove_all(tree);
  }
  fs::remove_all(copy);
}

TEST_CASE("rewrites: a handful at once passes check", "[rewrites-few]") {
  check_passes({named("01-attention-fused"), named("08-rmsnorm-of-libtorch"),
                named("12-cross-entropy-of-libtorch"), named("20-adamw-as-libtorch-writes-it"),
                named("36-utf8-moved")});
}

TEST_CASE("rewrites: every one passes check", "[rewrites-all]") {
  for (const Rewrite& rewrite : all_rewrites()) {
    DYNAMIC_SECTION(rewrite.name) {
      check_passes({rewrite});
    }
  }
}

TEST_CASE("rewrites: a residual path that is cut shows in the checklist, though no value changes",
          "[rewrites-few]") {
  const User user("", /*shared_cache=*/true);
  const fs::path dir = user.ask({"start", "attention-scale-inverted"})["dir"].get<std::string>();
  put_clean_sources(dir);
  const fs::path build = dir / "build";
  const auto checks = [&] {
    const Finished built =
        user.command({"cmake", "--build", build.string(), "--target", "nanochat", "attention_proof"});
    INFO(built.out << built.err);
    REQUIRE(built.good());
    return user.command({(build / "bin/attention_proof").string(), "--checks"}, dir);
  };
  const Finished clean = checks();
  INFO(clean.out << clean.err);
  CHECK(clean.good());
  for (const std::string branch : {"attn(rms_norm(x), rotary, keep, cache)", "mlp(rms_norm(x))"}) {
    replace_in(dir / "nanochat/gpt.cpp", "x = x + " + branch, "x = x.detach() + " + branch);
    const Finished cut = checks();
    INFO(branch << "\n" << cut.out << cut.err);
    CHECK_FALSE(cut.good());
    replace_in(dir / "nanochat/gpt.cpp", "x = x.detach() + " + branch, "x = x + " + branch);
  }
  CHECK(user.nanobug({"stop", "--json"}).good());
}
