// plot: see plot.h.
#include "mutator/coach/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "mutator/base/files.h"
#include "mutator/coach/gnuplot.h"

namespace nanobug::coach {
namespace {

constexpr int kLow = 20;    // lines of a plot in which labels would meet
constexpr int kAround = 7;  // of them, those around the curve

std::string data_block(size_t index, const Curve& curve) {
  std::string block = fmt::format("$curve{} << END\n", index);
  for (size_t i = 0; i < curve.values.size(); ++i)
    if (std::isfinite(curve.values[i]))
      block += fmt::format("{} {:.9g}\n", curve.steps.empty() ? static_cast<int>(i) : curve.steps[i],
                           curve.values[i]);
  return block + "END\n";
}

bool empty(const Curve& curve) {
  for (double value : curve.values)
    if (std::isfinite(value)) return false;
  return true;
}

// So few labels that no two share a line of a low plot, where gnuplot's own would: steps of 1, 2 or 5 times a
// power of ten. "" where all values are one.
std::string few_labels(const std::vector<Curve>& curves, int rows) {
  double low = INFINITY, high = -INFINITY;
  for (const Curve& curve : curves)
    for (const double value : curve.values)
      if (std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  const double least = (high - low) / std::max(1, rows / 3);
  if (!(least > 0) || !std::isfinite(least)) return "";
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double times : {1., 2., 5., 10.})
    if (times * power >= least) return fmt::format("set ytics {:g}\n", times * power);
  return "";
}

Result<std::string> draw(const std::string& title, const std::vector<Curve>& curves,
                         const std::string& terminal, const std::vector<std::string>& styles,
                         const std::string& settings) {
  std::string script = "set terminal " + terminal + "\nset title " + gnuplot_string(title) +
                       " noenhanced\nset xlabel \"step\"\n" + settings;
  std::string plot, again;
  for (size_t i = 0; i < curves.size(); ++i) {
    if (empty(curves[i])) continue;
    script += data_block(i, curves[i]);
    plot += fmt::format("{}$curve{} using 1:2 {} title {}", plot.empty() ? "plot " : ", ", i,
                        styles[i % styles.size()], gnuplot_string(curves[i].name));
    // Where two are the same it is the first that is seen.
    if (again.empty()) again = fmt::format(", $curve{} using 1:2 {} notitle", i, styles[i % styles.size()]);
  }
  if (plot.empty()) return fail(Exit::io, "there is nothing to plot: no value is finite");
  return gnuplot(script + plot + again + "\n");
}

}  // namespace

Result<std::string> plot_text(const std::string& title, const std::vector<Curve>& curves, int width,
                              int height, Frame frame) {
  // The legend stands above: inside the frame the curves would run through it.
  constexpr const char* kMarks[] = {"o", "."};
  std::string legend;
  std::vector<std::string> styles;
  for (size_t i = 0; i < curves.size(); ++i) {
    const char* mark = kMarks[i % std::size(kMarks)];
    if (!empty(curves[i]))
      legend += (legend.empty() ? ": " : ", ") + fmt::format("{} {}", mark, curves[i].name);
    styles.push_back(fmt::format("with points pointtype \"{}\"", mark));
  }
  auto text = draw(title + legend, curves,
                   fmt::format("dumb size {}, {} noattributes aspect 1{}", width, height,
                               frame == Frame::behind ? "\nset border back" : ""),
                   styles, "unset key\n" + (height < kLow ? few_labels(curves, height - kAround) : ""));
  NANOBUG_TRY(text);
  // The terminal begins with a form feed; trailing blanks only get in the way.
  std::string out;
  for (size_t begin = 0; begin < text->size();) {
    size_t end = std::min(text->find('\n', begin), text->size());
    std::string line = text->substr(begin, end - begin);
    std::erase(line, '\f');
    while (!line.empty() && line.back() == ' ') line.pop_back();
    if (!line.empty() || !out.empty()) out += line + '\n';
    begin = end + 1;
  }
  return out;
}

std::string where_they_part(const std::string& series, const std::vector<double>& yours,
                            const std::vector<double>& clean) {
  const std::string your = "Your " + series;
  const size_t both = std::min(yours.size(), clean.size());
  size_t same = 0;
  while (same < both && (yours[same] == clean[same] || (std::isnan(yours[same]) && std::isnan(clean[same]))))
    ++same;
  if (same == 0) return your + " differs from the clean tree's from the first step on.";
  if (same == both)
    return your + (yours.size() == clean.size()
                       ? " equals the clean tree's at every step, to the last digit."
                       : " equals the clean tree's to the last digit, for as long as both last.");
  return your +
         fmt::format(" equals the clean tree's to the last digit up to step {}, and differs from step {} on.",
                     same - 1, same);
}

Status plot_svg(const std::string& title, const std::vector<Curve>& curves, const fs::path& file) {
  const auto text = draw(
      title, curves, "svg size 800, 480 dynamic background rgb 'white' font 'sans-serif,13'",
      {"with lines linewidth 2 linecolor rgb '#c0392b'", "with lines linewidth 2 linecolor rgb '#2c7fb8'"},
      "set key top right noenhanced\n");
  NANOBUG_TRY(text);
  return write_unsynced(file, *text);
}

}  // namespace nanobug::coach
