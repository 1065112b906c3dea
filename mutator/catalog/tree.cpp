// tree: the head of the catalog, all that is known of the tree that is practised on.
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

void read_step(Fields& fields, const Names& words, Step& step) {
  fields.path(fields.need("program"), "program", step.program);
  if (const Node* args = fields.may("args"); args && !(args->kind == Node::Kind::list && args->items.empty()))
    fields.argv(args, "args", words, step.args);
}

void read_program(Fields& fields, Program& program, Errors& errors) {
  program.place = fields.place();
  read_step(fields, kRunWords, program);
  fields.seconds(fields.may("time_limit"), "time_limit", program.time_limit_s);
  const Node* before = fields.may("before");
  if (!before) return;
  if (before->kind != Node::Kind::list)
    fields.error("'before' must be a list of mappings, not " + kind_name(*before), before->place);
  for (const Node& entry : before->items) {
    Fields step(entry, "an entry of 'before'", errors);
    read_step(step, kStepWords, program.before.emplace_back());
    step.done();
  }
}

Parity read_parity(const Node& node, Errors& errors) {
  Parity parity;
  Fields fields(node, "an entry of tree.parity", errors);
  fields.string(fields.need("observable"), "observable", parity.observable);
  read_program(fields, parity.program, errors);
  if (const Node* compare = fields.need("compare")) {
    Fields series(*compare, "'compare'", errors);
    if (series.is_map() && compare->fields.empty())
      fields.error("'compare' is an empty mapping", compare->place);
    for (const auto& [key, value] : compare->fields)
      series.tolerance(series.may(key.value), key.value, parity.compare[key.value]);
  }
  fields.done();
  return parity;
}

// Names and no paths: what is left out of a snapshot is left out by its name at the top.
void read_outputs(Fields& fields, const Node& node, std::vector<std::string>& outputs) {
  std::vector<Text> names;
  fields.texts(&node, "outputs", names);
  for (Text& name : names) {
    if (name.value.find('/') != std::string::npos || name.value == "." || name.value == "..")
      fields.error("'outputs' must be names of directories at the top of the tree, not '" + name.value + "'",
                   name.place);
    outputs.push_back(std::move(name.value));
  }
}

Run read_run(const Node& node, Errors& errors) {
  Run run;
  Fields fields(node, "tree.run", errors);
  read_program(fields, run.program, errors);
  if (const Node* series = fields.need("series")) fields.strings(series, "series", run.series);
  fields.done();
  return run;
}

}  // namespace

Tree read_tree(const Node& node, Errors& errors) {
  Tree tree;
  tree.place = node.place;
  Fields fields(node, "tree", errors);
  fields.path(fields.need("root"), "root", tree.root);
  if (const Node* outputs = fields.may("outputs")) read_outputs(fields, *outputs, tree.outputs);
  if (const Node* build = fields.need("build")) tree.build = read_build(*build, errors);
  if (const Node* probes = fields.need("probes")) tree.probes = read_probes(*probes, errors);
  if (const Node* parity = fields.may("parity")) {
    if (parity->kind != Node::Kind::list)
      fields.error("'parity' must be a list of mappings, not " + kind_name(*parity), parity->place);
    else if (parity->items.empty())
      fields.error("'parity' is an empty list", parity->place);
    for (const Node& entry : parity->items) tree.parity.push_back(read_parity(entry, errors));
  }
  if (const Node* run = fields.need("run")) tree.run = read_run(*run, errors);
  fields.done();
  return tree;
}

}  // namespace nanobug::catalog
