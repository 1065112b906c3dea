// reach: see reach.h.
#include "mutator/workshop/reach.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "mutator/base/files.h"
#include "mutator/base/line_diff.h"
#include "mutator/base/source_kind.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/standbys.h"

namespace nanobug::workshop {
namespace {

using nlohmann::json;

constexpr const char* kKept = "reach.json";

Result<fs::path> kept_at(const Workshop& workshop, const Clean& clean) {
  const auto program = find_clean_probes(workshop, clean);
  if (!program) return fail(Exit::io, "the probes are not built yet");
  return program->parent_path() / kKept;
}

// The same head, building with counters.
catalog::Tree with_counters(catalog::Tree spec) {
  const auto added = [](const char* name, const std::string& flags) {
    const char* own = std::getenv(name);
    return std::string(name) + '=' + (own ? std::string(own) + ' ' : "") + flags;
  };
  const std::string counts = "-fprofile-instr-generate -fcoverage-mapping";
  for (auto* command : {&spec.build.configure, &spec.build.compile})
    if (!command->empty())
      command->insert(command->begin(), {"env", added("CFLAGS", counts), added("CXXFLAGS", counts),
                                         added("LDFLAGS", "-fprofile-instr-generate")});
  return spec;
}

// What one of LLVM's tools prints.
Result<std::string> ask_tool(const std::string& name, std::vector<std::string> words) {
  words.insert(words.begin(), find_program(name + "-19") ? name + "-19" : name);
  auto finished = run({.argv = words});
  NANOBUG_TRY(finished);
  if (!finished->good()) return fail(Exit::io, words.front() + " " + finished->how() + ": " + finished->err);
  return std::move(finished->out);
}

// The functions with a count in a raw profile, by their names in the object.
Result<std::set<std::string>> functions_run(const fs::path& profile) {
  const auto text = ask_tool("llvm-profdata", {"show", "--all-functions", profile.string()});
  NANOBUG_TRY(text);
  std::set<std::string> names;
  std::string name;
  for (std::string_view line : lines_of(*text)) {
    while (line.ends_with('\n')) line.remove_suffix(1);
    constexpr std::string_view kCount = "    Function count: ";
    if (line.starts_with(kCount)) {
      if (line.substr(kCount.size()) != "0") names.insert(name);
    } else if (line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':')) {
      name = line.substr(2, line.size() - 3);
    }
  }
  return names;
}

struct Body {
  std::string file;
  int first = 0, last = 0;
};

// Where the library's functions stand: name in the object -> its body, in files of the tree.
Result<std::map<std::string, Body>> bodies(const fs::path& library, const fs::path& profile,
                                           const Clean& counted) {
  const fs::path merged = profile.string() + ".merged";
  NANOBUG_TRY(ask_tool("llvm-profdata", {"merge", "-o", merged.string(), profile.string()}));
  const auto text = ask_tool("llvm-cov", {"export", "--format=text", "--skip-expansions",
                                          "--instr-profile=" + merged.string(), library.string()});
  NANOBUG_TRY(text);
  std::map<std::string, Body> all;
  try {
    const json exported = json::parse(*text);
    for (const json& function : exported.at("data").at(0).at("functions")) {
      const std::string named = function.at("filenames").at(0);
      std::string file = (counted.build / named).lexically_normal().lexically_relative(counted.tree).string();
      for (const std::string& name : {named, fs::path(named).lexically_normal().string()})
        if (fs::path(name).is_relative() && fs::is_regular_file(counted.tree / name)) file = name;
      Body body{.file = file};
      for (const json& region : function.at("regions")) {
        if (region.at(5) != 0) continue;  // of a macro
        const int first = region.at(0), last = region.at(2);
        body.first = body.first == 0 ? first : std::min(body.first, first);
        body.last = std::max(body.last, last);
      }
      if (body.first > 0 && !file.starts_with("..")) all[function.at("name")] = body;
    }
  } catch (const json::exception& error) {
    return fail(Exit::io, std::string("llvm-cov's answer is not understood: ") + error.what());
  }
  return all;
}

// A line that no machine code comes of.
bool is_idle(std::string_view line) {
  const size_t begin = line.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos || line.substr(begin).starts_with("//") ||
         line.substr(begin).starts_with("#include");
}

}  // namespace

std::optional<Reach> Reach::find(const Workshop& workshop, const Clean& clean) {
  const auto place = kept_at(workshop, clean);
  const auto text = place ? read_file(*place) : Result<std::string>(tl::unexpected(place.error()));
  if (!text) return std::nullopt;
  try {
    const json kept = json::parse(*text);
    Reach reach;
    reach.unmeasured_ = kept.at("unmeasured").get<std::set<std::string>>();
    for (const json& one : kept.at("functions"))
      reach.functions_[one.at("file")].push_back(
          {one.at("first"), one.at("last"), one.at("probes").get<std::set<std::string>>()});
    return reach;
  } catch (const json::exception&) {
    return std::nullopt;  // damaged: as good as not measured
  }
}

Result<Reach> Reach::measure(const Workshop& workshop, const Clean& clean, const Progress& progress) {
  const auto place = kept_at(workshop, clean);
  NANOBUG_TRY(place);
  Workshop counting(with_counters(workshop.spec()), workshop.project(), workshop.cache());
  const auto counted = counting.clean(clean.tree, clean.key, progress);
  NANOBUG_TRY(counted);
  const auto program = clean_probes(workshop, clean);
  NANOBUG_TRY(program);
  const auto askable = workshop::askable(workshop, clean);
  NANOBUG_TRY(askable);
  const auto parent = directory_for_temporaries();
  NANOBUG_TRY(parent);
  const auto scratch = make_temporary_directory(*parent, "nanobug-reach");
  NANOBUG_TRY(scratch);
  struct Removed {
    fs::path path;
    ~Removed() { (void)remove_tree(path); }
  } const removed{*scratch};

  Reach reach;
  std::map<std::string, std::set<std::string>> runs;  // probe -> functions
  const fs::path any =
      *scratch / "any";  // the counts of some probe: what functions there are, each of them tells
  std::mutex adding;
  std::atomic<size_t> next = 0;
  Standbys standbys(workshop.hosts(), counted->tree);
  // Every worker has one file for its counts, and so one program that is held ready.
  const auto work = [&](size_t worker) -> Status {
    const fs::path profile = *scratch / std::to_string(worker);
    for (size_t i; (i = next++) < askable->probes.size();) {
      const std::string& probe = askable->probes[i].probe;
      Command command = probe_command(counting, *program, counted->tree);
      command.environment["LLVM_PROFILE_FILE"] = profile.string();
      Standby* const standby = standbys.of(command);
      command.argv.push_back(probe);
      command.on_line = [](std::string_view) {
      };  // without a reader the program has no descriptor for its answers
      command.limits = askable->limits(workshop.spec().probes);
      std::error_code none;
      fs::remove(profile, none);
      NANOBUG_TRY(run(command, standby));
      auto names = fs::exists(profile, none) ? functions_run(profile) : Result<std::set<std::string>>();
      NANOBUG_TRY(names);
      const std::lock_guard lock(adding);
      if (names->empty()) {
        reach.unmeasured_.insert(probe);
      } else {
        runs[probe] = std::move(*names);
        fs::rename(profile, any, none);
      }
      if (progress)
        progress("measuring what each probe runs", static_cast<int>(i),
                 static_cast<int>(askable->probes.size()));
    }
    return {};
  };
  std::vector<std::future<Status>> workers;
  for (size_t worker = 0; worker < 2; ++worker)
    workers.push_back(std::async(std::launch::async, work, worker));
  Status all;
  for (auto& worker : workers)
    if (const Status one = worker.get(); !one) all = one;
  NANOBUG_TRY(all);

  const fs::path library = counting.build_directory(counted->tree) / workshop.spec().build.library;
  const auto where = bodies(library, any, *counted);
  NANOBUG_TRY(where);
  json kept = {{"unmeasured", reach.unmeasured_}, {"functions", json::array()}};
  for (const auto& [name, body] : *where) {
    Function function{.first = body.first, .last = body.last, .probes = {}};
    for (const auto& [probe, names] : runs)
      if (names.contains(name)) function.probes.insert(probe);
    kept["functions"].push_back(
        {{"file", body.file}, {"first", body.first}, {"last", body.last}, {"probes", function.probes}});
    reach.functions_[body.file].push_back(std::move(function));
  }
  NANOBUG_TRY(write_file(*place, kept.dump(-1, ' ', false, json::error_handler_t::replace)));
  return reach;
}

// Those that run a function around the line; false where it may be any of them.
bool Reach::add_probes(const std::string& pristine, const std::vector<Function>& functions, int line,
                       std::set<std::string>& probes) const {
  const auto lines = lines_of(pristine);
  if (line < 1 || static_cast<size_t>(line) > lines.size()) return false;
  bool inside = false;
  for (const Function& function : functions) {
    if (line < function.first || line > function.last) continue;
    // The words stand before the body, on its first line or the two above.
    for (int at = std::max(1, function.first - 2); at <= function.first; ++at)
      if (const auto text = lines[static_cast<size_t>(at - 1)];
          text.find("constexpr") != std::string_view::npos ||
          text.find("consteval") != std::string_view::npos)
        return false;
    inside = true;
    probes.insert(function.probes.begin(), function.probes.end());
  }
  return inside || is_idle(lines[static_cast<size_t>(line - 1)]);
}

std::optional<std::set<std::string>> Reach::probes_of(const Clean& clean, const Overlay& overlay) const {
  std::set<std::string> probes;
  for (const auto& [file, text] : overlay) {
    const auto pristine = read_file(clean.tree / file);
    const auto functions = functions_.find(file);
    if (!is_compiled(file) || !pristine || functions == functions_.end()) return std::nullopt;
    for (const LineChange& change : line_changes(*pristine, text)) {
      // What is only put in stands between two lines, and must stand in a function with both.
      const size_t first = change.removed > 0 ? change.before + 1 : change.before,
                   last = change.removed > 0 ? change.before + change.removed : change.before + 1;
      for (size_t line = first; line <= last; ++line)
        if (!add_probes(*pristine, functions->second, static_cast<int>(line), probes)) return std::nullopt;
    }
  }
  if (probes.empty()) return std::nullopt;
  probes.insert(unmeasured_.begin(), unmeasured_.end());
  return probes;
}

}  // namespace nanobug::workshop
