// coach: see coach.h.
#include "mutator/coach/coach.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "mutator/base/files.h"

namespace nanobug::coach {
namespace {

// How far from the changed lines a claim may point: a deleted statement has no line of its own.
constexpr int kSlack = 1;

// The line of `mutated` that line `line` of `present` was, if the learner's edits are one region.
int line_before_edits(int line, const std::string& mutated, const std::string& present) {
  const auto was = lines_of(mutated), is = lines_of(present);
  size_t prefix = 0, suffix = 0;
  while (prefix < std::min(was.size(), is.size()) && was[prefix] == is[prefix]) ++prefix;
  while (suffix < std::min(was.size(), is.size()) - prefix &&
         was[was.size() - 1 - suffix] == is[is.size() - 1 - suffix])
    ++suffix;
  const auto at = static_cast<size_t>(line);
  if (at <= prefix) return line;
  if (at > is.size() - suffix) return line + static_cast<int>(was.size()) - static_cast<int>(is.size());
  return std::min(line, static_cast<int>(was.size() - suffix));
}

void count(Practice& practice, const session::Record& record) {
  ++practice.sessions;
  practice.solved += record.outcome == "solved";
  practice.revealed += record.outcome == "revealed";
  practice.stopped += record.outcome == "stopped";
  practice.seconds += record.ended - record.session.started;
  practice.hints += record.session.hints;
  practice.wrong_claims += record.session.wrong_claims;
}

}  // namespace

std::string clock(std::int64_t seconds) {
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

std::string wrap(const std::string& text, size_t width, const std::string& indent) {
  std::string out, line;
  const auto flush = [&] {
    if (!line.empty()) out += indent + line + '\n';
    line.clear();
  };
  std::istringstream paragraphs(text);
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    std::istringstream words(paragraph);
    for (std::string word; words >> word;) {
      if (!line.empty() && indent.size() + line.size() + 1 + word.size() > width) flush();
      line += (line.empty() ? "" : " ") + word;
    }
    if (paragraph.empty()) {
      flush();
      out += '\n';
    }
  }
  flush();
  return out;
}

Result<Claim> parse_claim(const std::string& words) {
  const size_t colon = words.rfind(':');
  Claim claim;
  if (colon != std::string::npos && colon > 0) {
    const char* begin = words.data() + colon + 1;
    const char* end = words.data() + words.size();
    const auto [stop, error] = std::from_chars(begin, end, claim.line);
    if (error == std::errc() && stop == end && claim.line > 0) {
      claim.file = words.substr(0, colon);
      return claim;
    }
  }
  return fail(Exit::usage, "'" + words + "' is not FILE:LINE; write it like nanochat/gpt.cpp:42");
}

bool is_right(const Claim& claim, const std::vector<session::Injected>& injected, const std::string& mutated,
              const std::string& present) {
  const int line = line_before_edits(claim.line, mutated, present);
  return std::any_of(injected.begin(), injected.end(), [&](const session::Injected& bug) {
    return bug.file == claim.file && line >= bug.line - kSlack && line <= bug.last_line + kSlack;
  });
}

Progress progress_of(const std::vector<session::Record>& ledger, const catalog::Catalog& catalog) {
  Progress progress;
  for (const session::Record& record : ledger) {
    count(progress.all, record);
    for (const session::Injected& bug : record.session.injected) {
      const catalog::Rule* rule = catalog.find(bug.rule);
      count(progress.by_category[rule ? rule->category : "gone from the catalog"], record);
      if (record.outcome == "solved") ++progress.solved_rules[bug.rule];
    }
  }
  return progress;
}

}  // namespace nanobug::coach
