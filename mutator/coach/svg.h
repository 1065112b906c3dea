// svg: curves as a picture in a page, with what they show in words and in a short table beside it. A step
// whose value is no finite number is a gap in its line, marked at the foot of the plot and named in the
// words.
#pragma once

#include <string>
#include <vector>

#include "mutator/coach/html.h"
#include "mutator/coach/plot.h"

namespace nanobug::coach {

struct Figure {
  std::string id;             // of the figure; one that nothing else in the page has
  std::string what;           // "loss", "minutes": what the values are
  std::string step = "step";  // what they are counted by
  int first = 0;              // the first of those
  std::vector<Curve> curves;  // one to three, each with a line of its own kind
};

// The figure, or a sentence where no value is finite.
void draw(Html& html, const Figure& figure);

// What a reader of the picture sees: where each curve begins and ends, its lowest value, its gaps.
std::string in_words(const Figure& figure);

// Round numbers (1, 2 or 5 times a power of ten) that lie in [low, high], three to eight of them; low < high.
std::vector<double> ticks(double low, double high);

}  // namespace nanobug::coach
