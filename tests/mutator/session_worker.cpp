// session_worker: start, edit and stop as a process of its own, for the kill tests to kill.
//
//   session_worker start|stop|lay-out|open|use|count ROOT [N]
//   session_worker put VAULT FIRST
//   session_worker temporary|temporary-wait PARENT
//
// ROOT holds data/, state/ and the checkout "work". `count` adds N hints, one an opening of the desk, waiting
// while others hold the lock. It prints the error's sentence and exits with its code.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/mutator/session_trees.h"

using namespace nanobug;
using namespace nanobug::test;

namespace {

int answer(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return static_cast<int>(error.code);
}

// Adds N hints; an opening that meets the lock exits 5 in a real command, and here tries again.
int count(const session::Desk::Places& places, int n) {
  for (int done = 0; done < n;) {
    auto desk = session::Desk::open(places);
    if (!desk && desk.error().code == Exit::locked) {
      ::usleep(200);
      continue;
    }
    if (!desk) return answer(desk.error());
    auto updated = desk->update([](session::Session& session) { ++session.hints; });
    if (!updated) return answer(updated.error());
    ++done;
  }
  return 0;
}

// Makes a temporary directory with a file in it, and leaves it to itself.
int temporary(const fs::path& parent, bool wait) {
  const auto made = make_temporary_directory(parent, "work");
  if (!made) return answer(made.error());
  const auto written = write_file(*made / "whole", "x");
  if (!written) return answer(written.error());
  while (wait) ::pause();
  return 0;
}

// Thirty trees, each different, into a vault.
int put_trees(const fs::path& path, int first) {
  auto vault = vault::Vault::open(path);
  if (!vault) return answer(vault.error());
  for (int i = first; i < first + 30; ++i) {
    vault::Tree tree = clean_tree();
    tree["optim.cpp"].bytes = "worker " + std::to_string(i);
    const auto id = (*vault)->put(tree);
    if (!id) return answer(id.error());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string verb = argv[1];
  const fs::path root = argv[2];
  if (verb == "put") return put_trees(root, argc > 3 ? std::atoi(argv[3]) : 0);
  if (verb.starts_with("temporary")) return temporary(root, verb == "temporary-wait");
  if (verb == "count") return count(places_in(root), argc > 3 ? std::atoi(argv[3]) : 1);
  if (verb == "use") {  // as a program in the checkout does, until it is killed
    const auto used = session::Desk::use_checkout(places_in(root));
    if (!used) return answer(used.error());
    std::puts("in use"), std::fflush(stdout);
    while (true) ::pause();
  }
  auto desk = session::Desk::open(places_in(root));
  if (!desk) return answer(desk.error());
  if (verb == "start") {
    auto started = desk->start(furnished_request(root / "work"));
    if (!started) return answer(started.error());
  }
  if (verb == "lay-out") {
    auto opened = desk->open_checkout(furnished_request(root / "work"));
    if (!opened) return answer(opened.error());
  }
  if (verb == "stop") {
    auto stopped = desk->stop("stopped", [](const fs::path& staging) { return furnish(staging); });
    if (!stopped) return answer(stopped.error());
  }
  return 0;
}
