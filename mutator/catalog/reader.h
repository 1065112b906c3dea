// reader: typed values out of Nodes; whatever is not as it should be becomes an Error with its place, and
// reading goes on, so that one run reports everything that is wrong in the file.
#pragma once

#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/catalog/yaml.h"

namespace nanobug::catalog {

using Errors = std::vector<Error>;
using Names = std::vector<std::string>;

// What is true of the whole file while one value of it is read.
struct Context {
  Errors& errors;
  const Tree& head;  // as far as it is read; rules come after it
};

// The fields of one mapping. Every field is asked for by name; done() reports those nobody asked for.
// `what` begins the sentences: "rule 'x'", "tree.build".
class Fields {
 public:
  Fields(const Node& node, std::string what, Context& context);

  bool is_map() const { return node_.kind == Node::Kind::map; }
  const Node& node() const { return node_; }
  const std::string& what() const { return what_; }
  const Place& place() const { return node_.place; }
  Context& context() const { return context_; }
  const Tree& head() const { return context_.head; }
  void error(std::string message, const Place& place) const {
    context_.errors.push_back({Exit::catalog, std::move(message), place});
  }

  // The field's value. A missing one is an error for need(); an empty one (`name:`) is an error for both.
  const Node* need(const std::string& name);
  const Node* may(const std::string& name);

  // The field as it stands there, right or wrong; null where it does not.
  const Field* find(const std::string& name) const;
  bool has(const std::string& name) const { return find(name) != nullptr; }
  void lacks(const std::string& name) const;

  // Says so where `node` is of another kind; `wanted`: "text", "a list of text".
  bool expects(const Node& node, Node::Kind kind, const std::string& name, const std::string& wanted) const;

  void done() const;

 private:
  const Node& node_;
  std::string what_;
  Context& context_;
  Names asked_;
};

// Why `path` is not a plain relative path below its directory, as the end of a sentence; "" when it is.
std::string wrong_path(const std::string& path);

// Reads the whole file but for what lies beside it.
void read_catalog(const Node& root, Catalog& catalog, Errors& errors);

}  // namespace nanobug::catalog
