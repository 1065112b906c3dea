// catalog: the whole file; what concerns more than one rule, and what only the disk can tell.
#include "mutator/catalog/catalog.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "mutator/base/files.h"
#include "mutator/base/suggest.h"
#include "mutator/catalog/reader.h"

namespace nanobug::catalog {
namespace {

using Loaded = tl::expected<Catalog, std::vector<Error>>;

// Errors in the order of the file; those of one place in the order they were found.
Loaded answer(Catalog catalog, Errors errors) {
  if (errors.empty()) return catalog;
  std::vector<std::tuple<int, int, size_t>> order;
  for (size_t i = 0; i < errors.size(); ++i) {
    const Place place = errors[i].place.value_or(Place{});
    order.emplace_back(place.line, place.column, i);
  }
  std::sort(order.begin(), order.end());
  Errors sorted;
  for (const auto& [line, column, i] : order) sorted.push_back(std::move(errors[i]));
  return tl::unexpected(std::move(sorted));
}

void read_rules(const Node& node, Catalog& catalog, Errors& errors) {
  if (node.kind != Node::Kind::list) {
    errors.push_back(
        {Exit::catalog, "'rules' must be a list of mappings, not " + kind_name(node), node.place});
    return;
  }
  if (node.items.empty()) errors.push_back({Exit::catalog, "'rules' is an empty list", node.place});
  for (const Node& entry : node.items) {
    Rule rule = read_rule(entry, catalog.tree, errors);
    if (const Rule* other = rule.id.value.empty() ? nullptr : catalog.find(rule.id.value))
      errors.push_back({Exit::catalog,
                        "there is already a rule '" + rule.id.value + "', in line " +
                            std::to_string(other->id.place.line) + "; give this one another id",
                        rule.id.place});
    catalog.rules.push_back(std::move(rule));
  }
}

void read(const std::string& yaml, Catalog& catalog, Errors& errors) {
  const auto root = read_yaml(yaml, catalog.file.string(), errors);
  if (!root) return;
  Fields fields(*root, "the catalog", errors);
  if (!fields.is_map()) return;
  if (const Node* tree = fields.need("tree")) catalog.tree = read_tree(*tree, errors);
  if (const Node* rules = fields.need("rules")) read_rules(*rules, catalog, errors);
  fields.done();
}

// A link would put its target's text, or the way to it, into every checkout; and what is edited must be what
// is read. -> the first part of `path` that is one.
std::optional<std::string> link_on(const fs::path& directory, const fs::path& path) {
  fs::path so_far;
  for (const fs::path& part : path) {
    so_far /= part;
    std::error_code ignored;
    if (fs::is_symlink(directory / so_far, ignored)) return so_far.string();
  }
  return std::nullopt;
}

void check_links(const Catalog& catalog, Errors& errors) {
  const auto check = [&](const std::string& field, const std::string& path, const Place& place) {
    if (const auto link = link_on(catalog.directory(), path))
      errors.push_back({Exit::catalog,
                        "'" + field + "' leads through the symlink '" + *link + "'; name the file itself",
                        place});
  };
  check("tree.root", catalog.tree.root, catalog.tree.place);
  check("tree.probes.source", catalog.tree.probes.source, catalog.tree.place);
  for (const Rule& rule : catalog.rules) check("in", rule.in.value, rule.in.place);
}

}  // namespace

std::vector<std::string> Tree::programs() const {
  std::vector<std::string> names;
  const auto add = [&](const Step& step) {
    if (std::find(names.begin(), names.end(), step.program) == names.end()) names.push_back(step.program);
  };
  for (const Run& run : runs) {
    add(run.program);
    for (const Step& step : run.program.before) add(step);
  }
  for (const Parity& one : parity) {
    for (const Step& step : one.before) add(step);
    for (const Step& step : one.steps) add(step);
  }
  return names;
}

const Run* Tree::find_run(std::string_view name) const {
  const auto run = std::find_if(runs.begin(), runs.end(), [&](const Run& r) { return r.name == name; });
  return run == runs.end() ? nullptr : &*run;
}

std::vector<const Form*> Rule::forms() const {
  std::vector<const Form*> all;
  if (!match.value.empty()) all.push_back(this);
  for (const Form& variant : variants) all.push_back(&variant);
  return all;
}

int Rule::least_sites() const {
  int count = 0;
  for (const Form* form : forms()) count += form->all || form->expect == Form::kAny ? 1 : form->expect;
  return count;
}

std::vector<std::string> Rule::files() const {
  std::vector<std::string> names;
  const auto add = [&](const Part& part) {
    if (std::find(names.begin(), names.end(), part.file) == names.end()) names.push_back(part.file);
  };
  for (const Form* form : forms()) {
    add(*form);
    for (const Part& part : form->also) add(part);
  }
  return names;
}

const Run& Catalog::run_of(const Rule& rule) const {
  const Run* run = tree.find_run(rule.run.value);
  return run ? *run : tree.runs.front();
}

const Rule* Catalog::find(std::string_view id) const {
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule& r) { return r.id.value == id; });
  return rule == rules.end() ? nullptr : &*rule;
}

Loaded parse(const std::string& yaml, const std::filesystem::path& name) {
  Catalog catalog;
  catalog.file = name;
  Errors errors;
  read(yaml, catalog, errors);
  return answer(std::move(catalog), std::move(errors));
}

Loaded load(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) {
    std::error_code ignored;
    if (fs::exists(file, ignored)) return tl::unexpected(Errors{text.error()});
    return tl::unexpected(
        Errors{{Exit::catalog, "there is no catalog; run nanobug in the directory that holds it",
                Place{file.string(), 0, 0}}});
  }
  Catalog catalog;
  catalog.file = file;
  Errors errors;
  read(*text, catalog, errors);
  for (const Rule& rule : catalog.rules) {
    std::error_code ignored;
    if (!rule.file.empty() && !fs::is_regular_file(catalog.tree_directory() / rule.file, ignored))
      errors.push_back(
          {Exit::catalog, "'in' names '" + rule.in.value + "', and there is no such file", rule.in.place});
  }
  check_links(catalog, errors);
  return answer(std::move(catalog), std::move(errors));
}

Result<const Rule*> find_rule(const Catalog& catalog, const std::string& id) {
  if (const Rule* rule = catalog.find(id)) return rule;
  Names ids;
  for (const Rule& rule : catalog.rules) ids.push_back(rule.id.value);
  const std::string hint = did_you_mean(id, ids);
  return fail(Exit::usage,
              "there is no rule '" + id + "'" + (hint.empty() ? "; 'nanobug list' shows them" : hint));
}

}  // namespace nanobug::catalog
