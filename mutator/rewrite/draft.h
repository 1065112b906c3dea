// draft: what a match's edits cut out of a file and put into it, before it is decided which parentheses that
// takes.
//
// The text of a cut may hold marks: a pair of parentheses that could be needed there, around an expression
// that is put in and around what takes an expression's place. With all of them the text says what the rule
// says, however tight the operators beside it are; which of them may be left out is for the parser to say
// (settle.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

// One cut of the pristine text. A taken-out piece whose lines close up behind it is `lines`.
struct Cut {
  Span span;
  std::string text;
  size_t edit;  // of the rule, from 0
  bool lines = false;
  std::vector<Span> carried = {};  // what of the file the text repeats

  bool operator==(const Cut&) const = default;
};

// The pairs of marks in a text, as many as there are.
size_t marks_in(const std::string& text);
std::string marked(const std::string& text);
std::string without_marks(const std::string& text);

// The text with those pairs of marks written as parentheses that are on; one answer a pair.
std::string written(const std::string& text, const std::vector<bool>& on);

// Would the last token of `left` and the first of `right` be read as one, or as another?
bool run_together(std::string_view left, std::string_view right);

struct Assembled {
  std::string text;
  std::vector<Span> holes;  // what each cut put in, in order; empty where it took something out
  // A mark's place in `text`, in the order in which they open: where it is on, its two parentheses.
  struct Pair {
    bool on;
    unsigned open, close;
  };
  std::vector<Pair> pairs;
};

// The text with the cuts made. Cuts are sorted and disjoint; `on` says of each pair of marks whether it is
// written. Where two tokens that stand beside each other now would be read as another one (`- -x`, `a / *p`),
// a blank comes between them.
Assembled assemble(const std::string& pristine, const std::vector<const Cut*>& cuts,
                   const std::vector<bool>& on);

}  // namespace nanobug::rewrite
