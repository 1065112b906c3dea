// plot: the learner's curve beside the clean tree's, drawn by gnuplot in the terminal and as SVG.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::coach {

struct Curve {
  std::string name;
  std::vector<double> values;  // one a step from 0; what is not finite is left out
};

// Text of at most `width` columns and `height` lines. Errors: Exit::io when gnuplot is missing or fails.
Result<std::string> plot_text(const std::string& title, const std::vector<Curve>& curves, int width,
                              int height);

// Writes the file.
Status plot_svg(const std::string& title, const std::vector<Curve>& curves,
                const std::filesystem::path& file);

}  // namespace nanobug::coach
