// ui: how words reach the terminal. Data goes to stdout, everything said about it to stderr.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::cli {

struct Ui {
  bool json = false;
  bool quiet = false;
  bool no_input = false;

  bool live() const;                                  // may a line on stderr be drawn over?
  bool color() const;                                 // stdout is a terminal and NO_COLOR is unset
  int width() const;                                  // columns of the terminal, 80 when there is none
  size_t columns() const;                             // of the terminal that data goes to; 0: to none
  void say(const std::string& line) const;            // stderr, not with -q
  void data(const std::string& text) const;           // stdout, newline added when missing; fitted()
  std::string fitted(const std::string& text) const;  // no line longer than the terminal that data goes to
  void page(const std::string& text) const;  // the same, in a pager where it is longer than the terminal
  void complain(const Error& error) const;   // stderr, always: "nanobug: …"
  std::string advice(const std::string& text) const;  // what to type next; not with -q
  // For stdout; plain where it has no colour.
  std::string strong(const std::string& text) const;
  std::string good(const std::string& text) const;
  std::string bad(const std::string& text) const;

  // Long work: one line drawn over while it goes on, or a line a stage where it cannot be. Never empty.
  workshop::Progress progress() const;
  void clear_progress() const;
};

// For json.dump(): what Unix allows in a path need not be UTF-8, and JSON must be.
inline constexpr auto kAnyBytes = nlohmann::json::error_handler_t::replace;

// JSON has no NaN and no infinity: "nan", "inf", "-inf".
nlohmann::json number_in_json(double value);

// Rows under a header, columns as wide as their widest cell. On a terminal that is narrower these columns
// give way, then one whose last cells are sentences, which go on below themselves, then the widest; what does
// not fit in the others ends in an ellipsis.
std::string table(const std::vector<std::vector<std::string>>& rows, std::vector<size_t> give_way = {});

}  // namespace nanobug::cli
