// report: see report.h.
#include "mutator/workshop/report.h"

#include <algorithm>
#include <map>
#include <pugixml.hpp>

namespace nanobug::workshop {
namespace {

// Of a message the first line that says something.
std::string first_line(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) continue;
    return std::string(line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin));
  }
  return "";
}

std::string without(std::string text, const std::string& root) {
  if (root.empty()) return text;
  for (size_t at = 0; (at = text.find(root + '/', at)) != std::string::npos;) text.erase(at, root.size() + 1);
  return text;
}

std::string message_of(const pugi::xml_node& outcome, const std::string& root) {
  const std::string said = first_line(outcome.attribute("message").as_string());
  return without(said.empty() ? first_line(outcome.text().as_string()) : said, root);
}

// Catch2 calls the class of a free test PROGRAM.global, doctest the file that it is in.
bool says_nothing(const std::string& suite, const std::string& name) {
  return suite.empty() || suite == name || suite.ends_with(".global") || suite.find('/') != std::string::npos;
}

ReportedCase case_of(const pugi::xml_node& node, const std::string& root) {
  using How = ReportedCase::How;
  ReportedCase one;
  one.name = without(node.attribute("name").as_string(), root);
  one.suite = without(node.attribute("classname").as_string(), root);
  if (says_nothing(one.suite, one.name))
    one.suite.clear();
  else
    one.name = one.suite + '.' + one.name;
  const std::string status = node.attribute("status").as_string();  // CTest's and gtest's
  if (status == "notrun" || status == "disabled") one.how = How::skipped;
  if (const auto skipped = node.child("skipped"))
    one.how = How::skipped, one.message = message_of(skipped, root);
  for (const char* kind : {"failure", "error"})
    if (const auto failed = node.child(kind)) one.how = How::failed, one.message = message_of(failed, root);
  return one;
}

// The worse of two of one name.
int badness(const ReportedCase& one) {
  return one.how == ReportedCase::How::failed ? 2 : one.how == ReportedCase::How::skipped ? 1 : 0;
}

struct Reader : pugi::xml_tree_walker {
  explicit Reader(const std::string& directory) : root(directory) {}

  bool for_each(pugi::xml_node& node) override {
    suites += std::string_view(node.name()) == "testsuite" || std::string_view(node.name()) == "testsuites";
    if (std::string_view(node.name()) != "testcase") return true;
    ReportedCase one = case_of(node, root);
    const auto [known, is_new] = places.emplace(one.name, cases.size());
    if (is_new)
      cases.push_back(std::move(one));
    else if (badness(one) > badness(cases[known->second]))
      cases[known->second] = std::move(one);
    return true;
  }

  const std::string& root;
  int suites = 0;
  std::vector<ReportedCase> cases;
  std::map<std::string, size_t> places;
};

}  // namespace

Result<std::vector<ReportedCase>> read_junit(const std::string& xml, const std::string& root) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed)
    return fail(Exit::catalog,
                "is no XML at byte " + std::to_string(parsed.offset) + ": " + parsed.description());
  Reader reader(root);
  document.traverse(reader);
  if (reader.suites == 0) return fail(Exit::catalog, "is XML without a <testsuite>, and so not JUnit's");
  return std::move(reader.cases);
}

}  // namespace nanobug::workshop
