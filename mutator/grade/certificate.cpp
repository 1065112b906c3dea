// certificate: see certificate.h.
#include "mutator/grade/certificate.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "mutator/base/at_once.h"
#include "mutator/base/files.h"
#include "mutator/base/sealed_file.h"
#include "mutator/grade/courses.h"
#include "mutator/grade/observers.h"
#include "mutator/grade/parity.h"
#include "mutator/grade/recording.h"
#include "mutator/rewrite/tokens.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/trial.h"

namespace nanobug::grade {
namespace {

using nlohmann::json;
constexpr const char* kVersion = "5";  // of what a certificate proves
constexpr const char* kAll = "all";    // proofs that ask more, or less, than usual (Proof)
constexpr const char* kFirst = "first";
// From so many rules on it pays to measure what each probe runs first: a build of the tree and a run of all
// probes.
constexpr std::size_t kWorthMeasuring = 40;

// One more than there are cores to fill: some mutants wait for a minute without using any.
constexpr std::size_t kWorkers = 3;

constexpr std::size_t kStep = 64u << 10;  // no certificate is longer: its size must not tell the rule

json to_json(const Certificate& c) {
  return {{"rule", c.rule},
          {"site", c.site},
          {"file", c.file},
          {"function", c.function},
          {"line", c.line},
          {"failing", c.failing},
          {"probes", c.probes},
          {"runs", c.runs},
          {"series", c.symptom.series},
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
  c.failing = j.at("failing").get<std::vector<std::string>>(), c.probes = j.at("probes"),
  c.runs = j.at("runs");
  c.symptom = {j.at("kind"), j.at("words"), j.at("silence"), j.at("visible_from"), j.at("series")};
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

// What may be said against the new text of one file.
Status examine_file(Mutants& mutants, const std::string& file, const std::string& mutated,
                    Certificate& certificate) {
  const auto pristine = read_file(mutants.clean().tree / file);
  NANOBUG_TRY(pristine);
  auto& refusals = certificate.refusals;
  if (mutated == *pristine) refusals.push_back("the edits change nothing in " + file);
  const auto before = comments(*pristine), after = comments(mutated);
  for (const std::string& comment : after)
    if (!before.contains(comment))
      refusals.push_back("the mutant has a comment that the clean tree has not: " + comment);
  // A comment that names what is no longer there would give the place away.
  if (mutated.find("\n\n\n") != std::string::npos && pristine->find("\n\n\n") == std::string::npos)
    refusals.push_back("the mutant has two blank lines in a row where something was");
  const auto clang = mutants.rewriter();
  NANOBUG_TRY(clang);
  const auto formatted = (*clang)->well_formatted(mutants.clean().tree / file, *pristine, mutated);
  NANOBUG_TRY(formatted);
  if (!*formatted)
    refusals.push_back(
        "the mutant is not formatted as .clang-format wants it where it differs from the clean file");
  return {};
}

// Who sees it: those that the rule names, or, of a decoy, nobody.
Status examine_sight(Mutants& mutants, const workshop::Askable& askable, const Inquiry& inquiry,
                     Certificate& certificate) {
  auto sighting = look(mutants, askable, inquiry);
  if (!sighting && sighting.error().code == Exit::check_failed) {
    certificate.refusals.push_back(sighting.error().message);
    return {};
  }
  NANOBUG_TRY(sighting);
  for (const auto& [observer, why] : sighting->blind)
    certificate.refusals.push_back("seen_by does not hold: " + observer + " " + why);
  if (inquiry.rule.decoy)
    for (const std::string& observer : sighting->seen_by)
      certificate.refusals.push_back("it is no decoy: " + observer + " sees it");
  for (const std::string& observer : sighting->overlooked)
    certificate.refusals.push_back(overlooks(observer));
  certificate.overlooked = std::move(sighting->overlooked);
  certificate.failing = std::move(sighting->seen_by);
  certificate.probes = sighting->probes, certificate.runs = sighting->runs;
  return {};
}

Status examine_warnings(const Mutants& mutants, const workshop::Mutant& built, Certificate& certificate) {
  const auto new_ones = new_warnings(mutants, built);
  NANOBUG_TRY(new_ones);
  for (const std::string& warning : *new_ones)
    certificate.refusals.push_back("the mutant has a new compiler warning: " + warning);
  return {};
}

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Everything about one site; refusals are collected, so that a maintainer sees them all at once.
Result<Certificate> examine(Mutants& mutants, const catalog::Rule& rule, const rewrite::Site& site,
                            const workshop::Askable& askable, const Proof& proof) {
  const auto start = std::chrono::steady_clock::now();
  Certificate certificate{.rule = rule.id.value,
                          .site = site.index,
                          .file = site.file,
                          .function = site.function,
                          .line = site.line};
  const auto overlay = mutants.overlay(site);
  NANOBUG_TRY(overlay);
  for (const auto& [file, text] : *overlay) NANOBUG_TRY(examine_file(mutants, file, text, certificate));
  const auto built = mutants.workshop().mutant(mutants.clean(), *overlay);
  if (!built && built.error().code == Exit::catalog) {
    certificate.refusals.push_back(built.error().message);
    return certificate;
  }
  NANOBUG_TRY(built);
  // A decoy may well be what the compiler makes of the clean text too.
  if (built->files.empty() && !rule.decoy)
    certificate.refusals.push_back("the object code is the clean tree's: the edits change nothing");
  NANOBUG_TRY(examine_warnings(mutants, *built, certificate));
  if (!certificate.refusals.empty()) return certificate;

  const auto place = workshop::Trial::of_mutant(mutants.workshop(), mutants.clean(), *overlay, *built);
  NANOBUG_TRY(place);
  NANOBUG_TRY(examine_sight(mutants, askable,
                            {.rule = rule,
                             .overlay = *overlay,
                             .built = *built,
                             .tree = place->tree(),
                             .all = proof.all,
                             .first = proof.first},
                            certificate));
  if (!rule.decoy && certificate.failing.empty()) {
    if (certificate.refusals.empty()) certificate.refusals.push_back("nobody who was asked sees it");
    return certificate;
  }
  const catalog::Run* shown_by = mutants.catalog().run_of(rule);
  if (!shown_by || proof.first) {  // of a tree without runs, who sees it is all that is on record
    certificate.seconds = since(start);
    return certificate;
  }
  const catalog::Run& run = *shown_by;
  const auto clean = baseline(mutants.workshop(), mutants.clean(), run, 1);
  NANOBUG_TRY(clean);
  const auto begun = begin(mutants.workshop(), mutants.clean(), run.program,
                           Sameness(mutants, *overlay, *built).steps_before(run.program));
  NANOBUG_TRY(begun);
  workshop::Standbys standbys(mutants.workshop().hosts(), place->tree());
  const auto own = run_program(mutants.workshop(), run.program, place->tree(),
                               {.threads = 1,
                                .limits = limits_from(clean->processor_s, run.program.time_limit_s),
                                .scratch = &begun->directory,
                                .done = begun->steps,
                                .done_s = begun->processor_s,
                                .standbys = &standbys});
  NANOBUG_TRY(own);
  certificate.symptom = describe(*own, *clean, run);
  certificate.seconds = since(start);
  return certificate;
}

// Of a decoy that is the clean tree itself.
Result<Certificate> nothing_changed(Mutants& mutants, const catalog::Rule& rule) {
  const catalog::Run* run = mutants.catalog().run_of(rule);
  if (!run) return Certificate{.rule = rule.id.value, .file = "", .function = ""};
  const auto clean = baseline(mutants.workshop(), mutants.clean(), *run, 1);
  NANOBUG_TRY(clean);
  return Certificate{
      .rule = rule.id.value, .file = "", .function = "", .symptom = describe(*clean, *clean, *run)};
}

// What a certificate is of: the rule, the text that it makes, which the rewriter may come to make otherwise,
// what is compiled with that text, and who is asked. An edit of a file that is compiled with none of it
// leaves the certificate standing; what changes nothing is of the whole tree.
std::string certified(Mutants& mutants, const catalog::Rule& rule,
                      const std::vector<workshop::Overlay>& overlays, const std::string& probes) {
  const catalog::Catalog& catalog = mutants.catalog();
  json text = {kVersion, rule.id.value, rule.decoy, probes};
  for (const workshop::Overlay& overlay : overlays)
    for (const auto& [file, bytes] : overlay)
      text.push_back({file, sha256(bytes), mutants.units().key(file)});
  if (overlays.empty()) text.push_back(mutants.clean().key);
  for (const catalog::Text& observer : rule.seen_by) text.push_back(observer.value);
  for (const catalog::Parity& parity : catalog.tree.parity)
    text.push_back({parity.id.value, recording_name(catalog.tree, parity)});
  if (const catalog::Run* run = catalog.run_of(rule)) text.push_back(baseline_name(catalog.tree, *run, 1));
  return text.dump(-1, ' ', false, json::error_handler_t::replace);
}

fs::path certificates_in(const fs::path& cache) {
  return cache / "certificates";
}

std::optional<std::vector<Certificate>> read_kept(const fs::path& file) {
  const auto text = read_sealed(file);
  if (!text) return std::nullopt;
  try {
    std::vector<Certificate> certificates;
    const json j = json::parse(*text);
    for (const json& entry : j) certificates.push_back(from_json(entry));
    if (j.is_array() && !certificates.empty()) return certificates;
  } catch (const json::exception&) {
    // Damaged: made again.
  }
  return std::nullopt;
}

Result<std::vector<Certificate>> prove(Mutants& mutants, const catalog::Rule& rule, const Proof& proof,
                                       const workshop::Progress& progress) {
  const auto program = clean_probes(mutants.workshop(), mutants.clean(), progress);
  NANOBUG_TRY(program);
  const auto sites = mutants.sites(rule);
  NANOBUG_TRY(sites);
  std::vector<workshop::Overlay> overlays;
  for (const rewrite::Site& site : *sites) {
    auto overlay = mutants.overlay(site);
    NANOBUG_TRY(overlay);
    overlays.push_back(std::move(*overlay));
  }
  const auto& probes = mutants.probes_key();
  NANOBUG_TRY(probes);
  const std::string what = certified(mutants, rule, overlays, *probes);
  // From the most that can be asked down to the least that is wanted: who was asked more was asked that too.
  const auto kept = [&](const char* how) {
    return certificates_in(mutants.workshop().cache()) / sha256(what + how);
  };
  const char* const wanted = proof.first ? kFirst : proof.all ? kAll : "";
  if (!proof.fresh)
    for (const char* how : {kAll, "", kFirst}) {
      if (auto known = read_kept(kept(how))) return std::move(*known);
      if (std::string_view(how) == wanted) break;
    }
  if (proof.kept)
    return fail(Exit::check_failed,
                "it has no certificate for this tree and these tools: its shard is missing, or was another's",
                rule.id.place);
  NANOBUG_TRY(knows_observers(mutants, rule));
  const auto askable = workshop::askable(mutants.workshop(), mutants.clean());
  NANOBUG_TRY(askable);
  std::vector<Certificate> certificates;
  json record = json::array();
  const auto add = [&](Result<Certificate> certificate) -> Status {
    NANOBUG_TRY(certificate);
    record.push_back(to_json(*certificate));
    certificates.push_back(std::move(*certificate));
    return {};
  };
  for (const rewrite::Site& site : *sites) NANOBUG_TRY(add(examine(mutants, rule, site, *askable, proof)));
  if (sites->empty()) NANOBUG_TRY(add(nothing_changed(mutants, rule)));
  // Only what holds is kept: a refused rule is about to be mended.
  if (std::all_of(certificates.begin(), certificates.end(), [](const Certificate& c) { return c.holds(); }))
    NANOBUG_TRY(
        write_sealed(kept(wanted), record.dump(-1, ' ', false, json::error_handler_t::replace), kStep));
  return certificates;
}

}  // namespace

Result<std::vector<std::string>> new_warnings(const Mutants& mutants, const workshop::Mutant& built) {
  const auto before = read_file(mutants.clean().diagnostics());
  NANOBUG_TRY(before);
  const auto had = warnings(*before), has = warnings(built.diagnostics);
  std::vector<std::string> all;
  for (auto it = has.begin(); it != has.end(); it = has.upper_bound(*it))
    if (has.count(*it) > had.count(*it)) all.push_back(*it);
  return all;
}

std::string overlooks(const std::string& observer) {
  return observer + " sees it, and is not asked without --all";
}

// What is proved stays proved whatever is said of it; but nobody is given a rule without its words.
Result<std::vector<Certificate>> certify(Mutants& mutants, const catalog::Rule& rule, const Proof& proof,
                                         const workshop::Progress& progress) {
  auto certificates = prove(mutants, rule, proof, progress);
  NANOBUG_TRY(certificates);
  if (!rule.unwritten.empty()) {
    const Error& first = rule.unwritten.front();
    const Place place = first.place.value_or(rule.place);
    for (Certificate& certificate : *certificates)
      certificate.refusals.push_back("not written yet, " + fs::path(place.file).filename().string() + ":" +
                                     std::to_string(place.line) + ": " + first.message);
  }
  return certificates;
}

std::vector<Result<std::vector<Certificate>>> certify(
    Mutants& mutants, const std::vector<const catalog::Rule*>& rules, const Proof& proof,
    const std::function<void(const catalog::Rule&, int)>& done) {
  std::vector<Result<std::vector<Certificate>>> answers(rules.size());
  // Clang is asked for all sites first, one parse a file; and what all rules share is made once, before they
  // part.
  const auto sites = mutants.sites(rules);
  const auto program = clean_probes(mutants.workshop(), mutants.clean());
  const auto clang = mutants.rewriter();
  if (program && clang && !proof.kept) {
    if (proof.fresh) (void)forget_parity(mutants.clean());
    (void)workshop::askable(mutants.workshop(), mutants.clean(), proof.fresh);
    (void)mutants.reach(rules.size() >= kWorthMeasuring);
    std::map<std::string, const catalog::Run*> runs;
    for (const catalog::Rule* rule : rules)
      if (const catalog::Run* run = mutants.catalog().run_of(*rule)) runs[run->name] = run;
    std::vector<const catalog::Run*> each;
    for (const auto& [name, run] : runs) each.push_back(run);
    at_once(each.size(), kWorkers, [&](size_t i) {
      try {
        (void)baseline(mutants.workshop(), mutants.clean(), *each[i], 1);
      } catch (const std::exception&) {
        // Its rules ask again, and say so.
      }
    });
  }
  std::mutex telling;
  int finished = 0;
  // A worker is a thread: what is thrown in it would end everything, so it becomes that rule's error.
  const auto one = [&](size_t i) -> Result<std::vector<Certificate>> {
    if (!sites[i]) return tl::unexpected(sites[i].error());
    try {
      return certify(mutants, *rules[i], proof);
    } catch (const std::exception& error) {
      return fail(Exit::io, std::string("certifying was given up: ") + error.what(), rules[i]->id.place);
    }
  };
  at_once(rules.size(), kWorkers, [&](size_t i) {
    answers[i] = one(i);
    const std::lock_guard lock(telling);
    ++finished;
    if (done) done(*rules[i], finished);
  });
  return answers;
}

Result<int> merge_certificates(const workshop::Workshop& workshop, const fs::path& cache) {
  std::error_code error;
  const bool is_cache = fs::is_directory(certificates_in(cache), error);
  int came = 0, found = 0;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(is_cache ? certificates_in(cache) : cache, error)) {
    const auto bytes = entry.is_regular_file(error) ? read_sealed(entry.path()) : std::nullopt;
    if (!bytes || !read_kept(entry.path())) continue;  // something else, or half of a copy
    ++found;
    const fs::path here = certificates_in(workshop.cache()) / entry.path().filename();
    if (fs::exists(here, error)) continue;
    NANOBUG_TRY(write_sealed(here, *bytes, kStep));
    ++came;
  }
  if (found > 0) return came;
  return fail(Exit::usage,
              "there are no certificates in '" + cache.string() +
                  "'; name the directory that 'nanobug cache' prints on the machine that made them");
}

}  // namespace nanobug::grade
