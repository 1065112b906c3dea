// rule: one entry of `rules:`; what can be said of it without Clang.
#include <algorithm>
#include <filesystem>

#include "mutator/catalog/table.h"

namespace nanobug::catalog {
namespace {

namespace fs = std::filesystem;

// A file of the tree.
bool read_in(Fields& fields, const Node& node, const std::string& name, Text& out) {
  Text read;
  if (!path().read(fields, node, name, read)) return false;
  if (fields.head().root.empty()) return false;  // said already
  const fs::path file = fs::path(read.value).lexically_normal();
  const fs::path below = file.lexically_relative(fs::path(fields.head().root).lexically_normal());
  if (below.empty() || *below.begin() == ".." || below == ".") {
    fields.error("'" + name + "' names '" + read.value + "', which is not below tree.root, '" +
                     fields.head().root + "'",
                 read.place);
    return false;
  }
  out = std::move(read);
  return true;
}

void set_file(Part& part, const Tree& tree) {
  if (part.in.value.empty()) return;
  part.file = fs::path(part.in.value)
                  .lexically_normal()
                  .lexically_relative(fs::path(tree.root).lexically_normal())
                  .generic_string();
}

// ---- where a bug is, and what is done there
// ------------------------------------------------------------------

// A rule itself need not match anything: its variants may, and a decoy need not.
template <class Owner>
Table<Owner> part(bool required) {
  using F = Of<Owner>;
  Table<Owner> table = {
      F::may("in", Kind<Text>{read_in, path().schema}, &Owner::in,
             "the file that is matched, relative to this one's"),
      F::need("match", code(), &Owner::match,
              "a matcher in clang-query's language, bound by meaning; or an operator's name and place"),
      F::need("edits", list_of(edit()), &Owner::edits, "what is done to each match, as one transaction")};
  for (auto& field : table) field.required = required && field.name != "in";
  return table;
}

Kind<Part> also() {
  return mapping<Part>("an entry of 'also'", part<Part>(true));
}

template <class Owner>
Table<Owner> form(bool required) {
  using F = Of<Owner>;
  return part<Owner>(required) +
         Table<Owner>{F::may("expect", whole_or(1, 1000, "any", Form::kAny), &Owner::expect,
                             "the exact number of matches, or any; another number is an error (default 1)"),
                      F::may(
                          "choose", one_of({"seed", "all"}),
                          [](Owner& owner, Text&& how) { owner.all = how.value == "all"; },
                          "of several matches: the seed takes one (default), or all are one bug"),
                      F::may("also", list_of(also()), &Owner::also,
                             "what goes with it elsewhere, in the same transaction: one match each")};
}

std::string without_space(const std::string& text) {
  std::string kept;
  for (const char c : text)
    if (!std::isspace(static_cast<unsigned char>(c))) kept += c;
  return kept;
}

bool same_match(const Part& a, const Part& b) {
  return a.file == b.file && without_space(a.match.value) == without_space(b.match.value);
}

bool same_part(const Part& a, const Part& b) {
  return same_match(a, b) && std::equal(a.edits.begin(), a.edits.end(), b.edits.begin(), b.edits.end(),
                                        [](const Edit& x, const Edit& y) {
                                          return x.kind == y.kind && x.target.value == y.target.value &&
                                                 x.with.value == y.with.value;
                                        });
}

std::string line(const Place& place) {
  return "in line " + std::to_string(place.line);
}

// `default_in`: the rule's, for its variants.
void check_form(Fields& fields, Form& form, const Text& default_in) {
  if (form.in.value.empty() && !fields.has("in")) {
    if (default_in.value.empty()) fields.lacks("in");
    form.in = default_in;
  }
  set_file(form, fields.head());
  if (const Field* choose = fields.find("choose"); choose && form.expect == 1)
    fields.error("'choose' says which of several matches; here 'expect' is 1, so remove it",
                 choose->key.place);
  std::vector<const Part*> parts = {&form};
  for (Part& other : form.also) {
    if (other.in.value.empty()) other.in = form.in;
    set_file(other, fields.head());
    for (const Part* before : parts)
      if (!other.match.value.empty() && same_match(other, *before)) {
        fields.error(
            "this part matches what the one " + line(before->place) + " matches; put its edits there",
            other.place);
        break;
      }
    parts.push_back(&other);
  }
}

Kind<Form> variant() {
  return mapping<Form>("a variant", form<Form>(true), nullptr);
}

// ---- tests and words
// ------------------------------------------------------------------------------------------

struct Tests {
  std::vector<Snippet> matches, no_matches;
};

Kind<Tests> tests() {
  using S = Of<Snippet>;
  using F = Of<Tests>;
  const Kind<Snippet> pair = mapping<Snippet>("an entry of test.match",
                                              {S::need("code", code(), &Snippet::code, "C++ that matches"),
                                               S::need("after", code(), &Snippet::after, "what it becomes")});
  return mapping<Tests>("'test'", {F::may("match", list_of(pair), &Tests::matches, "snippets that match"),
                                   F::may(
                                       "no_match", texts(code(), Items::may_be_none),
                                       [](Tests& t, std::vector<Text>&& all) {
                                         for (Text& one : all) t.no_matches.push_back({std::move(one), {}});
                                       },
                                       "snippets that do not")});
}

Kind<Question> question() {
  using F = Of<Question>;
  return mapping<Question>(
      "an entry of 'questions'",
      {F::need("question", text(), &Question::question, "what an interviewer asks after the fix"),
       F::need("answer", text(), &Question::answer, "a model answer, in two to five sentences")});
}

// For the learner's eyes. Empty where it is still to be written: that is said of the rule, and no error.
Kind<Text> prose() {
  return {[](Fields& fields, const Node& node, const std::string& name, Text& out) {
            if (!fields.expects(node, Node::Kind::scalar, name, "text")) return false;
            out = {node.value, node.place};
            return true;
          },
          text().schema};
}

bool is_written(Rule& rule, const std::string& name, const Text& words) {
  if (words.value.find_first_not_of(" \t\r\n") != std::string::npos) return true;
  rule.unwritten.push_back({Exit::catalog, "'" + name + "' is empty", words.place});
  return false;
}

FieldOf<Rule> prose_field(const std::string& name, std::string Rule::* member, const std::string& about) {
  return Of<Rule>::may(
      name, prose(),
      [=](Rule& rule, Text&& words) {
        if (is_written(rule, name, words)) rule.*member = std::move(words.value);
      },
      about);
}

Table<Rule> words() {
  using F = Of<Rule>;
  return {prose_field("brief", &Rule::brief, "the symptom, as this mutant's own run shows it"),
          F::may(
              "hints", texts(prose()),
              [](Rule& rule, std::vector<Text>&& hints) {
                for (Text& hint : hints)
                  if (is_written(rule, "an entry of hints", hint)) rule.hints.push_back(std::move(hint));
              },
              "three: the class of bug, the observable to look at, the function"),
          prose_field("cause", &Rule::cause, "why it is wrong, in the field's terms"),
          F::may("questions", list_of(question()), &Rule::questions,
                 "what an interviewer asks after the fix, with model answers"),
          prose_field("read_next", &Rule::read_next, "where to go on reading")};
}

// ---- the whole
// ------------------------------------------------------------------------------------------------

Names category_names(const Tree& tree) {
  Names names;
  for (const Category& category : tree.categories) names.push_back(category.name);
  return names;
}

Names run_names(const Tree& tree) {
  Names names;
  for (const Run& run : tree.runs) names.push_back(run.name);
  return names;
}

// One of the head's, where it lists any; else the letter of the code says all (catalog.cpp).
Kind<Text> category_name() {
  const Kind<Text> one = listed("tree.categories", category_names);
  return {[one](Fields& fields, const Node& node, const std::string& name, Text& out) {
            return (fields.head().categories.empty() ? text() : one).read(fields, node, name, out);
          },
          text().schema};
}

// One of the head's, where it lists any.
Kind<Text> pack_name() {
  const Kind<Text> one = listed("tree.packs", [](const Tree& tree) {
    Names names;
    for (const Pack& pack : tree.packs) names.push_back(pack.name);
    return names;
  });
  return {[one](Fields& fields, const Node& node, const std::string&, Text& out) {
            return (fields.head().packs.empty() ? text() : one).read(fields, node, "pack", out);
          },
          text().schema};
}

const Table<Rule>& rule_table() {
  using F = Of<Rule>;
  const Kind<Text> id = like(kId, kNoId);
  const Kind<Text> code_of = like(kCode, kNoCode);
  static const Table<Rule> table =
      Table<Rule>{
          F::need("code", code_of, &Rule::code, "says nothing, for ever: the category's letter and a number"),
          F::need("id", id, &Rule::id, "says what the bug is; a learner sees it afterwards"),
          F::need("title", one_line(), &Rule::title, "what 'list' shows: the component, not the bug"),
          F::may("refs", texts(text(), Items::each_once), &Rule::refs, "rows of the sources it comes from"),
          F::may("pack", texts(pack_name(), Items::each_once), &Rule::pack,
                 "collections it belongs to, of tree.packs"),
          F::may("category", category_name(), &Rule::category,
                 "one of tree.categories; where there are none it is the code's letter"),
          F::may("pattern", listed("tree.patterns", [](const Tree& t) { return t.patterns; }), &Rule::pattern,
                 "the kind of slip, one of tree.patterns"),
          F::may("outcome", listed("tree.outcomes", [](const Tree& t) { return t.outcomes; }), &Rule::outcome,
                 "what comes of it, one of tree.outcomes"),
          F::may("priority", whole(1, 3), &Rule::priority, "1 must know … 3 good to know"),
          F::may("difficulty", whole(1, 3), &Rule::difficulty, "1 to 3"),
          F::may("minutes", whole(1, 240), &Rule::minutes, "how long an interviewer gives"),
          F::may("decoy", flag(), &Rule::decoy, "computes what the clean tree computes; nothing is wrong")} +
      form<Rule>(false) +
      Table<Rule>{F::may("variants", list_of(variant()), &Rule::variants,
                         "the same bug elsewhere or written otherwise; the seed takes one"),
                  F::may("seen_by", texts(text(), Items::each_once), &Rule::seen_by,
                         "probes, test cases, tests and parity runs that fail on the mutant and pass on the "
                         "clean tree"),
                  F::may("run", listed("tree.runs", run_names), &Rule::run,
                         "which of tree.runs shows the bug (default: the first)"),
                  F::may("terms", texts(text(), Items::each_once), &Rule::terms,
                         "words and phrases that a stated cause must name")} +
      words() +
      Table<Rule>{F::may(
          "test", tests(),
          [](Rule& r, Tests&& t) {
            r.matches = std::move(t.matches);
            r.no_matches = std::move(t.no_matches);
          },
          "what the rule makes of snippets")};
  return table;
}

std::string rule_name(const Node& node) {
  for (const char* name : {"id", "code"})
    for (const auto& [key, value] : node.fields)
      if (key.value == name && !value.value.empty()) return "rule '" + value.value + "'";
  return "a rule";
}

void check_code(const Fields& fields, const Rule& rule) {
  if (rule.code.value.empty()) return;
  for (const Category& category : fields.head().categories)
    if (category.name == rule.category && !rule.code.value.starts_with(category.letter))
      fields.error("the code '" + rule.code.value + "' is not of " + rule.category +
                       ", whose codes begin with " + category.letter,
                   rule.code.place);
}

// A decoy may have nothing to match; all else matches here or in its variants.
void check_forms(Fields& fields, Rule& rule) {
  const bool matches = fields.has("match"), varies = fields.has("variants");
  const bool operated = names_operator(rule);
  if (matches && !operated && !fields.has("edits")) fields.lacks("edits");
  if (const Field* edits = fields.find("edits"); edits && operated)
    fields.error("an operator makes its own edits; remove 'edits'", edits->key.place);
  if (!matches && !varies && !rule.decoy) return fields.lacks("match");
  if (!matches)
    for (const char* name : {"edits", "expect", "choose", "also"})
      if (const Field* orphan = fields.find(name))
        fields.error(fields.what() + " has '" + name + "' and lacks the field 'match' that it belongs to",
                     orphan->key.place);
  if (const Field* in = fields.find("in"); in && !matches && !varies)
    fields.error("a decoy without 'match' changes no file; remove 'in'", in->key.place);
  if (matches) check_form(fields, rule, {});
}

void check_variants(const Fields& fields, Rule& rule) {
  const Field* list = fields.find("variants");
  for (size_t i = 0; i < rule.variants.size(); ++i) {
    Form& form = rule.variants[i];
    const auto node = std::find_if(list->value.items.begin(), list->value.items.end(),
                                   [&](const Node& one) { return one.place == form.place; });
    Fields its(*node, "a variant", fields.context());
    check_form(its, form, rule.in);
    for (const Form* other : rule.forms()) {
      if (other == &form) break;
      if (form.match.value.empty() || !same_part(form, *other) ||
          !std::equal(form.also.begin(), form.also.end(), other->also.begin(), other->also.end(), same_part))
        continue;
      fields.error("this variant is the form " + line(other->place) + " again; remove one", form.place);
      break;
    }
  }
}

// What a decoy may not claim, and any other rule must.
void check_claims(const Fields& fields, const Rule& rule) {
  const bool written = !names_operator(rule);  // by a person, who knows what kind it is
  const std::vector<std::pair<const char*, bool>> claims = {
      {"seen_by", true},
      {"pattern", written && !fields.head().patterns.empty()},
      {"outcome", written && !fields.head().outcomes.empty()}};
  for (const auto& [name, wanted] : claims) {
    const Field* field = fields.find(name);
    if (rule.decoy && field)
      fields.error("a decoy computes what the clean tree computes, so it has no '" + std::string(name) +
                       "'; remove it",
                   field->key.place);
    else if (!rule.decoy && wanted && !field)
      fields.lacks(name);
  }
}

// A rule says nothing for its learner here, and has a page; or says it all here.
void check_words(const Fields& fields, const Rule&) {
  const Table<Rule> table = words();
  const bool any =
      std::any_of(table.begin(), table.end(), [&](const auto& field) { return fields.has(field.name); });
  if (!any && !fields.head().pages.empty()) return;
  for (const char* name : {"brief", "hints", "cause"})
    if (!fields.has(name)) fields.lacks(name);
}

void check_rule(Fields& fields, Rule& rule) {
  if (!fields.head().categories.empty() && !fields.has("category")) fields.lacks("category");
  check_code(fields, rule);
  check_forms(fields, rule);
  check_variants(fields, rule);
  check_words(fields, rule);
  check_claims(fields, rule);
}

}  // namespace

Kind<Rule> rule() {
  return mapping<Rule>(rule_name, rule_table(), check_rule);
}

}  // namespace nanobug::catalog
