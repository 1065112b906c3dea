// entry: a rule's entry as text, the other way round: what a maintainer's tools write into catalog.yaml, and
// the pieces of it that they are given.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/catalog/yaml.h"

namespace nanobug::catalog {

// An edit as one flow mapping, with braces or without: replace: node("x"), with: "0". Places are in `text`.
tl::expected<Edit, std::vector<Error>> parse_edit(const Text& text);

tl::expected<Edit, std::vector<Error>> read_edit(const Node& node);

// The same, as it stands in a catalog.
std::string write_edit(const Edit& edit);

// A field of an entry and its value, as it is to be written.
struct Written {
  std::string name;
  Node value;
};

// Values for it. A text of several lines becomes a literal block.
Node as_text(const std::string& value);
Node as_list(const std::vector<std::string>& values);
Node as_edits(const std::vector<Edit>& edits);

// Why no rule can be called that, as a sentence; "" where one can.
std::string wrong_id(const std::string& text);
std::string wrong_code(const std::string& text);

// The entry as an item of the list `rules:`, each line indented by so many blanks; it ends with a line end.
std::string write_entry(const std::vector<Written>& fields, size_t indent);

// The catalog's text with that entry behind its last, and with the line ends that it has. Errors:
// Exit::catalog where it has no `rules:`, or none that is written with '- '.
Result<std::string> with_entry(const std::filesystem::path& file, const std::string& text,
                               const std::vector<Written>& fields);

}  // namespace nanobug::catalog
