// tree: the head of the catalog, all that is known of the tree that is practised on.
#include <algorithm>
#include <regex>

#include "mutator/base/suggest.h"
#include "mutator/catalog/reader.h"

namespace nanobug::catalog {
namespace {

const Names kBuildWords = {"source", "build", "project"};
const Names kProbeWords = {"source", "build", "project", "probes_build"};
const Names kStepWords = {"source", "build", "scratch"};
const Names kRunWords = {"source", "build", "scratch", "metrics"};

Build read_build(const Node& node, Errors& errors) {
  Build build;
  Fields fields(node, "tree.build", errors);
  if (const Node* configure = fields.may("configure"))
    fields.argv(configure, "configure", kBuildWords, build.configure);
  fields.argv(fields.need("compile"), "compile", kBuildWords, build.compile);
  fields.path(fields.may("directory"), "directory", build.directory);
  fields.path(fields.may("library"), "library", build.library);
  fields.done();
  return build;
}

void read_observables(const Node& node, Probes& probes, Errors& errors) {
  Fields fields(node, "tree.probes.observables", errors);
  for (const auto& [key, value] : node.fields)
    fields.string(fields.may(key.value), key.value,
                  probes.observables.emplace_back(Observable{.tag = key.value, .words = ""}).words);
}

Probes read_probes(const Node& node, Errors& errors) {
  Probes probes;
  Fields fields(node, "tree.probes", errors);
  if (const Node* configure = fields.may("configure"))
    fields.argv(configure, "configure", kProbeWords, probes.configure);
  fields.path(fields.may("source"), "source", probes.source);
  fields.argv(fields.need("compile"), "compile", kProbeWords, probes.compile);
  fields.path(fields.need("program"), "program", probes.program);
  std::vector<Text> headers;
  if (const Node* globs = fields.may("headers")) fields.texts(globs, "headers", headers);
  for (const Text& glob : headers) {
    if (const std::string why = wrong_path(glob.value); !why.empty())
      fields.error("'headers' " + why, glob.place);
    probes.headers.push_back(glob.value);
  }
  fields.seconds(fields.may("time_limit"), "time_limit", probes.time_limit_s);
  if (const Node* observables = fields.may("observables")) read_observables(*observables, probes, errors);
  fields.done();
  return probes;
}

// The entries of an optional list of mappings.
std::vector<const Node*> entries(Fields& fields, const std::string& name) {
  std::vector<const Node*> all;
  const Node* list = fields.may(name);
  if (!list) return all;
  if (list->kind != Node::Kind::list)
    fields.error("'" + name + "' must be a list of mappings, not " + kind_name(*list), list->place);
  for (const Node& entry : list->items) all.push_back(&entry);
  return all;
}

bool is_name(const std::string& text) {
  return text.find('/') == std::string::npos && text != "." && text != "..";
}

// Names and no paths: what is left out of a snapshot, say, is left out by its name at the top.
void read_names(Fields& fields, const Node& node, const std::string& field, const std::string& of,
                std::vector<std::string>& out) {
  std::vector<Text> names;
  fields.texts(&node, field, names);
  for (Text& name : names) {
    if (!is_name(name.value))
      fields.error("'" + field + "' must be names of " + of + ", not '" + name.value + "'", name.place);
    out.push_back(std::move(name.value));
  }
}

void read_inputs(const Node& node, std::map<std::string, std::string>& inputs, Errors& errors) {
  Fields fields(node, "tree.inputs", errors);
  for (const auto& [key, value] : node.fields) {
    if (!is_name(key.value))
      fields.error("'inputs' must be names of files in {scratch}, not '" + key.value + "'", key.place);
    fields.string(fields.may(key.value), key.value, inputs[key.value]);
  }
}

void read_step(Fields& fields, const Names& words, const Names& inputs, Step& step) {
  fields.path(fields.need("program"), "program", step.program);
  if (const Node* args = fields.may("args"); args && !(args->kind == Node::Kind::list && args->items.empty()))
    fields.argv(args, "args", words, step.args);
  fields.integer(fields.may("ranks"), "ranks", 1, 8, step.ranks);
  Text input;
  if (!fields.text(fields.may("input"), "input", input)) return;
  step.input = input.value;
  if (std::find(inputs.begin(), inputs.end(), input.value) == inputs.end())
    fields.error("'input' names '" + input.value + "', which is not one of tree.inputs" +
                     did_you_mean(input.value, inputs),
                 input.place);
}

void read_before(Fields& fields, const Names& inputs, std::vector<Step>& before, Errors& errors) {
  for (const Node* entry : entries(fields, "before")) {
    Fields step(*entry, "an entry of 'before'", errors);
    read_step(step, kStepWords, inputs, before.emplace_back());
    step.done();
  }
}

void read_program(Fields& fields, const Names& inputs, Program& program, Errors& errors) {
  program.place = fields.place();
  read_step(fields, kRunWords, inputs, program);
  fields.seconds(fields.may("time_limit"), "time_limit", program.time_limit_s);
  read_before(fields, inputs, program.before, errors);
}

bool finds_something(const std::string& expression) {
  try {
    return std::regex(expression).mark_count() > 0;
  } catch (const std::regex_error&) {
    return false;
  }
}

// What of a step is compared; false when that is nothing.
bool read_compared(Fields& fields, const Names& inputs, Compared& step, Errors& errors) {
  read_step(fields, kRunWords, inputs, step);
  const Node* compare = fields.may("compare");
  if (compare) {
    Fields series(*compare, "'compare'", errors);
    if (series.is_map() && compare->fields.empty())
      fields.error("'compare' is an empty mapping", compare->place);
    for (const auto& [key, value] : compare->fields)
      series.tolerance(series.may(key.value), key.value, step.series[key.value]);
  }
  Text how;
  if (fields.text(fields.may("stdout"), "stdout", how)) {
    step.text = true;
    if (how.value != "exact") {
      step.picks = how.value;
      if (!finds_something(how.value))
        fields.error(
            "'stdout' must be exact, or a regular expression with a group for what is compared, not '" +
                how.value + "'",
            how.place);
    }
  }
  const Node* leaves = fields.may("leaves");
  if (leaves) read_names(fields, *leaves, "leaves", "files in {scratch}", step.leaves);
  return compare || step.text || leaves;
}

Parity read_parity(const Node& node, const Names& inputs, Errors& errors) {
  Parity parity;
  parity.place = node.place;
  Fields fields(node, "an entry of tree.parity", errors);
  fields.text(fields.need("id"), "id", parity.id);
  fields.string(fields.need("observable"), "observable", parity.observable);
  fields.seconds(fields.may("time_limit"), "time_limit", parity.time_limit_s);
  read_before(fields, inputs, parity.before, errors);
  const bool compares = read_compared(fields, inputs, parity.steps.emplace_back(), errors);
  const std::vector<const Node*> then = entries(fields, "then");
  for (const Node* entry : then) {
    Fields step(*entry, "an entry of 'then'", errors);
    read_compared(step, inputs, parity.steps.emplace_back(), errors);
    step.done();
  }
  if (fields.is_map() && !compares && then.empty())
    fields.error("an entry of tree.parity compares nothing; give it 'compare', 'stdout', 'leaves' or 'then'",
                 node.place);
  fields.done();
  return parity;
}

Run read_run(const Node& node, const std::string& name, const Names& inputs, Errors& errors) {
  Run run;
  run.name = name;
  Fields fields(node, "tree.runs." + name, errors);
  read_program(fields, inputs, run.program, errors);
  if (const Node* series = fields.need("series")) fields.strings(series, "series", run.series);
  fields.done();
  return run;
}

void read_runs(const Node& node, const Names& inputs, std::vector<Run>& runs, Errors& errors) {
  Fields fields(node, "tree.runs", errors);
  if (fields.is_map() && node.fields.empty()) fields.error("'runs' is an empty mapping", node.place);
  for (const auto& [key, value] : node.fields)
    if (const Node* run = fields.may(key.value)) runs.push_back(read_run(*run, key.value, inputs, errors));
}

}  // namespace

Tree read_tree(const Node& node, Errors& errors) {
  Tree tree;
  tree.place = node.place;
  Fields fields(node, "tree", errors);
  fields.path(fields.need("root"), "root", tree.root);
  if (const Node* outputs = fields.may("outputs"))
    read_names(fields, *outputs, "outputs", "directories at the top of the tree", tree.outputs);
  if (const Node* build = fields.need("build")) tree.build = read_build(*build, errors);
  if (const Node* probes = fields.need("probes")) tree.probes = read_probes(*probes, errors);
  if (const Node* inputs = fields.may("inputs")) read_inputs(*inputs, tree.inputs, errors);
  Names inputs;
  for (const auto& [name, text] : tree.inputs) inputs.push_back(name);
  if (const Node* parity = fields.may("parity")) {
    if (parity->kind != Node::Kind::list)
      fields.error("'parity' must be a list of mappings, not " + kind_name(*parity), parity->place);
    else if (parity->items.empty())
      fields.error("'parity' is an empty list", parity->place);
    for (const Node& entry : parity->items) tree.parity.push_back(read_parity(entry, inputs, errors));
  }
  if (const Node* runs = fields.need("runs")) read_runs(*runs, inputs, tree.runs, errors);
  fields.done();
  return tree;
}

}  // namespace nanobug::catalog
