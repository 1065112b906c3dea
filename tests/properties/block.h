// block: the second trial of the property test: statements in a function, and a rule that removes, inserts,
// moves, exchanges or replaces whole statements. The rewriter may refuse; what it answers must be what the
// model says.
//
// Every statement has a number of its own in it, by which a matcher finds it.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "tests/properties/question.h"

namespace nanobug::properties {

struct Statement {
  enum class Form {
    call,         // f1(7);
    assign,       // a = f1(7);
    variable,     // int n7 = f1(7);
    branch,       // if (f1(7)) …
    loop,         // while (f1(7)) …
    loop_behind,  // do … while (f1(7));
    counted,      // for (int i = 0; f1(7); ++i) …
    block,        // {…}, which begins with a call
    choice,       // switch (f1(7)) {…}
    label,        // case 7:
    leave,        // return f1(7);
    hole          // in a template: the statement that bears `mark`
  };
  Form form = Form::call;
  int number = 0;
  std::vector<std::vector<Statement>> lists = {};  // of a compound statement: its body, and its else branch
  int mark = 0;

  // Style
  bool bare[2] = {false, false};  // a body of one statement without braces
  bool likely = false;            // [[likely]] before it, where it is a body
  bool above = false;             // a comment above it
  bool behind = false;            // a comment behind it
  bool beside = false;            // on the line of the statement before it
  bool spaced = false;            // a blank line before it
  bool macro = false;             // its head, or all of it, is a macro's
  bool pragma = false;            // a loop's: a line above it that belongs to it
  bool guarded = false;           // between #if and #endif
};
using List = std::vector<Statement>;

struct StatementEdit {
  catalog::Edit::Kind kind = catalog::Edit::Kind::remove;
  int target = 0, other = 0;  // marks
  Statement with = {};        // of replace and insert
};

struct Block {
  List body;
  StatementEdit edit;
};

rc::Gen<Block> blocks();

Question question_of(const Block& trial, const std::string& before, const std::string& after);

}  // namespace nanobug::properties
