// patch: the diff of any two texts makes the one of the other, by an oracle that knows the format and not how
// the diff is found; so do the edits of a site. And any text is the record of an applied patch, or is
// refused.
#include <cstdlib>
#include <vector>

#include "mutator/cli/applied.h"
#include "mutator/grade/mutants.h"
#include "mutator/rewrite/hunks.h"
#include "tests/fuzz/place.h"

using namespace nanobug;

namespace {

// Lines with their newline; the last may have none.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const size_t length = end == std::string_view::npos ? text.size() : end + 1;
    lines.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

// `patch -p1`, as the format is written down: hunks in order, every line of the old side is there.
std::string patched(const std::string& before, const std::string& diff) {
  const std::vector<std::string> old = lines_of(before);
  std::vector<std::string> patch = lines_of(diff), out;
  size_t at = 0;
  for (size_t i = 3; i < patch.size(); ++i) {  // after the three lines that name the file
    std::string line = patch[i];
    if (line.starts_with("@@ -")) {
      const size_t first = std::strtoul(line.c_str() + 4, nullptr, 10);
      const bool empty = line.substr(0, line.find(" +")).ends_with(",0");
      const size_t start = empty ? first : first - 1;
      fuzz::must(start >= at && start <= old.size(), "hunks come in order");
      while (at < start) out.push_back(old[at++]);
      continue;
    }
    if (i + 1 < patch.size() && patch[i + 1].starts_with("\\ No newline")) {
      line.pop_back();
      ++i;
    }
    if (line[0] == '+') {
      out.push_back(line.substr(1));
      continue;
    }
    fuzz::must(line[0] == '-' || line[0] == ' ', "a line of a hunk is old, new or both");
    fuzz::must(at < old.size() && old[at] == line.substr(1), "the old side is the text before");
    if (line[0] == ' ') out.push_back(old[at]);
    ++at;
  }
  while (at < old.size()) out.push_back(old[at++]);
  std::string text;
  for (const std::string& line : out) text += line;
  return text;
}

void diff_is_right(const std::string& before, const std::string& after) {
  if (before != after)
    fuzz::must(patched(before, grade::unified_diff("a.cpp", before, after)) == after,
               "the diff makes the text");
  std::string edited;
  unsigned at = 0;
  for (const rewrite::Replacement& edit : rewrite::difference(before, after)) {
    fuzz::must(edit.offset >= at && edit.offset + edit.length <= before.size(),
               "edits are sorted and disjoint");
    edited += before.substr(at, edit.offset - at) + edit.text;
    at = edit.offset + edit.length;
  }
  fuzz::must(edited + before.substr(at) == after, "the edits make the text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  if (const auto applied = cli::applied_of(std::string(input), "/tree"))
    for (const auto& [path, bytes] : applied->pristine)
      fuzz::must(!path.starts_with('/') && !path.starts_with("../") && applied->mutated.contains(path),
                 "a record is about files of the tree");
  const auto [before, after] = fuzz::halves(input);
  diff_is_right(std::string(before), std::string(after));
  return 0;
}
