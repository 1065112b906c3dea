// first_error: of a build that failed, what its learner has to see: the first error, whole.
#pragma once

#include <filesystem>
#include <string>

namespace nanobug::coach {

// `output`: what the build said, the compiler's words between ninja's own. The error with the includes that
// lead to it, the lines of code under it and its notes; without any the last lines that are not ninja's. No
// newline at the end. Paths are the checkout's own, where the compiler names them from the build directory or
// from the root: "nanochat/gpt.cpp:42:7: error: …".
std::string first_error(const std::string& output, const std::filesystem::path& checkout,
                        const std::filesystem::path& build);

}  // namespace nanobug::coach
