// disk: what a catalog finds on the disk but for its own text: what it asks of it, and what all of it was
// made of.
#pragma once

#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"

namespace nanobug::catalog {

// All parts of all forms that name a file, each file of a rule once.
std::vector<const Part*> parts_of(const Rule& rule);

// Is what rules name there, and is nothing that the catalog names behind a symlink?
void check_disk(const Catalog& catalog, std::vector<Error>& errors);

// What load() looked at, when it found nothing wrong. As long as all of this is as it was, it answers the
// same.
struct MadeOf {
  std::vector<std::string> read;   // files and directories whose content counts
  std::vector<std::string> files;  // that are there: what they hold does not count
  std::vector<std::string> plain;  // that are no symlinks, if they are there
};
MadeOf made_of(const Catalog& catalog);

}  // namespace nanobug::catalog
