// bench: a file parsed once and asked again and again, for whoever writes a rule.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"
#include "mutator/rewrite/site.h"

namespace nanobug::rewrite {

// A node of the tree, as a person reads it.
struct Seen {
  std::string file;  // as the tree calls it
  int line = 0, column = 0;
  int last_line = 0;
  std::string kind;  // as a matcher calls it: "callExpr"
  std::string text;  // on one line, cut where it is long
  std::string id;    // what it is bound to, or ""
};

// One step of a peeled matcher.
struct Explained {
  std::string matcher;             // the sub-matcher's text
  int candidates = 0;              // nodes left after it
  std::vector<Place> near_misses;  // up to 5 nodes that the next sub-matcher removed
};

// What becomes of a matcher at one line.
struct Nearest {
  std::optional<Seen> node;         // what comes nearest; nothing: no node of the outermost kind is there
  std::vector<Seen> there;          // then: what begins on the line instead
  std::vector<std::string> passed;  // the sub-matchers that it passes, the outermost first
  std::string refused_by;           // the first that it does not; "": it matches
  // The node that this sub-matcher was asked of, and what that node says of itself ("its name is 'f'"). With
  // `missing` the sub-matcher looked for a node and found none: around this one, below it, or at its side.
  enum class Missing { no, around, below, beside };
  std::optional<Seen> asked;
  Missing missing = Missing::no;
  std::string answer;
  bool one_of_several = false;  // the matcher looks at several such nodes, and this is the first
};

struct Match {
  Seen root;
  std::vector<Seen> bound;  // in the order of their ids
};

struct Completion {
  std::string typed;  // what is to be put in at the cursor
  std::string shown;
};

class Bench {
 public:
  virtual ~Bench() = default;

  // The file as Clang read it.
  virtual const std::string& text() const = 0;

  // Is this a matcher, or another value of the language (a string, a number)? From then on completion offers
  // the name. Errors: Exit::catalog at the place in the text.
  virtual Status define(const std::string& name, const catalog::Text& value) = 0;
  virtual void forget(const std::string& name) = 0;

  // Errors: Exit::catalog at the place in the text.
  virtual Result<std::vector<Match>> match(const catalog::Text& matcher) = 0;

  // Of the last match(): a node's part of the tree, or the node as Clang would write it. `id` "": the root.
  virtual std::string dump(size_t match, const std::string& id) = 0;
  virtual std::string print(size_t match, const std::string& id) = 0;

  virtual Result<std::vector<Explained>> explain(const catalog::Text& matcher) = 0;

  // Errors: also Exit::usage for a line that is not there or holds no code.
  virtual Result<Nearest> nearest(const catalog::Text& matcher, int line) = 0;

  // Where the rule applies, as Rewriter::find says it, however many sites there are. Errors: as find's.
  virtual Result<std::vector<Site>> sites(const catalog::Rule& rule) = 0;

  // What may stand at a byte of a matcher.
  virtual std::vector<Completion> complete(const std::string& matcher, size_t at) = 0;
};

using Completer = std::function<std::vector<Completion>(const std::string& line, size_t at)>;

// Lines from a terminal, with a history in a file and completion in place.
class Lines {
 public:
  virtual ~Lines() = default;
  virtual std::optional<std::string> read(const std::string& prompt) = 0;  // nothing: the end
};

}  // namespace nanobug::rewrite
