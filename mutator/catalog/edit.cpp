// edit: the entries of `edits:`. Each names one action with its selector or template, and what goes with it:
//   replace: SELECTOR, with: TEMPLATE      remove: SELECTOR      swap: SELECTOR, with: SELECTOR
//   insert: TEMPLATE, before|after: SELECTOR                     move: SELECTOR, before|after: SELECTOR
#include "mutator/catalog/reader.h"

namespace nanobug::catalog {
namespace {

const Names kActions = {"replace", "remove", "insert", "move", "swap"};

// {{ must be closed by }} with a name between; what the name stands for is rewrite's to check.
void check_template(Fields& fields, const Text& text) {
  for (size_t open = text.value.find("{{"); open != std::string::npos;
       open = text.value.find("{{", open + 2)) {
    const size_t close = text.value.find("}}", open);
    const size_t next = text.value.find("{{", open + 2);
    if (close != std::string::npos && (next == std::string::npos || close < next)) continue;
    Place place = text.place;
    for (const char c : text.value.substr(0, open)) {
      if (c == '\n')
        ++place.line, place.column = text.place.column;
      else
        ++place.column;
    }
    fields.error("the template opens '{{' and does not close it with '}}'; for two braces of C++ write '{ {'",
                 place);
  }
}

// The side an inserted or moved piece goes to: exactly one of before, after.
bool read_side(Fields& fields, const std::string& action, Text& anchor, bool& before) {
  const Node* front = fields.may("before");
  const Node* back = fields.may("after");
  if (front && back) {
    fields.error("'" + action + "' takes 'before' or 'after', not both", back->place);
    return false;
  }
  if (!front && !back) {
    fields.error("'" + action + "' needs 'before: SELECTOR' or 'after: SELECTOR'", fields.place());
    return false;
  }
  before = front != nullptr;
  return fields.code(before ? front : back, before ? "before" : "after", anchor);
}

bool read_action(Fields& fields, const std::string& action, const Node* value, Edit& edit) {
  Text first;
  if (!fields.code(value, action, first)) return false;
  edit.target = first;
  bool before = false;
  if (action == "remove") {
    edit.kind = Edit::Kind::remove;
  } else if (action == "replace") {
    edit.kind = Edit::Kind::replace;
    if (!fields.code(fields.need("with"), "with", edit.with)) return false;
    check_template(fields, edit.with);
  } else if (action == "swap") {
    edit.kind = Edit::Kind::swap;
    if (!fields.code(fields.need("with"), "with", edit.with)) return false;
  } else if (action == "insert") {
    edit.with = first;
    check_template(fields, edit.with);
    if (!read_side(fields, action, edit.target, before)) return false;
    edit.kind = before ? Edit::Kind::insert_before : Edit::Kind::insert_after;
  } else {
    if (!read_side(fields, action, edit.with, before)) return false;
    edit.kind = before ? Edit::Kind::move_before : Edit::Kind::move_after;
  }
  return true;
}

std::optional<Edit> read_edit(const Node& node, const std::string& rule, Errors& errors) {
  Fields fields(node, "an edit of " + rule, errors);
  if (!fields.is_map()) return std::nullopt;
  std::vector<const Field*> actions;
  for (const Field& field : node.fields)
    for (const std::string& action : kActions)
      if (field.key.value == action) actions.push_back(&field);
  if (actions.size() > 1) {
    fields.error("an edit does one thing, here '" + actions[0]->key.value + "' and '" +
                     actions[1]->key.value + "'; write two entries",
                 actions[1]->key.place);
    return std::nullopt;
  }
  Edit edit{};
  edit.place = node.place;
  bool good = false;
  if (actions.empty()) {
    fields.error("an edit needs one of replace, remove, insert, move, swap", node.place);
    for (const std::string& name : kActions) fields.may(name);
    for (const char* name : {"with", "before", "after"}) fields.may(name);
  } else {
    const std::string& action = actions[0]->key.value;
    if (const Node* value = fields.may(action))
      good = read_action(fields, action, value, edit);
    else
      for (const char* name : {"with", "before", "after"}) fields.may(name);
  }
  fields.done();
  return good ? std::optional(edit) : std::nullopt;
}

}  // namespace

std::vector<Edit> read_edits(const Node& node, const std::string& rule, Errors& errors) {
  std::vector<Edit> edits;
  const auto error = [&](const std::string& message) {
    errors.push_back({Exit::catalog, message, node.place});
  };
  if (node.kind != Node::Kind::list)
    error("'edits' must be a list, one entry an edit, not " + kind_name(node));
  else if (node.items.empty())
    error("'edits' is an empty list");
  for (const Node& item : node.items)
    if (auto edit = read_edit(item, rule, errors)) edits.push_back(std::move(*edit));
  return edits;
}

}  // namespace nanobug::catalog
