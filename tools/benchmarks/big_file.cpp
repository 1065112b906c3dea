// big_file: one rule with two edits, far apart, in a generated file of so many lines; what it took, as JSON:
// {"seconds": …, "peak_mb": …}. Parsing the file twice is most of it.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>

#include "mutator/base/files.h"
#include "mutator/rewrite/rewriter.h"

namespace {

using namespace nanobug;

// Functions of ten lines, each another one.
std::string code(int lines) {
  std::string text = "float scale(float x);\n";
  for (int i = 0; i < lines / 10; ++i)
    text += fmt::format(R"(
// Step {0} of the sum.
float step_{0}(const float* x, int n) {{
  const float gain = 0.5f * {0};
  float sum = 0;
  for (int i = 0; i < n; ++i)
    if (x[i] > gain) sum += scale(x[i]) * gain;
  return sum / (n + {0});
}}
)",
                        i);
  return text;
}

// One site, of two matches.
catalog::Rule rule(int functions) {
  catalog::Rule made;
  made.id.value = "far-apart";
  made.place.file = "catalog.yaml";
  made.in.value = "tree/code.cpp";
  made.file = "code.cpp";
  made.match.value =
      fmt::format(R"(binaryOperator(hasOperatorName("/"), hasLHS(expr().bind("l")), )"
                  R"(hasAncestor(functionDecl(hasAnyName("step_1", "step_{}")))).bind("quotient"))",
                  functions - 2);
  made.expect = 2;
  made.all = true;
  made.edits.push_back({catalog::Edit::Kind::replace, {"node(quotient)", {}}, {"{{l}}", {}}, {}});
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;  // lines
  const int lines = std::atoi(argv[1]);
  auto rewriter = rewrite::open_rewriter();
  if (!rewriter) return std::fputs(rewriter.error().text().c_str(), stderr), 6;
  const auto begin = std::chrono::steady_clock::now();
  const auto sites = (*rewriter)->find_in(rule(lines / 10), code(lines));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (!sites) return std::fputs(sites.error().text().c_str(), stderr), 6;
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  fmt::print("{{\"seconds\": {}, \"peak_mb\": {}, \"sites\": {}}}\n", seconds.count(),
             used.ru_maxrss / 1024.0, sites->size());
  return sites->size() == 1 ? 0 : 1;
}
