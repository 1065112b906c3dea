// format: clang-format, so that a mutated file looks as its author would have left it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

// Does the file's .clang-format (looked for beside `file` and upwards) leave the text as it is? True without
// one. Where `before` is not as it wants it, only what differs from that is asked about.
Result<bool> well_formatted(const std::filesystem::path& file, const std::string& before,
                            const std::string& text);

// `after`, formatted: as a whole if `before` was well formatted, else only where the two differ. As it is
// when there is no .clang-format. Of a very large file only `pieces` of before are looked at, the functions
// in which the two differ, if there are any and clang-format leaves them, read alone, as they are.
Result<std::string> formatted_like(const std::filesystem::path& file, const std::string& before,
                                   const std::string& after, const std::vector<Span>& pieces = {});

}  // namespace nanobug::rewrite
