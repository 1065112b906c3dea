// evidence: what it costs, whether it told, and how a piece is shown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/grade/piece.h"
#include "mutator/grade/series.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

// What to show of a piece, as text of at most `width` columns: numbers of one part step by step with a bar,
// of several as a table, tables as shades, words as they are. `clean`: the clean tree's beside it, or null;
// where it is the same, it is not shown once more.
std::string shown(const catalog::Evidence& evidence, const grade::Piece& piece, const grade::Piece* clean,
                  const std::vector<std::string>& parts, size_t width);

// To the last digit, so that nothing of one would be shown that is not in the other.
bool same(const grade::Piece& a, const grade::Piece& b);
bool same(const grade::Series& a, const grade::Series& b);

// At this bug's prices: what `series` is cut from, which `run` draws for it, comes with the symptom; and all
// is free in a checkout, whose runs and checks show it.
std::vector<catalog::Evidence> priced(std::vector<catalog::Evidence> known, const std::string& series);
std::vector<catalog::Evidence> priced(std::vector<catalog::Evidence> known, const session::Session& session);

// What comes with the symptom (the pieces that cost nothing), side by side at a few steps.
std::string log_of(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence,
                   size_t width);

// Evidence that tells and costs least, all of that price; nothing where none tells. And what tells only
// beside a clean run: its numbers are no further from a right run's than another right run's are, but they
// part from the clean ones while all that came with the symptom is still the same.
session::Production cheapest(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence);

// How long it should take, what is paid included.
int production_minutes(const catalog::Rule& rule);

// Adds it at its price, unless it has none, was paid before, or the answer is known.
void note_asked(session::Session& session, const catalog::Evidence& evidence, bool tells, std::int64_t now);
// What it was worth to have asked for it: "tells: it is not the clean tree's".
std::string worth_of(const session::Session& session, const session::Asked& asked);
// Is it what the share of the minutes is counted of? Not the checkout, which a fix needs, and not the right
// run, which the others are read beside.
bool is_counted(const session::Session& session, const session::Asked& asked);
bool was_asked(const session::Session& session, const std::string& evidence);

}  // namespace nanobug::coach
