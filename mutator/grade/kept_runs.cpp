// kept_runs: see kept_runs.h.
#include "mutator/grade/kept_runs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mutator/grade/parity.h"
#include "mutator/grade/recording.h"
#include "mutator/workshop/trial.h"

namespace nanobug::grade {
namespace {

using nlohmann::json;
constexpr size_t kLongestText = 64u << 10;

json to_json(const workshop::RunReport& report) {
  return {{"records", report.records},
          {"text",
           json::binary_t({report.finished.out.begin(),
                           report.finished.out.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                             report.finished.out.size(), kLongestText))})},
          {"exit_code", report.finished.exit_code},
          {"signal", report.finished.signal},
          {"timed_out", report.finished.timed_out}};
}

workshop::RunReport report_of(const json& j) {
  workshop::RunReport report{.records = j.at("records"), .program = "", .finished = {}};
  const json::binary_t& text = j.at("text").get_binary();
  report.finished.out.assign(text.begin(), text.end());
  report.finished.exit_code = j.at("exit_code");
  report.finished.signal = j.at("signal");
  report.finished.timed_out = j.at("timed_out");
  return report;
}

}  // namespace

std::vector<KeptRun> read_kept_runs(const fs::path& file) {
  const auto bytes = read_file(file);
  if (!bytes) return {};
  try {
    std::vector<KeptRun> runs;
    const json all = json::from_cbor(*bytes);
    for (const json& j : all)
      runs.push_back({.run = j.at("run"),
                      .tree = j.at("tree"),
                      .at = j.at("at"),
                      .own = report_of(j.at("own")),
                      .clean = report_of(j.at("clean"))});
    return runs;
  } catch (const json::exception&) {
    return {};
  }
}

Status keep_run(const fs::path& file, KeptRun run, const std::string& mutated) {
  std::vector<KeptRun> runs = read_kept_runs(file);
  const bool as_begun = run.tree == mutated;
  const auto same = std::find_if(runs.begin(), runs.end(), [&](const KeptRun& one) {
    return one.run == run.run && (one.tree == mutated) == as_begun;
  });
  if (same != runs.end() && as_begun) return {};
  if (same != runs.end())
    *same = std::move(run);
  else
    runs.push_back(std::move(run));
  json all = json::array();
  for (const KeptRun& one : runs)
    all.push_back({{"run", one.run},
                   {"tree", one.tree},
                   {"at", one.at},
                   {"own", to_json(one.own)},
                   {"clean", to_json(one.clean)}});
  // CBOR and not text, as recordings are: NaN and infinity come back.
  const auto bytes = json::to_cbor(all);
  return write_file(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<KeptRun> perform(Mutants& mutants, const catalog::Run& run, const workshop::Overlay& overlay,
                        const std::string& tree, std::int64_t now) {
  const workshop::Workshop& shop = mutants.workshop();
  auto clean = baseline(shop, mutants.clean(), run, 1);
  NANOBUG_TRY(clean);
  KeptRun kept{.run = run.name, .tree = tree, .at = now, .own = *clean, .clean = *clean};
  if (overlay.empty()) return kept;
  const auto built = shop.mutant(mutants.clean(), overlay);
  NANOBUG_TRY(built);
  const auto place = workshop::Trial::of_mutant(shop, mutants.clean(), overlay, *built);
  NANOBUG_TRY(place);
  auto own = workshop::run_program(
      shop, run.program, place->tree(),
      {.threads = 1, .limits = limits_from(clean->processor_s, run.program.time_limit_s)});
  NANOBUG_TRY(own);
  kept.own = std::move(*own);
  return kept;
}

}  // namespace nanobug::grade
