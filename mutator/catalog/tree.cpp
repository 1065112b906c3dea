// tree: the head of the catalog, all that is known of the tree that is practised on.
#include <algorithm>
#include <regex>
#include <set>

#include "mutator/catalog/table.h"

namespace nanobug::catalog {
namespace {

const Names kBuildWords = {"source", "build", "project"};
const Names kDatabaseWords = {"source", "build"};
const Names kStepWords = {"source", "build", "scratch"};
const Names kDiagnosticsWords = {"source", "build", "scratch", "diagnostics"};
const Names kRunWords = {"source", "build", "scratch", "metrics"};

Kind<Build> build() {
  using F = Of<Build>;
  return mapping<Build>(
      "tree.build",
      {F::may("configure", argv(kBuildWords), &Build::configure, "the command that configures {build}"),
       F::may("debug", argv(kBuildWords), &Build::debug,
              "what 'configure' is given besides where a checkout is built for a debugger: 'start --debug'"),
       F::need("compile", argv(kBuildWords), &Build::compile, "the command that builds {build}"),
       F::may("directory", path(), &Build::directory, "where a checkout is built, relative to it"),
       F::may("library", path(), &Build::library,
              "the shared library that the probes are linked with, relative to {build}")});
}

Table<Step> step(const Names& words) {
  using F = Of<Step>;
  const auto inputs = [](const Tree& tree) {
    Names names;
    for (const auto& [name, text] : tree.inputs) names.push_back(name);
    return names;
  };
  return {
      F::need("program", path(), &Step::program, "a program of the tree, relative to {build}"),
      F::may("args", argv(words, Items::may_be_none), &Step::args, "its arguments"),
      F::may("ranks", whole(1, 8), &Step::ranks,
             "so many processes at once, told of each other by torchrun's variables"),
      F::may("input", listed("tree.inputs", inputs), &Step::input, "which of tree.inputs it reads on stdin")};
}

Kind<std::vector<Step>> before() {
  return list_of(mapping<Step>("an entry of 'before'", step(kStepWords)));
}

Table<Program> program() {
  using F = Of<Program>;
  return F::within(step(kRunWords), [](Program& p) -> Step& { return p; }) +
         Table<Program>{F::may("time_limit", seconds(), &Program::time_limit_s, "seconds"),
                        F::may("before", before(), &Program::before,
                               "what is run first and must succeed: it makes the program's input")};
}

// `exact`, or an expression that finds something in a line.
bool read_stdout(Fields& fields, const Node& node, const std::string& name, Text& how) {
  if (!text().read(fields, node, name, how)) return false;
  if (how.value == "exact") return true;
  try {
    if (std::regex(how.value).mark_count() > 0) return true;
  } catch (const std::regex_error&) {
  }
  fields.error("'" + name +
                   "' must be exact, or a regular expression with a group for what is compared, not '" +
                   how.value + "'",
               how.place);
  return false;
}

Table<Compared> compared() {
  using F = Of<Compared>;
  return F::within(step(kRunWords), [](Compared& c) -> Step& { return c; }) +
         Table<Compared>{
             F::may(
                 "compare", named(text(), tolerance()),
                 [](Compared& c, Named<double>&& all) {
                   for (const auto& [series, most] : all) c.series[series.value] = most;
                 },
                 "a series of its records, and how far a value may part from the clean tree's, relatively"),
             F::may(
                 "stdout", Kind<Text>{read_stdout, text().schema},
                 [](Compared& c, Text&& how) {
                   c.text = true;
                   if (how.value != "exact") c.picks = how.value;
                 },
                 "exact, or an expression: of each line of its output what the groups find is compared"),
             F::may("leaves", texts(name_of("files in {scratch}"), Items::each_once), &Compared::leaves,
                    "files in {scratch}: how often each was written")};
}

bool compares(const Fields& fields) {
  return fields.has("compare") || fields.has("stdout") || fields.has("leaves") || fields.has("then");
}

Kind<Parity> parity() {
  using F = Of<Parity>;
  const auto first = [](Parity& p) -> Compared& {
    return p.steps.empty() ? p.steps.emplace_back() : p.steps.front();
  };
  const Table<Parity> table =
      Table<Parity>{
          F::need("id",
                  like("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*",
                       "is no id; use letters, digits, and single dots, hyphens or underscores between them"),
                  &Parity::id, "what a rule's seen_by calls it; no probe may have this name"),
          F::need("observable", text(), &Parity::observable, "what a learner is told is wrong"),
          F::may("time_limit", seconds(), &Parity::time_limit_s, "seconds, for the clean tree's first run"),
          F::may("before", before(), &Parity::before,
                 "what is run first; equal steps of several parity runs are run once for all")} +
      F::within(compared(), first) +
      Table<Parity>{F::may(
          "then", list_of(mapping<Compared>("an entry of 'then'", compared())),
          [first](Parity& p, std::vector<Compared>&& steps) {
            first(p);
            for (Compared& one : steps) p.steps.push_back(std::move(one));
          },
          "further steps: each finds what those before it left behind")};
  return mapping<Parity>("an entry of tree.parity", table, [](Fields& fields, Parity&) {
    if (!compares(fields))
      fields.error(
          "an entry of tree.parity compares nothing; give it 'compare', 'stdout', 'leaves' or 'then'",
          fields.place());
  });
}

Kind<Run> run() {
  using F = Of<Run>;
  return mapping<Run>("an entry of tree.runs",
                      F::within(program(), [](Run& r) -> Program& { return r.program; }) +
                          Table<Run>{F::may("series", texts(text(), Items::each_once), &Run::series,
                                            "series of its records, the first is the one that is plotted; "
                                            "without any what it prints is shown")},
                      [](Fields& fields, Run& r) { r.program.place = fields.place(); });
}

Kind<Diagnostics> diagnostics() {
  using F = Of<Diagnostics>;
  return mapping<Diagnostics>(
      "tree.diagnostics",
      {F::need("options", argv(kDiagnosticsWords), &Diagnostics::args,
               "what makes a program write {diagnostics}: JSON lines, each with 'step', and numbers, "
               "words or tables by series or series/part"),
       F::need("programs", texts(path(), Items::each_once), &Diagnostics::programs,
               "the programs that take them, relative to {build}"),
       F::may("reseed", argv(kStepWords), &Diagnostics::reseed,
              "arguments that make these programs draw other random numbers: how far two clean runs part")},
      [](Fields& fields, Diagnostics& d) {
        const auto names_file = [](const std::string& arg) {
          return arg.find("{diagnostics}") != std::string::npos;
        };
        if (!d.args.empty() && std::none_of(d.args.begin(), d.args.end(), names_file))
          fields.error("'options' of tree.diagnostics must name {diagnostics}, the file to write",
                       fields.place());
      });
}

const std::vector<std::pair<std::string, Evidence::From>> kSources = {{"run", Evidence::From::run},
                                                                      {"output", Evidence::From::output},
                                                                      {"tests", Evidence::From::tests},
                                                                      {"clean", Evidence::From::clean},
                                                                      {"checkout", Evidence::From::checkout}};

Kind<Evidence> evidence() {
  using F = Of<Evidence>;
  Names sources;
  for (const auto& [name, from] : kSources) sources.push_back(name);
  return mapping<Evidence>(
      "an entry of tree.evidence",
      {F::need("words", text(), &Evidence::words, "what it is, in one line"),
       F::may("also", texts(text(), Items::each_once), &Evidence::synonyms, "what else it is called"),
       F::may("price", whole(0, 60), &Evidence::minutes,
              "minutes on the clock; 0: it comes with the symptom (default: 1)"),
       F::may(
           "from", one_of(sources),
           [](Evidence& e, Text&& word) {
             for (const auto& [name, from] : kSources)
               if (name == word.value) e.from = from;
           },
           "run: a series of the bug's own run; output: what that prints; tests: the observables that fail; "
           "clean: the clean tree's, beside, from then on; checkout: the sources (default: run)"),
       F::may("series", text(), &Evidence::series,
              "of the run's records or diagnostics; with a * at the end, all that begin so"),
       F::may("unit", text(), &Evidence::unit, "of its numbers")},
      [](Fields& fields, Evidence& e) {
        const bool of_run = e.from == Evidence::From::run;
        if (of_run && !fields.has("series"))
          fields.error("an entry of tree.evidence needs 'series', or another 'from'", fields.place());
        if (!of_run && fields.has("series"))
          fields.error("an entry of tree.evidence has a 'series' only where it is from the run; remove one",
                       fields.place());
      });
}

Kind<Pack> pack() {
  using F = Of<Pack>;
  return mapping<Pack>(
      "an entry of tree.packs",
      {F::need("about", text(), &Pack::about, "what is in it, in one line, for who chooses one"),
       F::may("bugs", whole(1, 9), &Pack::bugs, "how many of its bugs a session has at once (default: 1)"),
       F::may("level", whole(1, 9), &Pack::level,
              "which level of a hunt it is: 'start --level' draws from it")});
}

// Lists of codes, a list a day.
Kind<std::vector<std::vector<Text>>> days() {
  const Kind<std::vector<Text>> day = texts(like(kCode, kNoCode), Items::each_once);
  return {
      [day](Fields& fields, const Node& node, const std::string& name, std::vector<std::vector<Text>>& out) {
        if (!read_list(fields, node, name, "a list of days, each a list of codes", Items::some)) return false;
        for (const Node& entry : node.items)
          if (std::vector<Text> codes; day.read(fields, entry, "a day", codes))
            out.push_back(std::move(codes));
        return true;
      },
      [day] { return list_schema(day.schema(), Items::some); }};
}

Kind<Plan::Part> part_of_plan() {
  using F = Of<Plan::Part>;
  return mapping<Plan::Part>(
      "an entry of 'parts'",
      {F::need("about", text(), &Plan::Part::about, "what is practised in it, in one line"),
       F::may("days", days(), &Plan::Part::days, "the codes of each day's bugs, a list a day"),
       F::may(
           "bugs", texts(like(kCode, kNoCode), Items::each_once),
           [](Plan::Part& part, std::vector<Text>&& codes) { part.days.push_back(std::move(codes)); },
           "the codes of its bugs, where it is not divided into days")},
      [](Fields& fields, Plan::Part&) {
        if (fields.has("days") == fields.has("bugs"))
          fields.error(std::string("an entry of 'parts' has ") + (fields.has("days") ? "both" : "neither") +
                           " 'days' " + (fields.has("days") ? "and" : "nor") + " 'bugs'; give it one of them",
                       fields.place());
      });
}

Kind<Plan> plan() {
  using F = Of<Plan>;
  return mapping<Plan>(
      "an entry of tree.plans",
      {F::need("about", text(), &Plan::about, "what it is, in one line, for who chooses one"),
       F::may("part", text(), &Plan::part, "what a part of it is called (default: week)"),
       F::need("parts", list_of(part_of_plan()), &Plan::parts, "its parts, in their order")});
}

void check_tree(Fields& fields, Tree& tree) {
  check_judges(fields, tree);
  std::map<std::string, int> ids;
  for (const Parity& one : tree.parity) {
    const auto [other, is_new] = ids.emplace(one.id.value, one.id.place.line);
    if (!is_new && !one.id.value.empty())
      fields.error("there is already a parity run '" + one.id.value + "', in line " +
                       std::to_string(other->second) + "; give this one another id",
                   one.id.place);
  }
  for (const Evidence::From from : {Evidence::From::clean, Evidence::From::checkout}) {
    const auto is_it = [&](const Evidence& one) { return one.from == from; };
    if (std::count_if(tree.evidence.begin(), tree.evidence.end(), is_it) > 1)
      fields.error(std::string("'evidence' has more than one entry from the ") +
                       (from == Evidence::From::clean ? "clean tree" : "checkout") + "; remove all but one",
                   fields.place());
  }
}

// Each with the name that its author gave it.
template <class T>
auto put_named(std::vector<T> Tree::* list) {
  return [list](Tree& tree, Named<T>&& all) {
    for (auto& [name, one] : all) {
      one.name = name.value;
      (tree.*list).push_back(std::move(one));
    }
  };
}

void put_categories(Tree& tree, Named<Text>&& all) {
  for (auto& [letter, name] : all) tree.categories.push_back({letter.value, std::move(name.value)});
}

// Names are each one category's.
bool read_categories(Fields& fields, const Node& node, const std::string& name, Named<Text>& out) {
  const Kind<Text> letter = like("[A-Z]", "is no letter of a category; use one capital");
  if (!named(letter, text()).read(fields, node, name, out)) return false;
  std::map<std::string, std::string> letters;
  for (const auto& [key, word] : out)
    if (const auto [other, is_new] = letters.emplace(word.value, key.value); !is_new)
      fields.error("'" + name + "' gives " + word.value + " two letters, " + other->second + " and " +
                       key.value + "; remove one",
                   word.place);
  return true;
}

// 'nanobug plan NAME' takes packs too, so a plan has no pack's name. Packs are read before plans.
bool read_plans(Fields& fields, const Node& node, const std::string& name, Named<Plan>& out) {
  if (!named(text(), plan()).read(fields, node, name, out)) return false;
  for (const auto& [word, one] : out)
    if (fields.head().find_pack(word.value))
      fields.error("there is a pack '" + word.value +
                       "' already, and it is a plan by itself; give this one "
                       "another name",
                   word.place);
  return true;
}

}  // namespace

Kind<Tree> tree() {
  using F = Of<Tree>;
  const Kind<Text> letter = like("[A-Z]", "is no letter of a category; use one capital");
  const Table<Tree> table =
      Table<Tree>{
          F::need("root", path_or_here(), &Tree::root,
                  "the tree's directory, relative to this file's; . is this file's own, without what is "
                  "nanobug's"),
          F::may("outputs", texts(name_of("directories at the top of the tree"), Items::each_once),
                 &Tree::outputs, "globs of what its build and its programs write at its top: nobody's work"),
          F::may("categories", Kind<Named<Text>>{read_categories, named(letter, text()).schema},
                 put_categories, "classes of bugs: the letter that their codes begin with, and the name"),
          F::may("packs", named(text(), pack()), put_named(&Tree::packs),
                 "collections of bugs, by name; where there are none, a rule may name any"),
          F::may(
              "plans", Kind<Named<Plan>>{read_plans, named(text(), plan()).schema}, put_named(&Tree::plans),
              "orders of practice, by name, for 'nanobug plan'; the first is the one that it shows unasked"),
          F::may("patterns", texts(text(), Items::each_once), &Tree::patterns,
                 "kinds of slips, which a rule's pattern is one of"),
          F::may("outcomes", texts(text(), Items::each_once), &Tree::outcomes,
                 "what comes of a bug, which a rule's outcome is one of"),
          F::may("pages", path(), &Tree::pages,
                 "directory of <code>.md: what a learner is told of the rules that do not say it themselves"),
          F::may("snippets", path(), &Tree::snippets, "directory of <code>.cpp: what rules make of snippets"),
          F::may("guide", path(), &Tree::guide,
                 "a page of symptoms, and where to look then: what 'nanobug explain' answers from"),
          F::may("tutorial", text(), &Tree::tutorial,
                 "the code of the bug that 'nanobug tutorial' leads a beginner through: a small one"),
          F::need("build", build(), &Tree::build, "how the tree is built"),
          F::may("database", argument(kDatabaseWords), &Tree::database,
                 "where compile_commands.json is, or its directory (default: {build})"),
          F::may("flags", argv(kDatabaseWords), &Tree::flags,
                 "what each file is compiled with where there is no compile_commands.json: the compiler, "
                 "then its "
                 "options")} +
      judges() +
      Table<Tree>{F::may(
                      "inputs", named(name_of("files in {scratch}"), text()),
                      [](Tree& tree, Named<Text>&& all) {
                        for (auto& [name, content] : all) tree.inputs[name.value] = std::move(content.value);
                      },
                      "files that every {scratch} begins with"),
                  F::may("parity", list_of(parity()), &Tree::parity,
                         "runs of the tree's programs whose records must be the clean tree's"),
                  F::may("runs", named(text(), run()), put_named(&Tree::runs),
                         "what shows a bug to its learner, by name; a rule that names none has the first"),
                  F::may("diagnostics", diagnostics(), &Tree::diagnostics,
                         "how a program is made to tell of itself beside its records"),
                  F::may(
                      "evidence",
                      named(like("[a-z0-9]+(?:-[a-z0-9]+)*",
                                 "is no name of evidence; use small letters, digits and hyphens"),
                            evidence()),
                      [](Tree& tree, Named<Evidence>&& all) {
                        for (auto& [name, one] : all) {
                          one.id = name.value;
                          tree.evidence.push_back(std::move(one));
                        }
                      },
                      "what an interviewer has to show, by name: 'nanobug ask' finds it by name, words and "
                      "synonyms")};
  return mapping<Tree>("tree", table, check_tree);
}

}  // namespace nanobug::catalog
