// html: see html.h.
#include "mutator/coach/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "mutator/base/files.h"

namespace nanobug::coach {
namespace {

constexpr std::string_view kNoCharacter = "\xEF\xBF\xBD";

// The length of the character of UTF-8 that begins here; 0 where none does, or XML does not take it.
size_t character_at(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 ? (lead == 0x7f ? 0 : 1) : lead == '\n' || lead == '\t' ? 1 : 0;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  std::uint32_t code = lead & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr std::uint32_t kShortest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF, control = code >= 0x80 && code < 0xA0;
  return code < kShortest[length] || code > 0x10FFFF || surrogate || control || (code & 0xFFFE) == 0xFFFE
             ? 0
             : length;
}

bool is_block(std::string_view tag) {
  constexpr std::string_view kBlocks[] = {
      "head",    "body", "header", "nav",   "main",  "footer",     "section", "h1",    "h2",    "h3",
      "p",       "ul",   "ol",     "li",    "dl",    "div",        "table",   "thead", "tbody", "tr",
      "caption", "svg",  "figure", "title", "style", "figcaption", "pre",     "html"};
  return std::find(std::begin(kBlocks), std::end(kBlocks), tag) != std::end(kBlocks);
}

// One line or paragraph, with code between backticks.
void spans(Html& html, std::string_view text) {
  while (!text.empty()) {
    const size_t begin = text.find('`'), end = begin == text.npos ? begin : text.find('`', begin + 1);
    if (end == text.npos) return html.text(text);
    html.text(text.substr(0, begin));
    html.element("code", text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
}

enum class Kind { nothing, paragraph, item, code };

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = character_at(text);
    if (length == 0) {
      out += kNoCharacter;
      text.remove_prefix(1);
      continue;
    }
    switch (text[0]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

void Html::open(const char* tag, const Attributes& attributes) {
  out_ += '<';
  out_ += tag;
  for (const auto& [name, value] : attributes) out_ += fmt::format(" {}=\"{}\"", name, escaped(value));
  out_ += '>';
}

void Html::close(const char* tag) {
  out_ += fmt::format("</{}>{}", tag, is_block(tag) ? "\n" : "");
}

void Html::empty(const char* tag, const Attributes& attributes) {
  open(tag, attributes);
  out_.insert(out_.size() - 1, "/");
}

void Html::style(std::string_view css) {
  open("style", {});
  out_ += css;
  close("style");
}

void prose(Html& html, std::string_view text) {
  std::vector<std::string> items;
  std::string block;
  Kind kind = Kind::nothing;
  const auto end_block = [&] {
    if (kind == Kind::paragraph) html.in("p", {}, [&] { spans(html, block); });
    if (kind == Kind::code) html.in("pre", {}, [&] { html.element("code", block); });
    if (kind == Kind::item) items.push_back(block);
    block.clear();
    kind = Kind::nothing;
  };
  const auto end_list = [&] {
    if (items.empty()) return;
    html.in("ul", {}, [&] {
      for (const std::string& item : items) html.in("li", {}, [&] { spans(html, item); });
    });
    items.clear();
  };
  for (std::string_view line : lines_of(text)) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.find_first_not_of(' ') == line.npos) {
      end_block();
    } else if (line.starts_with("    ") && kind != Kind::paragraph && kind != Kind::item) {
      end_list();
      kind = Kind::code;
      block += (block.empty() ? "" : "\n") + std::string(line.substr(4));
    } else if (line.starts_with("- ")) {
      end_block();
      kind = Kind::item;
      block = line.substr(2);
    } else {
      if (kind == Kind::code) end_block();
      if (kind == Kind::nothing) end_list(), kind = Kind::paragraph;
      block += (block.empty() ? "" : " ") + std::string(line.substr(line.find_first_not_of(' ')));
    }
  }
  end_block();
  end_list();
}

void table(Html& html, const std::string& caption, const std::vector<Column>& columns,
           const std::vector<std::vector<std::string>>& rows) {
  // The roles are those that the elements have, said aloud: as cards they would lose them.
  html.in("table", {{"class", "cards"}, {"role", "table"}}, [&] {
    html.element("caption", caption);
    html.in("thead", {{"role", "rowgroup"}}, [&] {
      html.in("tr", {{"role", "row"}}, [&] {
        for (const Column& column : columns)
          html.element(
              "th",
              {{"scope", "col"}, {"role", "columnheader"}, {"class", column.number ? "number" : "name"}},
              column.title);
      });
    });
    html.in("tbody", {{"role", "rowgroup"}}, [&] {
      for (const auto& row : rows)
        html.in("tr", {{"role", "row"}}, [&] {
          for (size_t i = 0; i < row.size() && i < columns.size(); ++i) {
            const Column& column = columns[i];
            if (i == 0)
              html.element("th", {{"scope", "row"}, {"role", "rowheader"}, {"class", "name"}}, row[i]);
            else
              html.element("td",
                           {{"role", "cell"},
                            {"class", column.number  ? "number"
                                      : column.whole ? "name whole"
                                                     : "name"},
                            {"data-title", column.title}},
                           row[i]);
          }
        });
    });
  });
}

void bar(Html& html, int part, int of) {
  const double share = of > 0 ? std::clamp(100.0 * part / of, 0.0, 100.0) : 0;
  html.in("span", {{"class", "bar"}, {"aria-hidden", "true"}},
          [&] { html.element("span", {{"style", fmt::format("width:{:.4g}%", share)}}, ""); });
}

}  // namespace nanobug::coach
