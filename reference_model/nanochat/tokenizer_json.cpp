// The tokenizer as a file: JSON with a merge a line, to be read and compared. On its own because a
// JSON library takes long to compile. Contracts are in tokenizer.h.

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "nanochat/files.h"
#include "nanochat/tokenizer.h"

namespace nanochat {

namespace {

using nlohmann::json;

constexpr const char* kFormat = "nanochat tokenizer 1";

[[noreturn]] void fail(const std::string& place, const std::string& what) {
  throw std::runtime_error(place + ": " + what);
}

// The special tokens are part of the code, and their ids of every trained weight. A file from a
// time with others would give ids that mean something else.
void check_special_tokens(const json& names, const std::string& place) {
  for (size_t i = 0; i < kSpecialTokens.size(); ++i) {
    if (i >= names.size()) fail(place, "the special token " + kSpecialTokens[i] + " is missing");
    if (names[i] != kSpecialTokens[i]) {
      fail(place, "special token " + std::to_string(i) + " is " + names[i].dump() + " and not " +
                      kSpecialTokens[i]);
    }
  }
  if (names.size() > kSpecialTokens.size()) {
    fail(place, "the special token " + names[kSpecialTokens.size()].dump() + " is not known here");
  }
}

TokenPair merge_of(const json& merge, size_t number, const std::string& place) {
  if (!merge.is_array() || merge.size() != 2 || !merge[0].is_number_integer() ||
      !merge[1].is_number_integer()) {
    fail(place, "merge " + std::to_string(number) + " is not a pair of ids");
  }
  return {merge[0].get<int64_t>(), merge[1].get<int64_t>()};
}

}  // namespace

std::string Tokenizer::to_json() const {
  std::string text = "{\n\"format\": " + json(kFormat).dump() +
                     ",\n\"special_tokens\": " + json(kSpecialTokens).dump() + ",\n\"merges\": [";
  for (size_t i = 0; i < merges_.size(); ++i) {
    text += (i == 0 ? "\n[" : ",\n[") + std::to_string(merges_[i].first) + ", " +
            std::to_string(merges_[i].second) + "]";
  }
  return text + "\n]\n}\n";
}

Tokenizer Tokenizer::from_json(const std::string& text, const std::string& place) {
  json object;
  try {
    object = json::parse(text);
  } catch (const json::parse_error& error) {
    fail(place, "not a tokenizer: no JSON from byte " + std::to_string(error.byte) + " on");
  }
  if (!object.is_object() || object.value("format", json()) != kFormat) {
    fail(place, "not a tokenizer: no \"format\": \"" + std::string(kFormat) + "\" in it");
  }
  for (const char* key : {"special_tokens", "merges"}) {
    if (!object.contains(key) || !object[key].is_array()) {
      fail(place, "\"" + std::string(key) + "\" is not a list");
    }
  }
  check_special_tokens(object["special_tokens"], place);
  std::vector<TokenPair> merges;
  for (const json& merge : object["merges"]) {
    merges.push_back(merge_of(merge, merges.size(), place));
  }
  try {
    return Tokenizer(std::move(merges));
  } catch (const std::runtime_error& error) {
    fail(place, error.what());
  }
}

void Tokenizer::save(const std::string& path) const {
  write_file(path, to_json());
}

Tokenizer Tokenizer::load(const std::string& path) {
  return from_json(read_file(path), path);
}

}  // namespace nanochat
