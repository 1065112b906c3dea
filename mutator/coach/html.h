// html: writes HTML that is well-formed XML too. Whatever is said goes in as text and is escaped here, once;
// elements close where they were opened, because what is inside of one is a function.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nanobug::coach {

// As text or in an attribute's quotes. What is no UTF-8, or no character of XML (a control, a surrogate), is
// U+FFFD.
std::string escaped(std::string_view text);

class Html {
 public:
  using Attributes = std::vector<std::pair<const char*, std::string>>;

  // <tag …>body</tag>
  template <class Body>
  void in(const char* tag, const Attributes& attributes, Body body) {
    open(tag, attributes);
    body();
    close(tag);
  }
  void element(const char* tag, const Attributes& attributes, std::string_view content) {
    in(tag, attributes, [&] { text(content); });
  }
  void element(const char* tag, std::string_view content) { element(tag, {}, content); }
  void empty(const char* tag, const Attributes& attributes);  // <tag …/>
  void text(std::string_view content) { out_ += escaped(content); }
  void style(std::string_view css);  // as it is, so it has none of < and &

  // What a person wrote, in quotation marks of the page's, whatever direction its script runs in.
  void words(std::string_view content) { element("bdi", {{"class", "words"}}, content); }

  const std::string& bytes() const { return out_; }

 private:
  void open(const char* tag, const Attributes& attributes);
  void close(const char* tag);

  std::string out_;
};

// Paragraphs of the catalog: a line that begins with a hyphen begins an item, one that is indented by four
// blanks is code, and so is what stands between `backticks`.
void prose(Html& html, std::string_view text);

struct Column {
  std::string title;
  bool number = false;
  bool whole = false;  // a day, which is not broken at its hyphens
};

// With a caption; the first cell heads its row. On a phone each row is a card, its cells behind their titles.
void table(Html& html, const std::string& caption, const std::vector<Column>& columns,
           const std::vector<std::vector<std::string>>& rows);

// How much of something there is, as a bar; the words beside it say it too.
void bar(Html& html, int part, int of);

}  // namespace nanobug::coach
