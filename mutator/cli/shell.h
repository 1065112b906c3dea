// shell: where the learner's shell stands, which is where nanobug was started.
#pragma once

#include <filesystem>
#include <string>

namespace nanobug::cli {

// A directory keeps its shells when it is renamed: one that stood in the checkout stands in the kept attempt
// once the session is over, and what is typed there goes astray. The sentence that says so, with the way to
// `place`; "" for a shell that stands anywhere else.
std::string shell_elsewhere(const std::filesystem::path& place);

}  // namespace nanobug::cli
