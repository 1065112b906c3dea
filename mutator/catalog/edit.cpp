// edit: the entries of `edits:`. Each does one thing, told by the field it begins with:
//   replace: SELECTOR, with: TEMPLATE      remove: SELECTOR      swap: SELECTOR, with: SELECTOR
//   insert: TEMPLATE, before|after: SELECTOR                     move: SELECTOR, before|after: SELECTOR
#include <algorithm>

#include "mutator/catalog/table.h"

namespace nanobug::catalog {
namespace {

constexpr char kSelector[] = "a range selector of Clang's Transformer: node(\"id\"), statement(\"id\"), …";

// {{ must be closed by }} with a name between; what the name stands for is rewrite's to check.
bool read_template(Fields& fields, const Node& node, const std::string& name, Text& text) {
  if (!code().read(fields, node, name, text)) return false;
  bool right = true;
  for (size_t open = text.value.find("{{"); open != std::string::npos;
       open = text.value.find("{{", open + 2)) {
    const size_t close = text.value.find("}}", open);
    const size_t next = text.value.find("{{", open + 2);
    if (close != std::string::npos && (next == std::string::npos || close < next)) continue;
    right = false;
    fields.error("the template opens '{{' and does not close it with '}}'; for two braces of C++ write '{ {'",
                 place_in(text, open));
  }
  return right;
}

// One kind of edit; its first field names the action, and the second, where two begin alike, the side.
struct Action {
  Edit::Kind kind;
  Table<Edit> table;
};

const std::vector<Action>& actions() {
  using F = Of<Edit>;
  using enum Edit::Kind;
  const Kind<Text> snippet = {read_template, code().schema};
  const auto target = [](const char* name) { return F::need(name, code(), &Edit::target, kSelector); };
  const auto other = [](const char* name) { return F::need(name, code(), &Edit::with, kSelector); };
  const auto written = [&](const char* name) {
    return F::need(name, snippet, &Edit::with, "the new text; {{id}} is the text of what was bound");
  };
  static const std::vector<Action> all = {{replace, {target("replace"), written("with")}},
                                          {remove, {target("remove")}},
                                          {insert_before, {written("insert"), target("before")}},
                                          {insert_after, {written("insert"), target("after")}},
                                          {move_before, {target("move"), other("before")}},
                                          {move_after, {target("move"), other("after")}},
                                          {swap, {target("swap"), other("with")}}};
  return all;
}

// The actions that begin with a field which the edit has.
std::vector<const Action*> begun(const Fields& fields) {
  std::vector<const Action*> all;
  for (const Action& action : actions())
    if (fields.has(action.table[0].name)) all.push_back(&action);
  return all;
}

// Asks for every name that some action knows, so that only others are refused.
void refuse_unknown(Fields& fields) {
  for (const Action& action : actions())
    for (const auto& field : action.table) fields.may(field.name);
  fields.done();
}

// Of actions that begin alike, the one whose side is given; null, and an error, where none or several are.
const Action* by_side(Fields& fields, const std::vector<const Action*>& alike) {
  if (alike.size() == 1) return alike[0];
  const std::string& name = alike[0]->table[0].name;
  const Action* chosen = nullptr;
  for (const Action* one : alike) {
    const Field* side = fields.find(one->table[1].name);
    if (side && chosen) {
      fields.error("'" + name + "' takes 'before' or 'after', not both", side->value.place);
      return nullptr;
    }
    if (side) chosen = one;
  }
  if (!chosen) fields.error("'" + name + "' needs 'before: SELECTOR' or 'after: SELECTOR'", fields.place());
  return chosen;
}

bool read_edit(Fields& outer, const Node& node, const std::string&, Edit& edit) {
  Fields fields(node, "an edit", outer.context());
  if (!fields.is_map()) return false;
  const std::vector<const Action*> found = begun(fields);
  if (found.empty()) {
    fields.error("an edit needs one of replace, remove, insert, move, swap", node.place);
    refuse_unknown(fields);
    return false;
  }
  const std::string& first = found.front()->table[0].name;
  for (const Action* other : found) {
    if (other->table[0].name == first) continue;
    // The later of the two is the one too many.
    const auto [a, b] = std::minmax({fields.find(first), fields.find(other->table[0].name)});
    fields.error(
        "an edit does one thing, here '" + a->key.value + "' and '" + b->key.value + "'; write two entries",
        b->key.place);
    return false;
  }
  const Action* action = by_side(fields, found);
  if (!action) {
    refuse_unknown(fields);
    return false;
  }
  edit.kind = action->kind;
  const size_t before = fields.context().errors.size();
  read_table(fields, action->table, edit);
  return fields.context().errors.size() == before;
}

}  // namespace

Kind<Edit> edit() {
  return {read_edit, [] {
            Json all = Json::array();
            for (const Action& action : actions()) all.push_back(schema_of(action.table));
            return Json{{"oneOf", std::move(all)}};
          }};
}

}  // namespace nanobug::catalog
