// parity_in: the parity runs of the catalog in a tree that somebody else has built, one that counts what is
// executed, say. Exit codes: 0 all agree with the clean tree, 1 some differ, 2 usage, 3 the catalog is wrong,
// 6 disk or programs.
#include <fmt/format.h>

#include "mutator/base/paths.h"
#include "mutator/base/process.h"
#include "mutator/grade/parity.h"
#include "mutator/vault/tree.h"

namespace nanobug {
namespace {

Result<Exit> compare_in(const fs::path& place) {
  const auto catalog = catalog::load(NANOBUG_PROJECT "/catalog.yaml");
  if (!catalog) return tl::unexpected(catalog.error().front());
  const auto tree = vault::read_tree(catalog->tree_directory(), catalog->tree.not_tree());
  NANOBUG_TRY(tree);
  const auto id = vault::tree_id(*tree);
  NANOBUG_TRY(id);
  workshop::Workshop workshop(catalog->tree, catalog->directory(), cache_home());
  const auto tell = [last = std::string()](const std::string& what, int, int) mutable {
    if (what != last) std::fputs((what + '\n').c_str(), stderr);
    last = what;
  };
  const auto clean = workshop.clean(catalog->tree_directory(), *id, tell);
  NANOBUG_TRY(clean);
  const auto answers = grade::run_parity(workshop, *clean, place, tell);
  NANOBUG_TRY(answers);
  bool differs = false;
  for (const grade::ParityAnswer& answer : *answers) {
    if (answer.agrees()) continue;
    differs = true;
    fmt::print("{}: {}\n", answer.observable, answer.message);
  }
  return differs ? Exit::check_failed : Exit::ok;
}

}  // namespace
}  // namespace nanobug

int main(int argc, char** argv) {
  using namespace nanobug;
  if (argc != 2) {
    std::fputs("usage: parity_in DIR\n", stderr);
    return static_cast<int>(Exit::usage);
  }
  end_children_when_interrupted();
  const auto answer = compare_in(fs::absolute(argv[1]));
  if (answer) return static_cast<int>(*answer);
  std::fputs(("parity_in: " + answer.error().text() + '\n').c_str(), stderr);
  return static_cast<int>(answer.error().code);
}
