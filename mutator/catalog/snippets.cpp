// snippets: a rule's own tests as a file of C++; see page.h.
#include <algorithm>

#include "mutator/base/files.h"
#include "mutator/base/suggest.h"
#include "mutator/catalog/page.h"
#include "mutator/catalog/yaml.h"

namespace nanobug::catalog {
namespace {

constexpr std::string_view kMark = "// ---- ";
const std::vector<std::string> kKinds = {"match", "becomes", "no match"};

using Errors = std::vector<Error>;

struct Section {
  std::string kind;  // "" of what stands before the first
  Place place;       // of its mark
  std::string code;

  bool blank() const { return code.find_first_not_of(" \t\r\n") == std::string::npos; }
};

// Without blank lines at its ends, and with one line end.
std::string trimmed(const std::string& code) {
  size_t begin = 0;
  for (size_t end; (end = code.find('\n', begin)) != std::string::npos; begin = end + 1)
    if (code.find_first_not_of(" \t\r", begin) < end) break;
  const size_t last = code.find_last_not_of(" \t\r\n");
  return last == std::string::npos || last < begin ? "" : code.substr(begin, last + 1 - begin) + '\n';
}

std::vector<Section> sections_of(const std::string& text, const std::string& file, Errors& errors) {
  std::vector<Section> all = {{"", {file, 1, 1}, ""}};
  int number = 0;
  for (const std::string_view raw : lines_of(text)) {
    ++number;
    if (!raw.starts_with(kMark)) {
      all.back().code += raw;
      continue;
    }
    const std::string kind(
        raw.substr(kMark.size(), raw.find_last_not_of(" \t\r\n") + 1 - std::min(kMark.size(), raw.size())));
    const Place place{file, number, 1};
    if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end())
      errors.push_back({Exit::catalog,
                        "'" + kind + "' is no kind of snippet (there are match, becomes, no match)" +
                            did_you_mean(kind, kKinds),
                        place});
    all.push_back({kind, place, ""});
  }
  return all;
}

}  // namespace

void read_snippets(const std::string& text, const std::string& file, Rule& rule, Errors& errors) {
  if (auto wrong = wrong_bytes(text, file)) return errors.push_back(std::move(*wrong));
  const std::vector<Section> all = sections_of(text, file, errors);
  const auto complain = [&](const std::string& message, const Place& place) {
    errors.push_back({Exit::catalog, message, place});
  };
  if (all.size() == 1)
    return complain("there is no snippet here; a line '// ---- match' begins one", {file, 1, 1});
  const std::string shared = trimmed(all[0].code);
  const auto code = [&](const Section& section) {
    return Text{shared + (shared.empty() ? "" : "\n") + trimmed(section.code), section.place};
  };
  for (size_t i = 1; i < all.size(); ++i) {
    const Section& one = all[i];
    const bool has_after = i + 1 < all.size() && all[i + 1].kind == "becomes";
    if (one.blank()) rule.unwritten.push_back({Exit::catalog, "this snippet is empty", one.place});
    if (one.kind == "match" && !has_after)
      complain("a line '// ---- becomes' must follow, and what this snippet becomes", one.place);
    if (one.kind == "becomes" && all[i - 1].kind != "match")
      complain("'// ---- becomes' stands below the snippet of a '// ---- match', and there is none",
               one.place);
    if (one.blank() || (has_after && all[i + 1].blank())) continue;
    if (one.kind == "match" && has_after) rule.matches.push_back({code(one), code(all[i + 1])});
    if (one.kind == "no match") rule.no_matches.push_back({code(one), {}});
  }
}

}  // namespace nanobug::catalog
