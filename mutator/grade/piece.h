// piece: what one run tells of one thing, and all of it that there is of a bug. Values only.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace nanobug::grade {

// One thing that a run tells, by its parts. A part is a layer, a head, a parameter: whatever the tree calls
// so; a series that has none has one part without a name.
struct Piece {
  struct Words {
    int step = 0;
    std::string part, text;
    bool operator==(const Words&) const = default;
  };
  struct Table {  // of the last step that has one
    int step = 0;
    std::string part;
    std::vector<std::vector<double>> rows;
    bool operator==(const Table&) const = default;
  };
  std::string id = {};                            // the head's
  std::vector<int> steps = {};                    // at which there are numbers
  std::vector<std::string> parts = {};            // that have numbers, as they come
  std::vector<std::vector<double>> numbers = {};  // part x step; NaN where there is none, too
  std::vector<Words> words = {};                  // the first few steps' and the last's
  std::vector<Table> tables = {};

  bool empty() const { return numbers.empty() && words.empty() && tables.empty(); }
  bool operator==(const Piece&) const = default;
};

struct Evidence {
  std::vector<Piece> own, clean;   // of what the head names and the run has, in its order; the same pieces
  std::vector<std::string> tells;  // ids

  // Null where the run has none.
  const Piece* find(const std::string& id) const { return find_in(own, id); }
  const Piece* find_clean(const std::string& id) const { return find_in(clean, id); }
  bool does_tell(const std::string& id) const {
    return std::find(tells.begin(), tells.end(), id) != tells.end();
  }

  // Bytes, and back; nothing when they are not whole.
  std::string bytes() const;
  static std::optional<Evidence> of_bytes(const std::string& bytes);

  static const Piece* find_in(const std::vector<Piece>& pieces, const std::string& id) {
    for (const Piece& piece : pieces)
      if (piece.id == id) return &piece;
    return nullptr;
  }
  bool operator==(const Evidence&) const = default;
};

}  // namespace nanobug::grade
