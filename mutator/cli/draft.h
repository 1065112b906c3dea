// draft: the rule that is being written at the bench: names, a matcher, edits; from what was typed to what a
// catalog holds, and places back to what was typed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"

namespace nanobug::cli {

// A matcher with its names written out: a catalog knows no `let`.
class WrittenOut {
 public:
  WrittenOut() = default;
  WrittenOut(const catalog::Text& typed, const std::map<std::string, std::string>& names);

  const catalog::Text& text() const { return text_; }
  bool empty() const { return text_.value.empty(); }

  // The same error, at the place in what was typed.
  Error as_typed(Error error) const;

  // As it stands in a catalog: without the blanks that it was typed with.
  std::string tidy() const;

 private:
  struct Piece {
    size_t begin, end;  // in text_
    size_t typed;       // where it comes from
    bool name;          // all of it stands for the one name
  };
  catalog::Text typed_, text_;
  std::vector<Piece> pieces_;
};

struct Draft {
  std::string in, file;  // the file, as a rule's `in` and as a Site have it
  std::map<std::string, std::string> names;
  WrittenOut matcher;
  std::vector<catalog::Edit> edits;

  catalog::Rule rule() const;
};

}  // namespace nanobug::cli
