// includes: headers that an edit leaves without a reader.
//
// A header counts as read where the file names something that very header declares, or that a standard header
// is there for. One that only passes others on (torch/torch.h) is never read in this sense and never removed,
// nor is the header of the file itself.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

struct Include {
  std::string header;                     // as written
  Span line;                              // the whole line
  std::vector<unsigned> uses;             // where the file names what the header declares
  std::vector<std::string> names;         // what it names
  std::vector<clang::FileID> files = {};  // where that is declared
  bool is_read = false;                   // and not only perhaps, as what may be of any standard header
};

// The includes of the file that are read, in order. `elsewhere`: names that only another configuration reads;
// a header that has one is kept.
std::vector<Include> read_includes(Unit& unit, const std::set<std::string>& elsewhere);

// The lines of those that are no longer read when the text of `gone` goes and `added` comes.
std::vector<Span> unread_after(const std::vector<Include>& includes, const std::vector<Span>& gone,
                               const std::vector<std::string>& added);

}  // namespace nanobug::rewrite
