// sample: see sample.h.
#include "tools/strength/sample.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace nanobug::strength {
namespace {

bool matches(const std::string& glob, const std::string& file) {
  return ::fnmatch(glob.c_str(), file.c_str(), 0) == 0 ||
         ::fnmatch(glob.c_str(), fs::path(file).filename().c_str(), 0) == 0;
}

std::vector<std::string> sources_below(const fs::path& tree, const std::string& folder) {
  std::vector<std::string> files;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(tree / folder, ignored))
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h")
      files.push_back(entry.path().lexically_relative(tree).string());
  return files;
}

}  // namespace

Result<std::vector<std::string>> choose_files(const fs::path& tree, const Choice& choice) {
  std::vector<std::string> all = sources_below(tree, "nanochat");
  if (choice.programs)
    for (std::string& file : sources_below(tree, "programs")) all.push_back(std::move(file));
  std::sort(all.begin(), all.end());
  if (choice.globs.empty()) return all;
  std::vector<std::string> chosen;
  for (const std::string& glob : choice.globs)
    if (std::none_of(all.begin(), all.end(), [&](const std::string& file) { return matches(glob, file); }))
      return fail(Exit::usage, "--file " + glob + ": no file of the tree is called that" +
                                   (choice.programs ? "" : "; those of programs/ need --programs"));
  for (const std::string& file : all)
    if (std::any_of(choice.globs.begin(), choice.globs.end(),
                    [&](const std::string& glob) { return matches(glob, file); }))
      chosen.push_back(file);
  return chosen;
}

std::vector<Mutant> choose(const std::vector<Mutant>& mutants, const Choice& choice) {
  std::map<std::string, std::vector<std::pair<std::string, const Mutant*>>> by_file;
  const std::set<std::string> wanted(choice.operators.begin(), choice.operators.end());
  for (const Mutant& mutant : mutants)
    if (wanted.empty() || wanted.contains(mutant.op))
      by_file[mutant.file].emplace_back(sha256(choice.seed + '\n' + mutant.id), &mutant);
  std::vector<Mutant> chosen;
  for (auto& [file, ranked] : by_file) {
    std::sort(ranked.begin(), ranked.end());
    if (!choice.all && ranked.size() > static_cast<size_t>(choice.per_file))
      ranked.resize(static_cast<size_t>(choice.per_file));
    for (const auto& [hash, mutant] : ranked) chosen.push_back(*mutant);
  }
  std::sort(chosen.begin(), chosen.end(), [](const Mutant& a, const Mutant& b) {
    return std::tie(a.file, a.edit.offset, a.id) < std::tie(b.file, b.edit.offset, b.id);
  });
  return chosen;
}

}  // namespace nanobug::strength
