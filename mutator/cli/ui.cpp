// ui: see ui.h.
#include "mutator/cli/ui.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cmath>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace nanobug::cli {
namespace {

// Columns that a UTF-8 text takes: its code points; nanobug prints no wide ones.
size_t columns(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

bool Ui::live() const {
  const char* term = std::getenv("TERM");
  return !quiet && ::isatty(STDERR_FILENO) && term && std::string(term) != "dumb";
}

bool Ui::color() const {
  const char *none = std::getenv("NO_COLOR"), *term = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) && !(none && *none) && term && std::string(term) != "dumb";
}

int Ui::width() const {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return std::clamp<int>(size.ws_col, 20, 110);
  return 80;
}

void Ui::say(const std::string& line) const {
  if (!quiet) std::fputs((line + '\n').c_str(), stderr);
}

void Ui::data(const std::string& text) const {
  std::fputs(text.c_str(), stdout);
  if (!text.ends_with('\n')) std::fputc('\n', stdout);
  std::fflush(stdout);
}

void Ui::complain(const Error& error) const {
  std::fputs(("nanobug: " + error.text() + '\n').c_str(), stderr);
}

std::string Ui::strong(const std::string& text) const {
  return color() ? "\033[1m" + text + "\033[0m" : text;
}

std::string Ui::good(const std::string& text) const {
  return color() ? "\033[1;32m" + text + "\033[0m" : text;
}

std::string Ui::bad(const std::string& text) const {
  return color() ? "\033[1;31m" + text + "\033[0m" : text;
}

workshop::Progress Ui::progress() const {
  // Never empty: who is given one calls it.
  if (quiet) return [](const std::string&, int, int) {};
  struct Stage {
    std::mutex one_at_a_time;
    std::string name;
  };
  auto stage = std::make_shared<Stage>();
  const bool over = live();
  return [stage, over](const std::string& what, int done, int total) {
    const std::lock_guard lock(stage->one_at_a_time);
    const bool changed = std::exchange(stage->name, what) != what;
    if (over) {
      const std::string count = total > 0 ? fmt::format(" {}/{}", done, total) : "";
      std::fputs(fmt::format("\r\033[K{}{}", what, count).c_str(), stderr);
    } else if (changed) {
      std::fputs((what + " …\n").c_str(), stderr);
    }
  };
}

void Ui::clear_progress() const {
  if (live()) std::fputs("\r\033[K", stderr);
}

nlohmann::json number_in_json(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], columns(row[i]));
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] - columns(row[i]) + 2, ' ');
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return out;
}

}  // namespace nanobug::cli
