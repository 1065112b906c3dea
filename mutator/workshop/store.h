// store: what the cache holds, how large it is, and what goes when it is too large.
//
// Clean trees of other versions go first, those not used for longest before the others; then the projects of
// sessions that are over; then mutants, in no order that could tell which was drawn; then sites and
// certificates. A tree that somebody needs or works in stays, and so does what nanobug did not build itself
// (LibTorch).
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/base/files.h"

namespace nanobug::workshop {

struct StoredTree {
  std::string key;
  std::uintmax_t bytes = 0;  // of the clean build, its probes and baselines
  int mutants = 0;
  std::uintmax_t mutant_bytes = 0;
  std::int64_t used = 0;  // seconds since the epoch
  bool needed = false;
};

struct Stored {
  std::vector<StoredTree> trees;     // the most recently used first
  std::uintmax_t project_bytes = 0;  // what sessions began with, laid out
  std::uintmax_t index_bytes = 0;    // sites, certificates, evidence, catalogs
  std::uintmax_t other_bytes = 0;    // not nanobug's to prune: LibTorch

  std::uintmax_t bytes() const;  // what counts against the limit
};

// Who may not lose their tree: by key, or because it was used since then (0: nobody's).
struct Needed {
  std::set<std::string> keys;
  std::int64_t since = 0;
  std::string project = {};  // the directory below projects/ of an open session

  bool has(const StoredTree& tree) const {
    return keys.contains(tree.key) || (since > 0 && tree.used >= since);
  }
};

// Sizes are what the disk gives for them; a file with several names counts once.
Stored survey(const fs::path& cache, const Needed& needed);

struct Pruned {
  int trees = 0, mutants = 0;
  std::uintmax_t bytes = 0;
};

// Until what is stored takes at most `limit` bytes, or nothing is left that may go.
Result<Pruned> prune(const fs::path& cache, std::uintmax_t limit, const Needed& needed);

// For as long as this lives the tree is in use, and no sooner or later pruned for it.
using TreeHeld = std::shared_ptr<void>;
TreeHeld hold_tree(const fs::path& cache, const std::string& key);

// From here to the end of this process the tree is in use: prune() in any process leaves it alone.
void use_tree(const fs::path& cache, const std::string& key);

// $NANOBUG_CACHE_SIZE ("500M", "3G"; bytes without a letter), 3G without it. Errors: Exit::usage.
Result<std::uintmax_t> cache_limit();

// "1.2 GB", "340 MB", "12 kB".
std::string size_text(std::uintmax_t bytes);

}  // namespace nanobug::workshop
