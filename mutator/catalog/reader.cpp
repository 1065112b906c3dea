// reader: see reader.h.
#include "mutator/catalog/reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "mutator/base/suggest.h"

namespace nanobug::catalog {
namespace {

template <class T>
bool whole_number(const std::string& text, T& out) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  return problem == std::errc() && end == text.data() + text.size();
}

// Every {word} of an argument; other braces are the program's own business.
Names placeholders(const std::string& argument) {
  Names found;
  for (size_t open = argument.find('{'); open != std::string::npos; open = argument.find('{', open + 1)) {
    const size_t close = argument.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", open + 1);
    if (close != std::string::npos && argument[close] == '}' && close > open + 1)
      found.push_back(argument.substr(open + 1, close - open - 1));
  }
  return found;
}

std::string listed(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "{" : ", {") + name + "}";
  return text;
}

}  // namespace

Fields::Fields(const Node& node, std::string what, Errors& errors)
    : node_(node), what_(std::move(what)), errors_(errors) {
  if (!is_map()) error(what_ + " must be a mapping, not " + kind_name(node), node.place);
}

const Node* Fields::may(const std::string& name) {
  asked_.push_back(name);
  for (const auto& [key, value] : node_.fields) {
    if (key.value != name) continue;
    if (value.kind != Node::Kind::nothing) return &value;
    error(what_ + " has nothing in the field '" + name + "'; give it a value or remove it", key.place);
    return nullptr;
  }
  return nullptr;
}

const Node* Fields::need(const std::string& name) {
  const Node* node = may(name);
  const bool there = std::any_of(node_.fields.begin(), node_.fields.end(),
                                 [&](const Field& field) { return field.key.value == name; });
  if (!node && !there && is_map()) error(what_ + " lacks the field '" + name + "'", place());
  return node;
}

bool Fields::expects(const Node* node, Node::Kind kind, const std::string& name, const std::string& wanted) {
  if (!node) return false;
  if (node->kind == kind) return true;
  error("'" + name + "' must be " + wanted + ", not " + kind_name(*node), node->place);
  return false;
}

bool Fields::text(const Node* node, const std::string& name, Text& out) {
  if (!expects(node, Node::Kind::scalar, name, "text")) return false;
  if (node->value.find_first_not_of(" \t\r\n") == std::string::npos) {
    error("'" + name + "' is empty", node->place);
    return false;
  }
  out = {node->value, node->place};
  return true;
}

bool Fields::code(const Node* node, const std::string& name, Text& out) {
  if (!text(node, name, out)) return false;
  if (!node->folded) return true;
  error("'" + name + "' is code over several lines, which YAML joins here; write it as a literal block, '" +
            name + ": |' and the lines below",
        node->place);
  return false;
}

void Fields::string(const Node* node, const std::string& name, std::string& out) {
  if (Text read; text(node, name, read)) out = read.value;
}

void Fields::path(const Node* node, const std::string& name, std::string& out) {
  Text read;
  if (!text(node, name, read)) return;
  if (const std::string why = wrong_path(read.value); !why.empty())
    error("'" + name + "' " + why, read.place);
  else
    out = read.value;
}

void Fields::integer(const Node* node, const std::string& name, int low, int high, int& out) {
  const std::string wanted = "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  if (!expects(node, Node::Kind::scalar, name, wanted)) return;
  int read = 0;
  if (node->plain && whole_number(node->value, read) && read >= low && read <= high)
    out = read;
  else
    error("'" + name + "' must be " + wanted + ", not '" + node->value + "'", node->place);
}

bool Fields::number(const Node* node, const std::string& name, const std::string& wanted, double& out) {
  if (!expects(node, Node::Kind::scalar, name, wanted)) return false;
  double read = 0;
  if (node->plain && whole_number(node->value, read) && std::isfinite(read)) {
    out = read;
    return true;
  }
  error("'" + name + "' must be " + wanted + ", not '" + node->value + "'", node->place);
  return false;
}

void Fields::seconds(const Node* node, const std::string& name, double& out) {
  const std::string wanted = "a number of seconds above 0 and at most 86400";
  double read = 0;
  if (!number(node, name, wanted, read)) return;
  if (read > 0 && read <= 86400)
    out = read;
  else
    error("'" + name + "' must be " + wanted + ", not '" + node->value + "'", node->place);
}

void Fields::tolerance(const Node* node, const std::string& name, double& out) {
  const std::string wanted = "a relative difference from 0 to 1";
  double read = 0;
  if (!number(node, name, wanted, read)) return;
  if (read >= 0 && read <= 1)
    out = read;
  else
    error("'" + name + "' must be " + wanted + ", not '" + node->value + "'", node->place);
}

void Fields::texts(const Node* node, const std::string& name, std::vector<Text>& out) {
  if (!expects(node, Node::Kind::list, name, "a list of text")) return;
  if (node->items.empty()) error("'" + name + "' is an empty list", node->place);
  for (const Node& item : node->items)
    if (Text read; text(&item, "an entry of " + name, read)) out.push_back(read);
}

void Fields::strings(const Node* node, const std::string& name, std::vector<std::string>& out) {
  std::vector<Text> read;
  texts(node, name, read);
  for (Text& item : read) out.push_back(std::move(item.value));
}

void Fields::argv(const Node* node, const std::string& name, const Names& known,
                  std::vector<std::string>& out) {
  std::vector<Text> read;
  texts(node, name, read);
  for (Text& argument : read) {
    for (const std::string& word : placeholders(argument.value))
      if (std::find(known.begin(), known.end(), word) == known.end())
        error("'" + name + "' has no placeholder {" + word + "} (there are " + listed(known) + ")" +
                  did_you_mean(word, known),
              argument.place);
    out.push_back(std::move(argument.value));
  }
}

void Fields::done() {
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
