// relocate: see relocate.h.
#include "mutator/workshop/relocate.h"

#include <sstream>

#include "mutator/base/files.h"
#include "mutator/workshop/copy.h"

namespace nanobug::workshop {
namespace {

constexpr std::uintmax_t kLargestText = 4u << 20;

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

fs::path list_of(const fs::path& tree) {
  return tree.parent_path() / "relocations";
}

// Removes the build statements whose outputs include build.ninja: a statement is its line, the lines that a
// `$` at the end continues, and the indented ones below.
std::string without_regeneration(const std::string& ninja) {
  std::istringstream in(ninja);
  std::string out, line;
  bool dropping = false, continued = false;
  while (std::getline(in, line)) {
    if (!continued && !line.starts_with("  ")) dropping = line.starts_with("build build.ninja");
    continued = line.ends_with("$");
    if (!dropping) out += line + '\n';
  }
  return out;
}

}  // namespace

Status make_relative(const fs::path& build, const fs::path& tree) {
  for (const char* name : {"build.ninja", "CMakeFiles/rules.ninja"}) {
    const fs::path file = build / name;
    if (!fs::exists(file)) continue;
    auto text = read_file(file);
    NANOBUG_TRY(text);
    replace_all(*text, build.string() + '/', "");
    replace_all(*text, build.string(), ".");
    replace_all(*text, tree.string(), tree.lexically_relative(build).string());
    NANOBUG_TRY(write_file(file, without_regeneration(*text)));
  }
  return {};
}

Status remember_relocations(const fs::path& build, const fs::path& tree) {
  auto files = list_files(build);
  NANOBUG_TRY(files);
  std::string list;
  for (const std::string& file : *files) {
    if (fs::file_size(build / file) > kLargestText) continue;
    const auto text = read_file(build / file);
    NANOBUG_TRY(text);
    const bool binary = text->find('\0') != std::string::npos;
    if (!binary && text->find(tree.string()) != std::string::npos) list += file + '\n';
  }
  return write_file(list_of(tree), list);
}

Status relocate(const fs::path& build, const fs::path& tree, const fs::path& home) {
  const auto list = read_file(list_of(tree));
  NANOBUG_TRY(list);
  std::istringstream in(*list);
  for (std::string file; std::getline(in, file);) {
    auto text = read_file(build / file);
    NANOBUG_TRY(text);
    replace_all(*text, tree.string(), home.string());
    NANOBUG_TRY(write_unsynced(build / file, *text));
  }
  return {};
}

}  // namespace nanobug::workshop
