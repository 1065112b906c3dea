// patch: the bugs as plain patches on the project's own tree, for who reads on their own.
#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include <nlohmann/json.hpp>

#include "mutator/cli/applied.h"
#include "mutator/cli/debrief.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

// One file a rule and site: <code>.patch, or <code>-2.patch from the second site on. No name tells what the
// bug is.
std::string file_name(const catalog::Rule& rule, int index) {
  return rule.code.value + (index == 0 ? "" : '-' + std::to_string(index + 1)) + ".patch";
}

Result<rewrite::Site> site_of(Context& c, const std::string& id, int number) {
  const auto catalog = c.catalog();
  NANOBUG_TRY(catalog);
  const auto rule = catalog::find_rule(**catalog, id);  // a misspelt one builds nothing
  NANOBUG_TRY(rule);
  const auto mutants = c.texts();
  NANOBUG_TRY(mutants);
  auto sites = (*mutants)->sites(**rule);
  NANOBUG_TRY(sites);
  if (number < 1 || number > static_cast<int>(sites->size()))
    return fail(Exit::usage,
                fmt::format("bug '{}' has {}, so there is no site {}", id,
                            coach::count(static_cast<std::int64_t>(sites->size()), "site"), number));
  return (*sites)[static_cast<size_t>(number - 1)];
}

Result<Exit> list(Context& c) {
  const auto project = c.project();
  NANOBUG_TRY(project);
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {{"CODE", "TITLE", "PATCH", ""}};
  for (const catalog::Rule& rule : (*loaded)->rules)
    for (int i = 0;; ++i) {
      const std::string name = "patches/" + file_name(rule, i);
      const bool there = fs::exists(*project / name);
      if (i >= rule.least_sites() && !there) break;
      json.push_back({{"code", rule.code.value},
                      {"title", rule.title.value},
                      {"site", i + 1},
                      {"file", name},
                      {"exists", there}});
      rows.push_back({rule.code.value, rule.title.value, name,
                      there ? "" : "missing; 'nanobug patch export' writes it"});
    }
  c.ui.data(c.ui.json ? json.dump(2, ' ', false, kAnyBytes) : table(rows));
  return Exit::ok;
}

Result<Exit> show(Context& c, const std::string& id, int number) {
  const auto site = site_of(c, id, number);
  NANOBUG_TRY(site);
  const auto patch = (*c.texts())->patch(*site);
  NANOBUG_TRY(patch);
  NANOBUG_TRY(note_peek(c, {site->rule}));
  std::vector<std::string> files;
  for (const rewrite::Change* change : site->changes()) files.push_back(change->file);
  c.ui.data(
      c.ui.json
          ? nlohmann::json{{"id", site->rule}, {"site", number}, {"files", files}, {"patch", *patch}}.dump(
                2, ' ', false, kAnyBytes)
          : *patch);
  return Exit::ok;
}

Result<Exit> apply(Context& c, const std::string& id, int number) {
  const auto site = site_of(c, id, number);
  NANOBUG_TRY(site);
  const auto overlay = (*c.texts())->overlay(*site);
  NANOBUG_TRY(overlay);
  const auto clean = c.pristine();
  NANOBUG_TRY(clean);
  workshop::Overlay pristine;
  for (const auto& [path, text] : *overlay) pristine[path] = (*clean)->tree.at(path).bytes;
  const fs::path tree = (*c.catalog())->tree_directory();
  NANOBUG_TRY(apply_to_tree(tree, *overlay, pristine));
  NANOBUG_TRY(note_peek(c, {site->rule}));
  c.ui.say("The bug is in " + tidy(tree) + " now. 'nanobug patch restore' takes it out again.");
  return Exit::ok;
}

Result<Exit> restore(Context& c) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const auto kept = restore_tree((*loaded)->tree_directory());
  NANOBUG_TRY(kept);
  for (const auto& [path, aside] : *kept) c.ui.say("Your version of " + path + " is kept in " + tidy(aside));
  c.ui.say("The bug is out of " + tidy((*loaded)->tree_directory()) + " again.");
  return Exit::ok;
}

// Is a file called as one of these patches? What is called otherwise is somebody else's.
bool is_ours(const std::string& name) {
  static const std::regex kName(R"([A-Z]+[0-9]+(-[0-9]+)?\.patch)");
  return std::regex_match(name, kName);
}

// Writes every patch, and removes those whose rule is gone. With --check nothing is written.
Result<Exit> write_all(Context& c, fs::path directory, bool check) {
  const auto mutants = c.texts();
  NANOBUG_TRY(mutants);
  if (directory.empty()) directory = (*c.project()) / "patches";
  std::vector<const catalog::Rule*> rules;
  for (const catalog::Rule& rule : (*mutants)->catalog().rules) rules.push_back(&rule);
  std::map<std::string, std::string> patches;
  for (const auto& sites : (*mutants)->sites(rules)) {
    NANOBUG_TRY(sites);
    for (const rewrite::Site& site : *sites) {
      auto patch = (*mutants)->patch(site);
      NANOBUG_TRY(patch);
      patches[file_name(*(*mutants)->catalog().find(site.rule), site.index)] = std::move(*patch);
    }
  }
  std::vector<std::string> stale;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error))
    if (const std::string name = entry.path().filename().string(); is_ours(name) && !patches.contains(name))
      stale.push_back(name);
  std::sort(stale.begin(), stale.end());
  std::vector<std::string> behind;
  for (const auto& [name, text] : patches) {
    const auto present = read_file(directory / name);
    if (present && *present == text) continue;
    behind.push_back(name);
    if (!check) NANOBUG_TRY(write_file(directory / name, text));
  }
  const size_t written = behind.size();
  for (const std::string& name : stale)
    if (!check) fs::remove(directory / name, error);
  behind.insert(behind.end(), stale.begin(), stale.end());
  if (c.ui.json)
    c.ui.data(
        nlohmann::json{{"patches", patches.size()}, {"changed", behind}}.dump(2, ' ', false, kAnyBytes));
  else if (check && !behind.empty())
    for (const std::string& name : behind)
      c.ui.data(name + (!patches.contains(name) ? " is of no rule; 'nanobug patch export' removes it"
                        : fs::exists(directory / name, error)
                            ? " is not what the catalog makes; 'nanobug patch "
                              "export' writes it again"
                            : " is missing; 'nanobug patch export' writes it"));
  else
    c.ui.say(fmt::format("{} in {}, {} written{}",
                         coach::count(static_cast<std::int64_t>(patches.size()), "patch file"),
                         tidy(directory), check ? 0 : written,
                         check || stale.empty() ? "" : fmt::format(", {} of no rule removed", stale.size())));
  return check && !behind.empty() ? Exit::check_failed : Exit::ok;
}

}  // namespace

void add_patch(Verbs& verbs) {
  struct Options {
    std::string rule, directory;
    int site = 1;
    bool check = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* patch =
      verbs.add(verbs.app, "patch", "One named bug as a patch: list, show, apply, restore, export");
  patch->require_subcommand(1);
  Context& c = verbs.context;
  const auto with_rule = [options](CLI::App* verb) {
    verb->add_option("bug", options->rule, "A code that 'nanobug list' shows")->required()->type_name("BUG");
    verb->add_option("--site", options->site, "Which of its sites (default: 1)")->type_name("N");
    return verb;
  };
  verbs.on(verbs.add(*patch, "list", "The patch files"), [&c] { return list(c); });
  verbs.on(with_rule(verbs.add(*patch, "show", "Print one as a diff (a spoiler)")),
           [&c, options] { return show(c, options->rule, options->site); });
  verbs.on(with_rule(verbs.add(*patch, "apply", "Put one into the project's own tree")),
           [&c, options] { return apply(c, options->rule, options->site); });
  verbs.on(verbs.add(*patch, "restore", "Take it out again, byte for byte; your edits are kept aside"),
           [&c] { return restore(c); });
  CLI::App* write = verbs.add(*patch, "export", "Write every patch file from the catalog");
  write->add_option("--dir", options->directory, "Where to (default: the project's patches/)")
      ->type_name("DIR");
  write->add_flag("--check", options->check, "Write nothing; exit 1 if one is not what the catalog makes");
  verbs.on(write, [&c, options] { return write_all(c, options->directory, options->check); });
}

}  // namespace nanobug::cli
