// markdown: a page that people write, as its headings and the lines below each, with their places.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::catalog {

using Errors = std::vector<Error>;

struct Line {
  std::string text;
  Place place;  // of its first character that is no blank
  bool code = false;

  bool blank() const { return !code && text.find_first_not_of(" \t") == std::string::npos; }
};

struct Heading {
  size_t level = 0;
  std::string title;
  Place place;
  std::vector<Line> body;
};

// The sections that something may have, each a heading of this level, in this order.
struct Sections {
  std::string of;  // how sentences call what has them: "a page"
  size_t level;
  std::vector<std::string> names;

  std::string order() const;
};

// Headings with the lines below each; the first has no title and what stands before all of them.
std::vector<Heading> headings_of(const std::string& text, const std::string& file, Errors& errors);

// Paragraphs as lines, an empty one between two; code indented.
std::string words_of(const std::vector<Line>& lines);

// The first line that says something, or null.
const Line* first_words(const std::vector<Line>& lines);

bool is_empty(const std::vector<Line>& lines);

// "'## Cause'"
std::string called(const Heading& heading);

void complain(Errors& errors, const std::string& message, const Place& place);

// Is this a section whose turn it is? `seen`: those before it.
bool is_in_order(const Heading& heading, const Sections& sections, const std::vector<const Heading*>& seen,
                 Errors& errors);

}  // namespace nanobug::catalog
