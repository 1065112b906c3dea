// table: what a catalog may say, as data. Reading a catalog and its JSON schema are both made from these
// tables, so there is one list of fields, and it cannot be out of step with itself.
//
// A Kind is what one value may be. A FieldOf<Owner> is a named value and where in an Owner it goes, a
// Table<Owner> all that its mapping may hold. What concerns several fields at once, a mapping's `check` looks
// at when they were read.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "mutator/catalog/reader.h"

namespace nanobug::catalog {

using Json = nlohmann::ordered_json;

// `read` writes what it can, and answers whether the value is right; what is not has been said by then.
// `name` is how sentences call the value.
template <class Value>
struct Kind {
  std::function<bool(Fields&, const Node&, const std::string& name, Value&)> read;
  std::function<Json()> schema;
};

// ---- single values (kinds.cpp)
// ------------------------------------------------------------------------------

Kind<Text> text();
Kind<Text> one_line();                        // of one line
Kind<Text> code();                            // on one line, or a literal block
Kind<Text> path();                            // below its directory
Kind<Text> path_or_here();                    // the same, or the directory itself, "."
Kind<Text> name_of(const std::string& what);  // and no path: "files in {scratch}"
Kind<Text> like(const std::string& expression, const std::string& otherwise);  // "is no id; …"
Kind<Text> one_of(const Names& words);
Kind<Text> listed(const std::string& where, std::function<Names(const Tree&)> words);  // in the head
Kind<Text> argument(const Names& placeholders);
Kind<int> whole(int low, int high);
Kind<int> whole_or(int low, int high, const std::string& word, int meaning);
Kind<double> seconds();
Kind<double> tolerance();
Kind<bool> flag();

enum class Items { some, may_be_none, each_once };
Kind<std::vector<Text>> texts(const Kind<Text>& item, Items items = Items::some);

// A list that is no list, or says nothing.
bool read_list(const Fields& fields, const Node& node, const std::string& name, const std::string& wanted,
               Items items);
Json list_schema(Json item, Items items);

// A value that is one of a list that may be empty; the name it is known by to who wrote it.
std::string in_words(const Names& words);

// ---- fields
// -------------------------------------------------------------------------------------------------

template <class Owner>
struct FieldOf {
  std::string name;
  bool required;
  std::string about;  // for who writes a catalog, in one line
  std::function<void(Fields&, const Node&, Owner&)> read;
  std::function<Json()> schema;
};

template <class Owner>
using Table = std::vector<FieldOf<Owner>>;

inline void put(Text&& value, std::string& out) {
  out = std::move(value.value);
}
inline void put(std::vector<Text>&& values, std::vector<std::string>& out) {
  for (Text& value : values) out.push_back(std::move(value.value));
}

// Makes fields of an Owner. `to` is a member, or what puts the value where it belongs.
template <class Owner>
struct Of {
  template <class Value, class To>
  static FieldOf<Owner> need(const std::string& name, const Kind<Value>& kind, To to,
                             const std::string& about) {
    return make(name, true, kind, to, about);
  }
  template <class Value, class To>
  static FieldOf<Owner> may(const std::string& name, const Kind<Value>& kind, To to,
                            const std::string& about) {
    return make(name, false, kind, to, about);
  }

  // The fields of a part, as fields of the whole; `where` finds the part.
  template <class Part, class Where>
  static Table<Owner> within(const Table<Part>& table, Where where) {
    Table<Owner> all;
    for (const FieldOf<Part>& field : table)
      all.push_back({field.name, field.required, field.about,
                     [read = field.read, where](Fields& fields, const Node& node, Owner& owner) {
                       read(fields, node, where(owner));
                     },
                     field.schema});
    return all;
  }

 private:
  template <class Value, class To>
  static FieldOf<Owner> make(const std::string& name, bool required, const Kind<Value>& kind, To to,
                             const std::string& about) {
    return {name, required, about,
            [name, read = kind.read, to](Fields& fields, const Node& node, Owner& owner) {
              if constexpr (!std::is_member_object_pointer_v<To>) {
                if (Value value{}; read(fields, node, name, value)) to(owner, std::move(value));
              } else if constexpr (std::is_same_v<std::remove_reference_t<decltype(owner.*to)>, Value>) {
                read(fields, node, name, owner.*to);
              } else {
                if (Value value{}; read(fields, node, name, value)) put(std::move(value), owner.*to);
              }
            },
            kind.schema};
  }
};

// Both tables' fields.
template <class Owner>
Table<Owner> operator+(Table<Owner> first, const Table<Owner>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// ---- mappings and lists of them
// ------------------------------------------------------------------------------

template <class Owner>
Json schema_of(const Table<Owner>& table) {
  Json properties = Json::object(), required = Json::array();
  for (const FieldOf<Owner>& field : table) {
    Json one = {{"description", field.about}};
    one.update(field.schema());
    properties[field.name] = std::move(one);
    if (field.required) required.push_back(field.name);
  }
  Json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

template <class Owner>
void read_table(Fields& fields, const Table<Owner>& table, Owner& owner) {
  if constexpr (requires { owner.place; }) owner.place = fields.place();
  for (const FieldOf<Owner>& field : table)
    if (const Node* node = field.required ? fields.need(field.name) : fields.may(field.name))
      field.read(fields, *node, owner);
  fields.done();
}

// A mapping with these fields. `what` is how sentences call it, given its node.
template <class Owner>
Kind<Owner> mapping(std::function<std::string(const Node&)> what, const Table<Owner>& table,
                    std::function<void(Fields&, Owner&)> check = nullptr) {
  return {[=](Fields& outer, const Node& node, const std::string&, Owner& owner) {
            Fields fields(node, what(node), outer.context());
            if (!fields.is_map()) return false;
            read_table(fields, table, owner);
            if (check) check(fields, owner);
            return true;
          },
          [=] { return schema_of(table); }};
}

template <class Owner>
Kind<Owner> mapping(const std::string& what, const Table<Owner>& table,
                    std::function<void(Fields&, Owner&)> check = nullptr) {
  return mapping<Owner>([what](const Node&) { return what; }, table, check);
}

template <class Value>
Kind<std::vector<Value>> list_of(const Kind<Value>& item) {
  return {[=](Fields& fields, const Node& node, const std::string& name, std::vector<Value>& out) {
            if (!read_list(fields, node, name, "a list of mappings", Items::some)) return false;
            for (const Node& entry : node.items)
              if (Value value{}; item.read(fields, entry, "an entry of " + name, value))
                out.push_back(std::move(value));
            return true;
          },
          [=] { return list_schema(item.schema(), Items::some); }};
}

// A mapping whose fields have names of their author's.
template <class Value>
using Named = std::vector<std::pair<Text, Value>>;

template <class Value>
Kind<Named<Value>> named(const Kind<Text>& key, const Kind<Value>& item) {
  return {[=](Fields& outer, const Node& node, const std::string& name, Named<Value>& out) {
            if (!outer.expects(node, Node::Kind::map, name, "a mapping")) return false;
            if (node.fields.empty()) outer.error("'" + name + "' is an empty mapping", node.place);
            Fields fields(node, "'" + name + "'", outer.context());
            for (const auto& [word, unused] : node.fields) {
              Text read;
              if (!key.read(fields, word, name, read)) continue;
              const Node* value = fields.may(word.value);
              if (Value one{}; value && item.read(fields, *value, word.value, one))
                out.emplace_back(std::move(read), std::move(one));
            }
            return true;
          },
          [=] {
            return Json{{"type", "object"},
                        {"minProperties", 1},
                        {"propertyNames", key.schema()},
                        {"additionalProperties", item.schema()}};
          }};
}

// A rule's id and code, as expressions.
inline constexpr char kId[] = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";
inline constexpr char kNoId[] = "is no id; use small letters, digits and single hyphens, a letter first";
inline constexpr char kCode[] = "[A-Z][0-9]{2,3}";
inline constexpr char kNoCode[] = "is no code; use the category's letter and two or three digits, as in A03";

// ---- what judges (judges.cpp)
// ------------------------------------------------------------------------------------------------------------

// A command.
Kind<std::vector<Text>> argv(const Names& placeholders, Items items = Items::some);

// The fields of the head, and what is wrong with all of them together.
Table<Tree> judges();
void check_judges(Fields& fields, Tree& tree);

// ---- the tables (edit.cpp, rule.cpp, tree.cpp)
// ----------------------------------------------------------------

Kind<Edit> edit();
Kind<Tree> tree();
Kind<Rule> rule();
const Table<Catalog>& catalog_table();

}  // namespace nanobug::catalog
