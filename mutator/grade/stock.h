// stock: changes by operators that were found to be bugs worth a session, so that a surprise need not be
// looked for. The file patches/surprises.txt beside the catalog has a line for each; `certify --operators N
// --stock` prints them.
//
//   9f86d081884c7d65 nanochat/attention.cpp relation 88 14 1
//
// The digits are the first of the SHA-256 of the file: where it has changed since, its lines count no more.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/catalog/catalog.h"
#include "mutator/rewrite/spot.h"

namespace nanobug::grade {

struct Stocked {
  std::string file;
  rewrite::Spot spot;
};

// Those of the tree's files as they are, in order; none where there is no such file.
std::vector<Stocked> stock_of(const catalog::Catalog& catalog, const fs::path& tree);

// Its line, with its end.
Result<std::string> stock_line(const Stocked& one, const fs::path& tree);

}  // namespace nanobug::grade
