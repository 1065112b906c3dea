// judges: what of the head judges a tree: the probes, and its own tests.
#include <algorithm>

#include "mutator/catalog/table.h"

namespace nanobug::catalog {
namespace {

const Names kTestWords = {"source", "build", "project", "report"};
const Names kProbeWords = {"source", "build", "project", "probes_build"};

Kind<Probes> probes() {
  using F = Of<Probes>;
  return mapping<Probes>(
      "tree.probes",
      {F::may("source", path(), &Probes::source, "the probes' directory, relative to this file's"),
       F::may("configure", argv(kProbeWords), &Probes::configure,
              "the command that configures {probes_build}"),
       F::need("compile", argv(kProbeWords), &Probes::compile, "the command that builds {probes_build}"),
       F::need("program", path(), &Probes::program, "the probe program, relative to {probes_build}"),
       F::may("headers", texts(path()), &Probes::headers,
              "globs: where one of these differs from the clean tree's, the probes are built again"),
       F::may("time_limit", seconds(), &Probes::time_limit_s, "seconds of processor time for one probe"),
       F::may(
           "observables", named(text(), text()),
           [](Probes& p, Named<Text>&& all) {
             for (auto& [tag, words] : all) p.observables.push_back({tag.value, std::move(words.value)});
           },
           "a probe's tag, and what a learner is told is wrong where it fails; causes before "
           "consequences")});
}

// An entry of `tests`: a command of the tree's, or the probes.
struct Judge {
  Test test;
  Probes probes;
  bool is_probes = false;
  Place place;
};

void check_judge(Fields& fields, Judge& judge) {
  judge.is_probes = fields.has("probes");
  judge.test.place = fields.place();
  if (!judge.is_probes) {
    for (const char* name : {"id", "run"})
      if (!fields.has(name)) fields.lacks(name);
    if (const Field* words = fields.find("observables"); words && fields.has("run") && !judge.test.reports())
      fields.error(
          "'observables' are of the cases of a report, and 'run' leaves none at {report}; say "
          "'observable'",
          words->key.place);
    return;
  }
  for (const auto& [key, value] : fields.node().fields)
    if (key.value != "probes")
      fields.error("an entry of 'tests' that has 'probes' has nothing else; remove '" + key.value + "'",
                   key.place);
}

Kind<Judge> judge() {
  using F = Of<Judge>;
  using T = Of<Test>;
  const Table<Test> test = {
      T::may("id",
             like("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*",
                  "is no id; use letters, digits, and single dots, hyphens or underscores between them"),
             &Test::id, "what a rule's seen_by calls it, where it leaves no report"),
      T::may(
          "run", argv(kTestWords), &Test::run,
          "a command, run in {source} when the tree is built; it is judged by the JUnit XML that it leaves "
          "at {report}, or, where it does not name that, by its exit code"),
      T::may("observable", text(), &Test::observable, "what a learner is told is wrong where it fails"),
      T::may(
          "observables", named(text(), text()),
          [](Test& t, Named<Text>&& all) {
            for (auto& [glob, words] : all) t.observables.push_back({glob.value, std::move(words.value)});
          },
          "globs of test cases, and what a learner is told is wrong where one fails; causes before "
          "consequences"),
      T::may("sources", texts(path()), &Test::sources,
             "globs of its own sources in the tree: a checkout is judged with the clean tree's"),
      T::may("time_limit", seconds(), &Test::time_limit_s,
             "seconds of processor time, for the clean tree's first run (default: 60)")};
  return mapping<Judge>("an entry of 'tests'",
                        F::within(test, [](Judge& j) -> Test& { return j.test; }) +
                            Table<Judge>{F::may("probes", probes(), &Judge::probes,
                                                "how the probes are built and run")},
                        check_judge);
}

// What judges, as a list; or the directory of the rules' snippets, as this field once was.
struct Tests {
  Text snippets;
  std::vector<Judge> judges;
};

Kind<Tests> tests() {
  return {[](Fields& fields, const Node& node, const std::string& name, Tests& out) {
            if (node.kind == Node::Kind::scalar) return path().read(fields, node, name, out.snippets);
            return list_of(judge()).read(fields, node, name, out.judges);
          },
          [] { return Json{{"anyOf", {list_of(judge()).schema(), path().schema()}}}; }};
}

void put_tests(Tree& tree, Tests&& all) {
  if (!all.snippets.value.empty()) tree.snippets = all.snippets.value;
  for (Judge& one : all.judges) {
    if (one.is_probes)
      tree.probes = std::move(one.probes);
    else
      tree.tests.push_back(std::move(one.test));
  }
}

// How many things that judge speak the probe protocol?
long count_probes(const Fields& fields) {
  const Field* tests = fields.find("tests");
  if (!tests) return fields.has("probes");
  return fields.has("probes") +
         std::count_if(tests->value.items.begin(), tests->value.items.end(), [](const Node& entry) {
           return std::any_of(entry.fields.begin(), entry.fields.end(),
                              [](const Field& field) { return field.key.value == "probes"; });
         });
}

}  // namespace

Kind<std::vector<Text>> argv(const Names& placeholders, Items items) {
  return texts(argument(placeholders), items);
}

Table<Tree> judges() {
  using F = Of<Tree>;
  return {
      F::may("probes", probes(), &Tree::probes, "how the probes are built and run"),
      F::may(
          "tests", tests(), put_tests,
          "what judges the tree: commands that leave JUnit XML, commands judged by their exit code, probes")};
}

void check_judges(Fields& fields, Tree& tree) {
  if (count_probes(fields) > 1)
    fields.error("there are probes more than once; 'tree.probes' or one entry of 'tests' has them",
                 fields.place());
  const Field* tests = fields.find("tests");
  const bool listed = tests && tests->value.kind == Node::Kind::list;
  if (!fields.has("probes") && !listed && !fields.has("parity"))
    fields.error("tree has nothing that judges it; give it 'tests', 'probes' or 'parity'", fields.place());
  std::map<std::string, int> ids;
  for (const Test& test : tree.tests) {
    const auto [other, is_new] = ids.emplace(test.id.value, test.id.place.line);
    if (!is_new && !test.id.value.empty())
      fields.error("there is already a test '" + test.id.value + "', in line " +
                       std::to_string(other->second) + "; give this one another id",
                   test.id.place);
  }
}

}  // namespace nanobug::catalog
