// recording: see recording.h.
#include "mutator/grade/recording.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"

namespace nanobug::grade {
namespace {

using nlohmann::json;

json step_json(const catalog::Step& step) {
  return {step.program, step.args, step.ranks, step.input};
}

std::vector<std::uint8_t> bytes_of(const Recording& recording) {
  json takes = json::array();
  for (const Take& take : recording.takes)
    takes.push_back({{"records", take.records},
                     {"text", take.text},
                     {"writes", take.writes},
                     {"processor_s", take.processor_s}});
  return json::to_cbor(
      {{"before_s", recording.before_s}, {"takes", takes}, {"excluded", recording.excluded}});
}

}  // namespace

double Recording::seconds() const {
  double sum = 0;
  for (const double step : before_s) sum += step;
  for (const Take& take : takes) sum += take.processor_s;
  return sum;
}

std::string recording_name(const catalog::Tree& tree, const catalog::Parity& parity) {
  json what = {"1", tree.inputs, parity.time_limit_s};
  for (const catalog::Step& step : parity.before) what.push_back(step_json(step));
  for (const catalog::Compared& step : parity.steps)
    what.push_back({step_json(step), step.series, step.text, step.picks, step.leaves});
  return sha256(what.dump(-1, ' ', false, json::error_handler_t::replace)).substr(0, 24);
}

std::string baseline_name(const catalog::Tree& tree, const catalog::Run& run, int threads) {
  json what = {"3", tree.inputs, run.series, threads, step_json(run.program)};
  for (const catalog::Step& step : run.program.before) what.push_back(step_json(step));
  return sha256(what.dump(-1, ' ', false, json::error_handler_t::replace)).substr(0, 24);
}

// CBOR and not text: its numbers come back to the bit, NaN and infinity too, and text may be any bytes.
Status write_recording(const fs::path& file, const Recording& recording) {
  const auto bytes = bytes_of(recording);
  return write_file(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::optional<Recording> read_recording(const fs::path& file) {
  const auto bytes = read_file(file);
  if (!bytes) return std::nullopt;
  try {
    const json all = json::from_cbor(*bytes);
    Recording recording{.before_s = all.at("before_s"), .takes = {}, .excluded = all.at("excluded")};
    for (const json& take : all.at("takes"))
      recording.takes.push_back({.records = take.at("records"),
                                 .text = take.at("text"),
                                 .writes = take.at("writes"),
                                 .processor_s = take.at("processor_s")});
    return recording;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

Limits limits_from(double processor_s, double ceiling_s) {
  constexpr double kTimes = 10, kFloor = 5, kWaiting = 4;
  const double limit = std::min(std::max(kTimes * processor_s, kFloor), std::max(ceiling_s, kFloor));
  return {.processor_s = limit, .wall_s = kWaiting * limit};
}

}  // namespace nanobug::grade
