// probes: the hidden tests that judge a tree, as a separate program that loads the tree's shared library.
//
// The program is built once against the clean tree, and again where a public header differs. What it is asked
// and what it answers is in probe_run.h. The test cases of a tree's own tests (tests.h) are asked as probes
// are, and a tree may have those alone: then there is no program, and its path is only where answers are
// kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

inline constexpr char kAnswers[] = "answers.json";  // beside the program: what the clean tree answers here

inline constexpr int kProtocol = -1;  // of no test: asked by the probe protocol

struct ProbeInfo {
  std::string probe;       // attention.scale
  std::string observable;  // the tag: a key of the catalog's observables; of a test case the words themselves
  int test = kProtocol;    // the number of the test that reports it
  double seconds = 0;      // processor time of that test, on the clean tree
  bool doubtful = false;   // it did not pass when it was listed

  bool operator==(const ProbeInfo&) const = default;
};

// The probe program built against the clean tree, where there is one; made when missing.
Result<fs::path> clean_probes(const Workshop& workshop, const Clean& clean, const Progress& progress = {});

// The same only if it is there.
std::optional<fs::path> find_clean_probes(const Workshop& workshop, const Clean& clean);

// What the clean tree's probe program is made of: its sources and the public headers. Tests may be of any
// file of the tree.
Result<std::string> probes_key(const Workshop& workshop, const Clean& clean);

// The one to judge this tree with, sources and build directory: the clean tree's, unless a public header
// differs; then one that is built against it, from the clean tree's as far as that goes, and kept by the
// headers' content. Errors: Exit::check_failed with the compiler's words when the probes do not compile any
// more.
Result<fs::path> probes_for(const Workshop& workshop, const Clean& clean, const fs::path& tree,
                            const Progress& progress = {});

// Is the file, relative to the tree's root, one that the probes are compiled against?
bool is_public_header(const Workshop& workshop, const std::string& file);

// Every probe and test case there is, as the clean tree's program lists them and its tests report them; asked
// once, kept beside it.
Result<std::vector<ProbeInfo>> list_probes(const Workshop& workshop, const Clean& clean,
                                           const Progress& progress = {});

// How to start the program so that it loads this tree's library and writes its protocol to descriptor 3.
Command probe_command(const Workshop& workshop, const fs::path& program, const fs::path& tree);

}  // namespace nanobug::workshop
