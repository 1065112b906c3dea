// fixes: see fixes.h.
#include "tests/journey/fixes.h"

#include <set>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

namespace nanobug::journey {
namespace {

// The lines up to `end`, which is read too, without the last one's end.
std::string lines_until(std::istream& in, const std::string& end) {
  std::string text;
  for (std::string line; std::getline(in, line); text += (text.empty() ? "" : "\n") + line)
    if (line == end) return text;
  FAIL("a block without " << end);
  return text;
}

// The lines of a text that the other has not, and what is left without them.
struct Parted {
  std::set<std::string> own;
  std::string rest;
};

Parted parted(const std::string& text, const std::string& other) {
  std::set<std::string> known;
  std::istringstream of_other(other), lines(text);
  for (std::string line; std::getline(of_other, line);) known.insert(line);
  Parted parts;
  for (std::string line; std::getline(lines, line);)
    if (known.contains(line))
      parts.rest += line + '\n';
    else
      parts.own.insert(line);
  return parts;
}

}  // namespace

std::vector<Fix> all_fixes() {
  std::istringstream in(text_of(fs::path(NANOBUG_PROJECT) / "tests/journey/fixes.txt"));
  std::vector<Fix> all;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("@@ ")) continue;
    Fix& fix = all.emplace_back();
    std::string how;
    std::istringstream(line.substr(3)) >> fix.code >> fix.file >> how;
    fix.hidden = how == "hidden";
    std::getline(in, line);
    REQUIRE(line == "<<<<");
    fix.from = lines_until(in, "====");
    fix.to = lines_until(in, ">>>>");
  }
  return all;
}

std::string fixed(const Fix& fix, std::string text) {
  const size_t at = text.find(fix.from);
  INFO(fix.code << " in " << fix.file << ": " << fix.from);
  REQUIRE(at != std::string::npos);
  REQUIRE(text.find(fix.from, at + 1) == std::string::npos);
  return text.replace(at, fix.from.size(), fix.to);
}

std::string commented_out(const std::string& mutated, const std::string& clean) {
  const Parted parts = parted(mutated, clean);
  if (parts.own.empty() || parts.rest == clean) return "";
  std::string text;
  std::istringstream lines(mutated);
  for (std::string line; std::getline(lines, line);)
    text += (parts.own.contains(line) ? "// " : "") + line + '\n';
  return text;
}

}  // namespace nanobug::journey
