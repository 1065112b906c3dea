// page, the parts: what is escaped, how prose, tables and two versions of a file are laid out.
#include <numeric>
#include <random>

#include "mutator/base/files.h"
#include "mutator/coach/html.h"
#include "mutator/coach/side_by_side.h"
#include "tests/mutator/strict_page.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;
using test::Element;
using test::read_strictly;
using test::StrictPage;

namespace {

const std::string kNone = "\xEF\xBF\xBD";  // U+FFFD

template <class Body>
StrictPage written(Body body) {
  Html html;
  body(html);
  StrictPage page = read_strictly(html.bytes(), /*fragment=*/true);
  INFO(page.fault << "\n" << html.bytes());
  CHECK(page.fault.empty());
  return page;
}

// The lines of one side of a diff, by their numbers.
std::map<int, std::string> side_of(const StrictPage& page, const std::string& side) {
  std::map<int, std::string> lines;
  int number = 0;
  for (const Element* cell : page.all("td")) {
    if (!cell->has_class(side) || cell->has_class("none")) continue;
    if (cell->has_class("at")) number = std::stoi(cell->text);
    if (cell->has_class("code")) lines[number] = cell->text;
  }
  return lines;
}

}  // namespace

TEST_CASE("the strict reader finds what a browser forgives", "[coach][page]") {
  for (const char* wrong :
       {"<p>", "<p></div>", "</p>", "<p class=a></p>", "<p a=\"1\" a=\"2\"></p>", "a & b", "a < b",
        "<p>&nbsp;</p>", "<p title=\"<\"></p>", "<br>", "<p", "<p a=\"1></p>", "<>"})
    CHECK_FALSE(read_strictly(wrong, true).fault.empty());
  CHECK(read_strictly("<p a=\"x &amp; y\">1 &lt; 2<br/></p>", true).fault.empty());
  CHECK_FALSE(read_strictly("<!DOCTYPE html>\n<html></html><html></html>").fault.empty());
  CHECK_FALSE(read_strictly("<html></html>").fault.empty());
}

TEST_CASE("whatever is said is text in a page", "[coach][page]") {
  for (const auto& [said, stands] : std::vector<std::pair<std::string, std::string>>{
           {"<script>alert('0')</script>", "&lt;script&gt;alert(&#39;0&#39;)&lt;/script&gt;"},
           {"\"a\" & 'b' && &amp;", "&quot;a&quot; &amp; &#39;b&#39; &amp;&amp; &amp;amp;"},
           {"Ünïcode 梯度 🐛 \xF4\x8F\xBF\xBD", "Ünïcode 梯度 🐛 \xF4\x8F\xBF\xBD"},
           {"a\n\tb", "a\n\tb"},
           {std::string("a\0b", 3), "a" + kNone + "b"},
           {"\x1b[2J\x7f\r", kNone + "[2J" + kNone + kNone},
           {"\xC3", kNone},                                      // cut short
           {"\xC3(", kNone + "("},                               // no continuation
           {"\x80\xBF", kNone + kNone},                          // nothing that they continue
           {"\xC0\xAF", kNone + kNone},                          // overlong
           {"\xE0\x80\xAF", kNone + kNone + kNone},              // overlong
           {"\xED\xA0\x80", kNone + kNone + kNone},              // a surrogate
           {"\xF4\x90\x80\x80", kNone + kNone + kNone + kNone},  // above U+10FFFF
           {"\xEF\xBF\xBE", kNone + kNone + kNone},              // U+FFFE is no character
           {"\xC2\x85", kNone + kNone},                          // a control of C1
           {"", ""}}) {
    INFO(said);
    CHECK(escaped(said) == stands);
  }
  // Any bytes at all make a page that can be read, with as many characters as can be read of them.
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const StrictPage page = written([&](Html& html) {
      html.element("p", {{"title", bytes}}, bytes);
      html.words(bytes);
    });
    CHECK(page.elements[0].text == page.elements[0].attribute("title"));
    CHECK(escaped(page.elements[0].text) == escaped(bytes));
  }
}

TEST_CASE("the catalog's prose: paragraphs, items, code", "[coach][page]") {
  const StrictPage page = written([](Html& html) {
    prose(html,
          "One line\nand `a < b` more.\n\nTwo:\n- an item\n  that goes on\n- another\n\n    x = y;\n      "
          "z;\n\nThe end ` here.");
  });
  const auto texts = [&](const char* tag) {
    std::vector<std::string> all;
    for (const Element* element : page.all(tag)) all.push_back(element->text);
    return all;
  };
  using Texts = std::vector<std::string>;
  CHECK(texts("p") == Texts{"One line and a < b more.", "Two:", "The end ` here."});
  CHECK(texts("li") == Texts{"an item that goes on", "another"});
  CHECK(texts("code") == Texts{"a < b", "x = y;\n  z;"});
  CHECK(texts("ul").size() == 1);
  CHECK(written([](Html& html) { prose(html, " \n\n"); }).elements.empty());
}

TEST_CASE("a table says what its columns are, on a phone too", "[coach][page]") {
  const StrictPage page = written(
      [](Html& html) { table(html, "What & why", {{"Name"}, {"Points", true}}, {{"a", "1"}, {"b", "2"}}); });
  CHECK(page.all("caption").at(0)->text == "What & why");
  CHECK(page.all("tr").size() == 3);
  for (const Element* head : page.all("th")) CHECK(!head->attribute("scope").empty());
  const auto cells = page.all("td");
  REQUIRE(cells.size() == 2);
  for (const Element* cell : cells) {
    CHECK(cell->attribute("data-title") == "Points");
    CHECK(cell->has_class("number"));
  }
}

TEST_CASE("a bar is as long as its part", "[coach][page]") {
  for (const auto& [part, of, width] : std::vector<std::tuple<int, int, std::string>>{{9, 20, "width:45%"},
                                                                                      {0, 7, "width:0%"},
                                                                                      {7, 7, "width:100%"},
                                                                                      {1, 3, "width:33.33%"},
                                                                                      {0, 0, "width:0%"}}) {
    const StrictPage page = written([&](Html& html) { bar(html, part, of); });
    CHECK(page.elements.at(1).attribute("style") == width);
    CHECK(page.elements.at(0).attribute("aria-hidden") == "true");  // words stand beside it
  }
}

TEST_CASE("two versions stand side by side, each line with its own number", "[coach][page]") {
  const std::string left = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n",
                    right = "a\nb\nc\nd\nE <&>\nE2\nf\ng\nh\ni\nj\nk\nl\nm";
  const StrictPage page =
      written([&](Html& html) { side_by_side(html, {"x.cpp", "clean", "with the bug", left, right}); });
  CHECK(side_of(page, "left") == std::map<int, std::string>{{2, "b"},
                                                            {3, "c"},
                                                            {4, "d"},
                                                            {5, "e"},
                                                            {6, "f"},
                                                            {7, "g"},
                                                            {8, "h"},
                                                            {10, "j"},
                                                            {11, "k"},
                                                            {12, "l"}});
  CHECK(side_of(page, "right") == std::map<int, std::string>{{2, "b"},
                                                             {3, "c"},
                                                             {4, "d"},
                                                             {5, "E <&>"},
                                                             {6, "E2"},
                                                             {7, "f"},
                                                             {8, "g"},
                                                             {9, "h"},
                                                             {11, "j"},
                                                             {12, "k"},
                                                             {13, "l"},
                                                             {14, "m"}});
  std::vector<std::string> skipped;
  for (const Element* row : page.all("tr"))
    if (row->has_class("skip")) skipped.push_back(row->text);
  CHECK(skipped.size() == 2);
  CHECK(skipped.at(0).find("1 line the same") != std::string::npos);
}

TEST_CASE("what stands side by side is what is in the files, at random", "[coach][page]") {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> left, right;
    for (unsigned i = 0, lines = random() % 30; i < lines; ++i) {
      const std::string line(1, static_cast<char>('a' + random() % 6));
      if (random() % 5) left.push_back(line);
      if (random() % 5) right.push_back(line);
    }
    const auto joined = [](const std::vector<std::string>& lines) {
      std::string text;
      for (const std::string& line : lines) text += line + '\n';
      return text;
    };
    const StrictPage page =
        written([&](Html& html) { side_by_side(html, {"f", "l", "r", joined(left), joined(right)}); });
    // Each line that is shown is the file's of that number; and with what both have taken out, nothing of
    // what differs is left out.
    const auto shown_left = side_of(page, "left"), shown_right = side_of(page, "right");
    for (const auto& [number, line] : shown_left) CHECK(left.at(static_cast<size_t>(number) - 1) == line);
    for (const auto& [number, line] : shown_right) CHECK(right.at(static_cast<size_t>(number) - 1) == line);
    std::vector<std::string> rest_left, rest_right;
    for (size_t i = 0; i < left.size(); ++i)
      if (!shown_left.contains(static_cast<int>(i) + 1)) rest_left.push_back(left[i]);
    for (size_t i = 0; i < right.size(); ++i)
      if (!shown_right.contains(static_cast<int>(i) + 1)) rest_right.push_back(right[i]);
    CHECK(rest_left == rest_right);
  }
}

TEST_CASE("a difference that fills a book is cut, and says so", "[coach][page]") {
  std::string left, right;
  for (int i = 0; i < 2000; ++i)
    left += "l" + std::to_string(i) + "\n", right += "r" + std::to_string(i) + "\n";
  right += std::string(5000, 'x');
  const StrictPage page = written([&](Html& html) { side_by_side(html, {"f", "l", "r", left, right}); });
  CHECK(page.all("tr").size() < 320);
  CHECK(page.all("tr").back()->text.find("not shown here") != std::string::npos);
  const StrictPage wide =
      written([&](Html& html) { side_by_side(html, {"f", "l", "r", "", std::string(5000, 'x')}); });
  CHECK(wide.all("table").at(0)->text.size() < 600);
}
