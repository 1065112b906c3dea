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
#include <numeric>
#include <sstream>

#include "mutator/cli/pager.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

// A terminal breaks long lines within words; they are broken between them.
std::string for_stderr(const std::string& text) {
  winsize size{};
  if (!::isatty(STDERR_FILENO) || ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
    return text;
  return coach::laid_out(text, size.ws_col);
}

// The text in so many columns.
std::string cut_to(const std::string& text, size_t width) {
  if (coach::columns_of(text) <= width) return text;
  std::string cut;
  size_t used = 0;
  for (size_t at = 0; at < text.size() && used + 1 < width; ++used) {
    size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    cut += text.substr(at, next - at);
    at = next;
  }
  return cut + "…";
}

// Those that give way first do, then the widest, until all fit or are too narrow to be read.
void narrow(std::vector<size_t>& widths, size_t room, const std::vector<size_t>& give_way) {
  constexpr size_t kNarrowest = 6, kReadable = 10;
  const auto all = [&] { return std::accumulate(widths.begin(), widths.end(), 2 * (widths.size() - 1)); };
  for (const size_t column : give_way)
    while (column < widths.size() && all() > room && widths[column] > kReadable) --widths[column];
  while (!widths.empty() && all() > room) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowest) return;
    --*widest;
  }
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

size_t Ui::columns() const {
  winsize size{};
  const bool known = ::isatty(STDOUT_FILENO) && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? std::max<size_t>(size.ws_col, 20) : 0;
}

void Ui::say(const std::string& line) const {
  if (!quiet) std::fputs((for_stderr(line) + '\n').c_str(), stderr);
}

// As it is for a program; for a person at a terminal, laid out for it.
std::string Ui::fitted(const std::string& text) const {
  const size_t room = json ? 0 : columns();
  return room > 0 ? coach::laid_out(text, room) : text;
}

void Ui::data(const std::string& text) const {
  std::fputs(fitted(text).c_str(), stdout);
  if (!text.ends_with('\n')) std::fputc('\n', stdout);
  std::fflush(stdout);
}

void Ui::page(const std::string& text) const {
  if (json || quiet || no_input || !shown_in_pager(fitted(text) + (text.ends_with('\n') ? "" : "\n")))
    data(text);
}

void Ui::complain(const Error& error) const {
  std::fputs((for_stderr("nanobug: " + error.text()) + '\n').c_str(), stderr);
}

std::string Ui::advice(const std::string& text) const {
  return quiet ? "" : text;
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

std::string table(const std::vector<std::vector<std::string>>& rows, std::vector<size_t> give_way) {
  std::vector<size_t> widths;
  for (const auto& row : rows)
    if (row.size() > 1 && row.back().find(' ') != std::string::npos) give_way.push_back(row.size() - 1);
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], coach::columns_of(row[i]));
    }
  if (const size_t room = Ui().columns(); room > 0) narrow(widths, room, give_way);
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    size_t before = 0;
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      const std::string cell = cut_to(row[i], widths[i]);
      line += cell + std::string(widths[i] - coach::columns_of(cell) + 2, ' ');
      before += widths[i] + 2;
    }
    if (!row.empty()) {
      const std::string& last = row.back();
      const size_t width = widths[row.size() - 1];
      const bool goes_on = coach::columns_of(last) > width && last.find(' ') != std::string::npos;
      std::istringstream lines(goes_on ? coach::wrap(last, width, "") : cut_to(last, width));
      std::string part;
      std::getline(lines, part);
      line += part;
      while (std::getline(lines, part)) line += '\n' + std::string(before, ' ') + part;
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return out;
}

}  // namespace nanobug::cli
