// evidence: which piece of it a question asks for, and how a piece is shown.
//
// Nothing is guessed at a price: where a question does not say clearly what it wants, the answer is what
// there is.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/grade/piece.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

struct Request {
  const catalog::Evidence* evidence = nullptr;          // null: it is not clear which, or there is none
  std::vector<const catalog::Evidence*> could_be = {};  // then: these have something of it
};

// Any words in any order; a name of the head's alone is always understood.
Request requested(const std::vector<catalog::Evidence>& known, const std::string& question);

// The parts that the question names: by their name, by a word of it ("attn"), by its number ("layer 2");
// none where it names none.
std::vector<std::string> parts_named(const grade::Piece& piece, const std::string& question);

// What to show of a piece, as text of at most `width` columns: numbers of one part step by step with a bar,
// of several as a table, tables as shades, words as they are. `clean`: the clean tree's beside it, or null;
// where it is the same, it is not shown once more.
std::string shown(const catalog::Evidence& evidence, const grade::Piece& piece, const grade::Piece* clean,
                  const std::vector<std::string>& parts, size_t width);

// To the last digit, so that nothing of one would be shown that is not in the other.
bool same(const grade::Piece& a, const grade::Piece& b);

// What comes with the symptom (the pieces that cost nothing), side by side at a few steps.
std::string log_of(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence,
                   size_t width);

// Evidence that tells and costs least, all of that price; nothing where none tells.
session::Production cheapest(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence);

// How long it should take, what is paid included.
int production_minutes(const catalog::Rule& rule);

// Adds it at its price, unless it has none, was paid before, or the answer is known.
void note_asked(session::Session& session, const catalog::Evidence& evidence, bool tells, std::int64_t now);
// What it was worth to have asked for it: "tells: it is not the clean tree's".
std::string worth_of(const session::Session& session, const session::Asked& asked);
bool was_asked(const session::Session& session, const std::string& evidence);

}  // namespace nanobug::coach
