// mutator_faults: which faults there are, and one of them put into the source.
//
//   mutator_faults count [FAULTS [DRAW]]                        how many were drawn
//   mutator_faults show NUMBER VARIANT [FAULTS [DRAW]]          file, line, kind, text; separated by tabs;
//   exit 1: none mutator_faults put NUMBER VARIANT [FAULTS [DRAW]]           the same, and changes the file
//
// The draw: the lines of mutator/*/*.cpp, the files sorted, that can be changed at all (faults.h) are
// numbered from 0; with n of them and FAULTS faults, fault k (from 0) is in line (k * n + DRAW) / FAULTS, its
// kinds tried from the (k + DRAW)th on. VARIANT v takes the v-th change of that line, and when it has no more
// those of the next lines: the first that compiles is the fault. Run in the project's root.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tools/mutator_strength/faults.h"

using namespace nanobug::strength;

namespace {

std::vector<std::string> sources() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("mutator"))
    if (entry.path().extension() == ".cpp") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

void put(const Line& line, const std::string& text) {
  std::ifstream in(line.file, std::ios::binary);
  std::ostringstream out;
  size_t number = 0;
  for (std::string old; std::getline(in, old);) out << (++number == line.number ? text : old) << '\n';
  std::ofstream(line.file, std::ios::binary) << out.str();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  const int rest = verb == "count" ? 2 : 4;
  if ((verb != "count" && verb != "show" && verb != "put") || argc < rest) {
    std::fprintf(
        stderr,
        "mutator_faults: count, or show|put NUMBER VARIANT; then the number of faults and the draw\n");
    return 2;
  }
  const size_t faults = argc > rest ? std::strtoul(argv[rest], nullptr, 10) : 60;
  const size_t draw = argc > rest + 1 ? std::strtoul(argv[rest + 1], nullptr, 10) : 0;
  const std::vector<Line> lines = lines_of_code(sources());
  if (lines.empty() || faults == 0 || faults > lines.size()) {
    std::fprintf(stderr, "mutator_faults: %zu faults cannot be drawn from %zu lines\n", faults, lines.size());
    return 2;
  }
  if (verb == "count") {
    std::printf("%zu faults of %zu lines\n", faults, lines.size());
    return 0;
  }
  const size_t number = std::strtoul(argv[2], nullptr, 10), variant = std::strtoul(argv[3], nullptr, 10);
  if (number >= faults) return 1;
  size_t passed = 0;
  for (size_t at = (number * lines.size() + draw) / faults; at < lines.size(); ++at) {
    const Line& line = lines[at];
    const std::vector<Change> changes = changes_of(line.text, line.before, number + draw);
    if (variant < passed + changes.size()) {
      const Change& change = changes[variant - passed];
      std::printf("%s:%zu\t%s\t%s\n", line.file.c_str(), line.number, change.kind.c_str(),
                  trimmed(change.text).c_str());
      if (verb == "put") put(line, change.text);
      return 0;
    }
    passed += changes.size();
  }
  return 1;
}
