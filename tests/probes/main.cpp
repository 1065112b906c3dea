// The program: lists the probes, or runs some of them, and says what became of each.
//
//   probes --list    {"probe":"attention.scale","observable":"outputs"} a line, for every probe
//   probes [NAME…]   runs these, in this order, or all:
//                    {"library":"/…/libnanochat.so","build_id":"…"}: which build of the tree it judges
//                    {"begin":"attention.scale"}
//                    {"end":"attention.scale","passed":false,"message":"…","processor_s":0.01}
//
// The lines go to the descriptor that the environment's NANOBUG_PROTOCOL_FD names, and belong to nobody else
// there; without it to standard output, and what the tree under test prints then goes to standard error. A
// line is flushed as it is written, so that a crash or a hang shows as a begin without an end. Exits with 0 if
// all passed, 1 if one failed, 2 on bad usage.

#include "probe.h"

#include <nss.h>
#include <torch/utils.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "loaded.h"
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
  const std::clock_t began = std::clock();
  const ProbeAnswer answer = run_probe(name);
  say({{"end", name},
       {"passed", answer.passed},
       {"message", one_line(answer.message)},
       {"processor_s", static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC}});
  return answer.passed;
}

// Where the protocol goes: a descriptor of its own, or standard output, which then is nobody else's.
bool open_protocol() {
  if (const char* descriptor = std::getenv("NANOBUG_PROTOCOL_FD")) {
    protocol = ::fdopen(std::atoi(descriptor), "w");
    return protocol != nullptr;
  }
  protocol = ::fdopen(::dup(STDOUT_FILENO), "w");
  return protocol && ::dup2(STDERR_FILENO, STDOUT_FILENO) >= 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (!open_protocol()) {
    std::perror("probes");
    return 2;
  }
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

  const Loaded library = loaded_library("libnanochat.so");
  say({{"library", library.path}, {"build_id", library.build_id}});
  torch::set_num_threads(1);
  // c10d asks who calls for every connection, and a name server that does not answer takes five seconds to.
  __nss_configure_lookup("hosts", "files");

  bool all_passed = true;
  for (const std::string& name : names) all_passed = passes(name) && all_passed;
  return all_passed ? 0 : 1;
}
