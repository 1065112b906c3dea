// catalog: the whole file, and what concerns more than one rule.
#include "mutator/catalog/catalog.h"

#include <algorithm>
#include <tuple>

#include "mutator/base/files.h"
#include "mutator/base/globs.h"
#include "mutator/base/suggest.h"
#include "mutator/catalog/disk.h"
#include "mutator/catalog/page.h"
#include "mutator/catalog/table.h"

namespace nanobug::catalog {
namespace {

constexpr char kPatches[] = "patches";  // where 'nanobug patch export' writes

using Loaded = tl::expected<Catalog, std::vector<Error>>;

// Errors of the catalog, then of each file beside it, in the order of the file; those of one place in the
// order they were found.
Loaded answer(Catalog catalog, Errors errors) {
  if (errors.empty()) return catalog;
  std::vector<std::tuple<std::string, int, int, size_t>> order;
  for (size_t i = 0; i < errors.size(); ++i) {
    const Place place = errors[i].place.value_or(Place{});
    order.emplace_back(place.file == catalog.file ? "" : place.file, place.line, place.column, i);
  }
  std::sort(order.begin(), order.end());
  Errors sorted;
  for (const auto& [file, line, column, i] : order) sorted.push_back(std::move(errors[i]));
  return tl::unexpected(std::move(sorted));
}

// Ids and codes are each one rule's.
void check_names(const Catalog& catalog, Errors& errors) {
  const auto check = [&](const Text Rule::* name, const std::string& what) {
    std::map<std::string, int> lines;
    for (const Rule& rule : catalog.rules) {
      const Text& text = rule.*name;
      if (text.value.empty()) continue;
      if (const auto [other, is_new] = lines.emplace(text.value, text.place.line); !is_new)
        errors.push_back({Exit::catalog,
                          "there is already a rule '" + text.value + "', in line " +
                              std::to_string(other->second) + "; give this one another " + what,
                          text.place});
    }
  };
  check(&Rule::id, "id");
  check(&Rule::code, "code");
}

// Below the tree's root, nanobug's own: what would tell a learner the answers.
void hide_what_is_ours(Catalog& catalog) {
  Tree& tree = catalog.tree;
  const fs::path root = fs::path(tree.root).lexically_normal();
  for (const std::string& name : {catalog.file.filename().string(), tree.pages, tree.snippets,
                                  tree.guide.value, tree.probes.source, std::string(kPatches)}) {
    if (name.empty() || tree.root.empty()) continue;
    const fs::path below = fs::path(name).lexically_normal().lexically_relative(root);
    if (!below.empty() && below != "." && *below.begin() != "..")
      tree.hidden.push_back(below.generic_string());
  }
}

// A tree whose head has no classes has those that its codes begin with.
void classes_by_letter(Catalog& catalog) {
  if (!catalog.tree.categories.empty()) return;
  for (Rule& rule : catalog.rules) {
    if (rule.code.value.empty()) continue;
    rule.category = rule.code.value.substr(0, 1);
    if (std::none_of(catalog.tree.categories.begin(), catalog.tree.categories.end(),
                     [&](const Category& one) { return one.name == rule.category; }))
      catalog.tree.categories.push_back({rule.category, rule.category});
  }
}

// Whether the code names a bug that can be found; `who` wants it.
bool check_code(const Catalog& catalog, const Text& code, const std::string& who, Errors& errors) {
  const auto rule = std::find_if(catalog.rules.begin(), catalog.rules.end(),
                                 [&](const Rule& one) { return one.code.value == code.value; });
  if (rule == catalog.rules.end())
    errors.push_back({Exit::catalog,
                      "there is no rule '" + code.value + "' for " + who + "; name one by its code",
                      code.place});
  else if (rule->decoy)
    errors.push_back({Exit::catalog,
                      "'" + code.value + "' is a decoy; " + who + " needs a bug that can be found",
                      code.place});
  return rule != catalog.rules.end() && !rule->decoy;
}

void check_plan(const Catalog& catalog, const Plan& plan, Errors& errors) {
  const std::string who = "the plan '" + plan.name + "'";
  std::map<std::string, int> lines;
  for (const Plan::Part& part : plan.parts)
    for (const std::vector<Text>& day : part.days)
      for (const Text& code : day) {
        if (!check_code(catalog, code, who, errors)) continue;
        if (const auto [other, is_new] = lines.emplace(code.value, code.place.line); !is_new)
          errors.push_back({Exit::catalog,
                            "'" + code.value + "' is in " + who + " already, in line " +
                                std::to_string(other->second) + "; remove one",
                            code.place});
      }
}

void read(const std::string& yaml, Catalog& catalog, Errors& errors) {
  const auto root = read_yaml(yaml, catalog.file.string(), errors);
  if (!root) return;
  Context context{errors, catalog.tree};
  Fields fields(*root, "the catalog", context);
  if (!fields.is_map()) return;
  read_table(fields, catalog_table(), catalog);
  hide_what_is_ours(catalog);
  classes_by_letter(catalog);
  check_names(catalog, errors);
  if (const Text& code = catalog.tree.tutorial; !code.value.empty())
    check_code(catalog, code, "the tutorial", errors);
  for (const Plan& plan : catalog.tree.plans) check_plan(catalog, plan, errors);
}

}  // namespace

const Table<Catalog>& catalog_table() {
  using F = Of<Catalog>;
  static const Table<Catalog> table = {
      F::need("tree", tree(), &Catalog::tree, "all that nanobug knows of the tree that is practised on"),
      F::may("rules", list_of(rule()), &Catalog::rules, "the bugs, an entry each; none yet: leave it out")};
  return table;
}

std::string schema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "A catalog of nanobug"}};
  schema.update(schema_of(catalog_table()));
  return schema.dump(2) + '\n';
}

Place place_in(const Text& text, size_t offset) {
  Place place = text.place;
  for (size_t i = 0; i < offset && i < text.value.size(); ++i) {
    if (text.value[i] == '\n')
      ++place.line, place.column = text.place.column;
    else
      ++place.column;
  }
  return place;
}

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

bool Test::reports() const {
  return std::any_of(run.begin(), run.end(),
                     [](const std::string& word) { return word.find("{report}") != std::string::npos; });
}

std::vector<Observable> Tree::observables() const {
  std::vector<Observable> all = probes.observables;
  for (const Test& test : tests) {
    for (const Observable& one : test.observables) all.push_back({one.words, one.words});
    if (!test.observable.empty()) all.push_back({test.observable, test.observable});
  }
  return all;
}

bool Tree::has(const std::string& path) const {
  const std::string top = path.substr(0, path.find('/'));
  return top != ".git" && !fits_any(not_sources(), top) &&
         std::none_of(hidden.begin(), hidden.end(),
                      [&](const std::string& own) { return path == own || path.starts_with(own + '/'); });
}

bool Tree::judges(const std::string& file) const {
  return std::any_of(tests.begin(), tests.end(),
                     [&](const Test& test) { return fits_any(test.sources, file); });
}

const Run* Tree::find_run(std::string_view name) const {
  const auto run = std::find_if(runs.begin(), runs.end(), [&](const Run& r) { return r.name == name; });
  return run == runs.end() ? nullptr : &*run;
}

const Evidence* Tree::find_evidence(Evidence::From from) const {
  for (const Evidence& one : evidence)
    if (one.from == from) return &one;
  return nullptr;
}

const Pack* Tree::find_pack(std::string_view name) const {
  const auto pack = std::find_if(packs.begin(), packs.end(), [&](const Pack& p) { return p.name == name; });
  return pack == packs.end() ? nullptr : &*pack;
}

bool names_operator(const Part& part) {
  const std::string& text = part.match.value;
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size())).starts_with("operator(");
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
  for (const Part* part : parts_of(*this)) names.push_back(part->file);
  return names;
}

const Run* Catalog::run_of(const Rule& rule) const {
  const Run* run = tree.find_run(rule.run.value);
  return run || tree.runs.empty() ? run : &tree.runs.front();
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
  check_disk(catalog, errors);
  read_beside(catalog, errors);
  return answer(std::move(catalog), std::move(errors));
}

Status has_rules(const Catalog& catalog) {
  if (!catalog.rules.empty()) return {};
  return fail(Exit::catalog,
              "there are no rules yet: 'nanobug rule new' writes the first; 'nanobug start --surprise' and "
              "'nanobug certify --operators N' need none",
              Place{catalog.file.string(), 0, 0});
}

Result<std::vector<const Rule*>> find_rules(const Catalog& catalog, const std::string& name) {
  NANOBUG_TRY(has_rules(catalog));
  std::vector<const Rule*> found;
  for (const Rule& rule : catalog.rules) {
    if (same_name(rule.code.value, name) || same_name(rule.id.value, name)) return std::vector{&rule};
    if (std::any_of(rule.refs.begin(), rule.refs.end(),
                    [&](const auto& ref) { return same_name(ref, name); }))
      found.push_back(&rule);
  }
  if (!found.empty()) return found;
  // Ids tell what the bugs are: one is named only to who was close to it.
  Names names;
  for (const Rule& rule : catalog.rules) {
    names.push_back(rule.id.value);
    names.push_back(rule.code.value);
    names.insert(names.end(), rule.refs.begin(), rule.refs.end());
  }
  const std::string hint = did_you_mean(name, names);
  return fail(Exit::usage,
              "there is no bug '" + name + "'" + (hint.empty() ? "; 'nanobug list' shows them" : hint));
}

Result<const Rule*> find_rule(const Catalog& catalog, const std::string& name) {
  const auto found = find_rules(catalog, name);
  NANOBUG_TRY(found);
  if (found->size() == 1) return found->front();
  Names codes;
  for (const Rule* rule : *found) codes.push_back(rule->code.value);
  return fail(Exit::usage, "'" + name + "' is several bugs: " + in_words(codes) + "; name one of them");
}

}  // namespace nanobug::catalog
