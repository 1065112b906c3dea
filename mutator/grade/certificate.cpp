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
#include "mutator/grade/parity.h"
#include "mutator/rewrite/tokens.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/trial.h"

namespace nanobug::grade {
namespace {

using nlohmann::json;
using workshop::ProbeAnswer;
using workshop::ProbeInfo;

constexpr const char* kVersion = "3";     // of what a certificate proves
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

// Comment text, line by line; strings, characters and separated digits are not mistaken for it.
std::multiset<std::string> comments(const std::string& code) {
  std::multiset<std::string> found;
  const rewrite::Tokens tokens(code);
  for (const rewrite::Token& token : tokens.all())
    if (token.kind == rewrite::Token::Kind::comment) found.emplace(tokens.text(token));
  return found;
}

// The warnings of a build by file and text, without line and column: those move.
std::multiset<std::string> warnings(const std::string& output) {
  std::multiset<std::string> found;
  for (const std::string_view line : lines_of(output)) {
    const size_t at = line.find("warning: ");
    if (at == std::string_view::npos) continue;
    const size_t file = std::min(line.find(':'), at);
    found.insert(std::string(line.substr(0, file)) + ": " +
                 std::string(line.substr(at, line.find_last_not_of('\n') + 1 - at)));
  }
  return found;
}

// What may be said against the text of a file alone.
Status examine_text(Mutants& mutants, const fs::path& file, const std::string& mutated,
                    Certificate& certificate) {
  const auto pristine = read_file(file);
  NANOBUG_TRY(pristine);
  auto& refusals = certificate.refusals;
  if (mutated == *pristine) refusals.push_back("the edits change nothing");
  const auto before = comments(*pristine), after = comments(mutated);
  for (const std::string& comment : after)
    if (!before.contains(comment))
      refusals.push_back("the mutant has a comment that the clean tree has not: " + comment);
  // A comment that names what is no longer there would give the place away.
  if (mutated.find("\n\n\n") != std::string::npos && pristine->find("\n\n\n") == std::string::npos)
    refusals.push_back("the mutant has two blank lines in a row where something was");
  // Two workers share one Clang.
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  const auto clang = mutants.rewriter();
  NANOBUG_TRY(clang);
  const auto formatted = (*clang)->well_formatted(file, *pristine, mutated);
  NANOBUG_TRY(formatted);
  if (!*formatted)
    refusals.push_back(
        "the mutant is not formatted as .clang-format wants it where it differs from the clean file");
  return {};
}

std::vector<ProbeInfo> named_first(const std::vector<ProbeInfo>& all, const catalog::Rule& rule) {
  std::vector<ProbeInfo> named, others;
  for (const ProbeInfo& info : all) {
    const bool is_named = std::any_of(rule.seen_by.begin(), rule.seen_by.end(),
                                      [&](const catalog::Text& t) { return t.value == info.probe; });
    (is_named ? named : others).push_back(info);
  }
  named.insert(named.end(), others.begin(), others.end());
  return named;
}

Status examine_names(const catalog::Rule& rule, const std::vector<ProbeInfo>& all) {
  std::vector<std::string> known;
  for (const ProbeInfo& info : all) known.push_back(info.probe);
  for (const catalog::Text& named : rule.seen_by)
    if (std::find(known.begin(), known.end(), named.value) == known.end())
      return fail(Exit::catalog, "there is no probe '" + named.value + "'" + did_you_mean(named.value, known),
                  named.place);
  return {};
}

Status examine_probes(Mutants& mutants, const catalog::Rule& rule, const fs::path& tree,
                      const workshop::Askable& askable, Certificate& certificate) {
  const auto program = workshop::probes_for(mutants.workshop(), mutants.clean(), tree);
  if (!program && program.error().code == Exit::check_failed) {
    certificate.refusals.push_back(program.error().message);
    return {};
  }
  NANOBUG_TRY(program);
  // The named ones decide; the others are asked too, for the record of who else sees it.
  const auto answers = run_probes(mutants.workshop(), *program, tree, named_first(askable.probes, rule),
                                  askable.limits(mutants.workshop().spec().probes));
  NANOBUG_TRY(answers);
  for (const ProbeAnswer& answer : *answers) {
    certificate.probes += answer.how != ProbeAnswer::How::unasked;
    if (!answer.passed() && answer.how != ProbeAnswer::How::unasked)
      certificate.failing.push_back(answer.probe);
  }
  for (const catalog::Text& named : rule.seen_by) {
    const auto excluded =
        std::find_if(askable.excluded.begin(), askable.excluded.end(),
                     [&](const ProbeAnswer& answer) { return answer.probe == named.value; });
    if (excluded != askable.excluded.end())
      certificate.refusals.push_back("probe " + named.value + " " + excluded->message);
    else if (std::find(certificate.failing.begin(), certificate.failing.end(), named.value) ==
             certificate.failing.end())
      certificate.refusals.push_back("no probe sees it: " + named.value + " passes on the mutant");
  }
  return {};
}

// Warnings that the clean build has not as often.
Status examine_warnings(Mutants& mutants, const workshop::Mutant& built, Certificate& certificate) {
  const auto before = read_file(mutants.clean().diagnostics());
  NANOBUG_TRY(before);
  const auto had = warnings(*before), has = warnings(built.diagnostics);
  for (auto it = has.begin(); it != has.end(); it = has.upper_bound(*it))
    if (has.count(*it) > had.count(*it))
      certificate.refusals.push_back("the mutant has a new compiler warning: " + *it);
  return {};
}

// Everything about one site; refusals are collected, so that a maintainer sees them all at once.
Result<Certificate> examine(Mutants& mutants, const catalog::Rule& rule, const rewrite::Site& site,
                            const workshop::Askable& askable) {
  const auto start = std::chrono::steady_clock::now();
  Certificate certificate{.rule = rule.id.value,
                          .site = site.index,
                          .file = site.file,
                          .function = site.function,
                          .line = site.line};
  const auto overlay = mutants.overlay(site);
  NANOBUG_TRY(overlay);
  for (const auto& [file, text] : *overlay)
    NANOBUG_TRY(examine_text(mutants, mutants.clean().tree / file, text, certificate));
  const auto built = mutants.workshop().mutant(mutants.clean(), *overlay);
  if (!built && built.error().code == Exit::catalog) {
    certificate.refusals.push_back(built.error().message);
    return certificate;
  }
  NANOBUG_TRY(built);
  if (built->files.empty())
    certificate.refusals.push_back("the object code is the clean tree's: the edits change nothing");
  NANOBUG_TRY(examine_warnings(mutants, *built, certificate));
  if (!certificate.refusals.empty()) return certificate;

  const auto place = workshop::Trial::of_mutant(mutants.workshop(), mutants.clean(), *overlay, *built);
  NANOBUG_TRY(place);
  NANOBUG_TRY(examine_probes(mutants, rule, place->tree(), askable, certificate));
  const catalog::Run& run = mutants.catalog().run_of(rule);
  const auto clean = baseline(mutants.workshop(), mutants.clean(), run.program, 1);
  NANOBUG_TRY(clean);
  const auto own = run_program(mutants.workshop(), run.program, place->tree(), 1);
  NANOBUG_TRY(own);
  certificate.symptom = describe(*own, *clean, run.series.front());
  certificate.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return certificate;
}

// What a certificate is of: the rule, and the text that it makes, which the rewriter may come to make
// otherwise.
std::string rule_text(const catalog::Rule& rule, const std::vector<rewrite::Site>& sites) {
  json text = {kVersion, rule.id.value};
  for (const rewrite::Site& site : sites)
    for (const rewrite::Change* change : site.changes()) {
      text.push_back({site.index, change->file, change->hash});
      for (const rewrite::Replacement& edit : change->edits)
        text.push_back({edit.offset, edit.length, edit.text});
    }
  for (const catalog::Text& probe : rule.seen_by) text.push_back(probe.value);
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
  const auto sites = mutants.sites(rule);
  NANOBUG_TRY(sites);
  const catalog::Run& shown = mutants.catalog().run_of(rule);
  const json run = {shown.program.program, shown.program.args, shown.series};
  const fs::path kept =
      mutants.workshop().cache() / "certificates" /
      sha256(rule_text(rule, *sites) + run.dump() + mutants.clean().key + program->string());
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
  const auto askable = workshop::askable(mutants.workshop(), mutants.clean());
  NANOBUG_TRY(askable);
  std::vector<Certificate> certificates;
  json record = json::array();
  for (const rewrite::Site& site : *sites) {
    auto certificate = examine(mutants, rule, site, *askable);
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
    if (fresh) (void)forget_parity(mutants.clean());
    (void)workshop::askable(mutants.workshop(), mutants.clean(), fresh);
    (void)baseline(mutants.workshop(), mutants.clean(), mutants.catalog().tree.runs.front().program, 1);
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
