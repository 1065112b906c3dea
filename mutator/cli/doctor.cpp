// doctor: what is installed, which LibTorch, which compiler, what is missing and the command that fixes it.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <regex>

#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/base/process.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/tally.h"
#include "mutator/grade/parity.h"
#include "mutator/rewrite/rewriter.h"
#include "mutator/workshop/probe_run.h"

namespace nanobug::cli {
namespace {

struct Finding {
  std::string what, found;
  bool good = true;
  std::string mend;  // a command
};

// The first line of what a program says of itself.
Finding program(const std::string& name, const std::vector<std::string>& ask, bool needed = true) {
  const std::string mend = "tools/setup";
  const auto path = find_program(name);
  if (!path) return {name, needed ? "missing" : "not installed (optional)", !needed, needed ? mend : ""};
  const auto finished = run({.argv = ask, .time_limit = std::chrono::seconds(10)});
  if (!finished || !finished->good()) return {name, path->string() + " does not run", false, mend};
  const std::string said = finished->out.empty() ? finished->err : finished->out;
  return {name, said.substr(0, said.find('\n')), true, ""};
}

Finding libtorch() {
  const char* own = std::getenv("NANOBUG_TORCH_DIR");
  const fs::path place = own && *own ? fs::path(own) : cache_home() / "libtorch-2.15.0";
  std::error_code error;
  if (!fs::exists(place / "lib" / "libtorch_cpu.so", error))
    return {"LibTorch", tidy(place) + " is missing or incomplete", false, "tools/setup"};
  std::string version = "unknown version";
  for (const fs::path& file : {place / "build-version", place / "version.txt"})
    if (const auto text = read_file(file)) version = text->substr(0, text->find('\n'));
  return {"LibTorch", version + " in " + tidy(place) + (own && *own ? " (NANOBUG_TORCH_DIR)" : ""), true, ""};
}

// Does a build file, outside of its comments? "pytorch" is another word.
bool names_libtorch(const std::string& build_file) {
  static const std::regex name("(^|[^a-z])(lib)?torch", std::regex::icase);
  for (const std::string_view line : lines_of(build_file)) {
    const std::string_view code = line.substr(0, line.find('#'));
    if (std::regex_search(code.begin(), code.end(), name)) return true;
  }
  return false;
}

// Does this tree want it, as far as its build files and the catalog's commands say? A catalog that cannot be
// read is no reason to leave it out.
bool wants_libtorch(Context& c) {
  const auto catalog = c.catalog();
  const auto tree = c.pristine();
  if (!catalog || !tree) return true;
  const auto names_it = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char ch) { return std::tolower(ch); });
    return text.find("torch") != std::string::npos;
  };
  const catalog::Build& build = (*catalog)->tree.build;
  for (const auto* command : {&build.configure, &build.compile})
    if (std::any_of(command->begin(), command->end(), names_it)) return true;
  return std::any_of((*tree)->tree.begin(), (*tree)->tree.end(), [&](const auto& entry) {
    const fs::path file = entry.first;
    return (file.filename() == "CMakeLists.txt" || file.extension() == ".cmake" ||
            file.filename() == "meson.build" || file.filename() == "Makefile") &&
           names_libtorch(entry.second.bytes);
  });
}

// What the head's commands begin with, where it is a program of its own and not asked for already.
std::vector<Finding> own_programs(Context& c, const std::vector<Finding>& known) {
  const auto catalog = c.catalog();
  if (!catalog) return {};
  const catalog::Tree& tree = (*catalog)->tree;
  std::vector<std::string> names;
  const auto add = [&](const std::vector<std::string>& command) {
    if (!command.empty() && command.front().find_first_of("/{") == std::string::npos)
      names.push_back(command.front());
  };
  for (const auto* command :
       {&tree.build.configure, &tree.build.compile, &tree.probes.configure, &tree.probes.compile})
    add(*command);
  for (const catalog::Test& test : tree.tests) add(test.run);
  std::vector<Finding> findings;
  for (const std::string& name : names) {
    const auto is_it = [&](const Finding& one) { return one.what == name; };
    if (std::any_of(known.begin(), known.end(), is_it) ||
        std::any_of(findings.begin(), findings.end(), is_it))
      continue;
    const auto path = find_program(name);
    findings.push_back({name, path ? path->string() : "missing; the catalog's head runs it", path.has_value(),
                        "install " + name});
  }
  return findings;
}

Finding space() {
  std::error_code error;
  fs::path place = cache_home();
  while (!fs::exists(place, error) && place.has_parent_path()) place = place.parent_path();
  const auto free = fs::space(place, error).available >> 20;
  return {"disk", fmt::format("{} MB free in {}", free, tidy(place)), free >= 1000,
          "free 1000 MB, or set XDG_CACHE_HOME to a larger disk"};
}

Finding clean_tree(Context& c) {
  const auto shop = c.workshop();
  if (!shop)
    return {"catalog", shop.error().text(), false, "fix it; 'nanobug rule check' says when it is right"};
  const auto tree = c.pristine();
  if (!tree) return {"clean tree", tree.error().text(), false, "nanobug patch restore"};
  const auto clean = (*shop)->find_clean((*tree)->id);
  if (!clean) return {"clean tree", "not built yet; the first start does it", true, ""};
  return {"clean tree", "built in " + tidy(clean->tree), true, ""};
}

// What the clean tree does not pass on this machine, so that no checkout is asked it; one finding each.
std::vector<Finding> not_asked(Context& c) {
  const auto shop = c.workshop();
  const auto tree = c.pristine();
  const auto clean = shop && tree ? (*shop)->find_clean((*tree)->id) : std::nullopt;
  if (!clean) return {};
  std::vector<Finding> findings;
  const auto add = [&](const std::string& what) { findings.push_back({"not asked", what, true, ""}); };
  for (const auto& probe : workshop::excluded_probes(**shop, *clean)) add(probe.probe + " " + probe.message);
  for (const auto& run : grade::excluded_parity(**shop, *clean)) add(run.observable + ": " + run.message);
  return findings;
}

Finding desk() {
  const auto open = session::Desk::peek(Context::places());
  if (!open) return {"session", open.error().text(), false, "nanobug stop"};
  if (!*open) return {"session", "none open", true, ""};
  if (!(*open)->has_checkout())
    return {"session", (*open)->name + ", " + coach::mode_in_words(**open), true, "nanobug stop"};
  std::error_code error;
  const bool there = fs::is_directory((*open)->directory, error);
  return {"session",
          (*open)->name + (there ? " in " : ", whose checkout is gone: ") + tidy((*open)->directory), there,
          "nanobug stop"};
}

}  // namespace

void add_doctor(Verbs& verbs) {
  CLI::App* verb =
      verbs.add(verbs.app, "doctor", "What is installed, what is missing, and the command that fixes it");
  verbs.on(verb, [&c = verbs.context]() -> Result<Exit> {
    std::vector<Finding> findings;
    findings.push_back(program("clang++-19", {"clang++-19", "--version"}));
    findings.push_back(program("ld.lld-19", {"ld.lld-19", "--version"}));
    findings.push_back(program("cmake", {"cmake", "--version"}));
    findings.push_back(program("ninja", {"ninja", "--version"}));
    findings.push_back(program("git", {"git", "--version"}));
    findings.push_back(program("gnuplot", {"gnuplot", "--version"}));
    findings.push_back(program("nvcc", {"nvcc", "--version"}, /*needed=*/false));
    for (Finding& finding : own_programs(c, findings)) findings.push_back(std::move(finding));
    if (wants_libtorch(c)) findings.push_back(libtorch());
    const auto clang = rewrite::open_rewriter();
    findings.push_back({"rewriter", clang ? "Clang's libraries load" : clang.error().message,
                        clang.has_value(), "tools/setup && cmake --build --preset dev"});
    findings.push_back(space());
    findings.push_back(clean_tree(c));
    for (Finding& finding : not_asked(c)) findings.push_back(std::move(finding));
    findings.push_back(desk());
    nlohmann::json json = nlohmann::json::array();
    std::vector<std::vector<std::string>> rows;
    bool good = true;
    for (const Finding& f : findings) {
      good = good && f.good;
      json.push_back({{"what", f.what}, {"found", f.found}, {"ok", f.good}, {"mend", f.good ? "" : f.mend}});
      rows.push_back(
          {f.good ? "ok" : "!!", f.what, f.found + (f.good || f.mend.empty() ? "" : "  -> " + f.mend)});
    }
    c.ui.data(c.ui.json ? json.dump(2, ' ', false, kAnyBytes) : table(rows));
    return good ? Exit::ok : Exit::check_failed;
  });
}

}  // namespace nanobug::cli
