// units: what each file of the clean tree is compiled with, as a key: what was found out about a file by
// reading it holds until one of these differs, whatever else of the tree is edited.
//
// The build's own record of dependencies (ninja's) says which files of the tree every object was made of. The
// unit of a file is all that goes into the objects which it goes into: of a source that is itself and what it
// includes; of a header every source that includes it, with what that includes. Into the key go their bytes,
// what makes the tree (commands, compiler, environment), what CMake reads, how the tree wants to be
// formatted, and the names of all its headers, since a new one may stand in the way of another.
#pragma once

#include <map>
#include <string>

#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

class Units {
 public:
  // Found out once, kept beside the clean build. Without a record of dependencies every file's unit is the
  // whole tree.
  static Units of(const Workshop& workshop, const Clean& clean);

  // Of the file, relative to the tree's root. What goes into no object (a text) has the whole tree's.
  const std::string& key(const std::string& file) const;

  // Did it go into an object of the clean build?
  bool has(const std::string& file) const { return keys_.contains(file); }

 private:
  std::string whole_;
  std::map<std::string, std::string> keys_;
};

// A key of all that a tree is made of.
std::string whole_tree(const Clean& clean);

}  // namespace nanobug::workshop
