// reader: see reader.h.
#include "mutator/catalog/reader.h"

#include <algorithm>
#include <filesystem>

#include "mutator/base/suggest.h"

namespace nanobug::catalog {

Fields::Fields(const Node& node, std::string what, Context& context)
    : node_(node), what_(std::move(what)), context_(context) {
  if (!is_map()) error(what_ + " must be a mapping, not " + kind_name(node), node.place);
}

const Field* Fields::find(const std::string& name) const {
  const auto field = std::find_if(node_.fields.begin(), node_.fields.end(),
                                  [&](const Field& one) { return one.key.value == name; });
  return field == node_.fields.end() ? nullptr : &*field;
}

const Node* Fields::may(const std::string& name) {
  asked_.push_back(name);
  const Field* field = find(name);
  if (!field) return nullptr;
  if (field->value.kind != Node::Kind::nothing) return &field->value;
  error(what_ + " has nothing in the field '" + name + "'; give it a value or remove it", field->key.place);
  return nullptr;
}

const Node* Fields::need(const std::string& name) {
  const Node* node = may(name);
  if (!has(name) && is_map()) lacks(name);
  return node;
}

void Fields::lacks(const std::string& name) const {
  error(what_ + " lacks the field '" + name + "'", place());
}

bool Fields::expects(const Node& node, Node::Kind kind, const std::string& name,
                     const std::string& wanted) const {
  if (node.kind == kind) return true;
  error("'" + name + "' must be " + wanted + ", not " + kind_name(node), node.place);
  return false;
}

void Fields::done() const {
  for (const auto& [key, value] : node_.fields)
    if (std::find(asked_.begin(), asked_.end(), key.value) == asked_.end())
      error(what_ + " has no field '" + key.value + "'" + did_you_mean(key.value, asked_), key.place);
}

std::string wrong_path(const std::string& path) {
  const std::filesystem::path parsed(path);
  if (parsed.is_absolute()) return "must be a relative path, not '" + path + "'";
  for (const auto& part : parsed)
    if (part == "..") return "may not leave its directory with '..': '" + path + "'";
  return "";
}

}  // namespace nanobug::catalog
