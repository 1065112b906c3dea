// A pickled value out of the bytes of a file.

#pragma once

#include <torch/types.h>

#include <string>

namespace nanochat {

// What torch::pickle_save() wrote. Throws std::exception if `content` is something else, or only a
// part of it.
c10::IValue unpickled(const std::string& content);

}  // namespace nanochat
