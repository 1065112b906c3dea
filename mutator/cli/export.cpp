// export: certified bugs as tasks for programs that mend code, in the format of SWE-bench (Jimenez et al.,
// "SWE-bench: Can Language Models Resolve Real-World GitHub Issues?", ICLR 2024): a line of JSON each.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include <nlohmann/json.hpp>
#include <set>

#include "mutator/base/files.h"
#include "mutator/cli/begin.h"
#include "mutator/cli/debrief.h"
#include "mutator/cli/proving.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/words.h"
#include "mutator/grade/task.h"
#include "mutator/vault/head.h"

namespace nanobug::cli {
namespace {

struct Options {
  std::vector<std::string> bugs;
  std::string format, shard, output;
  size_t operators = 0;
  std::uint64_t seed = 1;
  grade::Proof proof;
};

// Their rules, where they are none of the catalog's.
using Drawn = std::vector<grade::Change>;

Result<std::vector<const catalog::Rule*>> chosen(Context& c, const Options& options, Drawn& drawn) {
  std::vector<const catalog::Rule*> rules;
  if (options.operators > 0) {
    const auto mutants = c.mutants();
    NANOBUG_TRY(mutants);
    auto changes = grade::draw_operators(**mutants, {.seed = options.seed, .count = options.operators});
    NANOBUG_TRY(changes);
    drawn = std::move(*changes);
    return part_of(drawn, options.shard);
  }
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  for (const std::string& name : options.bugs) {
    const auto named = bugs_named(**loaded, name);
    NANOBUG_TRY(named);
    for (const catalog::Rule* rule : *named)
      if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
  }
  if (options.bugs.empty())
    for (const catalog::Rule& rule : (*loaded)->rules)
      if (!rule.decoy) rules.push_back(&rule);
  if (rules.empty()) return fail(Exit::catalog, "the catalog has no bug to export", (*loaded)->tree.place);
  return part_of(rules, options.shard);
}

// A name that says nothing of the place.
std::string instance_of(const vault::Head& head, const catalog::Rule& rule, const rewrite::Site& site,
                        const grade::Task& task, bool drawn) {
  std::string name = head.repository;
  if (const size_t slash = name.find('/'); slash != std::string::npos) name.replace(slash, 1, "__");
  if (drawn) return name + "-op-" + sha256(task.breaks).substr(0, 12);
  return name + '-' + rule.code.value + (site.index == 0 ? "" : '-' + std::to_string(site.index + 1));
}

// The fields of the published data set, where lists of tests are JSON in a string; mutation_patch, directory
// and test_cmd are ours.
nlohmann::json in_swebench(const grade::Task& task, const std::string& instance, const vault::Head& head,
                           const std::string& tree_id) {
  const std::string directory = head.directory.empty() ? "." : head.directory.string();
  return {
      {"instance_id", instance},
      {"repo", head.repository},
      {"base_commit", head.commit},
      {"environment_setup_commit", head.commit},
      {"created_at", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(head.time)))},
      {"version", tree_id.substr(0, 12)},
      {"problem_statement", task.statement},
      {"hints_text", fmt::format("{}", fmt::join(task.hints, "\n"))},
      {"mutation_patch", task.breaks},
      {"patch", task.mends},
      {"test_patch", ""},
      {"directory", directory},
      {"test_cmd", coach::command_line({"nanobug", "judge", directory})},
      {"FAIL_TO_PASS", nlohmann::json(task.fail_to_pass).dump()},
      {"PASS_TO_PASS", nlohmann::json(task.pass_to_pass).dump()}};
}

// A link stays one: what it names is written.
fs::path place_of(const std::string& output) {
  std::error_code error;
  const fs::path named = fs::weakly_canonical(fs::absolute(output), error);
  return error ? fs::absolute(output) : named;
}

// Said before the work, not after it.
Status can_be_written(const fs::path& file) {
  std::error_code error;
  const auto there = fs::status(file, error);  // not there is no error
  error.clear();
  if (fs::exists(there) && !fs::is_regular_file(there))
    return fail(Exit::io, tidy(file) + " is no regular file; name another one after --output");
  fs::create_directories(file.parent_path(), error);
  if (error || (fs::exists(there) && ::access(file.c_str(), W_OK) != 0) ||
      ::access(file.parent_path().c_str(), W_OK) != 0)
    return fail(Exit::io, "cannot write " + tidy(file) + ": " +
                              (error ? error.message() : system_reason(errno)) + "; name another place");
  return {};
}

Status write_out(Context& c, const Options& options, const std::string& lines) {
  if (options.output.empty()) {
    c.ui.data(lines);
    return {};
  }
  return write_file(place_of(options.output), lines);
}

Result<Exit> export_tasks(Context& c, const Options& options) {
  if (options.operators > 0 && !options.bugs.empty())
    return fail(Exit::usage,
                "--operators draws changes that nobody wrote, so it takes no bug; leave one out");
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  if (!options.output.empty()) NANOBUG_TRY(can_be_written(place_of(options.output)));
  const auto pristine = c.pristine();
  NANOBUG_TRY(pristine);
  const auto head = vault::head_of((*loaded)->tree_directory(), (*pristine)->tree);
  NANOBUG_TRY(head);
  Drawn drawn;
  const auto rules = chosen(c, options, drawn);
  NANOBUG_TRY(rules);
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto passing = grade::passing(**mutants, options.proof.all, c.ui.progress());
  NANOBUG_TRY(passing);
  const auto certificates = prove(c, **mutants, *rules, options.proof);
  if (!options.bugs.empty()) {  // whoever names a bug is shown its fix
    std::set<std::string> ids;
    for (const catalog::Rule* rule : *rules) ids.insert(rule->id.value);
    NANOBUG_TRY(note_peek(c, ids));
  }
  std::string lines;
  std::set<std::string> instances;
  size_t left_out = 0;
  bool all_hold = true;
  for (size_t i = 0; i < rules->size(); ++i) {
    const catalog::Rule& rule = *(*rules)[i];
    const auto refuse = [&](const std::string& why) {
      ++left_out;
      if (options.operators > 0) return;  // most draws are no bug
      all_hold = false;
      c.ui.complain({Exit::check_failed, rule.id.value + ": " + why});
    };
    const auto sites = (*mutants)->sites(rule);
    if (!certificates[i] || !sites) {
      refuse((!certificates[i] ? certificates[i].error() : sites.error()).text());
      continue;
    }
    for (const grade::Certificate& one : *certificates[i]) {
      if (!one.holds() || one.failing.empty()) {
        refuse(one.holds() ? "nobody sees it" : one.refusals.front());
        continue;
      }
      const rewrite::Site& site = sites->at(static_cast<size_t>(one.site));
      const auto task = grade::task_of(**mutants, rule, site, one, *passing, head->directory);
      NANOBUG_TRY(task);
      const std::string instance = instance_of(*head, rule, site, *task, options.operators > 0);
      if (!instances.insert(instance).second) continue;  // two operators that write one text
      lines += in_swebench(*task, instance, *head, (*pristine)->id).dump(-1, ' ', false, kAnyBytes) + '\n';
    }
  }
  NANOBUG_TRY(write_out(c, options, lines));
  c.ui.say(coach::count(static_cast<std::int64_t>(instances.size()), "task") +
           (options.output.empty() ? "" : " in " + tidy(options.output)) +
           (options.operators > 0 && left_out > 0
                ? fmt::format("; {} no bug, or seen by nobody",
                              coach::count(static_cast<std::int64_t>(left_out), "change") +
                                  (left_out == 1 ? " is" : " are"))
                : ""));
  return all_hold ? Exit::ok : Exit::check_failed;
}

}  // namespace

void add_export(Verbs& verbs) {
  auto options = std::make_shared<Options>();
  options->format = "swebench";
  CLI::App* verb =
      verbs.add(verbs.app, "export", "Certified bugs as tasks for programs that mend code (spoilers)");
  verb->add_option("bugs", options->bugs, "Which (default: all)")->type_name("BUG");
  verb->add_option("--format", options->format, "swebench: a line of JSON each (the only one so far)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"swebench"}).description(""));
  verb->add_option("--output", options->output, "Where to (default: standard output)")->type_name("FILE");
  verb->add_option("--operators", options->operators,
                   "Instead of the catalog's bugs, those among so many changes that generic operators make")
      ->type_name("1..100000")
      ->check(CLI::Range(1, 100000).description(""));
  verb->add_option("--seed", options->seed, "Which of them are drawn (default: 1)")->type_name("S");
  verb->add_option("--shard", options->shard, "Only the K-th of N parts, as one machine of N does")
      ->type_name("K/N");
  verb->add_flag("--all", options->proof.all,
                 "Ask every probe and parity run, and name the runs among those that pass");
  verbs.on(verb, [=, &c = verbs.context] { return export_tasks(c, *options); });
}

}  // namespace nanobug::cli
