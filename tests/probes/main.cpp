// The program: lists the probes, or runs some of them, and says on standard output what became of each.
//
//   probes --list    {"probe":"attention.scale","observable":"outputs"} a line, for every probe
//   probes [NAME…]   runs these, in this order, or all:
//                    {"begin":"attention.scale"}
//                    {"end":"attention.scale","passed":false,"message":"…"}
//
// A line is flushed as it is written, so that a crash or a hang shows as a begin without an end. Everything
// else, also what the tree under test prints, goes to standard error. Exits with 0 if all passed, 1 if one
// failed, 2 on bad usage.

#include "probe.h"

#include <nss.h>
#include <torch/utils.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "runner.h"

// LibTorch's exceptions end with a backtrace, which differs from machine to machine.
CATCH_TRANSLATE_EXCEPTION(const c10::Error& error) {
  return error.what_without_backtrace();
}

namespace {

using Json = nlohmann::ordered_json;

std::FILE* protocol = stdout;

void say(const Json& line) {
  const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::fprintf(protocol, "%s\n", text.c_str());
  std::fflush(protocol);
}

std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
    if (line.size() >= 600) return line + "…";
  }
  return line;
}

// One probe, from its begin to its end.
bool passes(const std::string& name) {
  torch::manual_seed(20251105);
  torch::GradMode::set_enabled(true);
  say({{"begin", name}});
  const ProbeAnswer answer = run_probe(name);
  say({{"end", name}, {"passed", answer.passed}, {"message", one_line(answer.message)}});
  return answer.passed;
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> probes;
  for (const ProbeName& probe : all_probes()) probes[probe.name] = probe.observable;
  std::vector<std::string> names(argv + 1, argv + argc);
  if (names == std::vector<std::string>{"--list"}) {
    for (const auto& [name, observable] : probes) say({{"probe", name}, {"observable", observable}});
    return 0;
  }
  for (const std::string& name : names) {
    if (probes.count(name)) continue;
    std::fprintf(stderr, "There is no probe %s; --list names them all.\n", name.c_str());
    return 2;
  }
  if (names.empty()) {
    for (const auto& [name, observable] : probes) names.push_back(name);
  }

  // Standard output belongs to the protocol, whatever the tree under test prints.
  protocol = ::fdopen(::dup(STDOUT_FILENO), "w");
  if (!protocol || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    std::perror("probes");
    return 2;
  }
  torch::set_num_threads(1);
  // c10d asks who calls for every connection, and a name server that does not answer takes five seconds to.
  __nss_configure_lookup("hosts", "files");

  bool all_passed = true;
  for (const std::string& name : names) all_passed = passes(name) && all_passed;
  return all_passed ? 0 : 1;
}
