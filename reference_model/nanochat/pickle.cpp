// Pickled values. Contracts are in the header.

#include "nanochat/pickle.h"

#include <torch/serialize.h>

#include <stdexcept>

namespace nanochat {

c10::IValue unpickled(const std::string& content) {
  // torch looks for the record that ends an archive backwards from the last byte, and in front of
  // the first one where there is none. It writes that record last, without a comment behind it.
  constexpr size_t kRecord = 22;
  if (content.size() < kRecord ||
      content.compare(content.size() - kRecord, 4, "PK\x05\x06") != 0) {
    throw std::runtime_error("the end of the archive is missing");
  }
  return torch::pickle_load({content.begin(), content.end()});
}

}  // namespace nanochat
