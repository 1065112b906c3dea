// shell: where the learner's shell stands, which is where nanobug was started.
#pragma once

#include <filesystem>
#include <string>

namespace nanobug::cli {

// A directory keeps its shells when it is renamed: one that stood in the checkout stands in the kept attempt
// once the session is over, and what is typed there goes astray. The sentence that says so, with the way to
// `place`; "" for a shell that stands anywhere else.
std::string shell_elsewhere(const std::filesystem::path& place);

// A file as the learner names it, relative to the checkout: what is there as the shell stands (an
// absolute name needs nothing to be there), or else the name itself as one of the checkout's.
std::string in_checkout(const std::filesystem::path& checkout, const std::string& file);

}  // namespace nanobug::cli
