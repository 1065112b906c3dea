// identity: see identity.h.
#include "mutator/workshop/identity.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "mutator/base/process.h"

namespace nanobug::workshop {
namespace {

constexpr std::uintmax_t kLargestScript = 1u << 20;

const char* const kVariables[] = {"CC",
                                  "CXX",
                                  "CFLAGS",
                                  "CXXFLAGS",
                                  "CPPFLAGS",
                                  "LDFLAGS",
                                  "CUDACXX",
                                  "CUDAFLAGS",
                                  "CPATH",
                                  "LIBRARY_PATH",
                                  "CMAKE_GENERATOR",
                                  "CMAKE_PREFIX_PATH",
                                  "CPLUS_INCLUDE_PATH",
                                  "CMAKE_BUILD_TYPE",
                                  "CMAKE_TOOLCHAIN_FILE",
                                  "NANOBUG_TORCH_DIR"};

// Of these that are lists of directories: one that is named twice is found once, and one that is not there
// never; an empty one is the current directory.
constexpr std::string_view kLists[] = {"CPATH", "LIBRARY_PATH", "CPLUS_INCLUDE_PATH", "CMAKE_PREFIX_PATH"};

std::string plainly(const std::string& list) {
  std::vector<std::string> directories;
  std::istringstream in(list + ':');
  for (std::string one; std::getline(in, one, ':');) {
    std::error_code error;
    if ((one.empty() || fs::exists(one, error)) &&
        std::find(directories.begin(), directories.end(), one) == directories.end())
      directories.push_back(one);
  }
  std::string plain;
  for (size_t i = 0; i < directories.size(); ++i) plain += (i == 0 ? "" : ":") + directories[i];
  return plain.empty() && !directories.empty() ? ":" : plain;
}

}  // namespace

std::string identity_of_file(const fs::path& file) {
  std::error_code error;
  const fs::path real = fs::canonical(file, error);
  struct stat info{};
  if (error || ::stat(real.c_str(), &info) != 0) return file.string() + " missing";
  return real.string() + ' ' + std::to_string(info.st_size) + ' ' + std::to_string(info.st_mtim.tv_sec) +
         '.' + std::to_string(info.st_mtim.tv_nsec);
}

std::string identity_of_program(const std::string& name) {
  const auto path = find_program(name);
  return path ? identity_of_file(*path) : name + " missing";
}

std::vector<std::string> named_by(const std::vector<std::string>& command, const fs::path& project) {
  const std::string place = "{project}";
  std::vector<std::string> named;
  for (size_t i = 0; i < command.size(); ++i) {
    std::string word = command[i];
    if (const size_t equals = word.rfind('='); equals != std::string::npos) word = word.substr(equals + 1);
    if (const size_t at = word.find(place); at != std::string::npos)
      word.replace(at, place.size(), project.string());
    std::error_code error;
    if (word.find('/') == std::string::npos) {
      // An option and a place are no programs, and nobody need look for them.
      const bool may_be_one = !word.empty() && word[0] != '-' && word.find('{') == std::string::npos;
      if (i == 0 || (may_be_one && find_program(word))) named.push_back(identity_of_program(word));
    } else if (fs::is_regular_file(word, error)) {
      const auto text =
          fs::file_size(word, error) <= kLargestScript ? read_file(word) : Result<std::string>();
      named.push_back(text && !text->empty() ? word + ' ' + sha256(*text) : identity_of_file(word));
    }
  }
  return named;
}

std::vector<std::string> build_environment() {
  std::vector<std::string> set;
  for (const char* name : kVariables)
    if (const char* value = std::getenv(name); value && *value) {
      const bool is_list = std::find(std::begin(kLists), std::end(kLists), name) != std::end(kLists);
      const std::string told = is_list ? plainly(value) : value;
      if (!told.empty()) set.push_back(std::string(name) + '=' + told);
    }
  return set;
}

std::string found_by_build(const fs::path& build) {
  std::error_code error;
  if (fs::exists(build / "CMakeCache.txt", error)) return found_by_cmake(build);
  std::string found;
  for (const char* name : {"cc", "c++", "gcc", "g++", "clang", "clang++"})
    if (find_program(name)) found += identity_of_program(name) + '\n';
  for (const char* variable : {"CC", "CXX"})
    if (const char* value = std::getenv(variable); value && *value)
      found += identity_of_program(std::string(value).substr(0, std::string(value).find(' '))) + '\n';
  return found;
}

std::string found_by_cmake(const fs::path& build) {
  const auto cache = read_file(build / "CMakeCache.txt");
  if (!cache) return "";
  const std::string type = ":FILEPATH=";
  std::string found;
  std::istringstream in(*cache);
  for (std::string line; std::getline(in, line);) {
    const size_t at = line.find(type);
    if (at == std::string::npos || line.starts_with("//") || line.starts_with("#")) continue;
    const std::string value = line.substr(at + type.size());
    if (!value.starts_with("/")) continue;  // not found, and not needed
    found += line.substr(0, at) + ' ' + identity_of_file(value) + '\n';
  }
  return found;
}

}  // namespace nanobug::workshop
