// survey: what a file's edits have to know of it, looked up once: its functions, what it includes, and what
// in it may go when nobody reads it any more.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/rewrite/includes.h"
#include "mutator/rewrite/tokens.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// Something that is declared and read here and nowhere else, which a compiler warns of once it is not read:
// a local, a constant or a function of the file, a lambda's capture, a label, a type's other name.
struct Droppable {
  std::string name;
  // Everything that goes with it: its declaration, and statements that only write it.
  struct Piece {
    Span span;
    bool statement;  // which has lines and comments; else exactly these bytes
    // Of the pieces that are to go: whose it is, in `droppable`, and what stays there (surgery.h).
    size_t of = 0;
    std::string stays = {};
  };
  std::vector<Piece> pieces;
  std::vector<unsigned> uses;  // where it is read, apart from its pieces; never empty
  // One of several, the commas between them: which list, and which of it. Its pieces hold the writes alone.
  int list = -1;
  size_t element = 0;
  bool of_the_file = false;  // and not of a function
};

// A declaration's declarators, or a lambda's captures.
struct Listed {
  Droppable::Piece whole;   // what goes where all of them do
  std::vector<Span> parts;  // each without commas
};

struct Function {
  std::string name;  // qualified
  Span span;
  unsigned reach = 0;  // where the last of those up to this one ends
};

// What is read where nothing is understood: in a branch of the preprocessor that is not compiled, by a
// pragma.
struct Elsewhere {
  std::string name;
  std::vector<unsigned> declared;  // where: all of it in this file
  std::vector<unsigned> uses;
  bool is_parameter = false;  // of a function of this name, which is called there
};

struct Survey {
  std::vector<Droppable> droppable;
  std::vector<Listed> lists;
  std::vector<Function> functions;  // defined here, lambdas left out, as they begin
  std::vector<Include> includes;    // that are read
  std::vector<Elsewhere> elsewhere;
  std::map<unsigned, const clang::CompoundStmt*> blocks;  // by where their `{` stands

  const Function* around(unsigned offset) const;   // the innermost, or null
  std::string function_at(unsigned offset) const;  // its name, or ""
};

Survey survey(Unit& unit);

}  // namespace nanobug::rewrite
