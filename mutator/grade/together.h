// together: several bugs in one tree: which can be there at once, and how each is told from the others.
//
// What sees a bug is known from its certificate: the probes that fail on its mutant alone. What a bug alone
// makes fail is its own: of a session's bugs one is still there as long as an observer of its own fails.
// Where no probe is its own, the parity runs tell: each series of each is compared record by record, and as
// long as nothing has parted the run is the clean one's, so a bug owns the record where it parts before all
// others. A bug that owns nothing is hidden by the others, and is not put beside them.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/grade/certificate.h"
#include "mutator/grade/mutants.h"
#include "mutator/grade/verdict.h"

namespace nanobug::grade {

// What sees a bug where it is the only one.
struct Sight {
  std::set<std::string> probes = {};
  // Where a parity run's series parts: "parity.pretraining 0 loss" (run, step, series) -> the record.
  std::map<std::string, int> runs = {};
  bool runs_known = false;  // every parity run was asked
};

// The observers of each that only it makes fail. A probe has its name; a record is "parity.pretraining 0
// loss 3". With `first` those come before the others; of each no more than a few are taken.
std::vector<std::vector<std::string>> own_observers(const std::vector<Sight>& sights,
                                                    const std::vector<std::vector<std::string>>& first = {});

// Is the bug with these observers of its own still there? What was not asked, because something hung, counts
// as failing; what this machine cannot ask has no say.
bool is_there(const std::vector<std::string>& own, const Verdict& verdict);

// A bug that might be put beside others.
struct Candidate {
  const catalog::Rule* rule = nullptr;
  rewrite::Site site;
  Certificate certificate;
};

// Why two cannot be there at once.
enum class Clash {
  none,
  overlap,    // they change the same lines, or lines next to each other
  hidden,     // one of them owns no observer beside the other
  undecided,  // no probe tells them apart; whether a run does has to be tried
};

// Two of some candidates, by their places among them.
struct Pair {
  size_t a = 0, b = 0;
  Clash clash = Clash::none;
};

// The pairs of different rules that clash. From what is known: nothing is built and nothing is run.
Result<std::vector<Pair>> clashes(Mutants& mutants, const std::vector<Candidate>& bugs);

struct Together {
  std::vector<Candidate> bugs;
  std::vector<std::vector<std::string>> own;  // of each
  workshop::Overlay overlay;                  // all of them
  workshop::Mutant mutant;
};

// The first `count` of these rules, in their order, that can be there at once: proved one by one, told apart,
// and then tried: they compile together without a new warning, and every one is seen among the others. What
// was tried is kept. `choose` says which of a rule's sites. Errors: Exit::catalog where there are not so
// many.
Result<Together> together(Mutants& mutants, const std::vector<const catalog::Rule*>& in_order, size_t count,
                          const std::function<size_t(const catalog::Rule&, size_t sites)>& choose,
                          const workshop::Progress& progress = {});

}  // namespace nanobug::grade
