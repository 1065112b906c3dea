// units: see units.h.
#include "mutator/workshop/units.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/base/source_kind.h"
#include "mutator/workshop/relocate.h"

namespace nanobug::workshop {
namespace {

using nlohmann::json;
using Files = std::set<std::string>;

constexpr const char* kVersion = "1";  // of what a key is made of

// Objects are compiled where they lie, by a name of the current directory that is the same everywhere.
constexpr std::string_view kHere = "/proc/self/cwd/";

fs::path whole_path(std::string_view path, const Clean& clean) {
  if (path.starts_with(kHere)) path.remove_prefix(kHere.size());
  return (clean.build / path).lexically_normal();
}

// Relative to the tree's root; "" for what is not the tree's, or was made by the build.
std::string in_tree(std::string_view path, const Clean& clean) {
  const std::string file = whole_path(path, clean).string(), tree = clean.tree.string() + '/',
                    build = clean.build.string() + '/';
  return file.starts_with(tree) && !file.starts_with(build) ? file.substr(tree.size()) : "";
}

bool is_generated(std::string_view path, const Clean& clean) {
  const fs::path file = whole_path(path, clean);
  return file.string().starts_with(clean.build.string() + '/') &&
         !file.filename().string().starts_with("cmake_pch");
}

// The tree's files that each object was made of; nothing where one was made of a header that the build makes,
// of what nobody says here. A precompiled header is the same as what it is made of.
std::vector<Files> objects(const Clean& clean) {
  std::vector<Files> all;
  bool generated = false;
  Command command{.argv = {"ninja", "-t", "deps"}, .directory = clean.build};
  command.on_line = [&](std::string_view line) {
    if (line.find(": #deps ") != std::string_view::npos) {
      all.emplace_back();
    } else if (const size_t name = line.find_first_not_of(' ');
               name != std::string_view::npos && name > 0 && !all.empty()) {
      generated = generated || is_generated(line.substr(name), clean);
      if (std::string file = in_tree(line.substr(name), clean); !file.empty())
        all.back().insert(std::move(file));
    }
  };
  const auto finished = run(command);
  return finished && finished->good() && !generated ? all : std::vector<Files>();
}

bool is_format(const fs::path& file) {
  return file.filename() == ".clang-format" || file.filename() == "_clang-format";
}

// What every unit depends on, as text; nothing where it cannot be read.
std::optional<std::string> shared_by_all(const Workshop& workshop, const Clean& clean,
                                         const std::vector<std::string>& files) {
  const auto configured = build_files(clean.build, clean.tree);
  if (!configured) return std::nullopt;
  // Libraries that CMake found by itself are part of no command.
  std::string all =
      kVersion + workshop.maker() + sha256(read_file(clean.tree.parent_path() / "found").value_or(""));
  for (const std::string& file : files) {
    if (!is_compiled(file)) all += '\n' + file;
    if (!is_format(file) && !std::binary_search(configured->begin(), configured->end(), file)) continue;
    const auto bytes = read_file(clean.tree / file);
    if (!bytes) return std::nullopt;
    all += ' ' + sha256(*bytes);
  }
  return sha256(all);
}

std::map<std::string, std::string> find_out(const Workshop& workshop, const Clean& clean) {
  std::map<std::string, Files> units;
  for (const Files& object : objects(clean))
    for (const std::string& file : object) units[file].insert(object.begin(), object.end());
  auto files = list_files(clean.tree);
  if (!files || units.empty()) return {};
  std::erase_if(*files, [&](const std::string& file) { return !workshop.spec().has(file); });
  const auto shared = shared_by_all(workshop, clean, *files);
  if (!shared) return {};
  std::map<std::string, std::string> hashes, keys;
  for (const std::string& file : *files)
    if (const auto bytes = read_file(clean.tree / file)) hashes[file] = sha256(*bytes);
  for (const auto& [file, unit] : units) {
    std::string all = *shared;
    for (const std::string& one : unit) all += '\n' + one + ' ' + hashes[one];
    keys[file] = sha256(all);
  }
  return keys;
}

}  // namespace

std::string whole_tree(const Clean& clean) {
  if (!clean.in_place()) return clean.key;
  return sha256(clean.key + read_file(clean.tree.parent_path() / "found").value_or(""));
}

Units Units::of(const Workshop& workshop, const Clean& clean) {
  Units units;
  units.whole_ = whole_tree(clean);
  const fs::path kept = clean.tree.parent_path() / "units.json";
  if (const auto text = read_file(kept)) try {
      units.keys_ = json::parse(*text).get<std::map<std::string, std::string>>();
      return units;
    } catch (const json::exception&) {
      // Damaged: found out again.
    }
  // What a build in place is made of is in no record that is read here.
  if (!clean.in_place()) units.keys_ = find_out(workshop, clean);
  (void)write_file(kept, json(units.keys_).dump(-1, ' ', false, json::error_handler_t::replace));
  return units;
}

const std::string& Units::key(const std::string& file) const {
  const auto found = keys_.find(file);
  return found == keys_.end() ? whole_ : found->second;
}

}  // namespace nanobug::workshop
