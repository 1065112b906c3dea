// rule_new: a rule of one's own: asked for, tried, and written into the catalog with its page and its test.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/catalog/entry.h"
#include "mutator/cli/bench_verbs.h"
#include "mutator/cli/new_rule.h"
#include "mutator/cli/questions.h"
#include "mutator/coach/words.h"
#include "mutator/grade/observers.h"

namespace nanobug::cli {
namespace {

using Words = std::vector<std::string>;

struct Options {
  Words category, code, id, title, pattern, outcome, refs, pack, priority, difficulty, minutes, in, match,
      expect, edit, seen_by, run, from;
};

std::string one(const Words& words) {
  return words.empty() ? "" : words.front();
}

Status among(const std::string& word, const Words& known, const std::string& what) {
  if (std::find(known.begin(), known.end(), word) != known.end()) return {};
  return fail(Exit::usage, coach::no_such(what, word, known));
}

Status number(const std::string& word, int low, int high) {
  for (int n = low; n <= high; ++n)
    if (word == std::to_string(n)) return {};
  return fail(Exit::usage, fmt::format("a whole number from {} to {}, not '{}'", low, high, word));
}

Status is_new(const catalog::Catalog& catalog, const std::string& word, const std::string& what) {
  for (const catalog::Rule& rule : catalog.rules)
    if (rule.id.value == word || rule.code.value == word)
      return fail(Exit::usage,
                  fmt::format("there is a rule '{}' already; give this one another {}", word, what));
  return {};
}

Words names_of(const std::vector<catalog::Category>& categories) {
  Words names;
  for (const catalog::Category& one : categories) names.push_back(one.name);
  return names;
}

// Everything that a person knows of the rule, in the order in which they are asked.
class Interview {
 public:
  // `clang` null: nothing is asked, and matcher and edits are tried later.
  Interview(Context& c, const catalog::Catalog& catalog, Options& options, rewrite::Rewriter* clang)
      : c_(c),
        catalog_(catalog),
        o_(options),
        clang_(clang),
        lines_(clang ? clang->lines({}, [](const auto&...) { return std::vector<rewrite::Completion>(); })
                     : nullptr),
        questions_(c.ui, "nanobug rule new", lines_.get()) {}

  Result<NewRule> rule() {
    if (!o_.from.empty()) {
      auto saved = read_saved(one(o_.from));
      NANOBUG_TRY(saved);
      saved_ = std::move(*saved);
    }
    NANOBUG_TRY(names());
    NANOBUG_TRY(place());
    NANOBUG_TRY(class_of_bug());
    NewRule rule = std::move(saved_);
    const auto take = [](std::string& field, const Words& words) {
      if (!words.empty()) field = words.front();
    };
    take(rule.code, o_.code);
    take(rule.id, o_.id);
    take(rule.title, o_.title);
    take(rule.category, o_.category);
    take(rule.pattern, o_.pattern);
    take(rule.outcome, o_.outcome);
    take(rule.priority, o_.priority);
    take(rule.difficulty, o_.difficulty);
    take(rule.minutes, o_.minutes);
    take(rule.in, o_.in);
    take(rule.match, o_.match);
    take(rule.expect, o_.expect);
    take(rule.run, o_.run);
    rule.refs = o_.refs;
    rule.pack = o_.pack;
    rule.seen_by = o_.seen_by;
    if (!edits_.empty()) rule.edits = std::move(edits_);
    return rule;
  }

 private:
  Status ask(Question question) { return questions_.ask(question); }

  Status names() {
    const catalog::Tree& tree = catalog_.tree;
    NANOBUG_TRY(ask(
        {.option = "--category",
         .asks = "Category (" + coach::one_of(names_of(tree.categories)) + ")",
         .given = &o_.category,
         .check = [&](std::string& word) { return among(word, names_of(tree.categories), "category"); }}));
    NANOBUG_TRY(ask({.option = "--code",
                     .asks = "Code, which says nothing and stays for ever",
                     .given = &o_.code,
                     .preset = [&] { return next_code(catalog_, one(o_.category)); },
                     .check = [&](std::string& word) -> Status {
                       if (const std::string why = catalog::wrong_code(word); !why.empty())
                         return fail(Exit::usage, why);
                       const std::string next = next_code(catalog_, one(o_.category));
                       if (word.front() != next.front())
                         return fail(Exit::usage, fmt::format("the code '{}' is not of {}, whose codes begin "
                                                              "with {}",
                                                              word, one(o_.category), next.front()));
                       return is_new(catalog_, word, "code");
                     }}));
    NANOBUG_TRY(ask({.option = "--id",
                     .asks = "Id, which says what the bug is",
                     .given = &o_.id,
                     .preset = [&] { return saved_.id; },
                     .check = [&](std::string& word) -> Status {
                       if (const std::string why = catalog::wrong_id(word); !why.empty())
                         return fail(Exit::usage, why);
                       return is_new(catalog_, word, "id");
                     }}));
    return ask({.option = "--title",
                .asks = "Title, what 'list' shows: the component, not the bug",
                .given = &o_.title});
  }

  Status place() {
    NANOBUG_TRY(ask({.option = "--in",
                     .asks = "File of the tree",
                     .given = &o_.in,
                     .preset = [&] { return saved_.in; },
                     .check = [&](std::string& word) -> Status {
                       const auto file = tree_file(c_, word);
                       NANOBUG_TRY(file);
                       word = (fs::path(catalog_.tree.root) / *file).lexically_normal().generic_string();
                       return {};
                     }}));
    if (saved_.match.empty() || !o_.match.empty())
      NANOBUG_TRY(
          ask({.option = "--match", .asks = "Matcher", .given = &o_.match, .check = [&](std::string& word) {
                 return fits(word, {});
               }}));
    if (!saved_.edits.empty() && o_.edit.empty()) return {};
    NANOBUG_TRY(ask({.option = "--edit",
                     .asks = "Edit, like replace: node(\"x\"), with: \"{{x}} - 1\"",
                     .given = &o_.edit,
                     .many = true,
                     .check = [&](std::string& word) -> Status {
                       auto edit = catalog::parse_edit({word, {"--edit", 1, 1}});
                       if (!edit) return fail(Exit::usage, edit.error().front().message);
                       edits_.push_back(std::move(*edit));
                       const Status fit = fits(o_.match.empty() ? saved_.match : one(o_.match), edits_);
                       if (!fit) edits_.pop_back();
                       return fit;
                     }}));
    if (sites_ < 2) return {};
    return ask({.option = "--expect",
                .asks = "How many sites there are, or any: then the seed takes one",
                .given = &o_.expect,
                .preset = [&] { return std::to_string(sites_); }});
  }

  Status class_of_bug() {
    const catalog::Tree& tree = catalog_.tree;
    const auto listed = [&](const char* option, const std::string& what, const Words& known,
                            Words& given) -> Status {
      if (known.empty() && given.empty()) return {};
      return ask({.option = option,
                  .asks = what + " (" + coach::one_of(known) + ")",
                  .given = &given,
                  .check = [&](std::string& word) { return among(word, known, option + 2); }});
    };
    NANOBUG_TRY(listed("--pattern", "The kind of slip", tree.patterns, o_.pattern));
    NANOBUG_TRY(listed("--outcome", "What comes of it", tree.outcomes, o_.outcome));
    NANOBUG_TRY(ask({.option = "--seen-by",
                     .asks = "A probe or parity run that fails on it",
                     .given = &o_.seen_by,
                     .many = true,
                     .check = [&](std::string& word) { return is_observer(word); }}));
    const auto rated = [&](const char* option, const char* asks, const char* preset, int high, Words& given) {
      return ask({.option = option,
                  .asks = asks,
                  .given = &given,
                  .preset = [preset] { return std::string(preset); },
                  .check = [high](std::string& word) { return number(word, 1, high); }});
    };
    NANOBUG_TRY(rated("--priority", "Priority, 1 must know to 3 good to know", "2", 3, o_.priority));
    NANOBUG_TRY(rated("--difficulty", "Difficulty, 1 to 3", "2", 3, o_.difficulty));
    return rated("--minutes", "Minutes an interviewer gives", "15", 240, o_.minutes);
  }

  Status is_observer(const std::string& name) {
    if (!clang_) return {};
    catalog::Rule rule;
    rule.seen_by = {{name, {"--seen-by", 1, 1}}};
    const Status known = grade::knows_observers(**c_.mutants(), rule);
    return known ? Status() : fail(Exit::usage, known.error().message);
  }

  // What the file itself says of them.
  Status fits(const std::string& matcher, std::vector<catalog::Edit> edits) {
    if (!clang_) return {};
    catalog::Rule rule;
    rule.match = {matcher, {"--match", 1, 1}};
    rule.in = {one(o_.in), rule.match.place};
    rule.file = fs::path(rule.in.value)
                    .lexically_relative(fs::path(catalog_.tree.root).lexically_normal())
                    .generic_string();
    rule.edits = std::move(edits);
    if (!bench_) {
      const workshop::Clean& clean = (*c_.mutants())->clean();
      auto opened = clang_->open(rule.file, {clean.tree, clean.build});
      NANOBUG_TRY(opened);
      bench_ = std::move(*opened);
    }
    if (!rule.edits.empty()) {
      const auto sites = bench_->sites(rule);
      if (!sites) return fail(Exit::usage, sites.error().message);
      sites_ = sites->size();
      return {};
    }
    const auto matches = bench_->match(rule.match);
    NANOBUG_TRY(matches);
    if (!matches->empty()) return {};
    return fail(
        Exit::usage,
        fmt::format("it matches nothing there; 'nanobug rule try {}' shows what comes near", rule.file));
  }

  Context& c_;
  const catalog::Catalog& catalog_;
  Options& o_;
  rewrite::Rewriter* clang_;
  std::unique_ptr<rewrite::Bench> bench_;
  size_t sites_ = 0;
  std::unique_ptr<rewrite::Lines> lines_;
  Questions questions_;
  NewRule saved_;
  std::vector<catalog::Edit> edits_;
};

// The rule as the catalog will have it, but for the words that are still to be written; with its sites.
Result<std::vector<rewrite::Site>> tried(Context& c, const catalog::Catalog& catalog, const std::string& text,
                                         const std::string& id) {
  const auto parsed = catalog::parse(text, catalog.file);
  if (!parsed)
    return tl::unexpected(
        Error{Exit::catalog, "this rule would be wrong: " + parsed.error().front().message});
  const catalog::Rule& rule = *parsed->find(id);
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto clang = (*mutants)->rewriter();
  NANOBUG_TRY(clang);
  const auto in_words = [&](const Error& error) {
    std::string message = "nothing is written: " + error.message;
    // No verb knows the rule yet.
    if (const size_t way = message.find("; 'nanobug rule explain"); way != std::string::npos)
      message =
          fmt::format("{}; 'nanobug rule try {}' shows what comes near", message.substr(0, way), rule.file);
    return tl::unexpected(Error{Exit::catalog, std::move(message)});
  };
  if (const auto errors = (*clang)->check(rule); !errors.empty()) return in_words(errors.front());
  if (const Status known = grade::knows_observers(**mutants, rule); !known) return in_words(known.error());
  const auto source = (*mutants)->source();
  NANOBUG_TRY(source);
  auto sites = (*clang)->find({&rule}, *source);
  if (!sites[0]) return in_words(sites[0].error());
  return std::move(*sites[0]);
}

// Lines [first, last] of a text, counted from 1.
std::string lines_from(const std::string& text, int first, int last) {
  std::string kept;
  int number = 0;
  for (const std::string_view line : lines_of(text))
    if (++number >= first && number <= last) kept += line;
  return kept;
}

int line_ends(std::string_view text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

// The function around a site, or the lines that it changes; the same after it.
Result<Snippets> snippets_at(Context& c, const rewrite::Site& site) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto clang = (*mutants)->rewriter();
  NANOBUG_TRY(clang);
  const workshop::Clean& clean = (*mutants)->clean();
  const auto bench = (*clang)->open(site.file, {clean.tree, clean.build});
  NANOBUG_TRY(bench);
  const auto functions = (*bench)->match({"functionDecl(isDefinition(), unless(isImplicit()))", {}});
  NANOBUG_TRY(functions);
  int first = site.line, last = std::max(site.line, site.last_line);
  int smallest = std::numeric_limits<int>::max();
  for (const rewrite::Match& one : *functions) {
    const auto& [file, line, column, last_line, kind, text, id] = one.root;
    if (line > site.line || last_line < site.line || last_line - line >= smallest) continue;
    first = line, last = last_line, smallest = last_line - line;
  }
  const std::string& text = (*bench)->text();
  const auto after = rewrite::apply(site, text);
  NANOBUG_TRY(after);
  int moved_first = first, moved_last = last;
  for (const rewrite::Replacement& edit : site.edits) {
    const int line = 1 + line_ends(std::string_view(text).substr(0, edit.offset));
    const int more =
        line_ends(edit.text) - line_ends(std::string_view(text).substr(edit.offset, edit.length));
    if (line < first) moved_first += more;
    if (line <= last) moved_last += more;
  }
  return Snippets{lines_from(text, first, last), lines_from(*after, moved_first, moved_last)};
}

Result<Exit> make(Context& c, Options& options) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const catalog::Catalog& catalog = **loaded;
  rewrite::Rewriter* asked = nullptr;
  if (!c.ui.no_input && ::isatty(STDIN_FILENO)) {
    const auto mutants = c.mutants();
    NANOBUG_TRY(mutants);
    const auto clang = (*mutants)->rewriter();
    NANOBUG_TRY(clang);
    asked = *clang;
  }
  const auto rule = Interview(c, catalog, options, asked).rule();
  NANOBUG_TRY(rule);
  const auto text = read_file(catalog.file);
  NANOBUG_TRY(text);
  auto writing = cli::writing(catalog, *text, *rule);
  NANOBUG_TRY(writing);
  const auto sites = tried(c, catalog, writing->to_be_filled, rule->id);
  NANOBUG_TRY(sites);
  const auto snippets = snippets_at(c, sites->front());
  NANOBUG_TRY(snippets);
  add_test(catalog, *rule, *snippets, *writing);
  NANOBUG_TRY(write(catalog, *writing));
  nlohmann::json files = nlohmann::json::array(), places = nlohmann::json::array();
  std::string words = fmt::format("{}, {}: ", rule->code, rule->id);
  for (size_t i = 0; i < sites->size(); ++i) {
    const rewrite::Site& site = (*sites)[i];
    places.push_back({{"file", site.file}, {"line", site.line}, {"function", site.function}});
    words += fmt::format("{}{}:{} in {}", i ? ", " : "", site.file, site.line, site.function);
  }
  words += "\nWritten at the end of " + tidy(catalog.file) + '\n';
  for (const NewFile& file : writing->files) {
    files.push_back(file.path.string());
    words += "        " + tidy(file.path) + '\n';
  }
  words += fmt::format(
      "Next\n"
      "  nanobug certify {0}      proves it; until then it is not drawn\n"
      "  nanobug rule check {0}   says which of its words are still to be written\n"
      "  nanobug start {0}        is how a learner meets it\n",
      rule->code);
  c.ui.data(c.ui.json ? nlohmann::json{{"code", rule->code},
                                       {"id", rule->id},
                                       {"catalog", catalog.file.string()},
                                       {"files", std::move(files)},
                                       {"sites", std::move(places)}}
                            .dump(2, ' ', false, kAnyBytes)
                      : words);
  return Exit::ok;
}

}  // namespace

void add_rule_new(Verbs& verbs, CLI::App& rule) {
  auto o = std::make_shared<Options>();
  CLI::App* verb = verbs.add(rule, "new", "Write a new rule: its entry, its page, its test");
  const auto once = [&](const char* name, Words& to, const char* type, const char* what) {
    verb->add_option(name, to, what)
        ->type_name(type)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  };
  const auto many = [&](const char* name, Words& to, const char* type, const char* what) {
    verb->add_option(name, to, what)->type_name(type)->expected(1)->allow_extra_args(false);
  };
  once("--from", o->from, "FILE", "An entry that 'rule try' has saved: its id, file, matcher and edits");
  once("--category", o->category, "WORD", "One of the catalog's");
  once("--code", o->code, "CODE", "A letter and a number (default: the category's next)");
  once("--id", o->id, "ID", "What the bug is: small letters, digits, hyphens");
  once("--title", o->title, "WORDS", "What 'list' shows: the component, not the bug");
  once("--in", o->in, "FILE", "The file of the tree that is matched");
  once("--match", o->match, "MATCHER", "A matcher in clang-query's language");
  many("--edit", o->edit, "EDIT",
       "As in a catalog: 'replace: node(\"x\"), with: \"{{x}} - 1\"'; once an edit");
  once("--expect", o->expect, "N", "How many sites there are, or any (default: 1)");
  once("--pattern", o->pattern, "WORDS", "The kind of slip, one of the catalog's");
  once("--outcome", o->outcome, "WORDS", "What comes of it, one of the catalog's");
  many("--seen-by", o->seen_by, "PROBE", "A probe or a parity run that fails on it; once each");
  once("--run", o->run, "RUN", "The run that shows it (default: the first)");
  once("--priority", o->priority, "1..3", "1 must know to 3 good to know (default: 2)");
  once("--difficulty", o->difficulty, "1..3", "(default: 2)");
  once("--minutes", o->minutes, "1..240", "How long an interviewer gives (default: 15)");
  many("--ref", o->refs, "ROW", "A row of the sources it comes from; once each");
  many("--pack", o->pack, "PACK", "A collection it belongs to; once each");
  verb->footer(
      "At a terminal what is not given is asked for, except --run, --ref and --pack; with --no-input the\n"
      "first that is missing and has no default is an error.");
  verbs.on(verb, [o, &c = verbs.context] { return make(c, *o); });
}

}  // namespace nanobug::cli
