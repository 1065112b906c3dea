// session_worker: start, edit and stop as a process of its own, for the kill tests to kill.
//
//   session_worker start|stop|open|count ROOT [N]
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

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string verb = argv[1];
  const fs::path root = argv[2];
  if (verb == "count") return count(places_in(root), argc > 3 ? std::atoi(argv[3]) : 1);
  auto desk = session::Desk::open(places_in(root));
  if (!desk) return answer(desk.error());
  if (verb == "start") {
    auto started = desk->start(furnished_request(root / "work"));
    if (!started) return answer(started.error());
  }
  if (verb == "stop") {
    auto stopped = desk->stop("stopped", [](const fs::path& staging) { return furnish(staging); });
    if (!stopped) return answer(stopped.error());
  }
  return 0;
}
