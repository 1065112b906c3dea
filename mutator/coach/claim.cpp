// claim: see claim.h.
#include "mutator/coach/claim.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "mutator/base/files.h"
#include "mutator/base/line_diff.h"
#include "mutator/base/suggest.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

using session::Lines;

constexpr int kFarthest =
    20;  // lines that something was moved past; beyond them it is not told from other lines

// Does the code of this line go on in the next one? Told by how it ends, which is enough for formatted code.
bool runs_on(std::string_view line) {
  line = line.substr(0, line.find("//"));
  const size_t end = line.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return false;
  if (line[line.find_first_not_of(" \t")] == '#') return false;
  return std::string_view(";{}:").find(line[end]) == std::string_view::npos;
}

int first_of_statement(const std::vector<std::string_view>& lines, int line) {
  while (line > 1 && line <= static_cast<int>(lines.size()) && runs_on(lines[static_cast<size_t>(line) - 2]))
    --line;
  return line;
}

// What the learner's line was at the start: lines, or a gap when they have put it in.
std::vector<Lines> origins(int line, const std::vector<LineChange>& edits) {
  const auto at = static_cast<size_t>(line) - 1;
  std::ptrdiff_t moved = 0;
  for (const LineChange& edit : edits) {
    if (at < edit.after) break;
    if (at < edit.after + edit.added) {
      const int first = static_cast<int>(edit.before) + 1,
                last = static_cast<int>(edit.before + edit.removed);
      if (edit.removed == 0) return {{first, last}};
      // Which of the lines it replaces nobody can know: the one as far from the top, or from the end.
      const int from_top = first + static_cast<int>(at - edit.after);
      const int from_end = last - static_cast<int>(edit.after + edit.added - 1 - at);
      const int top = std::min(from_top, last), end = std::max(from_end, first);
      return {{top, top}, {end, end}};
    }
    moved = static_cast<std::ptrdiff_t>(edit.before + edit.removed) -
            static_cast<std::ptrdiff_t>(edit.after + edit.added);
  }
  const int was = static_cast<int>(static_cast<std::ptrdiff_t>(line) + moved);
  return {{was, was}};
}

// Brackets alone, blanks, a comment: nothing that could be wrong.
bool says_nothing(std::string_view line) {
  line = line.substr(0, line.find("//"));
  return line.find_first_not_of(" \t\r\n{}();,") == std::string_view::npos;
}

bool is_gap(const Lines& changed) {
  return changed.last < changed.first;
}

// The statement above where lines were taken out, and the line below it, whatever says nothing passed over.
bool is_beside_gap(int line, int below, const std::vector<std::string_view>& mutated) {
  const int count = static_cast<int>(mutated.size());
  const auto at = [&](int number) { return mutated[static_cast<size_t>(number) - 1]; };
  int above = below - 1;
  if (line == above || line == below) return true;
  while (above > 1 && says_nothing(at(above))) --above;
  while (below < count && says_nothing(at(below))) ++below;
  return (line <= above && line >= first_of_statement(mutated, above)) || line == below;
}

bool is_at(const Lines& origin, const Lines& changed, const std::vector<std::string_view>& mutated) {
  if (origin.last < origin.first) return is_gap(changed) && changed.first == origin.first;
  const int line = origin.first;
  if (is_gap(changed)) return is_beside_gap(line, changed.first, mutated);
  return (line >= changed.first && line <= changed.last) ||
         line == first_of_statement(mutated, changed.first);
}

// Of something that stands elsewhere now: what it was moved past is as much in the wrong order as itself.
bool is_passed_over(const Lines& origin, const std::vector<Lines>& changed) {
  if (changed.size() != 2 || is_gap(changed[0]) == is_gap(changed[1]) || origin.last < origin.first)
    return false;
  const int first = std::min(changed[0].last, changed[1].last) + 1,
            last = std::max(changed[0].first, changed[1].first) - 1;
  return last - first < kFarthest && origin.first >= first && origin.first <= last;
}

// "gpt.cpp:42" as a file and a line; nothing where it is not that.
std::optional<Claim> split(const std::string& words) {
  const size_t colon = words.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  Claim claim{words.substr(0, colon)};
  const char* end = words.data() + words.size();
  const auto [stop, error] = std::from_chars(words.data() + colon + 1, end, claim.line);
  if (error != std::errc() || stop != end || claim.line <= 0) return std::nullopt;
  return claim;
}

}  // namespace

Result<Claim> parse_claim(const std::string& words) {
  const auto claim = split(words);
  if (!claim)
    return fail(Exit::usage, "'" + words + "' is not FILE:LINE; write it like nanochat/gpt.cpp:42");
  const auto before_column = split(claim->file);  // gpt.cpp:42:7, as compilers write it
  return before_column ? *before_column : *claim;
}

Result<std::string> file_meant(const std::string& name, const std::vector<std::string>& files) {
  if (std::find(files.begin(), files.end(), name) != files.end()) return name;
  std::vector<std::string> ending, names;
  for (const std::string& file : files) {
    if (file.ends_with('/' + name)) ending.push_back(file);
    names.push_back(file.substr(file.rfind('/') + 1));
  }
  if (ending.size() == 1) return ending.front();
  if (!ending.empty())
    return fail(Exit::usage, "the claim is not counted: '" + name + "' may be " + one_of(ending));
  const std::string base = name.substr(name.rfind('/') + 1);
  return fail(Exit::usage,
              "the claim is not counted: the checkout has no file " + name + did_you_mean(base, names));
}

Answer judge_claim(const Claim& claim, const std::vector<session::Injected>& injected,
                   const std::string& mutated, const std::string& present) {
  const std::vector<std::string_view> lines = lines_of(mutated);
  const std::vector<Lines> were = origins(claim.line, line_changes(lines, lines_of(present)));
  Answer answer = Answer::wrong;
  for (const session::Injected& bug : injected) {
    if (bug.file != claim.file) continue;
    answer = Answer::right_file;
    for (const Lines& changed : bug.changed)
      for (const Lines& origin : were)
        if (is_at(origin, changed, lines) || is_passed_over(origin, bug.changed)) return Answer::right;
  }
  return answer;
}

}  // namespace nanobug::coach
