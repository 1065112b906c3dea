// page: Markdown by its headings, read line by line.
#include "mutator/catalog/page.h"

#include <algorithm>

#include "mutator/catalog/markdown.h"
#include "mutator/catalog/yaml.h"

namespace nanobug::catalog {
namespace {

constexpr size_t kHints = 3;
const std::vector<std::string> kSections = {"Brief", "Hints", "Cause", "Questions", "Read next"};
const Sections kPage = {"a page", 2, kSections};

// The number that a line of a numbered list begins with, or 0; `behind` is where its text begins.
int list_number(const Line& line, size_t& behind) {
  const size_t end = line.code ? 0 : line.text.find_first_not_of("0123456789");
  if (end == std::string::npos || end == 0 || end > 3 || line.text[end] != '.' ||
      (end + 1 < line.text.size() && line.text[end + 1] != ' '))
    return 0;
  behind = end + 1;
  return std::stoi(line.text.substr(0, end));
}

void read_hints(const Heading& section, Rule& rule, Errors& errors) {
  std::vector<std::vector<Line>> items;
  for (const Line& line : section.body) {
    size_t behind = 0;
    if (const int number = list_number(line, behind); number > 0) {
      if (number != static_cast<int>(items.size()) + 1)
        complain(errors,
                 "hint " + std::to_string(items.size() + 1) + " is numbered " + std::to_string(number),
                 line.place);
      items.push_back({{line.text.substr(behind), line.place}});
    } else if (!items.empty()) {
      items.back().push_back(line);
    } else if (!line.blank()) {
      return complain(errors, "hints are a numbered list: '1. …', '2. …', '3. …'", line.place);
    }
  }
  for (const auto& item : items) {
    if (is_empty(item))
      complain(rule.unwritten, "this hint is empty", item.front().place);
    else
      rule.hints.push_back({words_of(item), item.front().place});
  }
  if (items.size() != kHints)
    complain(
        errors,
        "a page has three hints (the class of bug, the observable to look at, the function); this one has " +
            std::to_string(items.size()),
        section.place);
}

void read_question(const Heading& heading, Rule& rule) {
  if (heading.title.empty())
    complain(rule.unwritten, "this question is empty", heading.place);
  else if (is_empty(heading.body))
    complain(rule.unwritten, "this question has no answer; write it below", heading.place);
  else
    rule.questions.push_back({{heading.title, heading.place}, words_of(heading.body)});
}

void read_section(const Heading& section, bool has_questions, Rule& rule, Errors& errors) {
  const std::string& title = section.title;
  if (title == "Questions") {
    if (!is_empty(section.body))
      complain(errors, "a question is a heading, '### …', with its answer below",
               first_words(section.body)->place);
    else if (!has_questions)
      complain(rule.unwritten, "there is no question here; write '### …' and its answer below",
               section.place);
    return;
  }
  if (is_empty(section.body)) return complain(rule.unwritten, called(section) + " is empty", section.place);
  if (title == "Hints") return read_hints(section, rule, errors);
  (title == "Brief" ? rule.brief : title == "Cause" ? rule.cause : rule.read_next) = words_of(section.body);
}

// -> the headings behind the title.
std::vector<Heading> behind_title(std::vector<Heading> all, const std::string& file, const Rule& rule,
                                  Errors& errors) {
  const std::string wanted = "'# " + rule.code.value + "'";
  if (const Line* text = first_words(all[0].body))
    complain(errors, "the page begins with its title, " + wanted, text->place);
  else if (all.size() < 2 || all[1].level != 1)
    complain(errors, "the page lacks its title, " + wanted, {file, 1, 1});
  else if (all[1].title != rule.code.value)
    complain(errors,
             "this is the page of rule " + rule.code.value + ", so its title is " + wanted + ", not " +
                 called(all[1]),
             all[1].place);
  else if (const Line* text = first_words(all[1].body))
    complain(errors, "what is said here belongs to a section: " + kPage.order(), text->place);
  all.erase(all.begin(), all.begin() + (all.size() > 1 && all[1].level == 1 ? 2 : 1));
  return all;
}

}  // namespace

void read_page(const std::string& text, const std::string& file, Rule& rule, Errors& errors) {
  if (auto wrong = wrong_bytes(text, file)) return errors.push_back(std::move(*wrong));
  const std::string body = text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
  const std::vector<Heading> all = behind_title(headings_of(body, file, errors), file, rule, errors);
  std::vector<const Heading*> seen;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].level == 3 && !seen.empty() && seen.back()->title == "Questions") {
      read_question(all[i], rule);
    } else if (is_in_order(all[i], kPage, seen, errors)) {
      seen.push_back(&all[i]);
      read_section(all[i], i + 1 < all.size() && all[i + 1].level == 3, rule, errors);
    }
  }
  for (const std::string& title : kSections)
    if (title != kSections.back() &&
        std::none_of(seen.begin(), seen.end(), [&](const Heading* one) { return one->title == title; }))
      complain(errors, "the page lacks the section '## " + title + "'", {file, 1, 1});
}

}  // namespace nanobug::catalog
