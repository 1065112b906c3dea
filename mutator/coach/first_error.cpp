// first_error: see first_error.h.
#include "mutator/coach/first_error.h"

#include <algorithm>
#include <sstream>
#include <vector>

namespace nanobug::coach {
namespace {

constexpr size_t kLines = 12;  // of what names no error

bool has(const std::string& line, const char* part) {
  return line.find(part) != std::string::npos;
}

// Ninja's own: the command that failed stands in them too.
bool is_of_the_build(const std::string& line, const std::string& before) {
  return line.starts_with("ninja: ") || line.starts_with("FAILED: ") || before.starts_with("FAILED: ") ||
         (line.starts_with('[') && line.find_first_not_of("0123456789/", 1) == line.find(']'));
}

bool is_of_the_compiler(const std::string& line) {
  return has(line, ": error: ") || has(line, ": fatal error: ") || line.starts_with("error: ") ||
         line.starts_with("CMake Error");
}

bool is_the_linkers_end(const std::string& line) {
  return has(line, "linker command failed") || has(line, "ld returned");
}

// A line that something new begins with.
bool begins_another(const std::string& line) {
  return is_of_the_compiler(line) || has(line, "warning: ") || line.starts_with("In file included from") ||
         has(line, " generated.");
}

std::string relative(std::string line, const std::filesystem::path& checkout,
                     const std::filesystem::path& build) {
  const std::string up = checkout.lexically_relative(build).string() + '/';  // "../"
  for (const std::string& from : {checkout.string() + '/', up})
    for (size_t at = 0; (at = line.find(from, at)) != std::string::npos;) {
      const bool begins = at == 0 || line[at - 1] == ' ' || line[at - 1] == '"' || line[at - 1] == '\'';
      if (begins)
        line.erase(at, from.size());
      else
        at += from.size();
    }
  return line;
}

}  // namespace

std::string first_error(const std::string& output, const std::filesystem::path& checkout,
                        const std::filesystem::path& build) {
  std::vector<std::string> lines;
  std::istringstream all(output);
  std::string before;
  for (std::string line; std::getline(all, line); before = line)
    if (!is_of_the_build(line, before)) lines.push_back(line);

  auto first = std::find_if(lines.begin(), lines.end(), is_of_the_compiler);
  auto last = first;
  if (first == lines.end() || is_the_linkers_end(*first)) {
    // A linker of few words: what is undefined stands above its last line.
    last = first;
    first = last - std::min<std::ptrdiff_t>(last - lines.begin(), kLines);
  } else {
    last = std::find_if(first + 1, lines.end(), begins_another);
    while (first != lines.begin() && ((first - 1)->starts_with("In file included from") ||
                                      (first - 1)->starts_with("                 from")))
      --first;
  }
  std::string text;
  for (auto line = first; line != last; ++line) text += relative(*line, checkout, build) + '\n';
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace nanobug::coach
