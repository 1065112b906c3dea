// sample: see sample.h.
#include "tools/strength/sample.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
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

// What another build compiles (kernels for an emulator) is no part of the tree that the probes judge.
void leave_out_others(std::vector<std::string>& files, const std::set<fs::path>& compiled) {
  std::set<fs::path> folders;
  for (const fs::path& source : compiled) folders.insert(source.parent_path());
  std::erase_if(files, [&](const std::string& file) {
    return file.ends_with(".cpp") ? !compiled.contains(file)
                                  : !folders.contains(fs::path(file).parent_path());
  });
}

Result<std::set<fs::path>> compiled_in(const fs::path& tree, const fs::path& commands) {
  const fs::path database = commands / "compile_commands.json";
  const auto text = read_file(database);
  NANOBUG_TRY(text);
  const auto entries = nlohmann::json::parse(*text, nullptr, false);
  std::set<fs::path> compiled;
  std::error_code ignored;
  const fs::path root = fs::weakly_canonical(tree, ignored);
  for (const auto& entry : entries.is_array() ? entries : nlohmann::json::array())
    if (entry.contains("file") && entry.contains("directory"))
      compiled.insert(
          fs::weakly_canonical(
              fs::path(entry["directory"].get<std::string>()) / entry["file"].get<std::string>(), ignored)
              .lexically_relative(root));
  if (compiled.empty()) return fail(Exit::catalog, "nothing is compiled by " + database.string());
  return compiled;
}

}  // namespace

Result<std::vector<std::string>> choose_files(const fs::path& tree, const fs::path& commands,
                                              const Choice& choice) {
  const auto compiled = compiled_in(tree, commands);
  NANOBUG_TRY(compiled);
  std::vector<std::string> all = sources_below(tree, "nanochat");
  if (choice.programs)
    for (std::string& file : sources_below(tree, "programs")) all.push_back(std::move(file));
  leave_out_others(all, *compiled);
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
