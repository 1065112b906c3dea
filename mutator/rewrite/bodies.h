// bodies: what a parse may leave out. Nothing outside of most functions' bodies depends on what is in them,
// so a file in which one of them was edited need not be read again in all the others.
#pragma once

#include <string>
#include <vector>

#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// Between the braces of each such function that the file itself writes out, sorted, none in another. Not
// those of templates, of constant expressions and of functions whose type is deduced: others are compiled
// with them. Nor those with a directive or a pragma, which hold beyond them.
std::vector<Span> closed_bodies(Unit& unit);

// Those of the bodies that no cut is in, where each cut is in one; none where any is in none.
std::vector<Span> without_cuts(const std::vector<Span>& bodies, const std::vector<Span>& cuts);

// The text with blanks in place of all bytes there but ends of lines: every other byte keeps its place.
std::string blanked(std::string text, const std::vector<Span>& spans);

}  // namespace nanobug::rewrite
