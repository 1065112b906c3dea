// svg: see svg.h.
#include "mutator/coach/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

// In the picture's own units; a page scales it.
constexpr double kWidth = 520, kHeight = 300, kLeft = 64, kRight = 12, kTop = 14, kBottom = 46;
constexpr double kManyDecades = 1000;  // from such a ratio on the scale is logarithmic

// The finite values of all curves, and the scales that they make.
struct Scale {
  double low = 0, high = 1;  // of the axis; as logarithms where it is logarithmic
  bool logarithmic = false;
  int first = 0;
  size_t steps = 1;

  double x(size_t step) const {
    const double share = steps > 1 ? static_cast<double>(step) / static_cast<double>(steps - 1) : 0.5;
    return kLeft + share * (kWidth - kLeft - kRight);
  }
  double y(double value) const { return y_of(logarithmic ? std::log10(value) : value); }
  // Of halves: the difference of two large numbers need not be one.
  double y_of(double at) const {
    return kTop + (high / 2 - at / 2) / (high / 2 - low / 2) * (kHeight - kTop - kBottom);
  }
};

std::vector<double> finite_of(const std::vector<Curve>& curves) {
  std::vector<double> finite;
  for (const Curve& curve : curves)
    for (const double value : curve.values)
      if (std::isfinite(value)) finite.push_back(value);
  return finite;
}

Scale scale_of(const Figure& figure, const std::vector<double>& finite) {
  Scale scale;
  scale.first = figure.first;
  for (const Curve& curve : figure.curves) scale.steps = std::max(scale.steps, curve.values.size());
  const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
  scale.logarithmic = *low > 0 && *high / *low > kManyDecades;
  scale.low = scale.logarithmic ? std::log10(*low) : *low;
  scale.high = scale.logarithmic ? std::log10(*high) : *high;
  const double middle = scale.low / 2 + scale.high / 2, half = scale.high / 2 - scale.low / 2;
  const double room = half > 0 ? half * 1.06 : std::max(std::abs(middle) * 0.05, 1e-3);
  scale.low = std::max(middle - room, std::numeric_limits<double>::lowest());
  scale.high = std::min(middle + room, std::numeric_limits<double>::max());
  return scale;
}

std::string words_of(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
  return fmt::format("{:.4g}", value);
}

// The steps [begin, end) whose values are not finite.
struct Gap {
  size_t begin = 0, end = 0;
  bool nan = false, infinite = false;
};

std::vector<Gap> gaps_of(const Curve& curve) {
  std::vector<Gap> gaps;
  for (size_t step = 0; step < curve.values.size(); ++step) {
    if (std::isfinite(curve.values[step])) continue;
    if (gaps.empty() || gaps.back().end != step) gaps.push_back({step, step, false, false});
    gaps.back().end = step + 1;
    (std::isnan(curve.values[step]) ? gaps.back().nan : gaps.back().infinite) = true;
  }
  return gaps;
}

std::string in_words(const Gap& gap, const Figure& figure) {
  const size_t from = gap.begin + static_cast<size_t>(figure.first),
               to = gap.end - 1 + static_cast<size_t>(figure.first);
  const char* what = gap.nan && gap.infinite ? "NaN or infinite" : gap.nan ? "NaN" : "infinite";
  return from == to ? fmt::format("{} at {} {}", what, figure.step, from)
                    : fmt::format("{} from {} {} to {}", what, figure.step, from, to);
}

std::string in_words(const Curve& curve, const Figure& figure) {
  if (curve.values.empty()) return curve.name + " has no value.";
  const auto finite = finite_of({curve});
  std::string text = curve.name;
  if (finite.empty())
    text += " has no finite value";
  else
    text += fmt::format(" begins at {} and ends at {} after {}; its lowest is {}, its highest {}",
                        words_of(curve.values.front()), words_of(curve.values.back()),
                        count(static_cast<std::int64_t>(curve.values.size()), figure.step),
                        words_of(*std::min_element(finite.begin(), finite.end())),
                        words_of(*std::max_element(finite.begin(), finite.end())));
  const auto gaps = gaps_of(curve);
  constexpr size_t kFirst = 3;
  std::string missing;
  for (size_t i = 0; i < std::min(gaps.size(), kFirst); ++i)
    missing += (i == 0 ? "" : ", ") + in_words(gaps[i], figure);
  if (gaps.size() > kFirst) missing += fmt::format(" and {} more such gaps", gaps.size() - kFirst);
  return text + (missing.empty() ? "." : "; no line where it is " + missing + ".");
}

std::string tick_words(double value, bool logarithmic) {
  if (!logarithmic) return fmt::format("{:.4g}", value == 0 ? 0.0 : value);  // no -0
  if (value < -3 || value > 4) return fmt::format("1e{:.0f}", value);
  return value < 0 ? fmt::format("{:.4g}", std::pow(10, value)) : fmt::format("{:.0f}", std::pow(10, value));
}

std::vector<double> powers(double low, double high) {
  std::vector<double> all;
  const double every = std::max(1.0, std::ceil((high - low) / 6));
  for (double power = std::ceil(low / every) * every; power <= high; power += every) all.push_back(power);
  return all;
}

std::vector<double> ticks_of(const Scale& scale) {
  if (scale.logarithmic) return powers(scale.low, scale.high);
  if (std::isfinite(scale.high - scale.low)) return ticks(scale.low, scale.high);
  std::vector<double> all = ticks(scale.low / 4, scale.high / 4);
  for (double& tick : all) tick *= 4;
  return all;
}

void axes(Html& html, const Figure& figure, const Scale& scale) {
  for (const double tick : ticks_of(scale)) {
    const double y = scale.y_of(tick);
    html.empty("path", {{"class", "grid"}, {"d", fmt::format("M{} {:.1f}H{}", kLeft, y, kWidth - kRight)}});
    html.element("text",
                 {{"x", fmt::format("{}", kLeft - 8)},
                  {"y", fmt::format("{:.1f}", y)},
                  {"text-anchor", "end"},
                  {"dominant-baseline", "central"}},
                 tick_words(tick, scale.logarithmic));
  }
  const double last = scale.first + static_cast<double>(scale.steps - 1);
  std::vector<double> steps = scale.steps > 1 ? ticks(scale.first, last) : std::vector<double>{last};
  std::erase_if(steps, [](double step) { return step != std::floor(step); });
  for (const double step : steps)
    html.element("text",
                 {{"x", fmt::format("{:.1f}", scale.x(static_cast<size_t>(step - scale.first)))},
                  {"y", fmt::format("{}", kHeight - kBottom + 19)},
                  {"text-anchor", "middle"}},
                 fmt::format("{:.0f}", step));
  html.element("text",
               {{"x", fmt::format("{}", (kLeft + kWidth - kRight) / 2)},
                {"y", fmt::format("{}", kHeight - 6)},
                {"text-anchor", "middle"}},
               figure.step);
  html.empty("rect", {{"class", "frame"},
                      {"x", fmt::format("{}", kLeft)},
                      {"y", fmt::format("{}", kTop)},
                      {"width", fmt::format("{}", kWidth - kLeft - kRight)},
                      {"height", fmt::format("{}", kHeight - kTop - kBottom)}});
}

// One line for each stretch of finite values; a value between two gaps is a dot.
void draw_curve(Html& html, const Curve& curve, size_t index, const Scale& scale) {
  const std::string kind = fmt::format("c{}", index);
  std::string path;
  for (size_t step = 0; step < curve.values.size(); ++step) {
    if (!std::isfinite(curve.values[step])) continue;
    const bool after = step > 0 && std::isfinite(curve.values[step - 1]),
               before = step + 1 < curve.values.size() && std::isfinite(curve.values[step + 1]);
    const double x = scale.x(step), y = scale.y(curve.values[step]);
    if (!after && !before)
      html.empty("circle", {{"class", "dot " + kind},
                            {"cx", fmt::format("{:.1f}", x)},
                            {"cy", fmt::format("{:.1f}", y)},
                            {"r", "3"}});
    else
      path += fmt::format("{}{:.1f} {:.1f}", after ? 'L' : 'M', x, y);
  }
  if (!path.empty()) html.empty("path", {{"class", "curve " + kind}, {"d", path}});
  for (const Gap& gap : gaps_of(curve)) {
    const double from = scale.x(gap.begin), to = scale.x(gap.end - 1);
    html.empty("rect", {{"class", "gap " + kind},
                        {"x", fmt::format("{:.1f}", from - 1.5)},
                        {"y", fmt::format("{}", kHeight - kBottom - 5 * (static_cast<double>(index) + 1))},
                        {"width", fmt::format("{:.1f}", to - from + 3)},
                        {"height", "4"}});
  }
}

void legend(Html& html, const Figure& figure) {
  html.in("ul", {{"class", "legend"}}, [&] {
    for (size_t i = 0; i < figure.curves.size(); ++i)
      html.in("li", {}, [&] {
        html.in("svg", {{"viewBox", "0 0 40 12"}, {"aria-hidden", "true"}},
                [&] { html.empty("path", {{"class", fmt::format("curve c{}", i)}, {"d", "M1 6H39"}}); });
        html.text(figure.curves[i].name);
      });
  });
}

// The steps at the quarters.
void values(Html& html, const Figure& figure, size_t steps) {
  std::set<size_t> shown;
  for (size_t quarter = 0; quarter <= 4; ++quarter) shown.insert((steps - 1) * quarter / 4);
  std::vector<std::vector<std::string>> rows;
  for (const size_t step : shown) {
    rows.push_back({fmt::format("{}", step + static_cast<size_t>(figure.first))});
    for (const Curve& curve : figure.curves)
      rows.back().push_back(step < curve.values.size() ? words_of(curve.values[step]) : "–");
  }
  html.in("table", {{"class", "beside"}}, [&] {
    html.element("caption", "Some of the values");
    html.in("thead", {}, [&] {
      html.in("tr", {}, [&] {
        html.element("th", {{"scope", "col"}}, figure.step);
        for (const Curve& curve : figure.curves)
          html.element("th", {{"scope", "col"}, {"class", "number"}}, curve.name);
      });
    });
    html.in("tbody", {}, [&] {
      for (const auto& row : rows)
        html.in("tr", {}, [&] {
          html.element("th", {{"scope", "row"}}, row.front());
          for (size_t i = 1; i < row.size(); ++i) html.element("td", {{"class", "number"}}, row[i]);
        });
    });
  });
}

}  // namespace

std::string in_words(const Figure& figure) {
  std::string text;
  for (const Curve& curve : figure.curves) {
    std::string one = in_words(curve, figure);
    one.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(one.front())));
    text += (text.empty() ? "" : " ") + one;
  }
  return text;
}

std::vector<double> ticks(double low, double high) {
  const double span = high - low, power = std::pow(10, std::floor(std::log10(span / 4)));
  double step = power;
  for (const double times : {2.0, 5.0, 10.0})
    if (span / (power * times) >= 3) step = power * times;
  std::vector<double> all;
  const double first = std::ceil(low / step), last = std::floor(high / step);
  for (double i = first; i <= last && all.size() < 10; ++i) all.push_back(i * step);
  return all;
}

void draw(Html& html, const Figure& figure) {
  const auto finite = finite_of(figure.curves);
  if (finite.empty()) {
    html.element("p",
                 "No value of " + figure.what + " is finite, so there is no picture. " + in_words(figure));
    return;
  }
  const Scale scale = scale_of(figure, finite);
  const std::string title =
      figure.what + " by " + figure.step + (scale.logarithmic ? ", a logarithmic scale" : "");
  html.in("figure", {{"id", figure.id}}, [&] {
    html.element("figcaption", {{"class", "quiet"}}, title);
    html.in("div", {{"class", "plot"}}, [&] {
      html.in("div", {}, [&] {
        html.in("svg",
                {{"viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)},
                 {"role", "img"},
                 {"aria-labelledby", figure.id + "-title " + figure.id + "-words"}},
                [&] {
                  html.element("title", {{"id", figure.id + "-title"}}, title);
                  html.element("desc", {{"id", figure.id + "-words"}}, in_words(figure));
                  axes(html, figure, scale);
                  // What lies over another is dashed, so that both are seen where they agree.
                  for (size_t i = 0; i < figure.curves.size(); ++i)
                    draw_curve(html, figure.curves[i], i, scale);
                });
        legend(html, figure);
      });
      html.in("div", {}, [&] {
        values(html, figure, scale.steps);
        html.element("p", {{"class", "quiet"}}, in_words(figure));
      });
    });
  });
}

}  // namespace nanobug::coach
