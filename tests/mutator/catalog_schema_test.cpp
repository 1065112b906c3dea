// catalog schema: what editors are told of a catalog is what its reader takes. The judge here is a validator
// of its own, of the keywords of JSON Schema's draft 7 that the schema uses; one that it does not know fails.
#include <functional>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "mutator/base/files.h"
#include "mutator/catalog/catalog.h"
#include "mutator/catalog/yaml.h"
#include "tests/mutator/broken_catalogs.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using nlohmann::json;

namespace {

const fs::path kProject = fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path();

// As an editor reads YAML: what has no quotes may be a number or a truth.
json as_json(const catalog::Node& node) {
  using Kind = catalog::Node::Kind;
  if (node.kind == Kind::nothing) return nullptr;
  if (node.kind == Kind::list) {
    json list = json::array();
    for (const catalog::Node& item : node.items) list.push_back(as_json(item));
    return list;
  }
  if (node.kind == Kind::map) {
    json map = json::object();
    for (const auto& [key, value] : node.fields) map[key.value] = as_json(value);
    return map;
  }
  static const std::regex number("[-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?");
  if (node.plain && (node.value == "true" || node.value == "false")) return node.value == "true";
  if (node.plain && std::regex_match(node.value, number)) {
    if (node.value.find_first_not_of("-0123456789") == std::string::npos) return std::stoll(node.value);
    return std::stod(node.value);
  }
  return node.value;
}

bool is_type(const json& value, const std::string& type) {
  return type == "object"    ? value.is_object()
         : type == "array"   ? value.is_array()
         : type == "string"  ? value.is_string()
         : type == "integer" ? value.is_number_integer()
         : type == "number"  ? value.is_number()
         : type == "boolean" ? value.is_boolean()
                             : throw std::runtime_error("type " + type);
}

bool valid(const json& schema, const json& value);

bool all_items(const json& value, const json& schema) {
  return !value.is_array() ||
         std::all_of(value.begin(), value.end(), [&](const json& item) { return valid(schema, item); });
}

size_t how_many(const json& schemas, const json& value) {
  return static_cast<size_t>(
      std::count_if(schemas.begin(), schemas.end(), [&](const json& one) { return valid(one, value); }));
}

bool properties(const json& schema, const json& value) {
  if (!value.is_object()) return true;
  for (const auto& [name, one] : value.items()) {
    if (schema.contains("propertyNames") && !valid(schema["propertyNames"], name)) return false;
    if (schema.contains("properties") && schema["properties"].contains(name)) {
      if (!valid(schema["properties"][name], one)) return false;
    } else if (schema.contains("additionalProperties")) {
      const json& others = schema["additionalProperties"];
      if (others.is_boolean() ? !others.get<bool>() : !valid(others, one)) return false;
    }
  }
  return true;
}

bool keyword(const json& schema, const std::string& name, const json& rule, const json& value) {
  if (name == "$schema" || name == "title" || name == "description") return true;
  if (name == "properties" || name == "additionalProperties" || name == "propertyNames")
    return properties(schema, value);
  if (name == "type") {
    if (rule.is_string()) return is_type(value, rule);
    return std::any_of(rule.begin(), rule.end(), [&](const json& type) { return is_type(value, type); });
  }
  if (name == "required")
    return !value.is_object() ||
           std::all_of(rule.begin(), rule.end(), [&](const json& one) { return value.contains(one); });
  if (name == "pattern")
    return !value.is_string() ||
           std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()));
  if (name == "enum") return std::find(rule.begin(), rule.end(), value) != rule.end();
  if (name == "const") return value == rule;
  if (name == "not") return !valid(rule, value);
  if (name == "anyOf") return how_many(rule, value) > 0;
  if (name == "oneOf") return how_many(rule, value) == 1;
  if (name == "items") return all_items(value, rule);
  if (name == "minItems") return !value.is_array() || value.size() >= rule;
  if (name == "uniqueItems")
    return !value.is_array() || std::set<json>(value.begin(), value.end()).size() == value.size();
  if (name == "minProperties") return !value.is_object() || value.size() >= rule;
  if (name == "minimum") return !value.is_number() || value >= rule;
  if (name == "maximum") return !value.is_number() || value <= rule;
  if (name == "exclusiveMinimum") return !value.is_number() || value > rule;
  throw std::runtime_error("keyword " + name);
}

bool valid(const json& schema, const json& value) {
  for (const auto& [name, rule] : schema.items())
    if (!keyword(schema, name, rule, value)) return false;
  return true;
}

const json& schema() {
  static const json one = json::parse(catalog::schema());
  return one;
}

// Nothing where the text is not even YAML.
std::optional<bool> taken_by_schema(const std::string& yaml) {
  std::vector<Error> errors;
  const auto root = catalog::read_yaml(yaml, "c.yaml", errors);
  if (!root || !errors.empty()) return std::nullopt;
  return valid(schema(), as_json(*root));
}

// What depends on another value, on code or on how the text is laid out: a schema cannot know it.
const std::set<std::string> kMeaning = {
    "a duplicate rule",
    "a field that a terminal would obey",
    "a title of two lines",
    "nothing of a run compared",
    "text compared in another way",
    "text compared by what is no expression",
    "an unknown input",
    "diagnostics that go nowhere",
    "evidence of a run without a series",
    "a series of the tests",
    "two checkouts",
    "two parity runs of one name",
    "a category of two letters",
    "an unknown category",
    "a file outside the tree",
    "the tree itself",
    "a folded matcher",
    "a matcher over two plain lines",
    "a code of another category",
    "a code twice",
    "a part of a plan with neither days nor bugs",
    "a part of a plan with both days and bugs",
    "a plan of a rule that there is not",
    "a bug twice in a plan",
    "a decoy in a plan",
    "a plan with a pack's name",
    "a pack that the head does not list",
    "a pattern that the head does not list",
    "a pattern where the head lists none",
    "no pattern",
    "an outcome that the head does not list",
    "a run that the head does not have",
    "nothing that sees it",
    "words in part",
    "nothing to choose from",
    "no match at all",
    "edits of variants only",
    "a variant that is the rule",
    "a variant twice",
    "a variant of nowhere",
    "a part outside the tree",
    "a part that is the form's",
    "a decoy that something sees",
    "a decoy with an observer",
    "a decoy that only names a file",
    "a placeholder that is not closed",
    "a placeholder in a placeholder",
};

}  // namespace

TEST_CASE("the schema that is kept is the reader's", "[catalog][schema]") {
  const auto kept = read_file(kProject / "docs/catalog.schema.json");
  REQUIRE(kept);
  CHECK(*kept == catalog::schema());
  CHECK(schema()["$schema"] == "http://json-schema.org/draft-07/schema#");
}

TEST_CASE("what the reader takes, the schema takes", "[catalog][schema]") {
  for (const fs::path& file : {kProject / "catalog.yaml", kProject / "tests/mutator/tiny/catalog.yaml",
                               fs::path(NANOBUG_TEST_DATA) / "catalog/catalog.yaml"}) {
    INFO(file);
    const std::string text = *read_file(file);
    CHECK(catalog::load(file));
    CHECK(taken_by_schema(text) == true);
  }
  CHECK(catalog::parse(test::kGood, "c.yaml"));
  CHECK(taken_by_schema(test::kGood) == true);
}

TEST_CASE("what is wrong in shape, the schema refuses, and nothing else", "[catalog][schema]") {
  int judged = 0;
  std::set<std::string> names;
  for (const test::BrokenCatalog& row : test::kBroken) {
    INFO(row.what);
    names.insert(row.what);
    const std::string text = test::broken(row);
    CHECK_FALSE(catalog::parse(text, "c.yaml"));
    const auto taken = taken_by_schema(text);
    if (!taken) continue;
    ++judged;
    CHECK(*taken == kMeaning.contains(row.what));
  }
  CHECK(judged > 90);
  for (const std::string& name : kMeaning) {
    INFO(name);
    CHECK(names.contains(name));
  }
}

TEST_CASE("every field has its line for who writes a catalog", "[catalog][schema]") {
  const std::function<void(const json&)> look = [&](const json& part) {
    if (part.is_object() && part.contains("properties"))
      for (const auto& [name, field] : part["properties"].items()) {
        INFO(name);
        REQUIRE(field.contains("description"));
        CHECK(field["description"].get<std::string>().size() > 5);
      }
    for (const json& inner : part)
      if (inner.is_structured()) look(inner);
  };
  look(schema());
}
