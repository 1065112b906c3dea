// panels: any series of a run beside the clean tree's, in the terminal and as one SVG picture.
//
// Up to three parts of a series are curves, each in a panel of its own; more of them are a heat map, a part a
// row and a step a column. A table is a picture. The two sides share their scale, which is logarithmic where
// the numbers of a heat map lie more than a hundredfold apart and none is 0 or less.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/grade/series.h"

namespace nanobug::coach {

struct Panel {
  std::string series;  // "loss"; "grad_norm/*" for all parts, which the names below leave out
  grade::Series own, clean;
};

// Lines of at most `width` columns (40 at least). Errors: Exit::io when gnuplot is missing or fails.
Result<std::string> panel_text(const Panel& panel, int width);

// Writes the file, panels one below the other. Errors: as above, and where there is nothing to draw.
Status panels_svg(const std::vector<Panel>& panels, const std::filesystem::path& file);

// Which series a name of `known` ("loss", "grad_norm", "grad_norm/h0", "zeros/h0") means: itself, or, where
// only its parts are there ("zeros", "grad_norm/"), all of them ("zeros/*"). "" for none.
std::string series_meant(const std::string& name, const std::vector<std::string>& known);

// Those names as a person needs them: what has parts once.
std::vector<std::string> series_listed(const std::vector<std::string>& known);

}  // namespace nanobug::coach
