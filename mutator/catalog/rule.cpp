// rule: one entry of `rules:`; what can be said of it without Clang.
#include <algorithm>

#include "mutator/base/suggest.h"
#include "mutator/catalog/reader.h"

namespace nanobug::catalog {
namespace {

const Names kCategories = {"training", "architecture", "data", "inference",
                           "numerics", "distributed",  "cuda"};

bool good_id(const std::string& id) {
  if (id.empty() || id.front() == '-' || id.back() == '-' || id.find("--") != std::string::npos) return false;
  return id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos &&
         id.front() > '9';
}

void read_category(Fields& fields, Rule& rule) {
  Text category;
  if (!fields.text(fields.need("category"), "category", category)) return;
  rule.category = category.value;
  if (std::find(kCategories.begin(), kCategories.end(), category.value) != kCategories.end()) return;
  std::string known;
  for (const std::string& name : kCategories) known += (known.empty() ? "" : ", ") + name;
  fields.error("'" + category.value + "' is no category (there are " + known + ")" +
                   did_you_mean(category.value, kCategories),
               category.place);
}

void read_in(Fields& fields, const Tree& tree, Rule& rule) {
  const Node* node = fields.need("in");
  if (!fields.text(node, "in", rule.in)) return;
  if (const std::string why = wrong_path(rule.in.value); !why.empty())
    return fields.error("'in' " + why, rule.in.place);
  if (tree.root.empty()) return;  // said already
  const auto file = std::filesystem::path(rule.in.value).lexically_normal();
  const auto relative = file.lexically_relative(std::filesystem::path(tree.root).lexically_normal());
  if (relative.empty() || *relative.begin() == ".." || relative == ".")
    return fields.error(
        "'in' names '" + rule.in.value + "', which is not below tree.root, '" + tree.root + "'",
        rule.in.place);
  rule.file = relative.generic_string();
}

void read_tests(const Node& node, Rule& rule, Errors& errors) {
  Fields fields(node, "'test'", errors);
  if (const Node* matches = fields.may("match")) {
    if (matches->kind != Node::Kind::list)
      fields.error("'match' must be a list of mappings with 'code' and 'after', not " + kind_name(*matches),
                   matches->place);
    for (const Node& entry : matches->items) {
      Snippet snippet;
      Fields parts(entry, "an entry of test.match", errors);
      parts.code(parts.need("code"), "code", snippet.code);
      parts.code(parts.need("after"), "after", snippet.after);
      parts.done();
      rule.matches.push_back(std::move(snippet));
    }
  }
  if (const Node* others = fields.may("no_match")) {
    if (others->kind != Node::Kind::list)
      fields.error("'no_match' must be a list of code, not " + kind_name(*others), others->place);
    for (const Node& entry : others->items) {
      Snippet snippet;
      if (fields.code(&entry, "an entry of no_match", snippet.code))
        rule.no_matches.push_back(std::move(snippet));
    }
  }
  fields.done();
}

void read_questions(const Node& node, Rule& rule, Errors& errors) {
  if (node.kind != Node::Kind::list || node.items.empty()) {
    errors.push_back(
        {Exit::catalog,
         "'questions' must be a list of mappings with 'question' and 'answer', not " +
             (node.items.empty() && node.kind == Node::Kind::list ? "an empty list" : kind_name(node)),
         node.place});
    return;
  }
  for (const Node& entry : node.items) {
    Question& question = rule.questions.emplace_back();
    if (entry.kind == Node::Kind::scalar) {
      question.question = {entry.value, entry.place};
      continue;
    }
    Fields fields(entry, "an entry of 'questions'", errors);
    fields.text(fields.need("question"), "question", question.question);
    fields.string(fields.need("answer"), "answer", question.answer);
    fields.done();
  }
}

// What the learner reads.
void read_words(Fields& fields, Rule& rule) {
  fields.string(fields.need("brief"), "brief", rule.brief);
  if (const Node* hints = fields.need("hints")) fields.texts(hints, "hints", rule.hints);
  fields.string(fields.need("cause"), "cause", rule.cause);
  if (const Node* questions = fields.may("questions")) read_questions(*questions, rule, fields.errors());
}

}  // namespace

Rule read_rule(const Node& node, const Tree& tree, Errors& errors) {
  Rule rule;
  rule.place = node.place;
  std::string name = "a rule";
  for (const auto& [key, value] : node.fields)
    if (key.value == "id" && !value.value.empty()) name = "rule '" + value.value + "'";
  Fields fields(node, name, errors);
  if (!fields.is_map()) return rule;
  if (fields.text(fields.need("id"), "id", rule.id) && !good_id(rule.id.value))
    fields.error(
        "'" + rule.id.value + "' is no id; use small letters, digits and single hyphens, a letter first",
        rule.id.place);
  fields.text(fields.need("title"), "title", rule.title);
  if (const Node* refs = fields.may("refs")) fields.strings(refs, "refs", rule.refs);
  if (const Node* pack = fields.may("pack")) fields.strings(pack, "pack", rule.pack);
  read_category(fields, rule);
  if (const Node* n = fields.may("priority")) fields.integer(n, "priority", 1, 3, rule.priority);
  if (const Node* n = fields.may("difficulty")) fields.integer(n, "difficulty", 1, 3, rule.difficulty);
  if (const Node* n = fields.may("minutes")) fields.integer(n, "minutes", 1, 240, rule.minutes);
  read_in(fields, tree, rule);
  fields.code(fields.need("match"), "match", rule.match);
  if (const Node* n = fields.may("expect")) fields.integer(n, "expect", 1, 1000, rule.expect);
  if (const Node* edits = fields.need("edits")) rule.edits = read_edits(*edits, name, errors);
  read_words(fields, rule);
  if (const Node* seen = fields.need("seen_by")) fields.texts(seen, "seen_by", rule.seen_by);
  if (const Node* tests = fields.may("test")) read_tests(*tests, rule, errors);
  fields.done();
  return rule;
}

}  // namespace nanobug::catalog
