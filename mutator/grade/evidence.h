// evidence: what an interviewer can show of a bug, cut from records of its own run and of the clean tree's.
//
// A bug's run is made once more with the head's diagnostics switched on, so that neither its symptom nor its
// clock knows of them. The clean tree's is made twice, with other random numbers the second time. A piece
// **tells** of the bug where it parts from the clean tree's by more than those two runs part: of numbers, by
// the mean over the steps of the difference relative to the larger of both, or by all the differences relative
// to all the larger ones, in any of its parts; of texts,
// by how long they are, how many of their words come again, and how many are words of the clean one's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"
#include "mutator/grade/certificate.h"
#include "mutator/grade/mutants.h"
#include "mutator/grade/piece.h"

namespace nanobug::grade {

// What the head names of a run that left these records, diagnostics (JSON lines) and words. Lines that are no
// JSON are passed over.
std::vector<Piece> pieces_of(const std::vector<catalog::Evidence>& wanted, const workshop::RunReport& report,
                             const std::string& diagnostics);

// Does `own` part from `clean` by more than `other`, which is the clean tree's too?
bool tells(const Piece& own, const Piece& clean, const Piece& other);

// Of one site of a rule, or, without a site, of a decoy that changes nothing. Recorded once, and kept sealed
// in the cache. Errors: Exit::catalog when the rule's run fails on the clean tree.
Result<Evidence> evidence_of(Mutants& mutants, const catalog::Rule& rule, const rewrite::Site* site,
                             const Certificate& certificate, const workshop::Progress& progress = {});

// Of each site of several rules, on two cores; of a decoy that changes nothing one. `certificates` are those
// of the rules, in the same order. `done` is told as each rule is finished.
std::vector<Result<std::vector<Evidence>>> evidence_of(
    Mutants& mutants, const std::vector<const catalog::Rule*>& rules,
    const std::vector<Result<std::vector<Certificate>>>& certificates,
    const std::function<void(int done)>& done = {});

}  // namespace nanobug::grade
