// reader: typed values out of Nodes; whatever is not as it should be becomes an Error with its place, and
// reading goes on, so that one run reports everything that is wrong in the file.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/catalog/yaml.h"

namespace nanobug::catalog {

using Errors = std::vector<Error>;
using Names = std::vector<std::string>;

// The fields of one mapping. Every field is asked for by name; done() reports those nobody asked for.
// `what` begins the sentences: "rule 'x'", "tree.build".
class Fields {
 public:
  Fields(const Node& node, std::string what, Errors& errors);

  bool is_map() const { return node_.kind == Node::Kind::map; }
  const std::string& what() const { return what_; }
  const Place& place() const { return node_.place; }
  Errors& errors() { return errors_; }
  void error(std::string message, const Place& place) {
    errors_.push_back({Exit::catalog, std::move(message), place});
  }

  // The field's value. A missing one is an error for need(); an empty one (`name:`) is an error for both.
  const Node* need(const std::string& name);
  const Node* may(const std::string& name);

  // Each writes `out` only when the field is there and right. One-line text or a literal block for code().
  bool text(const Node* node, const std::string& name, Text& out);
  bool code(const Node* node, const std::string& name, Text& out);
  void string(const Node* node, const std::string& name, std::string& out);
  void path(const Node* node, const std::string& name, std::string& out);
  void integer(const Node* node, const std::string& name, int low, int high, int& out);
  void seconds(const Node* node, const std::string& name, double& out);
  void tolerance(const Node* node, const std::string& name, double& out);
  void texts(const Node* node, const std::string& name, std::vector<Text>& out);
  void strings(const Node* node, const std::string& name, std::vector<std::string>& out);
  // argv of a program; a {placeholder} must be one of `known`.
  void argv(const Node* node, const std::string& name, const Names& known, std::vector<std::string>& out);

  void done();

 private:
  bool expects(const Node* node, Node::Kind kind, const std::string& name, const std::string& wanted);
  bool number(const Node* node, const std::string& name, const std::string& wanted, double& out);

  const Node& node_;
  std::string what_;
  Errors& errors_;
  Names asked_;
};

// Why `path` is not a plain relative path below its directory, as the end of a sentence; "" when it is.
std::string wrong_path(const std::string& path);

// The parts of the catalog, each in its own file.
Tree read_tree(const Node& node, Errors& errors);
Rule read_rule(const Node& node, const Tree& tree, Errors& errors);
std::vector<Edit> read_edits(const Node& node, const std::string& rule, Errors& errors);

}  // namespace nanobug::catalog
