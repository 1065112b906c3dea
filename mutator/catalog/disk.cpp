// disk: see disk.h.
#include "mutator/catalog/disk.h"

#include <algorithm>
#include <optional>
#include <set>

#include "mutator/base/files.h"
#include "mutator/catalog/page.h"

namespace nanobug::catalog {
namespace {

// A path below the catalog's directory that the catalog names, and where.
struct Named {
  const char* field;
  const std::string& path;
  const Place& place;
};

std::vector<Named> named_in(const Catalog& catalog) {
  const Tree& tree = catalog.tree;
  std::vector<Named> all = {{"tree.root", tree.root, tree.place},
                            {"tree.pages", tree.pages, tree.place},
                            {"tree.snippets", tree.snippets, tree.place},
                            {"tree.probes.source", tree.probes.source, tree.place}};
  for (const Rule& rule : catalog.rules)
    for (const Part* part : parts_of(rule)) all.push_back({"in", part->in.value, part->in.place});
  return all;
}

// The path and all that lead to it.
std::vector<fs::path> steps_to(const fs::path& path) {
  std::vector<fs::path> steps;
  for (const fs::path& part : path) steps.push_back(steps.empty() ? part : steps.back() / part);
  return steps;
}

void check_files(const Catalog& catalog, std::vector<Error>& errors) {
  for (const Rule& rule : catalog.rules)
    for (const Part* part : parts_of(rule)) {
      std::error_code ignored;
      if (!part->file.empty() && !fs::is_regular_file(catalog.tree_directory() / part->file, ignored))
        errors.push_back({Exit::catalog, "'in' names '" + part->in.value + "', and there is no such file",
                          part->in.place});
    }
}

// A link would put its target's text, or the way to it, into every checkout; and what is edited must be what
// is read. -> the first part of `path` that is one.
std::optional<std::string> link_on(const fs::path& directory, const std::string& path) {
  std::error_code ignored;
  for (const fs::path& step : steps_to(path))
    if (fs::is_symlink(directory / step, ignored)) return step.string();
  return std::nullopt;
}

void check_links(const Catalog& catalog, std::vector<Error>& errors) {
  for (const auto& [field, path, place] : named_in(catalog))
    if (const auto link = link_on(catalog.directory(), path))
      errors.push_back(
          {Exit::catalog,
           std::string("'") + field + "' leads through the symlink '" + *link + "'; name the file itself",
           place});
}

}  // namespace

std::vector<const Part*> parts_of(const Rule& rule) {
  std::vector<const Part*> parts;
  const auto add = [&](const Part& part) {
    if (std::none_of(parts.begin(), parts.end(), [&](const Part* p) { return p->file == part.file; }))
      parts.push_back(&part);
  };
  for (const Form* form : rule.forms()) {
    add(*form);
    for (const Part& other : form->also) add(other);
  }
  return parts;
}

void check_disk(const Catalog& catalog, std::vector<Error>& errors) {
  check_files(catalog, errors);
  check_links(catalog, errors);
}

MadeOf made_of(const Catalog& catalog) {
  const fs::path directory = catalog.directory();
  std::set<std::string> files, plain;
  for (const Rule& rule : catalog.rules)
    for (const std::string& file : rule.files()) files.insert((catalog.tree_directory() / file).string());
  for (const Named& named : named_in(catalog))
    for (const fs::path& step : steps_to(named.path)) plain.insert((directory / step).string());
  MadeOf made{.read = {catalog.file.string()},
              .files = {files.begin(), files.end()},
              .plain = {plain.begin(), plain.end()}};
  for (const std::string& beside : files_beside(catalog)) made.read.push_back(beside);
  return made;
}

}  // namespace nanobug::catalog
