// See standby_library.h; it too says when it is initialised and taken apart.
#include "tests/mutator/standby_library.h"

#include <cstdlib>
#include <fstream>

void note(const char* what) {
  if (const char* file = std::getenv("STANDBY_NOTES")) std::ofstream(file, std::ios::app) << what << '\n';
}

#ifndef STANDBY_VERSION
#define STANDBY_VERSION 1
#endif

int version() {
  return STANDBY_VERSION;
}

namespace {

struct Library {
  Library() { note("library begins"); }
  ~Library() { note("library ends"); }
} library;

}  // namespace
