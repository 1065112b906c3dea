// kinds: what single values of a catalog may be, for its reader and for its schema.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <regex>

#include "mutator/base/suggest.h"
#include "mutator/catalog/table.h"

namespace nanobug::catalog {
namespace {

// YAML writes text without quotes, so text may look like a number. Blank is none.
Json text_schema(const std::string& pattern = "\\S") {
  return {{"type", {"string", "number", "boolean"}}, {"pattern", pattern}};
}

bool read_text(Fields& fields, const Node& node, const std::string& name, Text& out) {
  if (!fields.expects(node, Node::Kind::scalar, name, "text")) return false;
  if (node.value.find_first_not_of(" \t\r\n") == std::string::npos) {
    fields.error("'" + name + "' is empty", node.place);
    return false;
  }
  // A terminal would obey them.
  const auto control = std::find_if(node.value.begin(), node.value.end(), [](unsigned char c) {
    return (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f;
  });
  if (control != node.value.end()) {
    fields.error(fmt::format("'{}' has a control character in it, 0x{:02x}; leave it out", name,
                             static_cast<unsigned char>(*control)),
                 node.place);
    return false;
  }
  out = {node.value, node.place};
  return true;
}

// Sentences about an entry speak of its list.
std::string list_name(const std::string& name) {
  constexpr std::string_view kEntry = "an entry of ";
  return name.starts_with(kEntry) ? name.substr(kEntry.size()) : name;
}

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Every {word} of an argument; other braces are the program's own business.
Names placeholders_in(const std::string& argument) {
  Names found;
  for (size_t open = argument.find('{'); open != std::string::npos; open = argument.find('{', open + 1)) {
    const size_t close = argument.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", open + 1);
    if (close != std::string::npos && argument[close] == '}' && close > open + 1)
      found.push_back(argument.substr(open + 1, close - open - 1));
  }
  return found;
}

std::string in_braces(const Names& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "{" : ", {") + name + "}";
  return all;
}

Kind<double> number(const std::string& wanted, std::function<bool(double)> right, Json limits) {
  return {[=](Fields& fields, const Node& node, const std::string& name, double& out) {
            if (!fields.expects(node, Node::Kind::scalar, name, wanted)) return false;
            const std::string& text = node.value;
            double read = 0;
            const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), read);
            if (node.plain && problem == std::errc() && end == text.data() + text.size() &&
                std::isfinite(read) && right(read)) {
              out = read;
              return true;
            }
            fields.error("'" + name + "' must be " + wanted + ", not '" + text + "'", node.place);
            return false;
          },
          [=] {
            Json schema = {{"type", "number"}};
            schema.update(limits);
            return schema;
          }};
}

bool read_whole(const Node& node, int low, int high, int& out) {
  const std::string& text = node.value;
  int read = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (!node.plain || problem != std::errc() || end != text.data() + text.size() || read < low || read > high)
    return false;
  out = read;
  return true;
}

std::string range(int low, int high) {
  return "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
}

}  // namespace

std::string in_words(const Names& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

Kind<Text> text() {
  return {read_text, [] { return text_schema(); }};
}

Kind<Text> one_line() {
  return {[](Fields& fields, const Node& node, const std::string& name, Text& out) {
            if (!read_text(fields, node, name, out)) return false;
            if (out.value.find_first_of("\r\n") == std::string::npos) return true;
            fields.error("'" + name + "' is one line; write it without a line break", node.place);
            return false;
          },
          [] { return text_schema(); }};
}

Kind<Text> code() {
  return {[](Fields& fields, const Node& node, const std::string& name, Text& out) {
            if (!read_text(fields, node, name, out)) return false;
            if (!node.folded) return true;
            fields.error("'" + name +
                             "' is code over several lines, which YAML joins here; write it as a literal "
                             "block, '" +
                             name + ": |' and the lines below",
                         node.place);
            return false;
          },
          [] { return text_schema(); }};
}

Kind<Text> path() {
  return {[](Fields& fields, const Node& node, const std::string& name, Text& out) {
            Text read;
            if (!read_text(fields, node, name, read)) return false;
            if (const std::string why = wrong_path(read.value); !why.empty()) {
              fields.error("'" + list_name(name) + "' " + why, read.place);
              return false;
            }
            out = std::move(read);
            return true;
          },
          [] { return text_schema("^(?!/)(?!(?:.*/)?\\.\\.(?:/|$)).*\\S"); }};
}

Kind<Text> path_or_here() {
  return {[](Fields& fields, const Node& node, const std::string& name, Text& out) {
            if (node.kind != Node::Kind::scalar || node.value != ".")
              return path().read(fields, node, name, out);
            out = {node.value, node.place};
            return true;
          },
          [] { return Json{{"anyOf", {Json{{"const", "."}}, path().schema()}}}; }};
}

Kind<Text> name_of(const std::string& what) {
  return {[=](Fields& fields, const Node& node, const std::string& name, Text& out) {
            if (!read_text(fields, node, name, out)) return false;
            if (out.value.find('/') == std::string::npos && out.value != "." && out.value != "..")
              return true;
            fields.error("'" + list_name(name) + "' must be names of " + what + ", not '" + out.value + "'",
                         out.place);
            return false;
          },
          [] { return text_schema("^(?!\\.{1,2}$)[^/]*[^/\\s][^/]*$"); }};
}

Kind<Text> like(const std::string& expression, const std::string& otherwise) {
  return {[=, pattern = std::regex(expression)](Fields& fields, const Node& node, const std::string& name,
                                                Text& out) {
            Text read;
            if (!read_text(fields, node, name, read)) return false;
            if (!std::regex_match(read.value, pattern)) {
              fields.error("'" + read.value + "' " + otherwise, read.place);
              return false;
            }
            out = std::move(read);
            return true;
          },
          [=] { return Json{{"type", "string"}, {"pattern", "^(?:" + expression + ")$"}}; }};
}

Kind<Text> one_of(const Names& words) {
  return {[=](Fields& fields, const Node& node, const std::string& name, Text& out) {
            if (!read_text(fields, node, name, out)) return false;
            if (contains(words, out.value)) return true;
            fields.error("'" + name + "' is one of " + in_words(words) + ", not '" + out.value + "'" +
                             did_you_mean(out.value, words),
                         out.place);
            return false;
          },
          [=] { return Json{{"enum", words}}; }};
}

Kind<Text> listed(const std::string& where, std::function<Names(const Tree&)> words) {
  return {[=](Fields& fields, const Node& node, const std::string& name, Text& out) {
            if (!read_text(fields, node, name, out)) return false;
            const Names known = words(fields.head());
            if (contains(known, out.value)) return true;
            const std::string others =
                known.empty() ? ", which the head does not have"
                              : " (there are " + in_words(known) + ")" + did_you_mean(out.value, known);
            fields.error("'" + name + "' names '" + out.value + "', which is not one of " + where + others,
                         out.place);
            return false;
          },
          [] { return text_schema(); }};
}

Kind<Text> argument(const Names& placeholders) {
  return {[=](Fields& fields, const Node& node, const std::string& name, Text& out) {
            if (!read_text(fields, node, name, out)) return false;
            for (const std::string& word : placeholders_in(out.value))
              if (!contains(placeholders, word))
                fields.error("'" + list_name(name) + "' has no placeholder {" + word + "} (there are " +
                                 in_braces(placeholders) + ")" + did_you_mean(word, placeholders),
                             out.place);
            return true;
          },
          [=] {
            Json schema = text_schema();
            std::string known;
            for (const std::string& word : placeholders) known += (known.empty() ? "" : "|") + word;
            schema["not"] = {{"pattern", "\\{(?!(?:" + known + ")\\})[a-z_]+\\}"}, {"type", "string"}};
            return schema;
          }};
}

Kind<int> whole(int low, int high) {
  return {[=](Fields& fields, const Node& node, const std::string& name, int& out) {
            if (!fields.expects(node, Node::Kind::scalar, name, range(low, high))) return false;
            if (read_whole(node, low, high, out)) return true;
            fields.error("'" + name + "' must be " + range(low, high) + ", not '" + node.value + "'",
                         node.place);
            return false;
          },
          [=] { return Json{{"type", "integer"}, {"minimum", low}, {"maximum", high}}; }};
}

Kind<int> whole_or(int low, int high, const std::string& word, int meaning) {
  return {[=](Fields& fields, const Node& node, const std::string& name, int& out) {
            const std::string wanted = range(low, high) + " or '" + word + "'";
            if (!fields.expects(node, Node::Kind::scalar, name, wanted)) return false;
            if (node.value == word) {
              out = meaning;
              return true;
            }
            if (read_whole(node, low, high, out)) return true;
            fields.error("'" + name + "' must be " + wanted + ", not '" + node.value + "'", node.place);
            return false;
          },
          [=] {
            return Json{
                {"anyOf", {{{"const", word}}, {{"type", "integer"}, {"minimum", low}, {"maximum", high}}}}};
          }};
}

Kind<double> seconds() {
  return number("a number of seconds above 0 and at most 86400", [](double s) { return s > 0 && s <= 86400; },
                {{"exclusiveMinimum", 0}, {"maximum", 86400}});
}

Kind<double> tolerance() {
  return number("a relative difference from 0 to 1", [](double d) { return d >= 0 && d <= 1; },
                {{"minimum", 0}, {"maximum", 1}});
}

Kind<bool> flag() {
  return {[](Fields& fields, const Node& node, const std::string& name, bool& out) {
            if (!fields.expects(node, Node::Kind::scalar, name, "true or false")) return false;
            if (node.plain && (node.value == "true" || node.value == "false")) {
              out = node.value == "true";
              return true;
            }
            fields.error("'" + name + "' must be true or false, not '" + node.value + "'", node.place);
            return false;
          },
          [] { return Json{{"type", "boolean"}}; }};
}

bool read_list(const Fields& fields, const Node& node, const std::string& name, const std::string& wanted,
               Items items) {
  if (!fields.expects(node, Node::Kind::list, name, wanted)) return false;
  if (!node.items.empty() || items == Items::may_be_none) return true;
  fields.error("'" + name + "' is an empty list", node.place);
  return false;
}

Json list_schema(Json item, Items items) {
  Json schema = {{"type", "array"}, {"items", std::move(item)}};
  if (items != Items::may_be_none) schema["minItems"] = 1;
  if (items == Items::each_once) schema["uniqueItems"] = true;
  return schema;
}

Kind<std::vector<Text>> texts(const Kind<Text>& item, Items items) {
  return {[=](Fields& fields, const Node& node, const std::string& name, std::vector<Text>& out) {
            if (!read_list(fields, node, name, "a list of text", items)) return false;
            for (const Node& entry : node.items) {
              Text one;
              if (!item.read(fields, entry, "an entry of " + name, one)) continue;
              const auto twin = std::find_if(out.begin(), out.end(),
                                             [&](const Text& other) { return other.value == one.value; });
              if (items == Items::each_once && twin != out.end())
                fields.error("'" + name + "' names '" + one.value + "' twice; remove one", one.place);
              else
                out.push_back(std::move(one));
            }
            return true;
          },
          [=] { return list_schema(item.schema(), items); }};
}

}  // namespace nanobug::catalog
