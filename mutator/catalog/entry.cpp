// entry: see entry.h. The YAML is yaml-cpp's; what it is given are the catalog's own Nodes.
#include "mutator/catalog/entry.h"

#include <yaml-cpp/emitter.h>

#include <regex>

#include "mutator/base/files.h"
#include "mutator/catalog/table.h"

namespace nanobug::catalog {
namespace {

bool over_lines(const std::string& text) {
  return text.find('\n') != std::string::npos;
}

// Edits and lists of words stand on one line.
void emit(YAML::Emitter& out, const Node& node, bool flow) {
  switch (node.kind) {
    case Node::Kind::nothing:
      out << YAML::Null;
      return;
    case Node::Kind::scalar:
      if (over_lines(node.value) && !flow)
        out << YAML::Literal;
      else if (over_lines(node.value) || !node.plain)
        out << YAML::DoubleQuoted;
      out << node.value;
      return;
    case Node::Kind::list: {
      bool deep = false;
      for (const Node& item : node.items) deep = deep || item.kind != Node::Kind::scalar;
      if (!deep) out << YAML::Flow;
      out << YAML::BeginSeq;
      for (const Node& item : node.items) emit(out, item, !deep || item.kind == Node::Kind::map);
      out << YAML::EndSeq;
      return;
    }
    case Node::Kind::map:
      if (flow) out << YAML::Flow;
      out << YAML::BeginMap;
      for (const auto& [key, value] : node.fields) {
        out << YAML::Key << key.value << YAML::Value;
        emit(out, value, flow);
      }
      out << YAML::EndMap;
      return;
  }
}

Field field(const std::string& name, const std::string& value, bool plain = true) {
  Field made{as_text(name), as_text(value)};
  made.value.plain = plain;  // a template is quoted, whatever it holds
  return made;
}

Node as_edit(const Edit& edit) {
  using Kind = Edit::Kind;
  Node node;
  node.kind = Node::Kind::map;
  const std::string &target = edit.target.value, &with = edit.with.value;
  switch (edit.kind) {
    case Kind::replace:
      node.fields = {field("replace", target), field("with", with, false)};
      break;
    case Kind::remove:
      node.fields = {field("remove", target)};
      break;
    case Kind::insert_before:
      node.fields = {field("insert", with, false), field("before", target)};
      break;
    case Kind::insert_after:
      node.fields = {field("insert", with, false), field("after", target)};
      break;
    case Kind::move_before:
      node.fields = {field("move", target), field("before", with)};
      break;
    case Kind::move_after:
      node.fields = {field("move", target), field("after", with)};
      break;
    case Kind::swap:
      node.fields = {field("swap", target), field("with", with)};
      break;
  }
  return node;
}

// ---- where it goes
// -------------------------------------------------------------------------------------------------

size_t offset_of_line(const std::string& text, int line) {
  size_t at = 0;
  for (int i = 1; i < line && at < text.size(); ++i) at = std::min(text.find('\n', at), text.size() - 1) + 1;
  return at;
}

std::string_view line_at(const std::string& text, size_t begin) {
  return std::string_view(text).substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
}

bool says_nothing(std::string_view line) {
  const size_t first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#';
}

// Where in the file an entry goes, how far in, and what its list begins with where it is the first.
struct Slot {
  size_t at, indent;
  const char* begins = "";
};

Result<Slot> slot_in(const std::filesystem::path& file, const std::string& text) {
  std::vector<Error> errors;
  const auto root = read_yaml(text, file.string(), errors);
  const Place place{file.string(), 0, 0};
  if (!root || !errors.empty()) return fail(Exit::catalog, "the catalog has changed meanwhile", place);
  const auto rules = std::find_if(root->fields.begin(), root->fields.end(),
                                  [](const Field& field) { return field.key.value == "rules"; });
  if (rules == root->fields.end()) return Slot{text.size(), 2, "rules:\n"};
  const Place last = rules->value.items.back().place;
  const size_t begin = offset_of_line(text, last.line);
  const size_t dash = text.find_first_not_of(" \t", begin);
  if (dash >= text.size() || text[dash] != '-' || last.column != static_cast<int>(dash - begin) + 3)
    return fail(Exit::catalog, "an entry can only be put behind one that begins with '- '", last);
  size_t end = text.size();
  if (const auto next = rules + 1; next != root->fields.end()) {
    // What stands above the next field's name is that field's.
    int line = next->key.place.line;
    while (line > last.line && says_nothing(line_at(text, offset_of_line(text, line - 1)))) --line;
    end = offset_of_line(text, line);
  }
  return Slot{end, dash - begin};
}

std::string in_lines_of(const std::string& text, std::string added) {
  if (text.find("\r\n") == std::string::npos) return added;
  for (size_t at = 0; (at = added.find('\n', at)) != std::string::npos; at += 2) added.insert(at, "\r");
  return added;
}

}  // namespace

tl::expected<Edit, std::vector<Error>> read_edit(const Node& node) {
  std::vector<Error> errors;
  const Tree no_head;
  Context context{errors, no_head};
  Node around;
  around.kind = Node::Kind::map;
  Fields outside(around, "this", context);
  Edit read{};
  edit().read(outside, node, "", read);
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return read;
}

tl::expected<Edit, std::vector<Error>> parse_edit(const Text& text) {
  std::string yaml = text.value;
  const size_t begin = yaml.find_first_not_of(" \t\r\n");
  if (begin != std::string::npos && yaml[begin] != '{') {
    // The brace takes a blank's place where there is one, so that columns stay.
    if (begin > 0)
      yaml[begin - 1] = '{';
    else
      yaml.insert(0, "{");
    yaml += '}';
  }
  std::vector<Error> errors;
  const auto node = read_yaml(yaml, text.place.file, errors);
  if (!node && errors.empty()) errors.push_back({Exit::catalog, "there is no edit here", text.place});
  const auto moved = [&](Place& place) { place.line += text.place.line - 1; };
  auto read =
      errors.empty() ? read_edit(*node) : tl::expected<Edit, std::vector<Error>>(tl::unexpected(errors));
  if (read)
    for (Place* place : {&read->place, &read->target.place, &read->with.place}) moved(*place);
  else
    for (Error& error : read.error())
      if (error.place) moved(*error.place);
  return read;
}

Node as_text(const std::string& value) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.value = value;
  node.plain = true;
  return node;
}

Node as_list(const std::vector<std::string>& values) {
  Node node;
  node.kind = Node::Kind::list;
  for (const std::string& value : values) node.items.push_back(as_text(value));
  return node;
}

Node as_edits(const std::vector<Edit>& edits) {
  Node node;
  node.kind = Node::Kind::list;
  for (const Edit& edit : edits) node.items.push_back(as_edit(edit));
  return node;
}

std::string write_edit(const Edit& edit) {
  YAML::Emitter out;
  emit(out, as_edit(edit), true);
  return out.c_str();
}

std::string wrong_id(const std::string& text) {
  return std::regex_match(text, std::regex(kId)) ? "" : "'" + text + "' " + kNoId;
}

std::string wrong_code(const std::string& text) {
  return std::regex_match(text, std::regex(kCode)) ? "" : "'" + text + "' " + kNoCode;
}

std::string write_entry(const std::vector<Written>& fields, size_t indent) {
  YAML::Emitter out;
  out << YAML::BeginSeq << YAML::BeginMap;
  for (const auto& [name, value] : fields) {
    out << YAML::Key << name << YAML::Value;
    emit(out, value, false);
  }
  out << YAML::EndMap << YAML::EndSeq;
  std::string text;
  for (const std::string_view line : lines_of(out.c_str())) {
    if (line.find_first_not_of("\r\n") != std::string_view::npos) text += std::string(indent, ' ');
    text += line;
  }
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

Result<std::string> with_entry(const std::filesystem::path& file, const std::string& text,
                               const std::vector<Written>& fields) {
  const auto slot = slot_in(file, text);
  NANOBUG_TRY(slot);
  const std::string before = slot->at > 0 && text[slot->at - 1] != '\n' ? "\n\n" : "\n";
  return text.substr(0, slot->at) +
         in_lines_of(text, before + slot->begins + write_entry(fields, slot->indent)) + text.substr(slot->at);
}

}  // namespace nanobug::catalog
