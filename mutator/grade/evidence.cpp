// evidence: see evidence.h.
#include "mutator/grade/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
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
#include "mutator/grade/told.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/probes.h"
#include "mutator/workshop/trial.h"

namespace nanobug::grade {
namespace {

using nlohmann::json;
using From = catalog::Evidence::From;

constexpr const char* kVersion = "1";      // of what is recorded
constexpr const char* kTelling = "2";      // of what tells
constexpr std::size_t kStep = 256u << 10;  // sealed files are a multiple of it
constexpr std::size_t kMostWords = 4000;   // characters of one text
constexpr std::size_t kFirstWords = 3;     // so many steps' words, and the last's
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kBeyond = 1.5, kRounding = 1e-6;  // times what two clean runs part, and at least

// ---- cut out of a run

std::string cut(const std::string& text) {
  if (text.size() <= kMostWords) return text;
  size_t end = kMostWords;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not within a letter
  return text.substr(0, end) + "…";
}

class Gatherer {
 public:
  explicit Gatherer(const std::string& id) { piece_.id = id; }

  void number(int step, const std::string& part, double value) {
    if (piece_.steps.empty() || piece_.steps.back() != step) piece_.steps.push_back(step);
    const auto known = std::find(piece_.parts.begin(), piece_.parts.end(), part);
    const auto which = static_cast<size_t>(known - piece_.parts.begin());
    if (known == piece_.parts.end()) {
      piece_.parts.push_back(part);
      piece_.numbers.emplace_back();
    }
    piece_.numbers[which].resize(piece_.steps.size() - 1, kNone);
    piece_.numbers[which].push_back(value);
  }

  void words(int step, const std::string& part, const std::string& text) {
    std::set<int> steps;
    for (const Piece::Words& one : piece_.words) steps.insert(one.step);
    // The last of the kept steps makes room for a later one.
    if (steps.size() > kFirstWords && !steps.contains(step))
      std::erase_if(piece_.words, [&](const Piece::Words& one) { return one.step == *steps.rbegin(); });
    piece_.words.push_back({step, part, cut(text)});
  }

  void table(int step, const std::string& part, std::vector<std::vector<double>> rows) {
    std::erase_if(piece_.tables, [&](const Piece::Table& one) { return one.part == part; });
    piece_.tables.push_back({step, part, std::move(rows)});
  }

  void add(int step, const std::string& part, const Value& value) {
    if (const double* one = std::get_if<double>(&value))
      number(step, part, *one);
    else if (const auto* text = std::get_if<std::string>(&value))
      words(step, part, *text);
    else
      table(step, part, std::get<std::vector<std::vector<double>>>(value));
  }

  Piece piece() && {
    for (auto& row : piece_.numbers) row.resize(piece_.steps.size(), kNone);
    return std::move(piece_);
  }

 private:
  Piece piece_;
};

// ---- how far two runs part

double difference(double a, double b) {
  if (std::isnan(a) && std::isnan(b)) return 0;
  if (a == b) return 0;
  if (!std::isfinite(a) || !std::isfinite(b)) return std::numeric_limits<double>::infinity();
  return std::abs(a - b) / std::max(std::abs(a), std::abs(b));
}

double mean_difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += difference(a[i], b[i]);
  return a.empty() ? 0 : sum / static_cast<double>(a.size());
}

// All the differences relative to all the larger ones. Of a series that falls towards zero, whose last values
// chance alone makes many times as large, the mean of the relative ones says next to nothing: it can be no
// more than 1.
double share_of_difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  double sum = 0, larger = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double one = difference(a[i], b[i]);
    if (!std::isfinite(one)) return one;
    if (one > 0) sum += std::abs(a[i] - b[i]);
    if (std::isfinite(a[i])) larger += std::max(std::abs(a[i]), std::abs(b[i]));
  }
  return larger == 0 ? 0 : sum / larger;
}

// By either of the two, more than `other` is from the clean one.
bool is_beyond_chance(const std::vector<double>& own, const std::vector<double>& clean,
                      const std::vector<double>* other) {
  const auto beyond = [&](const auto& measure) {
    return measure(own, clean) > kBeyond * (other ? measure(clean, *other) : 0) + kRounding;
  };
  return beyond(mean_difference) || beyond(share_of_difference);
}

// By part.
std::map<std::string, std::vector<double>> by_part(const Piece& piece) {
  std::map<std::string, std::vector<double>> all;
  for (size_t i = 0; i < piece.parts.size(); ++i) all["n" + piece.parts[i]] = piece.numbers[i];
  for (const Piece::Table& table : piece.tables) {
    std::vector<double>& cells = all["t" + table.part];
    for (const auto& row : table.rows) cells.insert(cells.end(), row.begin(), row.end());
  }
  return all;
}

std::vector<std::string> words_in(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text)
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      if (!word.empty()) words.push_back(std::exchange(word, ""));
    } else {
      word += c;
    }
  if (!word.empty()) words.push_back(word);
  return words;
}

std::string all_words(const Piece& piece) {
  std::string text;
  for (const Piece::Words& one : piece.words) text += one.text + '\n';
  return text;
}

// Length, the share of different words, the share of the words that are `of` the clean run's.
std::vector<double> features(const Piece& piece, const std::set<std::string>& of) {
  const auto words = words_in(all_words(piece));
  const std::set<std::string> different(words.begin(), words.end());
  const auto known = std::count_if(words.begin(), words.end(), [&](const auto& w) { return of.contains(w); });
  const double count = std::max<double>(1, static_cast<double>(words.size()));
  return {static_cast<double>(words.size()), static_cast<double>(different.size()) / count,
          static_cast<double>(known) / count, static_cast<double>(piece.words.size())};
}

// ---- kept

json to_json(const Piece& piece) {
  json words = json::array(), tables = json::array();
  for (const Piece::Words& one : piece.words) words.push_back({one.step, one.part, one.text});
  for (const Piece::Table& one : piece.tables) tables.push_back({one.step, one.part, one.rows});
  return {{"id", piece.id},           {"steps", piece.steps}, {"parts", piece.parts},
          {"numbers", piece.numbers}, {"words", words},       {"tables", tables}};
}

Piece piece_of(const json& j) {
  Piece piece{.id = j.at("id"),
              .steps = j.at("steps").get<std::vector<int>>(),
              .parts = j.at("parts").get<std::vector<std::string>>(),
              .numbers = j.at("numbers").get<std::vector<std::vector<double>>>()};
  for (const json& one : j.at("words")) piece.words.push_back({one.at(0), one.at(1), one.at(2)});
  for (const json& one : j.at("tables"))
    piece.tables.push_back({one.at(0), one.at(1), one.at(2).get<std::vector<std::vector<double>>>()});
  return piece;
}

json to_json(const std::vector<Piece>& pieces) {
  json all = json::array();
  for (const Piece& one : pieces) all.push_back(to_json(one));
  return all;
}

std::vector<Piece> pieces_in(const json& j) {
  std::vector<Piece> all;
  for (const json& one : j) all.push_back(piece_of(one));
  return all;
}

std::string to_bytes(const json& j) {
  const auto bytes = json::to_cbor(j);
  return {bytes.begin(), bytes.end()};
}

// ---- recorded

enum class Seed { own, other };

struct Recorded {
  workshop::RunReport report;
  std::string diagnostics;
};

// The run in a whole tree; its first `same` steps are taken over from the clean tree.
Result<Recorded> record(const workshop::Workshop& workshop, const workshop::Clean& clean,
                        const catalog::Run& run, const fs::path& tree, size_t same, const Limits& limits,
                        Seed seed) {
  const auto begun = begin(workshop, clean, run.program, same);
  NANOBUG_TRY(begun);
  const fs::path file = begun->directory.path() / "diagnostics.jsonl";
  catalog::Program program = telling(workshop.spec(), run.program, file.string());
  if (seed == Seed::other) {
    const auto& reseed = workshop.spec().diagnostics.reseed;
    program.args.insert(program.args.end(), reseed.begin(), reseed.end());
  }
  auto report = workshop::run_program(workshop, program, tree,
                                      {.threads = 1,
                                       .limits = limits,
                                       .scratch = &begun->directory,
                                       .done = begun->steps,
                                       .done_s = begun->processor_s});
  NANOBUG_TRY(report);
  return Recorded{std::move(*report), read_file(file).value_or("")};
}

// What makes two recordings of the same tree equal.
std::string asked_of(const catalog::Tree& tree, const catalog::Run& run) {
  json what = {kVersion, baseline_name(tree, run, 1), tree.diagnostics.args, tree.diagnostics.programs,
               tree.diagnostics.reseed};
  for (const catalog::Evidence& one : tree.evidence)
    what.push_back({one.id, static_cast<int>(one.from), one.series});
  return sha256(what.dump(-1, ' ', false, json::error_handler_t::replace));
}

struct CleanPair {
  std::vector<Piece> first, second;
};

// The clean tree's two, kept beside it.
Result<CleanPair> clean_pair(const workshop::Workshop& workshop, const workshop::Clean& clean,
                             const catalog::Run& run, const workshop::Progress& progress) {
  const catalog::Tree& spec = workshop.spec();
  const fs::path kept = clean.tree.parent_path() / "evidence" / asked_of(spec, run).substr(0, 24);
  std::error_code error;
  fs::create_directories(kept.parent_path(), error);
  // Whoever else needs it waits for this one, and finds it.
  const workshop::FileLock lock(kept.string() + ".lock");
  if (const auto bytes = read_file(kept)) try {
      const json both = json::from_cbor(*bytes);
      return CleanPair{pieces_in(both.at(0)), pieces_in(both.at(1))};
    } catch (const json::exception&) {
      // Damaged: recorded again.
    }
  if (progress) progress("recording what the clean tree tells, once for this machine", 0, 0);
  const auto one = [&](Seed seed) -> Result<std::vector<Piece>> {
    const auto recorded = record(workshop, clean, run, clean.tree, run.program.before.size(),
                                 workshop::limits_of(run.program.time_limit_s), seed);
    NANOBUG_TRY(recorded);
    // With other numbers a program may judge itself otherwise; how far it parts is all that is wanted.
    if (seed == Seed::own && !recorded->report.finished.good())
      return fail(Exit::catalog,
                  fmt::format("the run '{}' fails on the clean tree with the head's diagnostics: {}; {}",
                              run.name, recorded->report.finished.how(), recorded->report.finished.err),
                  run.program.place);
    return pieces_of(spec.evidence, recorded->report, recorded->diagnostics);
  };
  auto first = one(Seed::own);
  NANOBUG_TRY(first);
  auto second = one(Seed::other);
  NANOBUG_TRY(second);
  NANOBUG_TRY(write_unsynced(kept, to_bytes(json{to_json(*first), to_json(*second)})));
  return CleanPair{std::move(*first), std::move(*second)};
}

// Twice what certification allows, for diagnostics take time too; less where it is known that it will hang.
Limits limits_of(const Certificate& certificate, double clean_s, double ceiling_s) {
  if (certificate.symptom.kind != "hang") return limits_from(2 * clean_s, ceiling_s);
  return {.processor_s = std::max(5.0, 4 * clean_s), .wall_s = std::max(10.0, 8 * clean_s)};
}

}  // namespace

// CBOR and not text: its numbers come back to the bit, NaN and infinity too.
std::string Evidence::bytes() const {
  return to_bytes({{"own", to_json(own)}, {"clean", to_json(clean)}, {"tells", tells}});
}

std::optional<Evidence> Evidence::of_bytes(const std::string& bytes) {
  try {
    const json j = json::from_cbor(bytes);
    return Evidence{pieces_in(j.at("own")), pieces_in(j.at("clean")),
                    j.at("tells").get<std::vector<std::string>>()};
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::vector<Piece> pieces_of(const std::vector<catalog::Evidence>& wanted, const workshop::RunReport& report,
                             const std::string& diagnostics) {
  const Told told(report, diagnostics);
  std::vector<Piece> pieces;
  for (const catalog::Evidence& one : wanted) {
    Gatherer gather(one.id);
    if (one.from == From::output) {
      if (!report.finished.out.empty()) gather.words(0, "", report.finished.out);
      if (!report.finished.good())
        gather.words(1, "",
                     "The run ends with " + report.finished.how() + ": " +
                         report.finished.err.substr(0, report.finished.err.find('\n')));
    }
    if (one.from == From::run)
      told.each(one.series, [&](int step, const std::string& part, const Value& value) {
        gather.add(step, part, value);
      });
    if (Piece piece = std::move(gather).piece(); !piece.empty()) pieces.push_back(std::move(piece));
  }
  return pieces;
}

bool tells(const Piece& own, const Piece& clean, const Piece& other) {
  const auto of_own = by_part(own), of_clean = by_part(clean), of_other = by_part(other);
  if (of_own.size() != of_clean.size()) return true;
  for (const auto& [part, values] : of_own) {
    const auto reference = of_clean.find(part);
    if (reference == of_clean.end()) return true;
    const auto second = of_other.find(part);
    if (is_beyond_chance(values, reference->second, second == of_other.end() ? nullptr : &second->second))
      return true;
  }
  if (own.words == clean.words) return false;
  const auto known = words_in(all_words(clean));
  const std::set<std::string> vocabulary(known.begin(), known.end());
  const auto here = features(own, vocabulary), there = features(clean, vocabulary),
             elsewhere = features(other, vocabulary);
  for (size_t i = 0; i < here.size(); ++i)
    if (difference(here[i], there[i]) > kBeyond * difference(elsewhere[i], there[i]) + kRounding) return true;
  return false;
}

Result<Evidence> evidence_of(Mutants& mutants, const catalog::Rule& rule, const rewrite::Site* site,
                             const Certificate& certificate, const workshop::Progress& progress) {
  const catalog::Catalog& catalog = mutants.catalog();
  const catalog::Tree& spec = catalog.tree;
  const workshop::Workshop& workshop = mutants.workshop();
  const catalog::Run* shown_by = catalog.run_of(rule);
  if (!shown_by) return fail(Exit::catalog, catalog::kNoRuns);
  const catalog::Run& run = *shown_by;
  // Of the text that is made and what is compiled with it, as certificates are; what changes nothing is of
  // the whole tree.
  json what = {"evidence", kTelling, asked_of(spec, run), rule.id.value, certificate.failing};
  workshop::Overlay overlay;
  if (site) {
    auto made = mutants.overlay(*site);
    NANOBUG_TRY(made);
    overlay = std::move(*made);
    for (const auto& [file, text] : overlay) what.push_back({file, sha256(text), mutants.units().key(file)});
  } else {
    what.push_back(mutants.clean().key);
  }
  const fs::path kept =
      workshop.cache() / "evidence" / sha256(what.dump(-1, ' ', false, json::error_handler_t::replace));
  if (const auto bytes = read_sealed(kept))
    if (auto known = Evidence::of_bytes(*bytes)) return std::move(*known);

  const auto clean = clean_pair(workshop, mutants.clean(), run, progress);
  NANOBUG_TRY(clean);
  Evidence evidence{clean->first, clean->first, {}};
  if (site) {
    const auto built = workshop.mutant(mutants.clean(), overlay);
    NANOBUG_TRY(built);
    const auto place = workshop::Trial::of_mutant(workshop, mutants.clean(), overlay, *built);
    NANOBUG_TRY(place);
    const auto base = baseline(workshop, mutants.clean(), run, 1);
    NANOBUG_TRY(base);
    const auto own = record(workshop, mutants.clean(), run, place->tree(),
                            Sameness(mutants, overlay, *built).steps_before(run.program),
                            limits_of(certificate, base->processor_s, run.program.time_limit_s), Seed::own);
    NANOBUG_TRY(own);
    evidence.own = pieces_of(spec.evidence, own->report, own->diagnostics);
    for (const catalog::Evidence& one : spec.evidence) {
      const Piece *mine = Evidence::find_in(evidence.own, one.id),
                  *theirs = Evidence::find_in(clean->first, one.id),
                  *other = Evidence::find_in(clean->second, one.id);
      if (!mine && !theirs) continue;
      const Piece none{.id = one.id};
      if (!mine || !theirs || tells(*mine, *theirs, other ? *other : none)) evidence.tells.push_back(one.id);
    }
  }
  for (const catalog::Evidence& one : spec.evidence)
    if (one.from == From::tests) {
      const auto probes = workshop::list_probes(workshop, mutants.clean());
      NANOBUG_TRY(probes);
      Piece& piece = evidence.own.emplace_back(Piece{.id = one.id});
      for (const std::string& words : observables_of(spec, *probes, certificate.failing))
        piece.words.push_back({0, "", words});
      evidence.clean.push_back({.id = one.id});
      if (!evidence.own.back().words.empty()) evidence.tells.push_back(one.id);
    }
  NANOBUG_TRY(write_sealed(kept, evidence.bytes(), kStep));
  return evidence;
}

std::vector<Result<std::vector<Evidence>>> evidence_of(
    Mutants& mutants, const std::vector<const catalog::Rule*>& rules,
    const std::vector<Result<std::vector<Certificate>>>& certificates, const std::function<void(int)>& done) {
  constexpr size_t kWorkers = 3;  // some runs wait
  std::vector<Result<std::vector<Evidence>>> all(rules.size());
  const auto sites = mutants.sites(rules);
  std::mutex telling;
  int finished = 0;
  const auto of_rule = [&](size_t i) -> Result<std::vector<Evidence>> {
    NANOBUG_TRY(sites[i]);
    NANOBUG_TRY(certificates[i]);
    std::vector<Evidence> each;
    for (size_t n = 0; n < certificates[i]->size(); ++n) {
      const rewrite::Site* site = n < sites[i]->size() ? &(*sites[i])[n] : nullptr;
      auto one = evidence_of(mutants, *rules[i], site, (*certificates[i])[n]);
      NANOBUG_TRY(one);
      each.push_back(std::move(*one));
    }
    return each;
  };
  at_once(rules.size(), kWorkers, [&](size_t i) {
    try {
      all[i] = of_rule(i);
    } catch (const std::exception& error) {
      all[i] = fail(Exit::io, std::string("this was not foreseen: ") + error.what());
    }
    const std::lock_guard lock(telling);
    if (done) done(++finished);
  });
  return all;
}

}  // namespace nanobug::grade
