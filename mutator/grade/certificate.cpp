// certificate: see certificate.h.
#include "mutator/grade/certificate.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "mutator/base/files.h"
#include "mutator/base/sealed_file.h"
#include "mutator/base/suggest.h"
#include "mutator/grade/verdict.h"
#include "mutator/workshop/probes.h"

namespace nanobug::grade {
namespace {

using nlohmann::json;
using workshop::ProbeAnswer;
using workshop::ProbeInfo;

constexpr const char* kVersion = "1";  // of what a certificate proves
constexpr std::size_t kStep = 64u << 10;  // no certificate is longer: its size must not tell the rule

json to_json(const Certificate& c) {
  return {{"rule", c.rule},
          {"site", c.site},
          {"file", c.file},
          {"function", c.function},
          {"line", c.line},
          {"failing", c.failing},
          {"probes", c.probes},
          {"kind", c.symptom.kind},
          {"words", c.symptom.words},
          {"silence", c.symptom.silence},
          {"visible_from", c.symptom.visible_from},
          {"seconds", c.seconds}};
}

Certificate from_json(const json& j) {
  Certificate c;
  c.rule = j.at("rule"), c.site = j.at("site"), c.file = j.at("file"), c.function = j.at("function"),
  c.line = j.at("line");
  c.failing = j.at("failing").get<std::vector<std::string>>(), c.probes = j.at("probes");
  c.symptom = {j.at("kind"), j.at("words"), j.at("silence"), j.at("visible_from")};
  c.seconds = j.at("seconds");
  return c;
}

// Comment text, line by line; strings in code are not mistaken for it.
std::multiset<std::string> comments(const std::string& code) {
  std::multiset<std::string> found;
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '"' || code[i] == '\'') {
      const char quote = code[i];
      for (++i; i < code.size() && code[i] != quote && code[i] != '\n'; ++i) i += code[i] == '\\';
    } else if (code.compare(i, 2, "//") == 0) {
      const size_t end = std::min(code.find('\n', i), code.size());
      found.insert(code.substr(i, end - i));
      i = end;
    } else if (code.compare(i, 2, "/*") == 0) {
      const size_t end = std::min(code.find("*/", i), code.size());
      found.insert(code.substr(i, end - i));
      i = end + 1;
    }
  }
  return found;
}

// What may be said against the text alone.
Status examine_text(Mutants& mutants, const rewrite::Site& site, Certificate& certificate) {
  const auto pristine = read_file(mutants.clean().tree / site.file);
  NANOBUG_TRY(pristine);
  const auto mutated = rewrite::apply(site, *pristine);
  NANOBUG_TRY(mutated);
  auto& refusals = certificate.refusals;
  if (*mutated == *pristine) refusals.push_back("the edits change nothing");
  const auto before = comments(*pristine), after = comments(*mutated);
  for (const std::string& comment : after)
    if (!before.contains(comment))
      refusals.push_back("the mutant has a comment that the clean tree has not: " + comment);
  // A comment that names what is no longer there would give the place away.
  if (mutated->find("\n\n\n") != std::string::npos && pristine->find("\n\n\n") == std::string::npos)
    refusals.push_back("the mutant has two blank lines in a row where something was");
  // Two workers share one Clang.
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  const auto clang = mutants.rewriter();
  NANOBUG_TRY(clang);
  const fs::path file = mutants.clean().tree / site.file;
  const auto was = (*clang)->well_formatted(file, *pristine), is = (*clang)->well_formatted(file, *mutated);
  NANOBUG_TRY(was);
  NANOBUG_TRY(is);
  if (*was && !*is)
    refusals.push_back("the mutant is not formatted as .clang-format wants it, the clean file is");
  if (!*was)
    refusals.push_back(site.file + " of the clean tree is not formatted as its .clang-format wants it");
  return {};
}

std::vector<ProbeInfo> named_first(const std::vector<ProbeInfo>& all, const catalog::Rule& rule) {
  std::vector<ProbeInfo> named, others;
  for (const ProbeInfo& info : all) {
    const bool is_named = std::any_of(rule.probes.begin(), rule.probes.end(),
                                      [&](const catalog::Text& t) { return t.value == info.probe; });
    (is_named ? named : others).push_back(info);
  }
  named.insert(named.end(), others.begin(), others.end());
  return named;
}

Status examine_names(const catalog::Rule& rule, const std::vector<ProbeInfo>& all) {
  std::vector<std::string> known;
  for (const ProbeInfo& info : all) known.push_back(info.probe);
  for (const catalog::Text& named : rule.probes)
    if (std::find(known.begin(), known.end(), named.value) == known.end())
      return fail(Exit::catalog, "there is no probe '" + named.value + "'" + did_you_mean(named.value, known),
                  named.place);
  return {};
}

// The clean tree's answers, asked once for each probe program.
Result<std::vector<std::string>> failing_on_clean(Mutants& mutants, const fs::path& program,
                                                  const std::vector<ProbeInfo>& all) {
  const fs::path kept = program.parent_path() / "clean-failures.json";
  if (const auto text = read_file(kept)) try {
      return json::parse(*text).get<std::vector<std::string>>();
    } catch (const json::exception&) {
      // Damaged: made again.
    }
  const auto answers = run_probes(mutants.workshop(), program, mutants.clean().tree, all);
  NANOBUG_TRY(answers);
  std::vector<std::string> failing;
  for (const ProbeAnswer& answer : *answers)
    if (!answer.passed()) failing.push_back(answer.probe);
  NANOBUG_TRY(write_file(kept, json(failing).dump()));
  return failing;
}

Status examine_probes(Mutants& mutants, const catalog::Rule& rule, const fs::path& program,
                      const fs::path& place, const std::vector<ProbeInfo>& all, Certificate& certificate) {
  const auto clean = failing_on_clean(mutants, program, all);
  NANOBUG_TRY(clean);
  // The named ones decide; the others are asked too, for the record of who else sees it.
  const auto answers = run_probes(mutants.workshop(), program, place, named_first(all, rule));
  NANOBUG_TRY(answers);
  certificate.probes = static_cast<int>(answers->size());
  for (const ProbeAnswer& answer : *answers)
    if (!answer.passed()) certificate.failing.push_back(answer.probe);
  for (const catalog::Text& named : rule.probes) {
    const auto has = [&](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), named.value) != list.end();
    };
    if (has(*clean)) certificate.refusals.push_back("probe " + named.value + " fails on the clean tree");
    if (!has(certificate.failing))
      certificate.refusals.push_back("no probe sees it: " + named.value + " passes on the mutant");
  }
  return {};
}

// Everything about one site; refusals are collected, so that a maintainer sees them all at once.
Result<Certificate> examine(Mutants& mutants, const catalog::Rule& rule, const rewrite::Site& site,
                            const fs::path& program, const std::vector<ProbeInfo>& all) {
  const auto start = std::chrono::steady_clock::now();
  Certificate certificate{.rule = rule.id.value,
                          .site = site.index,
                          .file = site.file,
                          .function = site.function,
                          .line = site.line};
  NANOBUG_TRY(examine_text(mutants, site, certificate));
  const auto built = mutants.build(site);
  if (!built && built.error().code == Exit::catalog) {
    certificate.refusals.push_back(built.error().message);
    return certificate;
  }
  NANOBUG_TRY(built);
  if (built->files.empty())
    certificate.refusals.push_back("the object code is the clean tree's: the edits change nothing");
  if (const size_t at = built->diagnostics.find("warning:"); at != std::string::npos)
    certificate.refusals.push_back("the mutant has a new compiler warning: " +
                                   built->diagnostics.substr(at, built->diagnostics.find('\n', at) - at));
  if (!certificate.refusals.empty()) return certificate;

  // A tree to run it in: the mutant's build over links to the clean one.
  auto place = make_temporary_directory(mutants.clean().tree.parent_path(), "certify");
  NANOBUG_TRY(place);
  struct Sweep {
    fs::path path;
    ~Sweep() { (void)remove_tree(path); }
  } sweep{*place};
  NANOBUG_TRY(mutants.workshop().furnish_links(mutants.clean(), *built, *place));
  NANOBUG_TRY(examine_probes(mutants, rule, program, *place, all, certificate));
  const catalog::Run& run = mutants.catalog().tree.run;
  const auto clean = baseline(mutants.workshop(), mutants.clean(), run.program, 1);
  NANOBUG_TRY(clean);
  const auto own = run_program(mutants.workshop(), run.program, *place, 1);
  NANOBUG_TRY(own);
  certificate.symptom = describe(*own, *clean, run.series.front());
  certificate.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return certificate;
}

std::string rule_text(const catalog::Rule& rule) {
  json text = {kVersion, rule.in.value, rule.match.value, rule.expect};
  for (const catalog::Edit& edit : rule.edits)
    text.push_back({static_cast<int>(edit.kind), edit.target.value, edit.with.value});
  for (const catalog::Text& probe : rule.probes) text.push_back(probe.value);
  return text.dump();
}

}  // namespace

Status knows_probes(Mutants& mutants, const catalog::Rule& rule) {
  const auto all = list_probes(mutants.workshop(), mutants.clean());
  NANOBUG_TRY(all);
  return examine_names(rule, *all);
}

Result<std::vector<Certificate>> certify(Mutants& mutants, const catalog::Rule& rule, bool fresh,
                                         const workshop::Progress& progress) {
  const auto program = clean_probes(mutants.workshop(), mutants.clean(), progress);
  NANOBUG_TRY(program);
  const json run = {mutants.catalog().tree.run.program.program, mutants.catalog().tree.run.program.args,
                    mutants.catalog().tree.run.series};
  const fs::path kept =
      mutants.workshop().cache() / "certificates" /
      sha256(rule_text(rule) + run.dump() + mutants.clean().key + program->string());
  if (!fresh)
    if (const auto text = read_sealed(kept)) try {
        std::vector<Certificate> certificates;
        const json j = json::parse(*text);
        for (const json& entry : j) certificates.push_back(from_json(entry));
        if (j.is_array() && !certificates.empty()) return certificates;
      } catch (const json::exception&) {
        // Damaged: made again.
      }
  const auto all = list_probes(mutants.workshop(), mutants.clean());
  NANOBUG_TRY(all);
  NANOBUG_TRY(examine_names(rule, *all));
  const auto sites = mutants.sites(rule);
  NANOBUG_TRY(sites);
  std::vector<Certificate> certificates;
  json record = json::array();
  for (const rewrite::Site& site : *sites) {
    auto certificate = examine(mutants, rule, site, *program, *all);
    NANOBUG_TRY(certificate);
    record.push_back(to_json(*certificate));
    certificates.push_back(std::move(*certificate));
  }
  // Only what holds is kept: a refused rule is about to be mended.
  if (std::all_of(certificates.begin(), certificates.end(), [](const Certificate& c) { return c.holds(); }))
    NANOBUG_TRY(write_sealed(kept, record.dump(), kStep));
  return certificates;
}

std::vector<Result<std::vector<Certificate>>> certify(
    Mutants& mutants, const std::vector<const catalog::Rule*>& rules, bool fresh,
    const std::function<void(const catalog::Rule&, int)>& done) {
  std::vector<Result<std::vector<Certificate>>> answers(rules.size());
  // Clang is asked for all sites first, one parse a file; and what all rules share is made once, before they
  // part.
  const auto sites = mutants.sites(rules);
  const auto program = clean_probes(mutants.workshop(), mutants.clean());
  const auto clang = mutants.rewriter();
  if (program && clang) {
    if (const auto all = list_probes(mutants.workshop(), mutants.clean()))
      (void)failing_on_clean(mutants, *program, *all);
    (void)baseline(mutants.workshop(), mutants.clean(), mutants.catalog().tree.run.program, 1);
  }
  std::atomic<size_t> next = 0;
  std::mutex telling;
  int finished = 0;
  // A worker is a thread: what is thrown in it would end everything, so it becomes that rule's error.
  const auto one = [&](size_t i) -> Result<std::vector<Certificate>> {
    if (!sites[i]) return tl::unexpected(sites[i].error());
    try {
      return certify(mutants, *rules[i], fresh);
    } catch (const std::exception& error) {
      return fail(Exit::io, std::string("certifying was given up: ") + error.what(), rules[i]->id.place);
    }
  };
  const auto work = [&] {
    for (size_t i; (i = next++) < rules.size();) {
      answers[i] = one(i);
      const std::lock_guard lock(telling);
      ++finished;
      if (done) done(*rules[i], finished);
    }
  };
  constexpr unsigned kWorkers = 2;
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < kWorkers; ++i) workers.emplace_back(work);
  workers.clear();  // joins
  return answers;
}

}  // namespace nanobug::grade
