// catalog: catalog.yaml as typed data. No Clang, no git; loads in milliseconds.
//
// The head (`tree:`) is all that nanobug knows of the tree it practises on; the rest is one Rule an entry.
// Every value keeps its place in the YAML file, so that whoever finds it wrong later can say where.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::catalog {

// A string of the catalog and where it stands.
struct Text {
  std::string value;
  Place place;
};

// The place of a byte of it.
Place place_in(const Text& text, size_t offset);

// ---- the seam: how this tree is built, run and judged
// ---------------------------------------------------------

struct Build {
  // Each command is argv; {source}, {build}, {project} stand for directories. They are run in {source}.
  std::vector<std::string> configure;  // may be empty
  std::vector<std::string> debug;      // what configure is given besides, for a debugger; empty: nothing is
  std::vector<std::string> compile;    // incremental build of {build}
  std::string directory = "build";     // where a checkout is built, relative to it
  std::string library;                 // the shared library the probes are linked with, relative to {build}
};

// A class of what probes observe.
struct Observable {
  std::string tag;    // Catch2's, of the probes
  std::string words;  // what the learner is told is wrong
  bool operator==(const Observable&) const = default;
};

struct Probes {
  std::string source;                  // directory of the probes, relative to the catalog's directory
  std::vector<std::string> configure;  // how to build the probes against {source}; also {probes_build}
  std::vector<std::string> compile;
  std::string program;                  // the probe binary, relative to {probes_build}
  std::vector<std::string> headers;     // globs: when one differs from the clean tree, probes are rebuilt
  double time_limit_s = 20;             // for one probe
  std::vector<Observable> observables;  // in the order in which a learner reads them
};

// A command of the tree's own that judges it, run in {source} when the tree is built.
struct Test {
  Text id;                       // what a rule's `seen_by` calls it where its exit code is all that it says
  std::vector<std::string> run;  // argv; with {report} it leaves JUnit XML there, whose cases are then named
  std::string observable = {};   // what the learner is told is wrong; empty: what the report calls it
  std::vector<Observable> observables =
      {};  // the same for the cases that a glob (the tag) fits, the first that does
  std::vector<std::string> sources =
      {};                    // globs, relative to the tree's root: judged as the clean tree has them
  double time_limit_s = 60;  // processor time of the command, for the clean tree's first run
  Place place = {};

  bool reports() const;  // has it {report}?
};

// One start of a program of the tree. Its args know {source}, {build}, {scratch} (a directory of the run's
// own, with the tree's `inputs` in it) and, where records are read, {metrics}.
struct Step {
  std::string program = {};  // relative to {build}
  std::vector<std::string> args = {};
  int ranks = 1;           // more: so many processes at once, told of each other by torchrun's variables
  std::string input = {};  // the name of one of the tree's inputs, for its stdin; empty: it has none
};

struct Program : Step {
  std::vector<Step> before;  // run first, in this order, and must succeed: what makes the program's input
  double time_limit_s = 120;
  Place place;
};

// A step, and what of it must be as the clean tree has it. That it succeeds is compared of all.
struct Compared : Step {
  std::map<std::string, double> series;  // name -> largest relative difference of a value in the records
  bool text = false;                     // what it prints to stdout
  std::string picks;                // of its lines only what the groups of this expression find, in any order
  std::vector<std::string> leaves;  // files in {scratch}: how often each was written
};

struct Parity {
  Text id;                      // what a rule's `seen_by` calls it
  std::string observable;       // what the learner is told is wrong
  std::vector<Step> before;     // as a Program's; equal ones of several parity runs are run once for all
  std::vector<Compared> steps;  // at least one: each finds what those before it left behind
  double time_limit_s = 120;    // for the first run on the clean tree, whose own time limits the others
  Place place;
};

// What a verb says that needs runs where there are none.
inline constexpr char kNoRuns[] = "this tree has no runs to show; its catalog's head may name some, 'runs'";

// What shows a bug to its learner, and where the symptom on record comes from.
struct Run {
  std::string name;  // what a rule's `run` calls it
  Program program;
  std::vector<std::string> series;  // the first is the one that is plotted; none: what it prints is shown
};

// What a program tells of itself beside its records, for who asks.
struct Diagnostics {
  std::vector<std::string> args;      // of a program that can: they know {diagnostics}, a file of JSON lines
  std::vector<std::string> programs;  // those that can, relative to {build}
  std::vector<std::string> reseed;    // arguments that make any of them draw other random numbers
};

// Something that an interviewer has to show, when asked.
struct Evidence {
  enum class From {
    run,       // a series of the records or of the diagnostics of the bug's own run
    output,    // what that run prints
    tests,     // the observables whose probes and parity runs fail
    clean,     // from now on the clean tree's, beside
    checkout,  // the sources: what `open` costs
  };
  std::string id;
  std::string words;                  // what it is, in one line
  std::vector<std::string> synonyms;  // what else it is called
  int minutes = 1;                    // its price; 0: it comes with the symptom
  From from = From::run;
  std::string series;  // of From::run: "loss"; "grad_norm/*": all that begin so, each a part
  std::string unit;    // of its numbers; may be empty
};

// A class of bugs.
struct Category {
  std::string letter;  // what the codes of its rules begin with
  std::string name;
  bool operator==(const Category&) const = default;
};

// A collection of bugs.
struct Pack {
  std::string name;   // what a rule's `pack` calls it
  std::string about;  // what is in it, for who chooses one
  int bugs = 1;       // how many of them a session of it has at once
  int level = 0;      // what `start --level` calls it; 0: nothing
  bool operator==(const Pack&) const = default;
};

// An order of practice: bugs by their codes, day by day. No bug is in it twice.
struct Plan {
  struct Part {
    std::string about;                    // in a line
    std::vector<std::vector<Text>> days;  // codes; a part that is not divided into days has one
    Place place;
  };
  std::string name;           // no pack's
  std::string about;          // in a line, for who chooses one
  std::string part = "week";  // what a part of it is called
  std::vector<Part> parts;    // at least one
};

struct Tree {
  std::string root;                  // relative to the catalog's directory; what a checkout holds
  std::vector<std::string> outputs;  // directories at its top that its programs write into: nobody's work
  Build build;
  Text database = {};              // compile_commands.json, or its directory, where it is not in {build}
  std::vector<std::string> flags;  // what files are compiled with that it does not have: compiler first
  Probes probes;                   // without a program there are none
  std::vector<Test> tests;
  std::map<std::string, std::string> inputs;  // name -> text: files that every {scratch} begins with
  std::vector<Parity> parity;
  std::vector<Run> runs;  // a rule that names none has the first
  Diagnostics diagnostics;
  std::vector<Evidence> evidence;
  std::vector<Category> categories;
  std::vector<Pack> packs;  // where there are none, a rule may name any
  std::vector<Plan> plans;  // the first is the one that is meant where nobody names one
  std::vector<std::string> patterns,
      outcomes;  // what a rule may name as such; where there are none, no rule does
  std::string
      pages;  // directory of <code>.md, what a learner is told, for rules that do not say it themselves
  std::string
      snippets;   // directory of <code>.cpp, what a rule makes of snippets; both relative to the catalog's
  Text guide;     // a page of symptoms, relative to the catalog's directory; "": there is none (guide.h)
  Text tutorial;  // the code of the bug that a beginner is led through; "": there is none
  std::vector<std::string>
      hidden;  // of what is below root, nanobug's own: no checkout has it (catalog, pages, …)
  Place place;

  // The run of that name, or null.
  const Run* find_run(std::string_view name) const;
  const Pack* find_pack(std::string_view name) const;
  // The first of that kind, or null.
  const Evidence* find_evidence(Evidence::From from) const;

  // Every program of the tree that is run, relative to {build}; each once.
  std::vector<std::string> programs() const;

  // What a learner is told of, in the order in which they read it: of probes, then of tests.
  std::vector<Observable> observables() const;

  // Is the path, relative to root, the tree's: neither nobody's work nor nanobug's own?
  bool has(const std::string& path) const;

  // Is it a file, relative to root, by which a test judges?
  bool judges(const std::string& file) const;

  // Globs of names at the top of a checkout that are nobody's work: the build directory, what programs wrote.
  std::vector<std::string> not_sources() const {
    std::vector<std::string> names = outputs;
    names.insert(names.begin(), build.directory);
    return names;
  }

  // The same of the project's own tree, and what is nanobug's there: names at its top, and paths.
  std::vector<std::string> not_tree() const {
    std::vector<std::string> names = not_sources();
    names.insert(names.end(), hidden.begin(), hidden.end());
    return names;
  }
};

// ---- rules
// ----------------------------------------------------------------------------------------------------

struct Edit {
  enum class Kind { replace, remove, insert_before, insert_after, move_before, move_after, swap };
  Kind kind;
  Text target;  // a Transformer range selector, as Clang's parseRangeSelector reads it
  Text with;    // replace/insert: a template with {{id}}; move and swap: a second range selector
  Place place;
};

struct Snippet {  // a rule's own test: C++ in, C++ out
  Text code;
  Text after;  // empty for no_match
};

// Where a bug is in one file of the tree, and what is done to it there.
struct Part {
  Text in;           // the file, relative to the catalog's directory
  std::string file;  // the same file, relative to tree.root: what a Site calls it
  Text match;        // a matcher in clang-query's language, or an operator
  std::vector<Edit> edits;
  Place place;
};

// Does its match name what a generic operator does at a place (rewrite/rewriter.h)? The edits are its own
// then.
bool names_operator(const Part& part);

// One form of a bug. All its parts are one transaction.
struct Form : Part {
  static constexpr int kAny = 0;
  int expect = 1;          // exact number of matches; kAny: one or more
  bool all = false;        // `choose: all`, all matches are one site; else each is one, and the seed chooses
  std::vector<Part> also;  // what goes with each site elsewhere, in this file or others; one match each
};

struct Question {
  Text question;
  std::string answer;
};

// A rule without a match (and so without edits) is a decoy that changes nothing.
struct Rule : Form {
  Text code;   // "T07": says nothing, for ever; its letter is the category's
  Text id;     // says what the bug is
  Text title;  // what `list` shows; does not spoil
  std::vector<std::string> refs;
  std::vector<std::string> pack;
  std::string category;  // the name of one of the tree's
  std::string pattern;   // the kind of slip: "off by one"; "" of a decoy
  std::string outcome;   // what comes of it: "poor model"; "" of a decoy
  int priority = 1;      // 1 to 3
  int difficulty = 1;    // 1 to 3
  int minutes = 20;
  bool decoy = false;          // computes what the clean tree computes
  std::vector<Form> variants;  // the same bug elsewhere, or written otherwise: more sites to choose from
  std::vector<Text>
      seen_by;              // probes, tests and parity runs: must fail on the mutant, pass on the clean tree
  Text run;                 // of tree.runs; empty: the first, if there is any
  std::vector<Text> terms;  // what names the cause: a learner's own words are looked through for them
  std::string brief;
  std::vector<Text> hints;
  std::string cause;
  std::vector<Question> questions;
  std::string read_next;  // where to go on reading; may be empty
  std::vector<Snippet> matches;
  std::vector<Snippet> no_matches;
  std::vector<Error>
      unwritten;  // what a page or a test leaves empty: until it is written nobody is given the rule

  // What its sites are found by: this form, then the variants.
  std::vector<const Form*> forms() const;

  // How many sites it has; where a form takes any number, at least so many.
  int least_sites() const;

  // The files of all its parts, relative to tree.root, each once.
  std::vector<std::string> files() const;
};

struct Catalog {
  std::filesystem::path file;
  Tree tree;
  std::vector<Rule> rules;

  std::filesystem::path directory() const { return file.parent_path(); }
  std::filesystem::path tree_directory() const {
    return tree.root == "." ? directory() : directory() / tree.root;
  }
  const Rule* find(std::string_view id) const;

  // The run that shows this rule's bug; null where the tree has none.
  const Run* run_of(const Rule& rule) const;
};

// Reads and validates; every error found is returned, in the order of the file, each with line and column.
// What needs Clang (do matcher and selectors parse, are the ids bound) is rewrite's to check.
tl::expected<Catalog, std::vector<Error>> load(const std::filesystem::path& file);

// The same from text; `name` stands for the file in the errors.
tl::expected<Catalog, std::vector<Error>> parse(const std::string& yaml, const std::filesystem::path& name);

// What a catalog may say, as a JSON Schema (draft 7) for editors. It knows a value's shape; what depends on
// other values, on code or on the disk, only load() knows.
std::string schema();

// Are there any rules? The error says how to come by one, and what can be done without.
Status has_rules(const Catalog& catalog);

// The rules that a person names, capitals or not: one by its code or its id, or all that have this ref, in
// the catalog's order. A usage error with a suggestion where there is none.
Result<std::vector<const Rule*>> find_rules(const Catalog& catalog, const std::string& name);

// The same for who needs one: a usage error with the codes where several rules have that ref.
Result<const Rule*> find_rule(const Catalog& catalog, const std::string& name);

}  // namespace nanobug::catalog
