// yaml: yaml-cpp's events, stacked into a tree of Nodes.
#include "mutator/catalog/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <string_view>
#include <utility>

namespace nanobug::catalog {
namespace {

constexpr size_t kDeepest = 32;  // levels of nesting; the catalog needs seven

Error wrong(std::string message, Place place) {
  return Error{Exit::catalog, std::move(message), std::move(place)};
}

// The offset of the first byte that is not UTF-8 (overlong forms and surrogates included), or npos.
size_t first_bad_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80                   ? 1
                          : lead >= 0xC2 && lead < 0xE0 ? 2
                          : lead >= 0xE0 && lead < 0xF0 ? 3
                          : lead >= 0xF0 && lead < 0xF5 ? 4
                                                        : 0;
    if (length == 0 || i + length > text.size()) return i;
    for (size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return i;
    const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return i;
    if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return i;
    i += length;
  }
  return std::string_view::npos;
}

Place place_at(const std::string& name, std::string_view text, size_t offset) {
  Place place{name, 1, 1};
  for (const char c : text.substr(0, offset)) {
    if (c == '\n')
      ++place.line, place.column = 1;
    else
      ++place.column;
  }
  return place;
}

// Builds the tree; a value is put into its parent when it is complete.
class Builder : public YAML::EventHandler {
 public:
  Builder(const std::string& text, const std::string& name, std::vector<Error>& errors)
      : text_(text), name_(name), errors_(errors) {}

  std::optional<Node> root;
  int documents = 0;
  bool stopped = false;  // nested too deep: the rest is not looked at

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents == 2)
      errors_.push_back(
          wrong("a second document begins here; the catalog is one YAML document, so remove this and "
                "everything after it, or the line '---' above it",
                at(mark)));
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    no_anchor(mark, anchor);
    add(Node{Node::Kind::nothing, at(mark), "", true, false, {}, {}});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    errors_.push_back(wrong("aliases (*name) are not read in a catalog; write the value out", at(mark)));
    add(Node{Node::Kind::nothing, at(mark), "", true, false, {}, {}});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    no_anchor(mark, anchor);
    no_tag(mark, tag);
    add(scalar(mark, tag, value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Node node;
    std::optional<Node> key;  // of a map: read, its value still to come
  };

  Place at(const YAML::Mark& mark) const { return {name_, mark.line + 1, mark.column + 1}; }

  void no_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      errors_.push_back(wrong("anchors (&name) are not read in a catalog; write the value out", at(mark)));
  }

  void no_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!")
      errors_.push_back(wrong("tags (!name) are not read in a catalog; remove it", at(mark)));
  }

  // Where the characters of the scalar begin: behind a quote, or on the first line of a block that holds any.
  Node scalar(const YAML::Mark& mark, const std::string& tag, const std::string& value) {
    Node node{Node::Kind::scalar, at(mark), value, tag == "?", false, {}, {}};
    size_t i = static_cast<size_t>(mark.pos);
    const char style = i < text_.size() && !node.plain ? text_[i] : 0;
    if (style == '|' || style == '>') {
      node.folded = style == '>';
      place_of_block(i, node.place);
      return node;
    }
    const size_t line_end = std::min(text_.find('\n', i), text_.size());
    if (style == '"' || style == '\'') {
      const size_t close = closing_quote(i);
      if (close == std::string::npos) errors_.push_back(wrong("this quote is not closed", at(mark)));
      node.folded = close > line_end;
      ++node.place.column;
    } else {
      node.folded = value.size() > line_end - i;  // more than this line holds: it was joined from several
    }
    return node;
  }

  // Blank lines at the start belong to the value; the first other line tells the indentation.
  void place_of_block(size_t i, Place& place) const {
    ++place.line;
    place.column = 1;
    for (i = text_.find('\n', i); i != std::string::npos; i = text_.find('\n', i + 1)) {
      const size_t first = text_.find_first_not_of(" \r", i + 1);
      if (first == std::string::npos || text_[first] == '\n') continue;
      place.column = static_cast<int>(first - i);
      return;
    }
  }

  // yaml-cpp takes the end of the file for the end of a quote.
  size_t closing_quote(size_t i) const {
    const char quote = text_[i];
    for (++i; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\')
        ++i;
      else if (quote == '\'' && text_.compare(i, 2, "''") == 0)
        ++i;
      else if (text_[i] == quote)
        return i;
    }
    return std::string::npos;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    no_anchor(mark, anchor);
    no_tag(mark, tag);
    if (levels_.size() >= kDeepest && !stopped) {
      stopped = true;
      errors_.push_back(wrong("nested deeper than 32 levels; no part of a catalog is", at(mark)));
    }
    Level level;
    level.node.kind = kind;
    level.node.place = at(mark);
    levels_.push_back(std::move(level));
  }

  void close() {
    Node node = std::move(levels_.back().node);
    levels_.pop_back();
    add(std::move(node));
  }

  void add(Node node) {
    if (stopped) return;
    if (levels_.empty()) {
      if (documents == 1) root = std::move(node);
      return;
    }
    Level& parent = levels_.back();
    if (parent.node.kind == Node::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      add_field(parent.node, std::move(*parent.key), std::move(node));
      parent.key.reset();
    }
  }

  void add_field(Node& map, Node key, Node value) {
    if (key.kind != Node::Kind::scalar) {
      // {{x}} without quotes is a mapping whose name is a mapping, to YAML.
      const std::string out = key.kind == Node::Kind::map ? "; text with braces needs quotes: \"{{x}}\"" : "";
      errors_.push_back(wrong("a field's name must be text, not " + kind_name(key) + out, key.place));
      return;
    }
    for (const auto& [other, unused] : map.fields) {
      if (other.value != key.value) continue;
      errors_.push_back(wrong("the field '" + key.value + "' is given twice; the first is in line " +
                                  std::to_string(other.place.line),
                              key.place));
      return;
    }
    map.fields.push_back({std::move(key), std::move(value)});
  }

  const std::string& text_;
  const std::string& name_;
  std::vector<Error>& errors_;
  std::vector<Level> levels_;
};

// What yaml-cpp says of a mistake, as what its author mostly did.
std::string in_words(const std::string& message) {
  static constexpr std::pair<std::string_view, const char*> kKnown[] = {
      {"end of map flow not found", "a comma is missing here, or a '{' above is not closed"},
      {"end of sequence flow not found", "a comma is missing here, or a '[' above is not closed"},
      {"end of map not found", "this line is not indented like the lines that it belongs to"},
      {"end of sequence not found", "this line is not indented like the lines that it belongs to"},
      {"illegal map value",
       "a ':' cannot stand here; text with one in it needs quotes, and a field is indented like its "
       "neighbours"},
      {"the referenced anchor is not defined",
       "there is no '&' for this '*'; text that begins with one needs quotes"},
  };
  // The whole of it, or with a name behind it, as yaml-cpp has it from 0.8 on.
  for (const auto& [said, meant] : kKnown)
    if (message == said || message.starts_with(std::string(said) + ": ")) return meant;
  return message;
}

Error syntax_error(const YAML::Exception& e, const std::string& text, const std::string& name) {
  Place place{name, std::max(e.mark.line, 0) + 1, std::max(e.mark.column, 0) + 1};
  size_t begin = 0;
  for (int line = 1; line < place.line && begin != std::string::npos; ++line) {
    begin = text.find('\n', begin);
    if (begin != std::string::npos) ++begin;
  }
  if (begin != std::string::npos) {
    const size_t first = text.find_first_not_of(" \t", begin);
    const size_t tab = text.find('\t', begin);
    if (tab != std::string::npos && tab < std::min(first, text.size()))
      return wrong("a tab indents this line; YAML indents with spaces",
                   {name, place.line, static_cast<int>(tab - begin) + 1});
  }
  return wrong("not YAML: " + in_words(e.msg), place);
}

}  // namespace

std::string kind_name(const Node& node) {
  switch (node.kind) {
    case Node::Kind::nothing:
      return "nothing";
    case Node::Kind::scalar:
      return "text";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a mapping";
  }
  return "";
}

std::optional<Error> wrong_bytes(const std::string& text, const std::string& name) {
  if (const size_t bad = first_bad_utf8(text); bad != std::string::npos)
    return wrong("not UTF-8; save the file in that encoding", place_at(name, text, bad));
  if (const size_t nul = text.find('\0'); nul != std::string::npos)
    return wrong("a zero byte; this file is text", place_at(name, text, nul));
  return std::nullopt;
}

std::optional<Node> read_yaml(const std::string& text, const std::string& name, std::vector<Error>& errors) {
  if (auto bytes = wrong_bytes(text, name)) {
    errors.push_back(std::move(*bytes));
    return std::nullopt;
  }
  // yaml-cpp skips a byte order mark and then counts places without it; so do we.
  const std::string body = text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
  // To one version of yaml-cpp such an end is one of a line, to another it is none.
  if (body.find('\n') == std::string::npos && body.find('\r') < body.size() - 1) {
    errors.push_back(
        wrong("the lines end with carriage returns alone; end them with line feeds", {name, 0, 0}));
    return std::nullopt;
  }
  std::istringstream stream(body);
  Builder builder(body, name, errors);
  try {
    YAML::Parser parser(stream);
    while (builder.documents < 2 && !builder.stopped && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& e) {
    errors.push_back(syntax_error(e, body, name));
    return std::nullopt;
  }
  if (builder.stopped) return std::nullopt;
  if (!builder.root) {
    errors.push_back(wrong("the catalog is empty; it needs 'tree' and 'rules'", {name, 0, 0}));
    return std::nullopt;
  }
  return std::move(builder.root);
}

}  // namespace nanobug::catalog
