// yaml: a YAML file as a plain tree of values, each with its place.
//
// Built from yaml-cpp's events rather than its YAML::Node, because the catalog wants to know what Node
// forgets or hides: duplicate keys (Node keeps one of them silently), whether a scalar was quoted, where the
// text of a block scalar begins, and aliases, which Node expands without a bound.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::catalog {

struct Field;

struct Node {
  enum class Kind { nothing, scalar, list, map };
  Kind kind = Kind::nothing;
  Place place;                // of a scalar: its first character, quotes and the | of a block not counted
  std::string value;          // of a scalar
  bool plain = false;         // a scalar without quotes and not a block: it may be a number
  bool folded = false;        // over several lines that YAML joins: places inside it cannot be told
  std::vector<Node> items;    // of a list
  std::vector<Field> fields;  // of a map, in order, keys unique
};

struct Field {
  Node key;
  Node value;
};

// "a list", "a mapping", "nothing", "text".
std::string kind_name(const Node& node);

// Why these bytes are no text that a person wrote; nothing where they are.
std::optional<Error> wrong_bytes(const std::string& text, const std::string& name);

// The file's one document. Errors are appended; nothing comes back when the text is not YAML at all.
// Refused: other encodings than UTF-8, tabs as indentation, anchors, aliases, tags, a second document.
std::optional<Node> read_yaml(const std::string& text, const std::string& name, std::vector<Error>& errors);

}  // namespace nanobug::catalog
