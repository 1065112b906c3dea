// observers: probes and parity runs alike: which of them are asked about a mutant, and which see it.
//
// A rule names its own in `seen_by`; they are asked first, and decide. The other probes that run what it
// changes are asked too, for the record of who else sees it: hundreds of them take a few seconds. A parity
// run takes as long by itself, so only those that are named are begun; but of a decoy, which nobody may see,
// all are, and of a rule that names nobody, where no probe sees it. Where a mutant's library is the clean
// tree's, and its public headers too, no probe can see it, and none is asked; nor is a run that does what the
// clean tree's does: each of its programs is the clean tree's, byte for byte, or it runs nothing of what the
// mutant changes (courses.h). Where all are asked, those that this selection would have left out and that see
// the mutant are named.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mutator/grade/mutants.h"
#include "mutator/workshop/probe_run.h"

namespace nanobug::grade {

// Is it the name of a parity run, and not of a probe?
bool is_run(const catalog::Tree& tree, const std::string& observer);

// What the tree has of probes and parity runs, by name. Errors: two of one name, with the place in the
// catalog.
Result<std::set<std::string>> known_observers(Mutants& mutants);

// Are all that the rule names among them? The error has the place in the catalog, and a name that is alike.
Status knows_observers(const std::set<std::string>& known, const catalog::Rule& rule);
Status knows_observers(Mutants& mutants, const catalog::Rule& rule);

// What differs where these fail: the observables of the probes in the order of the head, then those of the
// runs, in words, each once.
std::vector<std::string> observables_of(const catalog::Tree& tree,
                                        const std::vector<workshop::ProbeInfo>& probes,
                                        const std::vector<std::string>& failing);

struct Inquiry {
  const catalog::Rule& rule;
  const workshop::Overlay& overlay;
  const workshop::Mutant& built;
  fs::path tree;       // the mutant: sources and build directory
  bool all = false;    // every probe and parity run, whatever the rule names and whoever reaches it
  bool first = false;  // no further than to the first that see it
};

struct Sighting {
  std::vector<std::string> seen_by = {};          // who fails on the mutant; the named ones first
  std::map<std::string, std::string> blind = {};  // those named that do not see it, and why
  int probes = 0, runs = 0;                       // how many were asked
  std::vector<std::string> overlooked = {};       // with `all`: see it, and would not have been asked
};

// Asks them. `askable` is what the clean tree passes here. Errors: Exit::check_failed when the probes do not
// compile against the mutant's public headers.
Result<Sighting> look(Mutants& mutants, const workshop::Askable& askable, const Inquiry& inquiry);

}  // namespace nanobug::grade
