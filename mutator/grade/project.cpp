// project: see project.h.
#include "mutator/grade/project.h"

#include <set>

#include "mutator/base/files.h"

namespace nanobug::grade {
namespace {

// What the words of a command name below {project}: "{project}/tests/probes" -> tests/probes.
void names_in(const std::vector<std::string>& command, std::set<std::string>& names) {
  constexpr std::string_view kProject = "{project}/";
  for (const std::string& word : command)
    if (const size_t at = word.find(kProject); at != std::string::npos)
      names.insert(fs::path(word.substr(at + kProject.size())).lexically_normal().string());
}

// A file, or all that is below a directory; what is not there, nothing.
Status add(vault::Tree& project, const fs::path& directory, const std::string& name) {
  std::error_code error;
  const fs::path path = directory / name;
  if (fs::is_directory(path, error)) {
    auto tree = vault::read_tree(path, {});
    NANOBUG_TRY(tree);
    for (auto& [relative, file] : *tree) project[(fs::path(name) / relative).string()] = std::move(file);
  } else if (fs::is_regular_file(path, error)) {
    auto bytes = read_file(path);
    NANOBUG_TRY(bytes);
    const bool runs = (fs::status(path, error).permissions() & fs::perms::owner_exec) != fs::perms::none;
    project[name] = {std::move(*bytes), runs ? vault::Mode::executable : vault::Mode::regular};
  }
  return {};
}

fs::path place_of(const fs::path& cache, const std::string& id) {
  return cache / "projects" / project_directory(id);
}

}  // namespace

std::string project_directory(const std::string& id) {
  return id.substr(0, 24);
}

Result<vault::Tree> project_of(const catalog::Catalog& catalog, const vault::Tree& pristine) {
  const catalog::Tree& spec = catalog.tree;
  std::set<std::string> names;
  for (const std::string& name : {spec.probes.source, spec.pages})
    if (!name.empty()) names.insert(name);
  for (const auto* command :
       {&spec.build.configure, &spec.build.compile, &spec.probes.configure, &spec.probes.compile})
    names_in(*command, names);
  for (const catalog::Test& test : spec.tests) names_in(test.run, names);
  vault::Tree project;
  for (const std::string& name : names) NANOBUG_TRY(add(project, catalog.directory(), name));
  auto yaml = read_file(catalog.file);
  NANOBUG_TRY(yaml);
  project[kCatalogName].bytes = std::move(*yaml);
  for (const auto& [path, file] : pristine)
    project[(fs::path(spec.root) / path).lexically_normal().string()] = file;
  return project;
}

std::optional<fs::path> find_project(const fs::path& cache, const std::string& id) {
  const fs::path place = place_of(cache, id);
  std::error_code error;
  return fs::is_directory(place, error) ? std::optional(place) : std::nullopt;
}

bool is_whole(const fs::path& directory, const std::string& id) {
  const auto there = vault::read_tree(directory, {});
  const auto found = there ? vault::tree_id(*there) : Result<std::string>("");
  return found && *found == id;
}

Result<fs::path> lay_out(const vault::Tree& project, const std::string& id, const fs::path& cache) {
  if (auto there = find_project(cache, id)) {
    if (is_whole(*there, id)) return *there;
    NANOBUG_TRY(remove_tree(*there));
  }
  const fs::path place = place_of(cache, id);
  auto made = make_temporary_directory(place.parent_path(), "project");
  NANOBUG_TRY(made);
  const Status written = vault::write_tree(project, *made);
  std::error_code error;
  if (written) fs::rename(*made, place, error);
  if (!written || error) (void)remove_tree(*made);
  NANOBUG_TRY(written);
  if (error && !find_project(cache, id))  // else another process was quicker
    return fail(Exit::io, "cannot lay out the session's project in the cache: " + error.message());
  return place;
}

}  // namespace nanobug::grade
