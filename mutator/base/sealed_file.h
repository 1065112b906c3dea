// sealed_file: files that tell nothing to whoever lists, reads, greps or measures them.
//
// For what is kept in the cache and holds an answer: which rule, which file, which line. Their size is a
// multiple of a step and their time is always the same, so that neither says which of them was needed last.
// Like session/seal.h this is obfuscation, the key is in this program; but nobody learns the answer by
// accident.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mutator/base/files.h"

namespace nanobug {

// Replaces the file as a whole, without fsync: what is kept in a cache can be made again, and a file that was
// cut is noticed. The parent directory is made when missing.
Status write_sealed(const fs::path& file, std::string_view bytes, std::size_t step);

// Nothing when there is no such file, or it is not what write_sealed() wrote.
std::optional<std::string> read_sealed(const fs::path& file);

}  // namespace nanobug
