// The tokenizer as a file.

#include <nlohmann/json.hpp>

#include "nanochat/tokenizer.h"
#include "probe.h"
#include "temporary.h"

using namespace probe;
using Catch::Contains;
using Catch::StartsWith;
using nanochat::Tokenizer;
using nlohmann::json;

namespace {

Tokenizer tokenizer() {
  return Tokenizer(std::vector<nanochat::TokenPair>{{'f', 'i'}, {'s', 'h'}, {256, 257}, {' ', 258}});
}

}  // namespace

TEST_CASE("tokenizer_file.round_trip", "[saved]") {
  const TemporaryDirectory directory;
  for (const Tokenizer& t : {tokenizer(), Tokenizer(std::vector<nanochat::TokenPair>{})}) {
    const std::string path = directory / "deep/tokenizer.json";
    t.save(path);
    const Tokenizer back = Tokenizer::load(path);
    CHECK(back.merges() == t.merges());
    CHECK(back.vocab_size() == t.vocab_size());
    const std::string text = "a fish, two fish\n\t\xc3\xa9";
    CHECK(back.encode(text, "<|bos|>") == t.encode(text, "<|bos|>"));
    CHECK(Tokenizer::from_json(t.to_json(), "here").merges() == t.merges());
  }
}

TEST_CASE("tokenizer_file.readable", "[saved]") {
  // Other programs can read it, and every special token is in it under its name.
  const json object = json::parse(tokenizer().to_json());
  const std::string text = object.dump();
  for (const std::string& name : nanochat::kSpecialTokens) CHECK_THAT(text, Contains('"' + name + '"'));
  CHECK(object["merges"] == json({{102, 105}, {115, 104}, {256, 257}, {32, 258}}));
}

TEST_CASE("tokenizer_file.special_tokens", "[errors]") {
  const json good = json::parse(tokenizer().to_json());
  const auto refuse = [&](const json& names) {
    json changed = good;
    changed["special_tokens"] = names;
    CHECK_THAT(complaint([&] { Tokenizer::from_json(changed.dump(), "the place"); }),
               StartsWith("the place"));
  };
  const json names = good["special_tokens"];
  json fewer = names, more = names, swapped = names, renamed = names, number = names;
  fewer.erase(fewer.size() - 1);
  more.push_back("<|extra|>");
  std::swap(swapped[1], swapped[2]);
  renamed[0] = "<|begin|>";
  number[3] = 7;
  for (const json& other : {fewer, more, swapped, renamed, number, json::array(), json("text")})
    refuse(other);
  CHECK(Tokenizer::from_json(good.dump(), "here").vocab_size() == tokenizer().vocab_size());
}

TEST_CASE("tokenizer_file.bad_input", "[errors]") {
  const TemporaryDirectory directory;
  const json good = json::parse(tokenizer().to_json());
  const auto refuse = [&](const std::string& content) {
    CAPTURE(content);
    put_content(directory / "t.json", content);
    CHECK(complaint([&] { Tokenizer::load(directory / "t.json"); }) != "");
    CHECK_THAT(complaint([&] { Tokenizer::from_json(content, "the place"); }), StartsWith("the place"));
  };
  CHECK(complaint([&] { Tokenizer::load(directory / "none"); }) != "");
  CHECK(complaint([&] { Tokenizer::load(directory.path().string()); }) != "");
  const std::string text = good.dump();
  for (const size_t length : {size_t{0}, size_t{1}, text.size() / 2, text.size() - 1}) {
    refuse(text.substr(0, length));
  }
  for (const char* other :
       {"[]", "{}", "3", "null", "\"text\"", "{\"format\": 1}", "\xff\xfe", "hello"}) {
    refuse(other);
  }
  json changed = good;
  changed["format"] = "nanochat tokenizer 999";
  refuse(changed.dump());
  for (const json& merge : {json("ab"), json({1}), json({1, 2, 3}), json({1.5, 2}), json({1, "2"}), json()}) {
    changed = good;
    changed["merges"][1] = merge;
    refuse(changed.dump());
  }
  for (const json& merge : {json({-1, 5}), json({5, -1}), json({257, 4}), json({4, 100000})}) {
    changed = good;
    changed["merges"][1] = merge;
    refuse(changed.dump());
  }
  for (const char* key : {"merges", "special_tokens"}) {
    changed = good;
    changed.erase(key);
    refuse(changed.dump());
    changed[key] = 4;
    refuse(changed.dump());
  }
}

TEST_CASE("tokenizer_file.old_stays", "[saved]") {
  const TemporaryDirectory directory;
  tokenizer().save(directory / "t.json");
  const std::string before = content_of(directory / "t.json");
  std::filesystem::create_directories(directory / "t.json.partial/in-the-way");
  CHECK(complaint([&] { Tokenizer(std::vector<nanochat::TokenPair>{}).save(directory / "t.json"); }) != "");
  CHECK(content_of(directory / "t.json") == before);
}
