// panels: see panels.h.
#include "mutator/coach/panels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "mutator/base/files.h"
#include "mutator/coach/gnuplot.h"
#include "mutator/coach/plot.h"
#include "mutator/coach/shade.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

using grade::Series;
using Rows = std::vector<std::vector<double>>;

constexpr size_t kMostCurves = 3;
constexpr double kFar = 100, kDeepest = 1e-6;  // a range so many times its low end is logarithmic
constexpr int kCurveLines = 22;                // of the terminal
constexpr size_t kWidestCell = 4;              // columns of the terminal, for a step of a heat map
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::string stem_of(const Panel& panel) {
  return panel.series.ends_with('*') ? panel.series.substr(0, panel.series.size() - 1) : panel.series;
}

std::string title_of(const Panel& panel) {
  const std::string stem = stem_of(panel);
  return stem.ends_with('/') ? stem.substr(0, stem.size() - 1) : panel.series;
}

// Each once, in the order in which the run names them: one that comes later (a ratio that at first is none)
// stands behind the one that it follows there.
template <class Of>
std::vector<std::string> parts_of(const Panel& panel, const Of& of) {
  std::vector<std::string> parts;
  for (const Series* side : {&panel.clean, &panel.own}) {
    auto behind = parts.begin();
    for (const auto& one : side->*of) {
      auto at = std::find(parts.begin(), parts.end(), one.part);
      if (at == parts.end()) at = parts.insert(behind, one.part);
      behind = at + 1;
    }
  }
  return parts;
}

Curve curve_of(const std::string& name, const Series& series, const std::string& part) {
  Curve curve{name, {}};
  for (const Series::Number& one : series.numbers)
    if (one.part == part) curve.values.push_back(one.value), curve.steps.push_back(one.step);
  return curve;
}

bool has_curve(const Curve& curve) {
  return std::any_of(curve.values.begin(), curve.values.end(), [](double v) { return std::isfinite(v); });
}

// What the colours of both sides stand for.
struct Scale {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  double least = low;  // above 0
  bool logarithmic = false;

  void take(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value), high = std::max(high, value);
    if (value > 0) least = std::min(least, value);
  }
  bool any() const { return low <= high; }
  // Where numbers lie far apart; what is less than a millionth of the largest is at its low end.
  void choose() {
    logarithmic = any() && low >= 0 && high > kFar * least;
    if (logarithmic) low = std::max(least, high * kDeepest);
  }
  // 0 at its low end, 1 at its high one; NaN where the value is not finite.
  double place(double value) const {
    if (!std::isfinite(value)) return kNone;
    if (!(high > low)) return 0;
    return logarithmic ? std::log(std::max(value, low) / low) / std::log(high / low)
                       : (value - low) / (high - low);
  }
};

// Parts by steps. A cell without a value is one of which the run said nothing.
struct Grid {
  std::vector<std::string> parts = {};
  std::vector<int> steps = {};
  std::vector<std::vector<std::optional<double>>> own = {}, clean = {};
  Scale scale = {};
};

Grid grid_of(const Panel& panel) {
  Grid grid{.parts = parts_of(panel, &Series::numbers)};
  std::set<int> steps;
  for (const Series* side : {&panel.own, &panel.clean})
    for (const Series::Number& one : side->numbers) steps.insert(one.step), grid.scale.take(one.value);
  grid.steps.assign(steps.begin(), steps.end());
  grid.scale.choose();
  for (const auto& [side, cells] : {std::pair(&panel.own, &grid.own), {&panel.clean, &grid.clean}}) {
    cells->assign(grid.parts.size(), std::vector<std::optional<double>>(grid.steps.size()));
    for (const Series::Number& one : side->numbers) {
      const auto row = std::find(grid.parts.begin(), grid.parts.end(), one.part) - grid.parts.begin();
      const auto column =
          std::lower_bound(grid.steps.begin(), grid.steps.end(), one.step) - grid.steps.begin();
      (*cells)[static_cast<size_t>(row)][static_cast<size_t>(column)] = one.value;
    }
  }
  return grid;
}

const grade::Piece::Table* table_of(const Series& series, const std::string& part) {
  for (const grade::Piece::Table& one : series.tables)
    if (one.part == part) return &one;
  return nullptr;
}

// From 0, or from less where a cell is less.
Scale scale_of(const Panel& panel, const std::string& part) {
  Scale scale;
  scale.take(0);
  for (const Series* side : {&panel.own, &panel.clean})
    if (const auto* table = table_of(*side, part))
      for (const auto& row : table->rows)
        for (const double cell : row) scale.take(cell);
  return scale;
}

// ---- in the terminal

// At most `most` of 0, 1, … count - 1: the first, the last, and what lies between at equal distances.
std::vector<size_t> spread(size_t count, size_t most) {
  std::vector<size_t> chosen;
  const size_t take = std::min(count, std::max<size_t>(1, most));
  for (size_t i = 0; i < take; ++i) chosen.push_back(take == 1 ? count - 1 : i * (count - 1) / (take - 1));
  return chosen;
}

// Two blocks of lines side by side where they fit, else one below the other; each under its name. `names`
// stand before the lines.
std::string both(const std::vector<std::string>& names, std::vector<std::string> own,
                 std::vector<std::string> clean, size_t columns, bool beside) {
  const size_t lines = std::max(own.size(), clean.size());
  own.resize(lines), clean.resize(lines);
  size_t label = 0;
  for (const std::string& name : names) label = std::max(label, name.size());
  const auto line = [&](const std::string& name, const std::vector<std::string>& cells, bool framed) {
    std::string text = fmt::format("  {:<{}}", name, label);
    for (const std::string& one : cells)
      text += fmt::format("  {1}{0:<{2}}{1}", one, framed ? "|" : " ", columns);
    text.erase(text.find_last_not_of(' ') + 1);
    return text + '\n';
  };
  const auto block = [&](const std::vector<std::string>& heads,
                         const std::vector<const std::vector<std::string>*>& sides) {
    std::string text = line("", heads, false);
    for (size_t i = 0; i < lines; ++i) {
      std::vector<std::string> cells;
      for (const auto* side : sides) cells.push_back((*side)[i]);
      text += line(i < names.size() ? names[i] : "", cells, true);
    }
    return text;
  };
  return beside ? block({"yours", "clean"}, {&own, &clean})
                : block({"yours"}, {&own}) + block({"clean"}, {&clean});
}

std::string heat_text(const Panel& panel, size_t width) {
  const Grid grid = grid_of(panel);
  std::vector<std::string> names = grid.parts;
  const size_t most = width / 3;
  size_t label = 0;
  for (std::string& name : names) {
    if (name.size() > most) name = ".." + name.substr(name.size() - most + 2);
    label = std::max(label, name.size());
  }
  const size_t around = label + 2 + 4;  // of one side; the other one has 4 more
  const bool beside = around + 4 + 2 * std::max<size_t>(grid.steps.size(), 5) <= width;
  const size_t room = beside ? (width - around - 4) / 2 : width - around;
  const auto columns = spread(grid.steps.size(), room);
  const size_t cell = std::clamp<size_t>(room / std::max<size_t>(1, columns.size()), 1, kWidestCell);
  const auto lines = [&](const auto& cells) {
    std::vector<std::string> all;
    for (const auto& row : cells) {
      std::string line;
      for (const size_t column : columns) {
        const auto& value = row[column];
        // What is there is never blank.
        const bool zero = value && *value == 0 && grid.scale.logarithmic;
        line += std::string(cell, !value ? ' ' : zero ? '0' : shade((1 + 8 * grid.scale.place(*value)) / 9));
      }
      all.push_back(line);
    }
    return all;
  };
  std::string legend =
      fmt::format("{} by part, steps {} to {}", title_of(panel), grid.steps.front(), grid.steps.back());
  legend += grid.scale.any()
                ? fmt::format(": '.' is {:.4g}, '@' is {:.4g}{}, '?' is not finite", grid.scale.low,
                              grid.scale.high, grid.scale.logarithmic ? " (logarithmic), '0' is 0" : "")
                : ": no number is finite";
  return wrap(legend, width, "") +
         both(names, lines(grid.own), lines(grid.clean), std::max<size_t>(5, cell * columns.size()), beside);
}

std::string picture_text(const Panel& panel, const std::string& part, size_t width) {
  const Scale scale = scale_of(panel, part);
  size_t widest = 5, tallest = 0;
  std::string steps;
  for (const auto& [side, name] : {std::pair(&panel.own, "yours"), {&panel.clean, "clean"}})
    if (const auto* table = table_of(*side, part)) {
      for (const auto& row : table->rows) widest = std::max(widest, row.size());
      tallest = std::max(tallest, table->rows.size());
      steps += fmt::format("{}{} at step {}", steps.empty() ? "" : ", ", name, table->step);
    }
  const auto *ours = table_of(panel.own, part), *theirs = table_of(panel.clean, part);
  if (ours && theirs && ours->step == theirs->step) steps = fmt::format("step {}", ours->step);
  std::vector<std::string> names;
  for (size_t row = 0; row < tallest; ++row) names.push_back(fmt::format("{:>3}", row));
  constexpr size_t kAround = 5 + 4;
  const bool beside = kAround + 4 + 2 * widest <= width;
  const size_t room = beside ? widest : std::min(widest, width - kAround);
  const auto lines = [&](const Series& side) {
    std::vector<std::string> all;
    if (const auto* table = table_of(side, part))
      for (const auto& row : table->rows) {
        std::string line;
        for (size_t c = 0; c < std::min(room, row.size()); ++c) line += shade(scale.place(row[c]));
        all.push_back(line);
      }
    return all;
  };
  const std::string legend =
      fmt::format("{}{}, {}: ' ' is {:.4g}, '@' is {:.4g}{}", stem_of(panel), part, steps, scale.low,
                  scale.high, room < widest ? "; cut at the right" : "");
  return wrap(legend, width, "") + both(names, lines(panel.own), lines(panel.clean), room, beside);
}

// ---- as a picture

constexpr int kWidth = 800, kCurveHeight = 360, kPictureHeight = 380, kHeatAround = 120, kHeatRow = 16;
constexpr const char* kPalette =
    "set palette defined (0 '#f7fbff', 0.25 '#c6dbef', 0.5 '#6baed6', 0.75 '#2171b5', 1 '#08306b')\n";

// gnuplot's script, panel by panel from the top down, in pixels.
class Script {
 public:
  void curves(const std::string& title, const std::vector<Curve>& curves) {
    static constexpr const char* kColours[] = {"#c0392b", "#2c7fb8"};
    std::string plot;
    for (size_t i = 0; i < curves.size(); ++i) {
      if (!has_curve(curves[i])) continue;
      const std::string data = next_data();
      for (size_t p = 0; p < curves[i].values.size(); ++p)
        if (std::isfinite(curves[i].values[p]))
          data_ += fmt::format("{} {:.9g}\n", curves[i].steps[p], curves[i].values[p]);
      data_ += "END\n";
      plot += fmt::format(
          "{}{} using 1:2 with linespoints linewidth 2 pointtype 7 pointsize 0.4 linecolor rgb '{}' title {}",
          plot.empty() ? "plot " : ", ", data, kColours[i % 2], gnuplot_string(curves[i].name));
    }
    if (plot.empty()) return;
    begin_row(kCurveHeight);
    place(0, 1, title, "set xlabel \"step\"\nset key top right noenhanced\n" + plot + '\n');
  }

  // Cells by row and column; none where there is nothing to show. Rows go down.
  using Cells = std::vector<std::vector<std::optional<double>>>;
  void heat(const std::string& title, const Cells& own, const Cells& clean, const Scale& scale,
            const std::vector<std::string>& rows, const std::vector<int>& columns) {
    const bool named = !rows.empty();
    begin_row(named ? kHeatAround + kHeatRow * static_cast<int>(rows.size()) : kPictureHeight);
    size_t height = 1, width = 1;
    for (const Cells* side : {&own, &clean}) {
      height = std::max(height, side->size());
      for (const auto& row : *side) width = std::max(width, row.size());
    }
    for (const auto& [side, name, left] : {std::tuple(&own, "yours", 0.0), {&clean, "clean", 0.5}}) {
      const std::string filled = next_data();
      std::string not_finite;
      for (size_t r = 0; r < side->size(); ++r)
        for (size_t c = 0; c < (*side)[r].size(); ++c)
          if (const auto& value = (*side)[r][c]; value && std::isfinite(*value))
            data_ +=
                fmt::format("{} {} {:.9g}\n", c, r, scale.logarithmic ? std::max(*value, scale.low) : *value);
          else if (value)
            not_finite += fmt::format("{} {}\n", c, r);
      data_ += "END\n";
      const std::string crossed = next_data();
      data_ += not_finite + "END\n";
      std::string script =
          fmt::format("unset key\nset xrange [-0.5:{}]\nset yrange [{}:-0.5]\nset cbrange [{:.9g}:{:.9g}]\n",
                      static_cast<double>(width) - 0.5, static_cast<double>(height) - 0.5, scale.low,
                      scale.high > scale.low ? scale.high : scale.low + 1);
      script += kPalette;
      if (scale.logarithmic) script += "set logscale cb\n";
      if (named) script += "set xlabel \"step\"\n" + tics("y", rows) + tics("x", some(columns));
      // A plot of nothing is an error to gnuplot, so the frame is drawn for itself.
      script += "plot NaN notitle";
      if (filled_any(*side))
        script += fmt::format(
            ", {} using 1:2:(0.5):(0.5):3 with boxxyerror fillstyle solid noborder linecolor palette",
            filled);
      if (!not_finite.empty())
        script += fmt::format(", {} using 1:2 with points pointtype 2 linecolor rgb '#c0392b'", crossed);
      place(left, 0.5, fmt::format("{}: {}", title, name), script + '\n');
    }
  }

  bool empty() const { return height_ == 0; }

  std::string whole() const {
    std::string text = fmt::format(
        "set terminal svg size {}, {} dynamic background rgb 'white' font 'sans-serif,13'\n{}set multiplot\n",
        kWidth, height_, data_);
    for (const Placed& one : panels_)  // gnuplot counts from the bottom
      text += fmt::format("reset\nset origin {}, {:.6f}\nset size {}, {:.6f}\n{}", one.left,
                          1 - static_cast<double>(one.below) / height_, one.width,
                          static_cast<double>(one.height) / height_, one.script);
    return text + "unset multiplot\n";
  }

 private:
  static bool filled_any(const Cells& cells) {
    for (const auto& row : cells)
      for (const auto& value : row)
        if (value && std::isfinite(*value)) return true;
    return false;
  }

  static std::vector<std::string> some(const std::vector<int>& steps) {
    std::vector<std::string> names(steps.size());
    for (const size_t i : spread(steps.size(), 6)) names[i] = std::to_string(steps[i]);
    return names;
  }

  static std::string tics(const char* axis, const std::vector<std::string>& names) {
    std::string list;
    for (size_t i = 0; i < names.size(); ++i)
      if (!names[i].empty())
        list += fmt::format("{}{} {}", list.empty() ? "" : ", ", gnuplot_string(names[i]), i);
    return fmt::format("set {}tics ({}) noenhanced\n", axis, list);
  }

  std::string next_data() {
    const std::string name = fmt::format("$data{}", blocks_++);
    data_ += name + " << END\n";
    return name;
  }

  void begin_row(int height) { height_ += height, row_ = height; }

  // A panel of the row; `left` and `width` are shares of the picture's.
  void place(double left, double width, const std::string& title, const std::string& script) {
    panels_.push_back({left, width, height_, row_,
                       fmt::format("set title {} noenhanced\n", gnuplot_string(title)) + script});
  }

  struct Placed {
    double left, width;
    int below, height;  // pixels: from the top to its foot, and of itself
    std::string script;
  };
  std::string data_;
  std::vector<Placed> panels_;
  int height_ = 0, row_ = 0, blocks_ = 0;
};

Script::Cells cells_of(const Series& series, const std::string& part) {
  Script::Cells cells;
  if (const auto* table = table_of(series, part))
    for (const auto& row : table->rows) cells.emplace_back(row.begin(), row.end());
  return cells;
}

}  // namespace

Result<std::string> panel_text(const Panel& panel, int width) {
  const size_t columns = static_cast<size_t>(std::max(width, 40));
  const std::string stem = stem_of(panel);
  std::string text;
  const auto parts = parts_of(panel, &Series::numbers);
  if (parts.size() > kMostCurves) text += heat_text(panel, columns);
  for (size_t i = 0; i < parts.size() && parts.size() <= kMostCurves; ++i) {
    const std::string name = stem + parts[i];
    const std::vector<Curve> curves = {curve_of("yours", panel.own, parts[i]),
                                       curve_of("clean", panel.clean, parts[i])};
    if (std::any_of(curves.begin(), curves.end(), has_curve)) {
      const auto drawn = plot_text(name, curves, static_cast<int>(columns),
                                   kCurveLines, Frame::behind);
      NANOBUG_TRY(drawn);
      text += *drawn;
    }
    if (!has_curve(curves[0])) text += fmt::format("Yours has no finite {}, so it has no curve.\n", name);
  }
  for (const std::string& part : parts_of(panel, &Series::tables)) text += picture_text(panel, part, columns);
  return text;
}

Status panels_svg(const std::vector<Panel>& panels, const fs::path& file) {
  Script script;
  for (const Panel& panel : panels) {
    const std::string stem = stem_of(panel);
    const auto parts = parts_of(panel, &Series::numbers);
    if (parts.size() > kMostCurves) {
      const Grid grid = grid_of(panel);
      if (grid.scale.any())
        script.heat(title_of(panel), grid.own, grid.clean, grid.scale, grid.parts, grid.steps);
    } else {
      for (const std::string& part : parts)
        script.curves(stem + part,
                      {curve_of("yours", panel.own, part), curve_of("clean", panel.clean, part)});
    }
    for (const std::string& part : parts_of(panel, &Series::tables))
      script.heat(stem + part, cells_of(panel.own, part), cells_of(panel.clean, part), scale_of(panel, part),
                  {}, {});
  }
  if (script.empty()) return fail(Exit::io, "there is nothing to plot: no value is finite");
  const auto text = gnuplot(script.whole());
  NANOBUG_TRY(text);
  return write_unsynced(file, *text);
}

std::string series_meant(const std::string& name, const std::vector<std::string>& known) {
  const auto begin_so = [&](const std::string& stem) {
    return std::any_of(known.begin(), known.end(), [&](const std::string& one) {
      return one.size() > stem.size() && one.starts_with(stem);
    });
  };
  if (std::find(known.begin(), known.end(), name) != known.end()) return name;
  if (name.ends_with('*')) return name.size() > 1 && begin_so(name.substr(0, name.size() - 1)) ? name : "";
  const std::string stem = name.ends_with('/') ? name : name + '/';
  return stem.size() > 1 && begin_so(stem) ? stem + '*' : "";
}

std::vector<std::string> series_listed(const std::vector<std::string>& known) {
  std::vector<std::string> listed;
  for (const std::string& one : known) {
    const size_t slash = one.find('/');
    std::string name = one.substr(0, slash);
    if (slash != std::string::npos && std::find(known.begin(), known.end(), name) != known.end()) name += '/';
    if (std::find(listed.begin(), listed.end(), name) == listed.end()) listed.push_back(name);
  }
  return listed;
}

}  // namespace nanobug::coach
