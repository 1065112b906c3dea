// A checkout put back to what the session began with. Git says what is there, and what was kept.
#include <fstream>

#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;

namespace {

// What git would call the checkout's sources, build directory left out.
std::string tree_in(const fs::path& checkout) {
  auto tree = vault::read_tree(checkout, {"build"});
  REQUIRE(tree);
  return vault::tree_id(*tree).value();
}

session::Reset reset_in(const Scratch& scratch) {
  auto done = desk_in(scratch).reset();
  INFO((done ? "" : done.error().text()));
  REQUIRE(done);
  return *done;
}

}  // namespace

TEST_CASE("a reset puts back what was changed, added, removed and replaced", "[session][reset]") {
  Scratch scratch;
  const session::Session begun = start_in(scratch);
  const fs::path work = scratch / "work", vault = scratch / "data/vault.git";
  put(work / "attention.cpp", "all of it anew\n");
  put(work / "notes/deep/thoughts.md", "hm\n");
  fs::remove(work / "optim.cpp");
  fs::remove(work / "latest");
  put(work / "latest", "a file now\n");
  fs::remove_all(work / "kernels");
  fs::create_directory_symlink("data", work / "kernels");  // a directory became a link
  fs::remove(work / "build.sh");
  put(work / "build.sh/inner.txt", "and a file a directory\n");
  fs::create_directory(work / "data/empty");
  put(work / "build/main.o", "the learner's own");
  const std::string theirs = tree_in(work);
  git_out(work, {"commit", "-qam", "my work"});
  const std::string head = git_out(work, {"rev-parse", "HEAD"});

  const session::Reset done = reset_in(scratch);
  CHECK(done.files == std::vector<std::string>{"attention.cpp", "build.sh", "build.sh/inner.txt", "kernels",
                                               "kernels/softmax.cu", "latest", "notes/deep/thoughts.md",
                                               "optim.cpp"});
  CHECK(tree_in(work) == begun.mutated);
  CHECK(fs::read_symlink(work / "latest") == "data/lines.txt");
  CHECK((fs::status(work / "build.sh").permissions() & fs::perms::owner_exec) != fs::perms::none);
  CHECK_FALSE(fs::exists(work / "notes"));
  CHECK(fs::exists(work / "data/lines.txt"));
  CHECK(bytes_of(work / "build/main.o") == "the learner's own");
  CHECK(git_out(work, {"rev-parse", "HEAD"}) == head);
  // What was there is in the vault, whole.
  CHECK(git_out(vault, {"rev-parse", done.snapshot + "^{tree}"}) == theirs);
  CHECK(git_out(vault, {"rev-parse", "refs/heads/" + begun.branch()}) == done.snapshot);
  CHECK(desk_in(scratch).current()->name == begun.name);

  // Once more there is nothing to do, and nothing is touched.
  const auto time = fs::last_write_time(work / "attention.cpp");
  const session::Reset again = reset_in(scratch);
  CHECK(again.files.empty());
  CHECK(fs::last_write_time(work / "attention.cpp") == time);
  CHECK(tree_in(work) == begun.mutated);
}

TEST_CASE("a reset loses nothing that a snapshot cannot hold", "[session][reset]") {
  Scratch scratch;
  const session::Session begun = start_in(scratch);
  const fs::path work = scratch / "work";
  put(work / "weights.bin", "x");
  fs::resize_file(work / "weights.bin", vault::kLargestFile + 1);
  put(work / "optim.cpp", "edited\n");
  CHECK(reset_in(scratch).files == std::vector<std::string>{"optim.cpp"});
  CHECK(fs::file_size(work / "weights.bin") == vault::kLargestFile + 1);

  put(work / "attention.cpp", "mine\n");
  fs::resize_file(work / "optim.cpp", vault::kLargestFile + 1);
  const auto refused = desk_in(scratch).reset();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::session);
  CHECK(refused.error().message.find("work/optim.cpp, which is too large") != std::string::npos);
  CHECK(bytes_of(work / "attention.cpp") == "mine\n");
  CHECK(fs::file_size(work / "optim.cpp") == vault::kLargestFile + 1);
}

TEST_CASE("a reset of some files leaves the others alone", "[session][reset]") {
  Scratch scratch;
  (void)start_in(scratch);
  const fs::path work = scratch / "work";
  const std::string kernel = bytes_of(work / "kernels/softmax.cu"), optim = bytes_of(work / "optim.cpp");
  put(work / "attention.cpp", "mine\n");
  put(work / "kernels/softmax.cu", "mine\n");
  put(work / "kernels/more/new.cu", "mine\n");
  put(work / "kernels.md", "no file of that directory\n");
  fs::remove(work / "optim.cpp");
  const std::string theirs = tree_in(work);

  const auto done = desk_in(scratch).reset({"kernels", "optim.cpp"});
  REQUIRE(done);
  CHECK(done->files == std::vector<std::string>{"kernels/more/new.cu", "kernels/softmax.cu", "optim.cpp"});
  CHECK(bytes_of(work / "kernels/softmax.cu") == kernel);
  CHECK(bytes_of(work / "optim.cpp") == optim);
  CHECK_FALSE(fs::exists(work / "kernels/more"));
  CHECK(bytes_of(work / "attention.cpp") == "mine\n");
  CHECK(fs::exists(work / "kernels.md"));
  CHECK(git_out(scratch / "data/vault.git", {"rev-parse", done->snapshot + "^{tree}"}) == theirs);

  // One that nobody knows, and nothing is done for the others either.
  put(work / "optim.cpp", "mine\n");
  const auto refused = desk_in(scratch).reset({"optim.cpp", "kernel"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::usage);
  CHECK(refused.error().message.find("there is no 'kernel' among") != std::string::npos);
  CHECK(bytes_of(work / "optim.cpp") == "mine\n");
}

TEST_CASE("a reset waits for who works in the checkout, and needs one", "[session][reset]") {
  Scratch scratch;
  CHECK(desk_in(scratch).reset().error().code == Exit::session);
  (void)start_in(scratch);
  put(scratch / "work/optim.cpp", "edited\n");
  {
    const auto in_use = session::Desk::use_checkout(places_in(scratch.path()));
    REQUIRE(in_use);
    CHECK(desk_in(scratch).reset().error().code == Exit::locked);
  }
  CHECK(bytes_of(scratch / "work/optim.cpp") == "edited\n");
  fs::rename(scratch / "work", scratch / "elsewhere");
  CHECK(desk_in(scratch).reset().error().code == Exit::session);
  CHECK(bytes_of(scratch / "elsewhere/optim.cpp") == "edited\n");
}
