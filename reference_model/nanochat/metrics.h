// A run's record: one JSON object a line, one line a step, flushed as it is written, so that a run
// can be watched while it goes and nothing is lost when it is killed.
//
// Numbers keep all 17 digits, so that two runs can be compared to the last bit. JSON has no NaN and
// no infinity; they are written as the strings "nan", "inf" and "-inf".

#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nanochat {

// One line in the making: MetricsLine().add("step", 3).add("loss", 2.5).str() is
// {"step":3,"loss":2.5}.
class MetricsLine {
 public:
  MetricsLine& add(std::string_view key, int64_t value);
  MetricsLine& add(std::string_view key, double value);
  MetricsLine& add(std::string_view key, std::string_view value);  // UTF-8
  MetricsLine& add(std::string_view key, const std::vector<std::vector<double>>& rows);

  std::string str() const { return "{" + body_ + "}"; }

 private:
  void add_raw(std::string_view key, const std::string& value);

  std::string body_;
};

// The mean of a run's losses in which a loss weighs nine tenths of the one after it: calm enough to
// see where a run is going. It starts from nothing; value() makes up for the weight that is missing
// so far.
struct SmoothedLoss {
  void add(double loss);
  double value() const;  // NaN before the first loss

  double sum = 0.0;   // of the losses, weighted
  int64_t count = 0;  // of the losses
};

class MetricsWriter {
 public:
  // Starts `path` afresh; "-" is standard output, and an empty path writes nothing. A run that goes
  // on from step `keep` keeps that many lines of the file and writes on below them; a pipe just
  // gets the new ones. Throws std::runtime_error if the file cannot be opened.
  explicit MetricsWriter(const std::string& path, int64_t keep = 0);

  // Throws std::runtime_error if the line cannot be written, for example to a full disk.
  void write(const MetricsLine& line);

 private:
  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> owned_;
  std::FILE* file_ = nullptr;
};

}  // namespace nanochat
