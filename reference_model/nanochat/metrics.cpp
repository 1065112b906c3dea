// A run's record as JSON lines. Contracts are in the header.

#include "nanochat/metrics.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace nanochat {

void MetricsLine::add_raw(std::string_view key, const std::string& value) {
  if (!body_.empty()) body_ += ",";
  body_ += "\"" + std::string(key) + "\":" + value;
}

MetricsLine& MetricsLine::add(std::string_view key, int64_t value) {
  add_raw(key, std::to_string(value));
  return *this;
}

MetricsLine& MetricsLine::add(std::string_view key, double value) {
  if (std::isnan(value)) {
    add_raw(key, "\"nan\"");
  } else if (std::isinf(value)) {
    add_raw(key, value > 0 ? "\"inf\"" : "\"-inf\"");
  } else {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.17g", value);
    add_raw(key, digits);
  }
  return *this;
}

MetricsLine& MetricsLine::add(std::string_view key, std::string_view value) {
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < ' ') {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  add_raw(key, quoted + "\"");
  return *this;
}

MetricsLine& MetricsLine::add(std::string_view key, const std::vector<std::vector<double>>& rows) {
  std::string table;
  for (const std::vector<double>& row : rows) {
    std::string cells;
    for (const double cell : row) {
      cells += (cells.empty() ? "" : ",") + MetricsLine().add("", cell).body_.substr(3);  // "":
    }
    table += (table.empty() ? "[" : ",[") + cells + "]";
  }
  add_raw(key, "[" + table + "]");
  return *this;
}

namespace {

constexpr double kSmoothing = 0.9;

// The first `count` lines of a file, or as many as there are.
std::string first_lines(const std::string& path, int64_t count) {
  std::ifstream file(path, std::ios::binary);
  std::string kept;
  for (std::string line; count > 0 && std::getline(file, line); --count) kept += line + "\n";
  return kept;
}

}  // namespace

void SmoothedLoss::add(double loss) {
  sum = kSmoothing * sum + (1.0 - kSmoothing) * loss;
  count += 1;
}

double SmoothedLoss::value() const {
  return sum / (1.0 - std::pow(kSmoothing, static_cast<double>(count)));
}

MetricsWriter::MetricsWriter(const std::string& path, int64_t keep)
    : path_(path), owned_(nullptr, &std::fclose) {
  if (path == "-") {
    file_ = stdout;
  } else if (!path.empty()) {
    // A pipe has no lines to keep, and reading it would wait for somebody who writes.
    const bool is_file = std::filesystem::is_regular_file(path);
    const std::string kept = is_file ? first_lines(path, keep) : "";
    owned_.reset(std::fopen(path.c_str(), "w"));
    if (!owned_) throw std::runtime_error("cannot write " + path + ": " + std::strerror(errno));
    file_ = owned_.get();
    if (std::fputs(kept.c_str(), file_) < 0 || std::fflush(file_) != 0) {
      throw std::runtime_error("cannot write to " + path + ": " + std::strerror(errno));
    }
  }
}

void MetricsWriter::write(const MetricsLine& line) {
  if (!file_) return;
  if (std::fprintf(file_, "%s\n", line.str().c_str()) < 0 || std::fflush(file_) != 0) {
    throw std::runtime_error("cannot write to " + path_ + ": " + std::strerror(errno));
  }
}

}  // namespace nanochat
