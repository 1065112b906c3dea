// place: where a target that reads files puts its input: one file in a directory of the process's own, in
// memory where the machine has such a place, written anew for every input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace nanobug::fuzz {

// The directory; it goes when the process ends.
const std::string& place();

// Writes the bytes to <place>/<name> and returns that path.
std::string file_of(std::string_view bytes, const std::string& name);

// Puts a seed that the target has made into the corpus, libFuzzer's first directory, from
// LLVMFuzzerInitialize. A seed in a file would be out of date with the next field that is added.
void seed(int argc, char** argv, const std::string& name, const std::string& text);

// What must hold of every input: prints `what` and ends the process, which libFuzzer reports with the input.
void must(bool holds, const char* what);

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// The first line that is `----`, alone, cuts the input in two; the second half is empty without it.
std::pair<std::string_view, std::string_view> halves(std::string_view input);

}  // namespace nanobug::fuzz
