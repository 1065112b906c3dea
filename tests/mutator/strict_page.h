// strict_page: a page read strictly, as an XML parser reads it: every element closed where it was opened,
// every attribute quoted and there once, none but XML's own entities. What a browser forgives, this does not.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nanobug::test {

struct Element {
  std::string tag;
  std::map<std::string, std::string> attributes;
  std::string text;  // of it and all inside of it, entities resolved
  size_t parent = 0, depth = 0;

  std::string attribute(const std::string& name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? "" : found->second;
  }
  bool has_class(const std::string& name) const {
    return (" " + attribute("class") + " ").find(" " + name + " ") != std::string::npos;
  }
};

struct StrictPage {
  std::vector<Element> elements;  // in the order of their opening tags
  std::string fault;              // "": there is none

  std::vector<const Element*> all(const std::string& tag) const {
    std::vector<const Element*> found;
    for (const Element& element : elements)
      if (element.tag == tag) found.push_back(&element);
    return found;
  }
  const Element* by_id(const std::string& id) const {
    for (const Element& element : elements)
      if (element.attribute("id") == id) return &element;
    return nullptr;
  }
};

// `fragment`: of several roots, and without a doctype.
inline StrictPage read_strictly(std::string_view bytes, bool fragment = false) {
  StrictPage page;
  std::vector<size_t> open;
  size_t at = 0;
  const auto fault = [&](const std::string& what) {
    page.fault = what + " at byte " + std::to_string(at) + ": " + std::string(bytes.substr(at, 40));
    return page;
  };
  const auto resolved = [](std::string_view raw) -> std::optional<std::string> {
    std::string text;
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '<') return std::nullopt;
      if (raw[i] != '&') {
        text += raw[i];
        continue;
      }
      const size_t end = raw.find(';', i);
      if (end == raw.npos) return std::nullopt;
      static const std::map<std::string, char, std::less<>> kKnown = {
          {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"#39", '\''}};
      const auto known = kKnown.find(raw.substr(i + 1, end - i - 1));
      if (known == kKnown.end()) return std::nullopt;
      text += known->second;
      i = end;
    }
    return text;
  };
  const auto name_end = [&](size_t from) {
    while (from < bytes.size() && (std::isalnum(static_cast<unsigned char>(bytes[from])) ||
                                   bytes[from] == '-' || bytes[from] == ':' || bytes[from] == '_'))
      ++from;
    return from;
  };
  if (!fragment) {
    constexpr std::string_view kDoctype = "<!DOCTYPE html>\n";
    if (!bytes.starts_with(kDoctype)) return fault("no doctype");
    at = kDoctype.size();
  }
  while (at < bytes.size()) {
    if (bytes[at] != '<') {
      const size_t end = std::min(bytes.find('<', at), bytes.size());
      const auto text = resolved(bytes.substr(at, end - at));
      if (!text) return fault("a stray & or <");
      if (open.empty() && text->find_first_not_of(" \n") != text->npos && !fragment)
        return fault("text outside of the root");
      for (const size_t element : open) page.elements[element].text += *text;
      at = end;
      continue;
    }
    if (bytes.substr(at, 2) == "</") {
      const size_t end = name_end(at + 2);
      if (open.empty() || page.elements[open.back()].tag != bytes.substr(at + 2, end - at - 2))
        return fault("closed, but not open");
      if (end >= bytes.size() || bytes[end] != '>') return fault("no end of a closing tag");
      open.pop_back();
      at = end + 1;
      continue;
    }
    size_t end = name_end(at + 1);
    if (end == at + 1) return fault("no element's name");
    if (open.empty() && !page.elements.empty() && !fragment) return fault("a second root");
    Element element{.tag = std::string(bytes.substr(at + 1, end - at - 1)),
                    .attributes = {},
                    .text = "",
                    .parent = open.empty() ? 0 : open.back(),
                    .depth = open.size()};
    while (end < bytes.size() && bytes[end] == ' ') {
      const size_t begin = end + 1, equals = name_end(begin);
      if (equals == begin || bytes.substr(equals, 2) != "=\"") return fault("no attribute in quotes");
      const size_t close = bytes.find('"', equals + 2);
      if (close == bytes.npos) return fault("no end of an attribute");
      const auto value = resolved(bytes.substr(equals + 2, close - equals - 2));
      if (!value) return fault("a stray & or < in an attribute");
      if (!element.attributes.emplace(bytes.substr(begin, equals - begin), *value).second)
        return fault("an attribute twice");
      end = close + 1;
    }
    const bool empty = bytes.substr(end, 2) == "/>";
    if (!empty && (end >= bytes.size() || bytes[end] != '>')) return fault("no end of a tag");
    page.elements.push_back(std::move(element));
    if (!empty) open.push_back(page.elements.size() - 1);
    at = end + (empty ? 2 : 1);
  }
  if (!open.empty()) return fault("never closed: " + page.elements[open.back()].tag);
  return page;
}

}  // namespace nanobug::test
