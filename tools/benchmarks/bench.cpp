// bench: nanobug's promises, measured. Each ratio has both sides in this run; each time is the median of
// several.
//
// Sessions are held in a home of the benchmark's own; builds are kept in the user's cache, which is warmed
// first, because warm is what is promised.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/base/process.h"

namespace {

using namespace nanobug;
using nlohmann::json;

constexpr const char* kRule = "attention-scale-inverted";

[[noreturn]] void give_up(const std::string& message) {
  std::fputs(("bench: " + message + '\n').c_str(), stderr);
  std::exit(6);
}

// The benchmark's own home, and the programs run in it.
class Bench {
 public:
  Bench() : home_(*make_temporary_directory(fs::temp_directory_path(), "nanobug-bench")) {
    environment_ = {{"HOME", home_.string()},
                    {"XDG_CACHE_HOME", cache_home().parent_path().string()},
                    {"XDG_DATA_HOME", (home_ / "data").string()},
                    {"XDG_STATE_HOME", (home_ / "state").string()}};
  }
  ~Bench() { (void)remove_tree(home_); }

  // Wall time of the whole process; `expected` is its exit code.
  double time(std::vector<std::string> argv, int expected = 0, const fs::path& directory = {},
              std::string* out = nullptr) const {
    const auto finished =
        run({.argv = argv, .directory = directory.empty() ? home_ : directory, .environment = environment_});
    if (!finished) give_up(finished.error().message);
    if (finished->exit_code != expected || finished->signal != 0)
      give_up(fmt::format("{} {}: {}\n{}", argv[0], argv.size() > 1 ? argv[1] : "", finished->how(),
                          finished->err + finished->out));
    if (out) *out = finished->out;
    return finished->seconds;
  }
  double nanobug(std::vector<std::string> words, int expected = 0, std::string* out = nullptr) const {
    words.insert(words.begin(), NANOBUG_BIN "/nanobug");
    return time(std::move(words), expected, {}, out);
  }
  json ask(std::vector<std::string> words, int expected = 0) const {
    words.push_back("--json");
    std::string out;
    nanobug(std::move(words), expected, &out);
    return json::parse(out);
  }
  const fs::path& home() const { return home_; }

 private:
  fs::path home_;
  std::map<std::string, std::string> environment_;
};

double median(int times, const std::function<double()>& measure) {
  std::vector<double> all;
  for (int i = 0; i < times; ++i) all.push_back(measure());
  std::nth_element(all.begin(), all.begin() + times / 2, all.end());
  return all[static_cast<size_t>(times / 2)];
}

// The clean tree's place in the cache: doctor knows.
fs::path clean_tree(const Bench& bench) {
  std::string out;
  const auto finished = run({.argv = {NANOBUG_BIN "/nanobug", "doctor", "--json"}});
  for (const json& finding : json::parse(finished->out))
    if (finding["what"] == "clean tree") {
      const std::string found = finding["found"];
      std::string path = found.substr(found.find(" in ") + 4);
      if (path.starts_with("~/")) path = (home() / path.substr(2)).string();
      return path;
    }
  (void)bench;
  give_up("doctor names no clean tree");
}

struct Measure {
  std::string name, unit;
  double goal;
  bool at_least;
  std::function<double(const Bench&)> value;
  std::string how;
};

double rewrite_ratio(const Bench& bench) {
  const fs::path tree = clean_tree(bench);
  const double plain = median(3, [&] {
    return bench.time({NANOBUG_BIN "/plain_rewrite", (tree / "build").string(),
                       (tree / "nanochat/attention.cpp").string()});
  });
  const double ours = median(9, [&] { return bench.nanobug({"patch", "show", kRule}); });
  return plain / ours;
}

double start_s(const Bench& bench) {
  return median(5, [&] {
    const double seconds = bench.nanobug({"start", kRule});
    bench.nanobug({"stop"});
    return seconds;
  });
}

double rebuild_s(const Bench& bench) {
  const fs::path dir = bench.ask({"start", kRule})["dir"].get<std::string>();
  int edit = 0;
  const double seconds = median(3, [&] {
    const fs::path file = dir / "nanochat/attention.cpp";
    (void)write_unsynced(file, *read_file(file) + fmt::format("// {}\n", edit++));
    return bench.time({"cmake", "--build", "build"}, 0, dir);
  });
  bench.nanobug({"stop"});
  return seconds;
}

double check_s(const Bench& bench) {
  bench.nanobug({"start", kRule});
  const double seconds = median(3, [&] { return bench.nanobug({"check"}, 1); });
  bench.nanobug({"stop"});
  return seconds;
}

// Certifying all rules with no mutant built before, against as many builds from nothing as there are rules.
// One such build is measured; nothing in it depends on which rule it is.
double certify_ratio(const Bench& bench) {
  const fs::path tree = clean_tree(bench), mutants = tree.parent_path() / "mutants";
  bench.nanobug({"certify"});  // what all rules share is there: sites, the probes, the clean baseline
  (void)remove_tree(mutants);
  std::string out;
  const double ours = bench.nanobug({"certify", "--fresh", "--json"}, 0, &out);
  const auto rules = static_cast<double>(json::parse(out).size());
  const fs::path copy = bench.home() / "mutant";
  const fs::path source = fs::path(NANOBUG_PROJECT) / "reference_model";
  fs::create_directory(copy);
  for (const auto& entry : fs::directory_iterator(source))
    if (entry.path().filename() != "build")
      fs::copy(entry.path(), copy / entry.path().filename(), fs::copy_options::recursive);
  const double build =
      bench.time({"cmake", "-S", copy.string(), "-B", (copy / "build").string(), "-G", "Ninja"}) +
      bench.time({"cmake", "--build", (copy / "build").string(), "-j", "2"});
  return rules * build / ours;
}

double cli_ms(const Bench& bench) {
  double slowest = 0;
  for (const char* word : {"--help", "list", "status"})
    slowest = std::max(slowest, median(15, [&] { return bench.nanobug({word}); }));
  return 1000 * slowest;
}

const std::vector<Measure> kMeasures = {
    {"rewrite_ratio", "x", 30, true, rewrite_ratio,
     "one rule, warm, whole processes: plain LibTooling without a PCH / nanobug patch show"},
    {"start_s", "s", 1, false, start_s, "nanobug start to a built checkout, warm"},
    {"rebuild_s", "s", 3, false, rebuild_s, "cmake --build after an edit of attention.cpp"},
    {"check_s", "s", 15, false, check_s, "nanobug check"},
    {"certify_ratio", "x", 10, true, certify_ratio, "rules x a build from nothing / nanobug certify --fresh"},
    {"cli_ms", "ms", 30, false, cli_ms, "the slowest of --help, list, status"},
};

}  // namespace

int main(int argc, char** argv) {
  bool as_json = false;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--json")
      as_json = true;
    else
      names.push_back(argv[i]);
  }
  for (const std::string& name : names)
    if (std::none_of(kMeasures.begin(), kMeasures.end(), [&](const Measure& m) { return m.name == name; })) {
      std::fputs(("bench: there is no measure '" + name + "'\n").c_str(), stderr);
      return 2;
    }
  const Bench bench;
  std::fputs("warming up: the clean tree, its probes and the certificates\n", stderr);
  bench.nanobug({"certify"});
  json results = json::array();
  bool all_hold = true;
  if (!as_json) fmt::print("{:<14} {:>9}     {:>9}\n", "measure", "value", "goal");
  for (const Measure& measure : kMeasures) {
    if (!names.empty() && std::find(names.begin(), names.end(), measure.name) == names.end()) continue;
    const double value = measure.value(bench);
    const bool holds = measure.at_least ? value >= measure.goal : value <= measure.goal;
    all_hold = all_hold && holds;
    results.push_back({{"name", measure.name},
                       {"value", value},
                       {"unit", measure.unit},
                       {"goal", measure.goal},
                       {"holds", holds}});
    if (!as_json)
      fmt::print("{:<14} {:>9.3g} {:<3} {} {:>5} {:<3} {:<7}  {}\n", measure.name, value, measure.unit,
                 measure.at_least ? ">=" : "<=", measure.goal, measure.unit, holds ? "holds" : "MISSED",
                 measure.how);
    std::fflush(stdout);
  }
  if (as_json) fmt::print("{}\n", results.dump(2));
  return all_hold ? 0 : 1;
}
