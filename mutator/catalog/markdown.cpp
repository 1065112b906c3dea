// markdown: see markdown.h.
#include "mutator/catalog/markdown.h"

#include <algorithm>
#include <optional>

#include "mutator/base/files.h"
#include "mutator/base/suggest.h"

namespace nanobug::catalog {
namespace {

bool is_fence(const std::string& line) {
  const size_t first = line.find_first_not_of(' ');
  return first != std::string::npos && first < 4 &&
         (line.compare(first, 3, "```") == 0 || line.compare(first, 3, "~~~") == 0);
}

std::string marks(size_t level) {
  return std::string(level, '#') + ' ';
}

}  // namespace

void complain(Errors& errors, const std::string& message, const Place& place) {
  errors.push_back({Exit::catalog, message, place});
}

std::string Sections::order() const {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

std::vector<Heading> headings_of(const std::string& text, const std::string& file, Errors& errors) {
  std::vector<Heading> all(1);
  std::optional<Place> fence;
  int number = 0;
  for (const std::string_view raw : lines_of(text)) {
    std::string line(raw.substr(0, raw.find_last_not_of("\r\n") + 1));
    const size_t first = std::min(line.find_first_not_of(" \t"), line.size());
    const Place place{file, ++number, static_cast<int>(first) + 1};
    const size_t level = fence ? 0 : std::min(line.find_first_not_of('#'), line.size());
    if (is_fence(line)) {
      fence = fence ? std::nullopt : std::optional(place);
      all.back().body.push_back({"", place});
    } else if (level > 0 && level < line.size() && line[level] == ' ') {
      const size_t begin = std::min(line.find_first_not_of(' ', level), line.size());
      line.erase(line.find_last_not_of(" \t") + 1);
      all.push_back({level, line.substr(std::min(begin, line.size())), place, {}});
    } else {
      all.back().body.push_back({std::move(line), place, fence.has_value()});
    }
  }
  if (fence) complain(errors, "this block of code is not closed", *fence);
  return all;
}

std::string words_of(const std::vector<Line>& lines) {
  std::string text, paragraph;
  bool was_code = false;
  const auto flush = [&] {
    if (!paragraph.empty()) text += (text.empty() ? "" : "\n\n") + paragraph;
    paragraph.clear();
  };
  for (const Line& line : lines) {
    if (line.code != was_code) flush();
    const bool item = !line.code && line.text.starts_with("- ");
    if (line.code)
      paragraph += (paragraph.empty() ? "" : "\n") + ("    " + line.text);
    else if (line.blank())
      flush();
    else
      paragraph += (paragraph.empty() ? ""
                    : item            ? "\n"
                                      : " ") +
                   line.text.substr(line.text.find_first_not_of(" \t"));
    was_code = line.code;
  }
  flush();
  return text;
}

const Line* first_words(const std::vector<Line>& lines) {
  const auto line = std::find_if(lines.begin(), lines.end(), [](const Line& one) { return !one.blank(); });
  return line == lines.end() ? nullptr : &*line;
}

bool is_empty(const std::vector<Line>& lines) {
  return !first_words(lines);
}

std::string called(const Heading& heading) {
  return "'" + marks(heading.level) + heading.title + "'";
}

bool is_in_order(const Heading& heading, const Sections& sections, const std::vector<const Heading*>& seen,
                 Errors& errors) {
  const auto& names = sections.names;
  const auto section = std::find(names.begin(), names.end(), heading.title);
  if (heading.level != sections.level || section == names.end()) {
    complain(errors,
             called(heading) + " is no section of " + sections.of + " (there are " + sections.order() +
                 ", each with '" + marks(sections.level) + "')" + did_you_mean(heading.title, names),
             heading.place);
    return false;
  }
  for (const Heading* before : seen)
    if (before->title == heading.title) {
      complain(
          errors,
          called(heading) + " is there twice; the first is in line " + std::to_string(before->place.line),
          heading.place);
      return false;
    }
  if (!seen.empty() && std::find(names.begin(), names.end(), seen.back()->title) > section)
    complain(
        errors,
        called(heading) + " stands behind " + called(*seen.back()) + "; the order is " + sections.order(),
        heading.place);
  return true;
}

}  // namespace nanobug::catalog
