// run: see run.h.
#include "tests/properties/run.h"

namespace nanobug::properties {
namespace {

std::string indented(const std::string& text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    result += "    " + text.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return result;
}

}  // namespace

void print(const Question& question, const Outcome& outcome, std::ostream& out) {
  static const char* kinds[] = {"replace",     "remove",     "insert_before", "insert_after",
                                "move_before", "move_after", "swap"};
  out << "== " << name_of(outcome.verdict) << ":";
  const char* comma = " ";
  for (const std::string& feature : question.features) out << comma << feature, comma = ", ";
  out << "\n  match: " << question.rule.match.value << "\n";
  for (const catalog::Edit& edit : question.rule.edits)
    out << "  " << kinds[static_cast<size_t>(edit.kind)] << ": " << edit.target.value
        << (edit.with.value.empty() ? "" : "  with: ") << edit.with.value << "\n";
  out << "  input:\n" << indented(question.source);
  out << "  came out:\n" << indented(outcome.text + outcome.message);
  out << "  should mean:\n" << indented(question.full_result);
  out << "  as text:\n" << indented(question.plain_result) << std::endl;
}

}  // namespace nanobug::properties
