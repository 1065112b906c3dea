// probe_strength: the report of tools/probe-strength. Reads what `nanobug certify --operators N --json` says,
// leaves out what equivalent.yaml explains, and counts what the probes and the parity runs see.
//
// Exit codes: 0 every mutant was seen or is explained, 1 some survived, 2 usage, 3 the catalog or
// equivalent.yaml is wrong, 6 disk.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>

#include "mutator/catalog/catalog.h"
#include "tools/strength/report.h"

namespace nanobug::strength {
namespace {

struct Options {
  std::string catalog = NANOBUG_PROJECT "/catalog.yaml";
  std::string equivalents = NANOBUG_PROJECT "/tools/strength/equivalent.yaml";
  std::string markdown, words;
};

Result<Exit> run(const Options& options, const std::string& text) {
  const auto catalog = catalog::load(fs::absolute(options.catalog).lexically_normal());
  if (!catalog) return tl::unexpected(catalog.error().front());
  std::vector<std::string> runs;
  for (const catalog::Parity& parity : catalog->tree.parity) runs.push_back(parity.id.value);
  const auto equivalents = read_equivalents(options.equivalents);
  NANOBUG_TRY(equivalents);
  NANOBUG_TRY(none_is_stale(*equivalents, catalog->tree_directory()));
  const auto changes = read_changes(text, runs);
  NANOBUG_TRY(changes);
  std::vector<Found> all;
  bool survivors = false;
  for (const Change& change : *changes) {
    const Equivalent* equivalent = explained(*equivalents, change);
    if (equivalent && change.is_seen())
      return fail(Exit::catalog, "this mutant is not equivalent, for it is seen: " + change.id,
                  equivalent->place);
    all.push_back({change, equivalent});
    survivors = survivors || all.back().survived();
  }
  fmt::print("{}", as_text(all));
  if (!options.markdown.empty()) NANOBUG_TRY(write_file(options.markdown, as_markdown(all, options.words)));
  return survivors ? Exit::check_failed : Exit::ok;
}

}  // namespace
}  // namespace nanobug::strength

int main(int argc, char** argv) {
  using namespace nanobug;
  strength::Options options;
  CLI::App app("Counts what is seen of the changes that certify --operators N --json prints, from stdin.",
               "probe_strength");
  app.add_option("--markdown", options.markdown, "Write the report there too")->type_name("FILE");
  app.add_option("--words", options.words, "The command that the Markdown names")->type_name("TEXT");
  app.add_option("--equivalents", options.equivalents, "Mutants that are known to compute the same")
      ->type_name("FILE");
  app.add_option("--catalog", options.catalog, "The catalog whose tree was changed")->type_name("FILE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    std::fputs((std::string("probe-strength: ") + error.what() + "\n").c_str(), stderr);
    return static_cast<int>(Exit::usage);
  }
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const auto answer = strength::run(options, text);
  if (answer) return static_cast<int>(*answer);
  std::fputs(("probe-strength: " + answer.error().text() + '\n').c_str(), stderr);
  return static_cast<int>(answer.error().code);
}
