// place: see place.h.
#include "tests/fuzz/place.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace nanobug::fuzz {
namespace {

struct Directory {
  std::string path;
  Directory() {
    std::error_code error;
    path = std::filesystem::is_directory("/dev/shm", error) ? "/dev/shm" : "/tmp";
    path += "/nanobug-fuzz-XXXXXX";
    must(::mkdtemp(path.data()) != nullptr, "there is a directory to write to");
  }
  ~Directory() {
    std::error_code error;
    std::filesystem::remove_all(path, error);
  }
};

}  // namespace

const std::string& place() {
  static const Directory directory;
  return directory.path;
}

std::string file_of(std::string_view bytes, const std::string& name) {
  std::string path = place() + '/' + name;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  must(file.good(), "the input can be written");
  return path;
}

void seed(int argc, char** argv, const std::string& name, const std::string& text) {
  for (int i = 1; i < argc; ++i)
    if (argv[i][0] != '-') {
      std::ofstream(std::string(argv[i]) + '/' + name, std::ios::binary) << text;
      return;
    }
}

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "it does not hold that %s\n", what);
  std::abort();
}

std::pair<std::string_view, std::string_view> halves(std::string_view input) {
  constexpr std::string_view kCut = "\n----\n";
  const size_t at = input.find(kCut);
  if (at == std::string_view::npos) return {input, {}};
  return {input.substr(0, at + 1), input.substr(at + kCut.size())};
}

}  // namespace nanobug::fuzz
