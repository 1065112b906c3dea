// plot: the learner's curve beside the clean tree's, drawn by gnuplot in the terminal and as SVG.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::coach {

struct Curve {
  std::string name;
  std::vector<double> values;   // one a step; what is not finite is left out
  std::vector<int> steps = {};  // which, as many; empty: from 0 on
};

// Whether the frame hides a point that lies on it, or is hidden.
enum class Frame { in_front, behind };

// Text of at most `width` columns and `height` lines. Errors: Exit::io when gnuplot is missing or fails.
Result<std::string> plot_text(const std::string& title, const std::vector<Curve>& curves, int width,
                              int height, Frame frame = Frame::in_front);

// A sentence: the step up to which two curves are the same, to the last bit.
std::string where_they_part(const std::string& series, const std::vector<double>& yours,
                            const std::vector<double>& clean);

// Writes the file.
Status plot_svg(const std::string& title, const std::vector<Curve>& curves,
                const std::filesystem::path& file);

}  // namespace nanobug::coach
