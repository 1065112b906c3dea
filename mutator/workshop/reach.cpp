// reach: see reach.h.
#include "mutator/workshop/reach.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "mutator/base/at_once.h"
#include "mutator/base/elf.h"
#include "mutator/base/files.h"
#include "mutator/base/line_diff.h"
#include "mutator/base/source_kind.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/programs.h"
#include "mutator/workshop/standbys.h"
#include "mutator/workshop/tests.h"
#include "mutator/workshop/trial.h"

namespace nanobug::workshop {
namespace {

using nlohmann::json;

constexpr const char* kKept = "reach.json";
constexpr size_t kWorkers = 2;
constexpr double kSlower = 4;  // what is counted takes, at most

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
  std::string counts = "-fprofile-instr-generate -fcoverage-mapping";
  if (!spec.tests.empty()) counts += " -mllvm -runtime-counter-relocation";  // for files mapped into memory
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

// Where the functions of these libraries and programs stand: name in the object -> its body, in files of the
// tree.
Result<std::map<std::string, Body>> bodies(const std::vector<fs::path>& linked,
                                           const std::vector<fs::path>& profiles, const fs::path& scratch,
                                           const Clean& counted) {
  const fs::path merged = scratch / "merged";
  std::vector<std::string> merge = {"merge", "-o", merged.string()};
  for (const fs::path& profile : profiles) merge.push_back(profile.string());
  NANOBUG_TRY(ask_tool("llvm-profdata", merge));
  std::vector<std::string> show = {"export", "--format=text", "--skip-expansions",
                                   "--instr-profile=" + merged.string()};
  for (const fs::path& one : linked) show.insert(show.end(), {"--object", one.string()});
  const auto text = ask_tool("llvm-cov", show);
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

std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> all;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory, none)) all.push_back(entry.path());
  return all;
}

// What the build linked, with counters in it.
Result<std::vector<fs::path>> linked_with_counters(const fs::path& build) {
  constexpr std::string_view kMapping = "__llvm_covmap";
  const auto files = list_files(build);
  NANOBUG_TRY(files);
  std::vector<fs::path> linked;
  for (const std::string& file : *files) {
    const auto bytes = read_file(build / file);
    NANOBUG_TRY(bytes);
    if (is_elf(*bytes) && !is_elf_object(*bytes) && bytes->find(kMapping) != std::string::npos)
      linked.push_back(build / file);
  }
  return linked;
}

// Every file of a directory of raw profiles.
Result<std::set<std::string>> functions_run_in(const fs::path& profiles) {
  std::set<std::string> all;
  for (const fs::path& profile : files_in(profiles)) {
    auto names = functions_run(profile);
    NANOBUG_TRY(names);
    all.merge(*names);
  }
  return all;
}

template <class Who>
using Functions = std::map<Who, std::set<std::string>>;  // what each runs

template <class Who>
std::set<Who> who_runs(const Functions<Who>& all, const std::string& function) {
  std::set<Who> who;
  for (const auto& [one, functions] : all)
    if (functions.contains(function)) who.insert(one);
  return who;
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
    reach.courses_ = kept.at("courses").get<std::set<std::string>>();
    reach.tests_ = kept.value("tests", std::set<int>());
    for (const json& one : kept.at("functions"))
      reach.functions_[one.at("file")].push_back(
          {one.at("first"), one.at("last"), one.at("probes").get<std::set<std::string>>(),
           one.at("courses").get<std::set<std::string>>(), one.value("tests", std::set<int>())});
    return reach;
  } catch (const json::exception&) {
    return std::nullopt;  // damaged: as good as not measured
  }
}

// One measurement: the tree that counts, and what was seen in it so far.
class Reach::Measuring {
 public:
  Measuring(const Workshop& workshop, Workshop& counting, const Clean& counted, const Progress& progress)
      : workshop_(workshop), counting_(counting), counted_(counted), progress_(progress) {}

  Status probes(const fs::path& program, const Askable& askable, const fs::path& scratch);
  Status tests(const fs::path& scratch);
  Status courses(const std::vector<Course>& courses, const fs::path& scratch);

  Functions<std::string> of_probes, of_courses;
  Functions<int> of_tests;
  std::set<std::string> unmeasured, measured;
  std::vector<fs::path> counts;  // these tell what functions there are

 private:
  Status course(const Course& course, const fs::path& scratch);
  const Workshop& workshop_;
  Workshop& counting_;
  const Clean& counted_;
  const Progress& progress_;
  std::mutex adding_;
};

// Every worker has one file for its counts, and so one program that is held ready.
Status Reach::Measuring::probes(const fs::path& program, const Askable& askable, const fs::path& scratch) {
  Standbys standbys(workshop_.hosts(), counted_.tree);
  const Limits limits = askable.limits(workshop_.spec().probes);
  const fs::path any = scratch / "any";  // what functions there are, each of them tells
  counts = {any};
  return at_once_while(askable.probes.size(), kWorkers, [&](size_t i, size_t worker) -> Result<bool> {
    const fs::path profile = scratch / std::to_string(worker);
    const std::string& probe = askable.probes[i].probe;
    Command command = probe_command(counting_, program, counted_.tree);
    command.environment["LLVM_PROFILE_FILE"] = profile.string();
    Standby* const standby = standbys.of(command);
    command.argv.push_back(probe);
    command.on_line = [](std::string_view) {
    };  // without a reader the program has no descriptor for its answers
    command.limits = limits;
    std::error_code none;
    fs::remove(profile, none);
    NANOBUG_TRY(run(command, standby));
    auto names = fs::exists(profile, none) ? functions_run(profile) : Result<std::set<std::string>>();
    NANOBUG_TRY(names);
    const std::lock_guard lock(adding_);
    if (names->empty()) {
      unmeasured.insert(probe);
    } else {
      of_probes[probe] = std::move(*names);
      fs::rename(profile, any, none);
    }
    if (progress_)
      progress_("measuring what each probe runs", static_cast<int>(i),
                static_cast<int>(askable.probes.size()));
    return true;
  });
}

// In a place of their own, since tests may write. What a test fails at there is no matter, unless it hangs.
Status Reach::Measuring::tests(const fs::path& scratch) {
  const auto& tests = counting_.spec().tests;
  const auto place = counting_.clean_place(counted_);
  NANOBUG_TRY(place);
  return at_once_while(tests.size(), kWorkers, [&](size_t i, size_t) -> Result<bool> {
    const fs::path profiles = scratch / ("test" + std::to_string(i));
    const auto ran =
        run_test(counting_, static_cast<int>(i), *place, limits_of(kSlower * tests[i].time_limit_s),
                 {{"LLVM_PROFILE_FILE", (profiles / "%c%m").string()}});
    NANOBUG_TRY(ran);
    auto functions = functions_run_in(profiles);
    NANOBUG_TRY(functions);
    const std::lock_guard lock(adding_);
    const auto files = files_in(profiles);
    counts.insert(counts.end(), files.begin(), files.end());
    if (!ran->hung && !functions->empty()) of_tests[static_cast<int>(i)] = std::move(*functions);
    if (progress_)
      progress_("measuring what each test runs", static_cast<int>(of_tests.size()),
                static_cast<int>(tests.size()));
    return true;
  });
}

// A step that fails here, or whose counts are not there, and those after it are left unmeasured.
Status Reach::Measuring::course(const Course& course, const fs::path& scratch) {
  const auto directory = RunDirectory::make(counting_.spec());
  NANOBUG_TRY(directory);
  Functions<std::string> names;
  std::set<std::string> failed;
  for (size_t i = 0; i < course.steps.size(); ++i) {
    const std::string& name = course.names[i];
    const fs::path profiles = scratch / std::to_string(i);
    // A program and its library count apart, and so does each rank.
    const auto report = run_step(counting_, course.steps[i], counted_.tree, *directory,
                                 {.threads = 1,
                                  .limits = limits_of(course.time_limit_s),
                                  .environment = {{"LLVM_PROFILE_FILE", (profiles / "%m-%p").string()}}});
    NANOBUG_TRY(report);
    auto ran = functions_run_in(profiles);
    NANOBUG_TRY(ran);
    if (!report->finished.good() || ran->empty()) {
      failed.insert(course.names.begin() + static_cast<std::ptrdiff_t>(i), course.names.end());
      break;
    }
    names[name].merge(*ran);
  }
  const std::lock_guard lock(adding_);
  for (auto& [name, functions] : names) {
    if (failed.contains(name)) continue;
    measured.insert(name);
    of_courses[name].merge(functions);
  }
  return {};
}

Status Reach::Measuring::courses(const std::vector<Course>& courses, const fs::path& scratch) {
  std::atomic<int> done = 0;
  return at_once_while(courses.size(), kWorkers, [&](size_t i, size_t) -> Result<bool> {
    NANOBUG_TRY(course(courses[i], scratch / ("course" + std::to_string(i))));
    if (progress_) progress_("measuring what each run runs", ++done, static_cast<int>(courses.size()));
    return true;
  });
}

Result<Reach> Reach::measure(const Workshop& workshop, const Clean& clean, const std::vector<Course>& courses,
                             const Progress& progress) {
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

  Measuring seen(workshop, counting, *counted, progress);
  std::vector<fs::path> linked;
  if (!workshop.spec().probes.program.empty()) {
    NANOBUG_TRY(seen.probes(*program, *askable, *scratch));
    NANOBUG_TRY(seen.courses(courses, *scratch));
    linked = {counting.build_directory(counted->tree) / workshop.spec().build.library};
  }
  if (!workshop.spec().tests.empty()) {
    NANOBUG_TRY(seen.tests(*scratch));
    auto all = linked_with_counters(counting.build_directory(counted->tree));
    NANOBUG_TRY(all);
    linked = std::move(*all);
  }
  const auto where = bodies(linked, seen.counts, *scratch, *counted);
  NANOBUG_TRY(where);
  Reach reach;
  reach.unmeasured_ = std::move(seen.unmeasured), reach.courses_ = std::move(seen.measured);
  for (const auto& [test, functions] : seen.of_tests) reach.tests_.insert(test);
  json kept = {{"unmeasured", reach.unmeasured_},
               {"courses", reach.courses_},
               {"tests", reach.tests_},
               {"functions", json::array()}};
  for (const auto& [name, body] : *where) {
    Function function{body.first, body.last, who_runs(seen.of_probes, name), who_runs(seen.of_courses, name),
                      who_runs(seen.of_tests, name)};
    kept["functions"].push_back({{"file", body.file},
                                 {"first", body.first},
                                 {"last", body.last},
                                 {"probes", function.probes},
                                 {"courses", function.courses},
                                 {"tests", function.tests}});
    reach.functions_[body.file].push_back(std::move(function));
  }
  NANOBUG_TRY(write_file(*place, kept.dump(-1, ' ', false, json::error_handler_t::replace)));
  return reach;
}

// The functions that it changes something of; nothing where it changes what stands in none of them.
std::optional<std::vector<const Reach::Function*>> Reach::touched(const Clean& clean,
                                                                  const Overlay& overlay) const {
  std::vector<const Function*> all;
  // False where the line may be anybody's.
  const auto add = [&](const std::vector<std::string_view>& lines, const std::vector<Function>& functions,
                       size_t number) {
    if (number < 1 || number > lines.size()) return false;
    const int line = static_cast<int>(number);
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
      all.push_back(&function);
    }
    return inside || is_idle(lines[number - 1]);
  };
  for (const auto& [file, text] : overlay) {
    const auto pristine = read_file(clean.tree / file);
    const auto functions = functions_.find(file);
    if (!is_compiled(file) || !pristine || functions == functions_.end()) return std::nullopt;
    const auto lines = lines_of(*pristine);
    for (const LineChange& change : line_changes(*pristine, text)) {
      // What is only put in stands between two lines, and must stand in a function with both.
      const size_t first = change.removed > 0 ? change.before + 1 : change.before,
                   last = change.removed > 0 ? change.before + change.removed : change.before + 1;
      for (size_t line = first; line <= last; ++line)
        if (!add(lines, functions->second, line)) return std::nullopt;
    }
  }
  return all;
}

std::optional<std::set<std::string>> Reach::probes_of(const Clean& clean, const Overlay& overlay) const {
  const auto functions = touched(clean, overlay);
  if (!functions) return std::nullopt;
  std::set<std::string> probes;
  for (const Function* function : *functions) probes.insert(function->probes.begin(), function->probes.end());
  if (probes.empty()) return std::nullopt;
  probes.insert(unmeasured_.begin(), unmeasured_.end());
  return probes;
}

std::set<int> Reach::idle_tests(const Clean& clean, const Overlay& overlay) const {
  const auto functions = touched(clean, overlay);
  if (!functions || functions->empty()) return {};
  std::set<int> idle = tests_;
  for (const Function* function : *functions)
    for (const int test : function->tests) idle.erase(test);
  return idle;
}

std::set<std::string> Reach::missed(const Clean& clean, const Overlay& overlay) const {
  const auto functions = touched(clean, overlay);
  if (!functions || functions->empty()) return {};
  std::set<std::string> missed = courses_;
  for (const Function* function : *functions)
    for (const std::string& course : function->courses) missed.erase(course);
  return missed;
}

}  // namespace nanobug::workshop
