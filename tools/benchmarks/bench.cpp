// bench: nanobug's promises, measured. Each ratio has both sides in this run; each time is the median of
// several.
//
// Sessions are held in a home of the benchmark's own; builds are kept in the user's cache, which is warmed
// first, because warm is what is promised. What shares the machine with others is compared by processor time.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "many_rules.h"
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
    return time_in(environment_, argv, expected, directory, out);
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
  // What a program of its own prints.
  json told_by(const char* program, std::vector<std::string> words) const {
    words.insert(words.begin(), std::string(NANOBUG_BIN) + '/' + program);
    std::string out;
    time(std::move(words), 0, {}, &out);
    return json::parse(out);
  }
  const fs::path& home() const { return home_; }

  // A catalog of so many rules, made when it is first asked for, and left alone until it is kept.
  const fs::path& catalog_of(size_t rules) const {
    fs::path& catalog = catalogs_[rules];
    if (!catalog.empty()) return catalog;
    auto made = make_many_rules(NANOBUG_PROJECT, rules, home_ / ("project-" + std::to_string(rules)));
    if (!made) give_up(made.error().text());
    std::this_thread::sleep_for(std::chrono::seconds(3));  // see catalog/kept.h
    return catalog = *made;
  }

  // A verb that answers an entry a rule. What is known of such a catalog is in an index of the benchmark's
  // own, beside the user's builds.
  double with_rules(size_t rules, std::vector<std::string> words) const {
    words.insert(words.begin(), {NANOBUG_BIN "/nanobug", "--json", "--catalog", catalog_of(rules).string()});
    auto environment = environment_;
    environment["XDG_CACHE_HOME"] = cache_without("cache", {"sites", "certificates", "catalogs"});
    std::string out;
    const double seconds = time_in(environment, words, 0, {}, &out);
    if (json::parse(out).size() != rules) give_up("not an entry a rule: " + out);
    return seconds;
  }
  void forget_sites() const { (void)remove_tree(home_ / "cache/nanobug/sites"); }

  // Certifies the rules, or records their evidence, in a cache that has all the user's has but proofs.
  double proving(std::vector<std::string> words) const {
    words.insert(words.begin(), NANOBUG_BIN "/nanobug");
    auto environment = environment_;
    environment["XDG_CACHE_HOME"] = cache_without("unproved", {"certificates", "evidence"});
    return time_in(environment, words, 0, {}, nullptr);
  }

 private:
  using Environment = std::map<std::string, std::string>;

  // A cache of the benchmark's own: the parts named are empty at first, the others are the user's.
  std::string cache_without(const std::string& name, const std::vector<std::string>& own) const {
    const fs::path cache = home_ / name / "nanobug";
    if (!fs::exists(cache)) {
      fs::create_directories(cache);
      for (const std::string& mine : own) fs::create_directory(cache / mine);
      for (const auto& entry : fs::directory_iterator(cache_home()))
        if (!fs::exists(cache / entry.path().filename()))
          fs::create_symlink(entry.path(), cache / entry.path().filename());
    }
    return cache.parent_path().string();
  }

  double time_in(const Environment& environment, const std::vector<std::string>& argv, int expected,
                 const fs::path& directory, std::string* out) const {
    const auto finished =
        run({.argv = argv, .directory = directory.empty() ? home_ : directory, .environment = environment});
    if (!finished) give_up(finished.error().message);
    if (finished->exit_code != expected || finished->signal != 0)
      give_up(fmt::format("{} {}: {}\n{}", argv[0], argv.size() > 1 ? argv[1] : "", finished->how(),
                          finished->err + finished->out));
    if (out) *out = finished->out;
    return finished->seconds;
  }

  fs::path home_;
  mutable std::map<size_t, fs::path> catalogs_;
  Environment environment_;
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
  bool is_warm = true;  // is measured with everything kept that nanobug keeps
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

// Time of two distant edits in a generated file of so many lines, and the memory it takes.
json big_file(const Bench& bench, const char* lines) {
  return bench.told_by("big_file", {lines});
}

double big_file_s(const Bench& bench) {
  return median(3, [&] { return big_file(bench, "60000")["seconds"].get<double>(); });
}

double big_file_mb(const Bench& bench) {
  return big_file(bench, "60000")["peak_mb"];
}

// Three times the file: how many times the time?
double big_file_growth(const Bench& bench) {
  return median(3, [&] {
    return big_file(bench, "60000")["seconds"].get<double>() /
           big_file(bench, "20000")["seconds"].get<double>();
  });
}

// Every rule's sites found anew, and every snippet tried; then once more from the index.
double rule_check_cold_s(const Bench& bench) {
  bench.with_rules(100, {"list"});
  bench.forget_sites();
  return bench.with_rules(100, {"rule", "check"});
}

double rule_check_warm_s(const Bench& bench) {
  bench.with_rules(100, {"rule", "check"});
  return median(5, [&] { return bench.with_rules(100, {"rule", "check"}); });
}

double list_ms(const Bench& bench) {
  bench.with_rules(165, {"list"});
  return 1000 * median(15, [&] { return bench.with_rules(165, {"list"}); });
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

// A review shows lines; nothing is built for it.
double review_s(const Bench& bench) {
  return median(15, [&] {
    const double seconds = bench.nanobug({"start", kRule, "--mode", "review"});
    bench.nanobug({"stop"});
    return seconds;
  });
}

double production_s(const Bench& bench) {
  return median(9, [&] {
    const double seconds = bench.nanobug({"start", kRule, "--mode", "production"});
    bench.nanobug({"stop"});
    return seconds;
  });
}

// The words of a session that build nothing: the slowest of them.
double words_ms(const Bench& bench) {
  double slowest = 0;
  bench.nanobug({"start", kRule, "--mode", "production"});
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"ask", "entropy of the attention"},
                                             {"hypothesis", "architecture", "the attention is too flat"},
                                             {"status"},
                                             {"next"}})
    slowest = std::max(slowest, median(15, [&] { return bench.nanobug(words); }));
  bench.nanobug({"stop"});
  // An answer counts once.
  slowest = std::max(slowest, median(9, [&] {
                       bench.nanobug({"start", kRule, "--mode", "review"});
                       const double seconds = bench.nanobug({"answer", "none", "nothing is wrong"}, 1);
                       bench.nanobug({"stop"});
                       return seconds;
                     }));
  return 1000 * slowest;
}

// Evidence of rules from all over the catalog, against their certificates, both from nothing but the clean
// tree's own runs.
double evidence_cost(const Bench& bench) {
  constexpr size_t kEvery = 20;
  const json all = bench.ask({"list"});
  std::vector<std::string> certify = {"certify"};
  for (size_t i = 0; i < all.size(); i += kEvery) certify.push_back(all[i]["code"]);
  auto evidence = certify;
  evidence.push_back("--evidence");
  bench.nanobug(evidence);  // what the clean tree tells, once
  const double certificates = bench.proving(certify);
  return bench.proving(evidence) / certificates;
}

// A session that was run and given up, as a page.
double page_s(const Bench& bench) {
  bench.nanobug({"start", kRule});
  bench.nanobug({"run", "-q"});
  bench.nanobug({"reveal"});
  const double seconds = median(15, [&] { return bench.nanobug({"debrief", "--html"}); });
  bench.nanobug({"stop"});
  return seconds;
}

double page_kb(const Bench& bench) {
  page_s(bench);
  const std::string page = bench.ask({"debrief", "--html"})["page"];
  return static_cast<double>(fs::file_size(page)) / 1000;
}

// The reference tree from nothing, its precompiled header included, on two cores.
double tree_build_s(const Bench& bench) {
  const fs::path copy = bench.home() / "tree";
  const fs::path source = fs::path(NANOBUG_PROJECT) / "reference_model";
  (void)remove_tree(copy);
  fs::create_directory(copy);
  for (const auto& entry : fs::directory_iterator(source))
    if (entry.path().filename() != "build")
      fs::copy(entry.path(), copy / entry.path().filename(), fs::copy_options::recursive);
  return bench.time({"cmake", "-S", copy.string(), "-B", (copy / "build").string(), "-G", "Ninja"}) +
         bench.time({"cmake", "--build", (copy / "build").string(), "-j", "2"});
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
  return rules * tree_build_s(bench) / ours;
}

// Changes that operators make, each from text to who sees it, with no mutant built before.
double mutants_per_s(const Bench& bench) {
  (void)remove_tree(clean_tree(bench).parent_path() / "mutants");
  std::string out;
  const double seconds =
      bench.nanobug({"certify", "--operators", "100", "--first", "--fresh", "--json"}, 0, &out);
  const json changes = json::parse(out);
  const auto mutants = std::count_if(changes.begin(), changes.end(),
                                     [](const json& one) { return one["fate"] != "no mutant"; });
  return static_cast<double>(mutants) / seconds;
}

// A surprise out of the stock, each certified for the first time.
double surprise_s(const Bench& bench) {
  int seed = 0;
  return median(5, [&] {
    const double seconds = bench.proving({"start", "--surprise", "--seed", std::to_string(++seed)});
    bench.nanobug({"stop"});
    return seconds;
  });
}

// Processor seconds of a process and its threads.
double processor_time(const Bench& bench, const std::vector<std::string>& argv) {
  const auto used = [] {
    rusage children{};
    getrusage(RUSAGE_CHILDREN, &children);
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(children.ru_utime) + seconds(children.ru_stime);
  };
  const double before = used();
  bench.time(argv);
  return used() - before;
}

// A training step of base_train's defaults on one thread, in processor time, against the same in eager
// PyTorch. What a process does once is taken off: a long run less a short one. The programs take turns.
double train_ratio(const Bench& bench) {
  const fs::path benchmarks = fs::path(NANOBUG_PROJECT) / "tools/benchmarks";
  std::string python;
  bench.time({(benchmarks / "eager_env").string()}, 0, {}, &python);
  python.pop_back();
  const auto eager = [&](const char* variant) {
    return std::vector<std::string>{python,      "-W",   "ignore", (benchmarks / "eager_gpt.py").string(),
                                    "--variant", variant};
  };
  std::vector<std::pair<std::string, std::vector<std::string>>> programs = {
      {"base_train",
       {(clean_tree(bench) / "build/bin/base_train").string(), "--quiet", "--eval-every", "0",
        "--sample-tokens", "0", "--out", ""}},
      {"eager", eager("same")},
      {"eager, torch.softmax, F.rms_norm and F.cross_entropy", eager("manual")},
      {"eager, F.scaled_dot_product_attention as well", eager("fused")}};
  std::map<std::string, std::vector<double>> all;
  for (int turn = 0; turn < 7; ++turn)
    for (const auto& [name, argv] : programs) {
      const auto steps = [&, &argv = argv](const char* count) {
        std::vector<std::string> words = argv;
        words.insert(words.end(), {"--steps", count});
        return processor_time(bench, words);
      };
      all[name].push_back((steps("55") - steps("5")) / 50);
    }
  std::map<std::string, double> step_s;
  for (auto& [name, times] : all) {
    std::nth_element(times.begin(), times.begin() + 3, times.end());
    step_s[name] = times[3];
  }
  for (const auto& [name, argv] : programs)
    fmt::print(stderr, "  {:<54} {:6.1f} ms a step, {:6.0f} tokens a second, {:.2f} of base_train\n", name,
               1000 * step_s[name], 8 * 64 / step_s[name], step_s["base_train"] / step_s[name]);
  return step_s["eager"] / step_s["base_train"];
}

// What ten thousand steps of training leave behind: bytes of tensors at the end beyond those after a
// thousand. The least of a hundred steps, because a thread reads ahead and may hold a batch more or less.
double train_memory_growth(const Bench& bench) {
  const fs::path metrics = bench.home() / "memory.jsonl";
  bench.time({(clean_tree(bench) / "build/bin/base_train").string(),
              "--quiet",
              "--out",
              "",
              "--n-layer",
              "1",
              "--n-embd",
              "16",
              "--n-head",
              "2",
              "--n-kv-head",
              "1",
              "--sequence-len",
              "16",
              "--vocab-size",
              "300",
              "--batch-size",
              "2",
              "--documents",
              "400",
              "--steps",
              "10000",
              "--eval-every",
              "500",
              "--eval-steps",
              "2",
              "--sample-tokens",
              "0",
              "--metrics",
              metrics.string()});
  const std::string text = *read_file(metrics);
  std::vector<json> lines;
  for (size_t start = 0; start < text.size(); start = text.find('\n', start) + 1)
    lines.push_back(json::parse(text.substr(start, text.find('\n', start) - start)));
  const auto least = [&](size_t last, const char* key) {
    double value = lines.at(last - 1)[key];
    for (size_t i = last - 100; i < last; ++i) value = std::min(value, lines.at(i)[key].get<double>());
    return value;
  };
  fmt::print(stderr, "  resident after 1,000 steps {:.1f} MB, after 10,000 {:.1f} MB\n",
             least(1000, "rss_mb"), least(10000, "rss_mb"));
  return 1024 * 1024 * (least(10000, "memory_mb") - least(1000, "memory_mb"));
}

json emulator_speed(const Bench& bench, const char* channels) {
  return bench.told_by("emulator_speed", {"64", "256", channels});
}

double emulator_s(const Bench& bench) {
  return median(5, [&] { return emulator_speed(bench, "1000")["seconds"].get<double>(); });
}

// Rows that are sixteen times as long: how many times the time an access?
double emulator_growth(const Bench& bench) {
  const auto an_access = [&](const char* channels) {
    const json took = emulator_speed(bench, channels);
    return took["seconds"].get<double>() / took["accesses"].get<double>();
  };
  return median(5, [&] { return an_access("64000") / an_access("4000"); });
}

double kernel_probes_s(const Bench& bench) {
  return bench.time({NANOBUG_BIN "/kernel_probes"});
}

double cli_ms(const Bench& bench) {
  double slowest = 0;
  for (const char* word : {"--help", "list", "status"})
    slowest = std::max(slowest, median(15, [&] { return bench.nanobug({word}); }));
  return 1000 * slowest;
}

const std::vector<Measure> kMeasures = {
    {"rewrite_ratio", "x", 600, true, rewrite_ratio,
     "one rule, warm, whole processes: plain LibTooling without a PCH / nanobug patch show"},
    {"big_file_s", "s", 2, false, big_file_s,
     "two distant edits in a file of 60,000 lines, without an index"},
    {"big_file_mb", "MB", 500, false, big_file_mb, "and its memory at most"},
    {"big_file_growth", "x", 3.6, false, big_file_growth, "60,000 lines / 20,000 lines"},
    {"rule_check_cold_s", "s", 60, false, rule_check_cold_s,
     "nanobug rule check of 100 rules, no sites kept"},
    {"rule_check_warm_s", "s", 0.3, false, rule_check_warm_s, "and once more"},
    {"start_s", "s", 0.2, false, start_s, "nanobug start to a built checkout, warm"},
    {"review_s", "s", 0.05, false, review_s, "nanobug start --mode review"},
    {"production_s", "s", 0.2, false, production_s, "nanobug start --mode production, warm"},
    {"words_ms", "ms", 20, false, words_ms, "the slowest of ask, hypothesis, status, next, answer"},
    {"rebuild_s", "s", 3, false, rebuild_s, "cmake --build after an edit of attention.cpp"},
    {"check_s", "s", 8, false, check_s, "nanobug check"},
    {"page_s", "s", 0.3, false, page_s, "nanobug debrief --html of a session that was run"},
    {"page_kb", "kB", 300, false, page_kb, "and the page"},
    {"certify_ratio", "x", 20, true, certify_ratio, "rules x a build from nothing / nanobug certify --fresh"},
    {"surprise_s", "s", 5, false, surprise_s, "nanobug start --surprise, its certificate made on the spot"},
    {"mutants_per_s", "/s", 1, true, mutants_per_s,
     "nanobug certify --operators 100 --fresh, no mutant built"},
    {"evidence_cost", "x", 0.6, false, evidence_cost, "recording evidence / certifying, of the same rules"},
    {"tree_build_s", "s", 90, false, tree_build_s, "the reference tree from nothing, two cores", false},
    {"emulator_s", "s", 0.5, false, emulator_s, "rms_norm by 64 blocks of 256 threads, all checks", false},
    {"emulator_growth", "x", 1.5, false, emulator_growth,
     "time an access: rows of 64,000 channels / of 4,000", false},
    {"kernel_probes_s", "s", 30, false, kernel_probes_s, "every kernel's probes under eight schedules",
     false},
    {"train_ratio", "x", 1.2, true, train_ratio,
     "a training step: eager PyTorch / base_train, processor time"},
    {"train_memory_growth", "B", 0, false, train_memory_growth,
     "bytes of tensors, after 10,000 steps less after 1,000"},
    {"list_ms", "ms", 50, false, list_ms, "nanobug list with 165 entries"},
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
  const auto is_asked = [&](const Measure& measure) {
    return names.empty() || std::find(names.begin(), names.end(), measure.name) != names.end();
  };
  if (std::any_of(kMeasures.begin(), kMeasures.end(),
                  [&](const Measure& measure) { return measure.is_warm && is_asked(measure); })) {
    std::fputs("warming up: the clean tree, its probes and the certificates\n", stderr);
    bench.nanobug({"certify"});
  }
  json results = json::array();
  bool all_hold = true;
  if (!as_json) fmt::print("{:<19} {:>9}     {:>9}\n", "measure", "value", "goal");
  for (const Measure& measure : kMeasures) {
    if (!is_asked(measure)) continue;
    const double value = measure.value(bench);
    const bool holds = measure.at_least ? value >= measure.goal : value <= measure.goal;
    all_hold = all_hold && holds;
    results.push_back({{"name", measure.name},
                       {"value", value},
                       {"unit", measure.unit},
                       {"goal", measure.goal},
                       {"holds", holds}});
    if (!as_json)
      fmt::print("{:<19} {:>9.3g} {:<3} {} {:>5} {:<3} {:<7}  {}\n", measure.name, value, measure.unit,
                 measure.at_least ? ">=" : "<=", measure.goal, measure.unit, holds ? "holds" : "MISSED",
                 measure.how);
    std::fflush(stdout);
  }
  if (as_json) fmt::print("{}\n", results.dump(2));
  return all_hold ? 0 : 1;
}
