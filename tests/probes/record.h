// A checkpoint's file as LibTorch's own reader and writer know it.

#pragma once

#include <torch/serialize.h>

#include <string>
#include <vector>

#include "probe.h"

namespace probe {

// The values in a checkpoint, by name.
inline c10::impl::GenericDict record_of(const std::string& content) {
  return torch::pickle_load({content.data(), content.data() + content.size()}).toGenericDict();
}

// The checkpoint with one of its values replaced.
inline std::string changed(const std::string& content, const std::string& key, const c10::IValue& value) {
  auto record = record_of(content);
  REQUIRE(record.contains(key));
  record.insert_or_assign(key, value);
  const std::vector<char> bytes = torch::pickle_save(record);
  return std::string(bytes.data(), bytes.size());
}

}  // namespace probe
