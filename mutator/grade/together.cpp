// together: see together.h.
#include "mutator/grade/together.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/base/sealed_file.h"
#include "mutator/grade/observers.h"
#include "mutator/grade/parity.h"
#include "mutator/grade/recording.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/trial.h"

namespace nanobug::grade {
namespace {

using nlohmann::json;
using Owned = std::vector<std::vector<std::string>>;

constexpr const char* kVersion = "1";     // of what is kept of a trial
constexpr std::size_t kStep = 64u << 10;  // no record's size must tell what it is of
constexpr int kTrials = 8;                // so many that fail are tried, and then it is given up
constexpr auto kAnyBytes = json::error_handler_t::replace;

// ---- from the records alone

Sight sight_of(const Mutants& mutants, const Candidate& bug) {
  Sight sight;
  for (const std::string& observer : bug.certificate.failing)
    if (!is_run(mutants.catalog().tree, observer)) sight.probes.insert(observer);
  return sight;
}

std::vector<std::string> named(const Candidate& bug) {
  std::vector<std::string> names;
  for (const catalog::Text& observer : bug.rule->seen_by) names.push_back(observer.value);
  return names;
}

struct Stretch {
  std::string file;
  int first = 0, last = 0;  // lines
};

Result<std::vector<Stretch>> stretches(const Mutants& mutants, const rewrite::Site& site) {
  std::vector<Stretch> all;
  for (const rewrite::Change* change : site.changes()) {
    const auto text = read_file(mutants.clean().tree / change->file);
    NANOBUG_TRY(text);
    for (const rewrite::Replacement& edit : change->edits)
      all.push_back({change->file, rewrite::line_at(*text, edit.offset),
                     rewrite::line_at(*text, edit.offset + edit.length)});
  }
  return all;
}

// Lines that touch count: what the formatter makes of two edits side by side is neither's.
bool touch(const std::vector<Stretch>& ours, const std::vector<Stretch>& theirs) {
  return std::any_of(ours.begin(), ours.end(), [&](const Stretch& x) {
    return std::any_of(theirs.begin(), theirs.end(), [&](const Stretch& y) {
      return x.file == y.file && x.first <= y.last + 1 && y.first <= x.last + 1;
    });
  });
}

bool seen_by_a_run(const catalog::Tree& tree, const Candidate& bug) {
  const auto& failing = bug.certificate.failing;
  return std::any_of(failing.begin(), failing.end(),
                     [&](const std::string& observer) { return is_run(tree, observer); });
}

bool all_own_some(const Owned& own) {
  return std::none_of(own.begin(), own.end(), [](const auto& one) { return one.empty(); });
}

// ---- what the parity runs tell, asked once and kept

std::string key_of(const Mutants& mutants, const workshop::Overlay& overlay, json what) {
  what.push_back(kVersion);
  what.push_back(mutants.clean().key);
  for (const auto& [file, text] : overlay) what.push_back({file, sha256(text)});
  for (const catalog::Parity& parity : mutants.catalog().tree.parity)
    what.push_back({parity.id.value, recording_name(mutants.catalog().tree, parity)});
  return sha256(what.dump(-1, ' ', false, kAnyBytes));
}

std::optional<json> read_kept(const fs::path& file) {
  const auto text = read_sealed(file);
  if (!text) return std::nullopt;
  json kept = json::parse(*text, nullptr, false);
  if (kept.is_discarded()) return std::nullopt;  // damaged: made again
  return kept;
}

Result<std::map<std::string, int>> ask_runs(Mutants& mutants, const workshop::Overlay& overlay) {
  const workshop::Workshop& workshop = mutants.workshop();
  const auto built = workshop.mutant(mutants.clean(), overlay);
  NANOBUG_TRY(built);
  const auto place = workshop::Trial::of_mutant(workshop, mutants.clean(), overlay, *built);
  NANOBUG_TRY(place);
  const auto answers = run_parity(workshop, mutants.clean(), place->tree());
  NANOBUG_TRY(answers);
  std::map<std::string, int> runs;
  for (const ParityAnswer& answer : *answers)
    for (const Parting& parting : answer.partings)
      runs[fmt::format("{} {} {}", answer.id, parting.step, parting.what)] = parting.at;
  return runs;
}

enum class Ask { never, where_unknown };

// Adds what the runs tell of a bug to what is known of it.
Status look_at_runs(Mutants& mutants, const Candidate& bug, Ask ask, Sight& sight) {
  if (sight.runs_known) return {};
  const auto overlay = mutants.overlay(bug.site);
  NANOBUG_TRY(overlay);
  const fs::path file = mutants.workshop().cache() / "certificates" / key_of(mutants, *overlay, json{"runs"});
  if (const auto kept = read_kept(file); kept && kept->is_object()) {
    sight.runs = kept->get<std::map<std::string, int>>();
  } else if (ask == Ask::never) {
    return {};
  } else {
    auto runs = ask_runs(mutants, *overlay);
    NANOBUG_TRY(runs);
    NANOBUG_TRY(write_sealed(file, json(*runs).dump(-1, ' ', false, kAnyBytes), kStep));
    sight.runs = std::move(*runs);
  }
  sight.runs_known = true;
  return {};
}

// ---- trying them

// What the trial of some bugs has shown.
struct Outcome {
  std::string refusal;  // why they cannot be there at once; empty when they can
  Owned own;            // of each what fails among the others too
};

// The observers of all of them, asked on the tree that has them all.
Result<Verdict> ask(Mutants& mutants, const fs::path& tree, const Owned& own) {
  const workshop::Workshop& workshop = mutants.workshop();
  const auto askable = workshop::askable(workshop, mutants.clean());
  NANOBUG_TRY(askable);
  const auto program = workshop::probes_for(workshop, mutants.clean(), tree, {});
  NANOBUG_TRY(program);
  std::set<std::string> names;
  Asking asking{.until = Until::all, .first = {}, .others = false};
  for (const auto& one : own)
    for (const std::string& observer : one)
      if (const size_t blank = observer.find(' '); blank == std::string::npos)
        names.insert(observer);
      else
        asking.first.push_back(observer.substr(0, blank));
  std::vector<workshop::ProbeInfo> probes;
  for (const workshop::ProbeInfo& info : askable->probes)
    if (names.contains(info.probe)) probes.push_back(info);
  Verdict verdict;
  auto answers = run_probes(workshop, *program, tree, probes, askable->limits(workshop.spec().probes));
  NANOBUG_TRY(answers);
  verdict.probes = std::move(*answers);
  if (asking.first.empty()) return verdict;
  auto runs = run_parity(workshop, mutants.clean(), tree, {}, asking);
  NANOBUG_TRY(runs);
  verdict.parity = std::move(*runs);
  return verdict;
}

// After a hang nothing is asked, so nothing could be said of the others.
bool hung(const Verdict& verdict) {
  return std::any_of(verdict.probes.begin(), verdict.probes.end(),
                     [](const auto& answer) { return answer.how == workshop::ProbeAnswer::How::hung; }) ||
         std::any_of(verdict.parity.begin(), verdict.parity.end(),
                     [](const ParityAnswer& answer) { return answer.hung; });
}

// Two edits in one file were formatted apart.
Result<bool> formatted(Mutants& mutants, const std::vector<Candidate>& bugs,
                       const workshop::Overlay& overlay) {
  std::map<std::string, int> changes;
  for (const Candidate& bug : bugs)
    for (const rewrite::Change* change : bug.site.changes()) ++changes[change->file];
  for (const auto& [file, count] : changes) {
    if (count < 2) continue;
    const auto pristine = read_file(mutants.clean().tree / file);
    NANOBUG_TRY(pristine);
    const auto clang = mutants.rewriter();
    NANOBUG_TRY(clang);
    const auto good = (*clang)->well_formatted(mutants.clean().tree / file, *pristine, overlay.at(file));
    NANOBUG_TRY(good);
    if (!*good) return false;
  }
  return true;
}

Result<Outcome> put_to_trial(Mutants& mutants, const std::vector<Candidate>& bugs, const Owned& own,
                             const workshop::Overlay& overlay) {
  const auto built = mutants.workshop().mutant(mutants.clean(), overlay);
  if (!built && built.error().code == Exit::catalog) return Outcome{"they do not compile together", {}};
  NANOBUG_TRY(built);
  const auto warnings = new_warnings(mutants, *built);
  NANOBUG_TRY(warnings);
  if (!warnings->empty()) return Outcome{"together they have a warning: " + warnings->front(), {}};
  const auto good = formatted(mutants, bugs, overlay);
  NANOBUG_TRY(good);
  if (!*good) return Outcome{"together they are not formatted as each is", {}};
  const auto place = workshop::Trial::of_mutant(mutants.workshop(), mutants.clean(), overlay, *built);
  NANOBUG_TRY(place);
  const auto verdict = ask(mutants, place->tree(), own);
  NANOBUG_TRY(verdict);
  if (hung(*verdict)) return Outcome{"one of them hangs, and hides the others", {}};
  Outcome outcome{"", own};
  for (size_t i = 0; i < own.size(); ++i) {
    std::erase_if(outcome.own[i],
                  [&](const std::string& observer) { return !is_there({observer}, *verdict); });
    if (outcome.own[i].empty())
      outcome.refusal = "'" + bugs[i].rule->code.value + "' is not seen among the others";
  }
  return outcome;
}

Result<workshop::Overlay> overlay_of(const Mutants& mutants, const std::vector<Candidate>& bugs) {
  rewrite::Texts pristine;
  std::vector<rewrite::Site> sites;
  for (const Candidate& bug : bugs) {
    sites.push_back(bug.site);
    for (const rewrite::Change* change : bug.site.changes()) {
      auto text = read_file(mutants.clean().tree / change->file);
      NANOBUG_TRY(text);
      pristine[change->file] = std::move(*text);
    }
  }
  return rewrite::apply(sites, pristine);
}

// Kept under all that it is of.
Result<Outcome> tried(Mutants& mutants, const std::vector<Candidate>& bugs, const Owned& own) {
  const auto overlay = overlay_of(mutants, bugs);
  if (!overlay && overlay.error().code == Exit::catalog) return Outcome{overlay.error().message, {}};
  NANOBUG_TRY(overlay);
  const fs::path file =
      mutants.workshop().cache() / "certificates" / key_of(mutants, *overlay, json{"together", own});
  if (const auto kept = read_kept(file); kept && kept->is_object() && kept->contains("own"))
    return Outcome{kept->at("refusal"), kept->at("own").get<Owned>()};
  auto outcome = put_to_trial(mutants, bugs, own, *overlay);
  NANOBUG_TRY(outcome);
  const json record = {{"refusal", outcome->refusal}, {"own", outcome->own}};
  NANOBUG_TRY(write_sealed(file, record.dump(-1, ' ', false, kAnyBytes), kStep));
  return outcome;
}

// ---- the choice

// Bugs that have been found to go together so far, with all that is known of them.
class Gathering {
 public:
  explicit Gathering(Mutants& mutants) : mutants_(mutants) {}

  // Takes it in where, by what is known, it can be told from the others and they from it.
  Result<bool> add(Candidate bug) {
    const auto lines = stretches(mutants_, bug.site);
    NANOBUG_TRY(lines);
    for (const auto& others : lines_)
      if (touch(others, *lines)) return false;
    sights_.push_back(sight_of(mutants_, bug));
    lines_.push_back(std::move(*lines));
    bugs_.push_back(std::move(bug));
    const auto told = tell_apart();
    if (!told || !*told) drop();
    return told;
  }

  void drop() {
    bugs_.pop_back();
    sights_.pop_back();
    lines_.pop_back();
  }

  size_t size() const { return bugs_.size(); }
  const std::vector<Candidate>& bugs() const { return bugs_; }
  Owned own() const {
    Owned first;
    for (const Candidate& bug : bugs_) first.push_back(named(bug));
    return own_observers(sights_, first);
  }

 private:
  // The runs are asked only where no probe tells, and a run may.
  Result<bool> tell_apart() {
    const Owned by_probes = own();
    bool ask = false;
    for (size_t i = 0; i < bugs_.size(); ++i) {
      if (!by_probes[i].empty()) continue;
      if (!seen_by_a_run(mutants_.catalog().tree, bugs_[i])) return false;
      ask = true;
    }
    if (!ask) return true;
    for (size_t i = 0; i < bugs_.size(); ++i)
      NANOBUG_TRY(look_at_runs(mutants_, bugs_[i], Ask::where_unknown, sights_[i]));
    return all_own_some(own());
  }

  Mutants& mutants_;
  std::vector<Candidate> bugs_;
  std::vector<Sight> sights_;
  std::vector<std::vector<Stretch>> lines_;
};

// Nothing where the rule cannot be given to anybody.
Result<std::optional<Candidate>> candidate(Mutants& mutants, const catalog::Rule& rule,
                                           const std::function<size_t(const catalog::Rule&, size_t)>& choose,
                                           const workshop::Progress& progress) {
  auto certificates = certify(mutants, rule, {}, progress);
  if (!certificates && certificates.error().code == Exit::catalog) return std::optional<Candidate>();
  NANOBUG_TRY(certificates);
  const auto sites = mutants.sites(rule);
  NANOBUG_TRY(sites);
  const size_t which = choose(rule, sites->size());
  const bool all_hold = std::all_of(certificates->begin(), certificates->end(),
                                    [](const Certificate& one) { return one.holds(); });
  if (!all_hold || (*certificates)[which].symptom.kind == "hang") return std::optional<Candidate>();
  return std::optional(Candidate{&rule, (*sites)[which], std::move((*certificates)[which])});
}

}  // namespace

Result<std::vector<Pair>> clashes(Mutants& mutants, const std::vector<Candidate>& bugs) {
  std::vector<std::vector<Stretch>> lines;
  std::vector<Sight> sights;
  for (const Candidate& bug : bugs) {
    auto of_bug = stretches(mutants, bug.site);
    NANOBUG_TRY(of_bug);
    lines.push_back(std::move(*of_bug));
    sights.push_back(sight_of(mutants, bug));
    NANOBUG_TRY(look_at_runs(mutants, bug, Ask::never, sights.back()));
  }
  const auto may_be_told = [&](size_t i, const Owned& own, size_t which) {
    return !own[which].empty() || seen_by_a_run(mutants.catalog().tree, bugs[i]);
  };
  const auto clash = [&](size_t a, size_t b) {
    if (touch(lines[a], lines[b])) return Clash::overlap;
    const Owned own = own_observers({sights[a], sights[b]});
    if (all_own_some(own)) return Clash::none;
    const bool runs_are_known = sights[a].runs_known && sights[b].runs_known;
    return !runs_are_known && may_be_told(a, own, 0) && may_be_told(b, own, 1) ? Clash::undecided
                                                                               : Clash::hidden;
  };
  std::vector<Pair> all;
  for (size_t a = 0; a < bugs.size(); ++a)
    for (size_t b = a + 1; b < bugs.size(); ++b)
      if (bugs[a].rule != bugs[b].rule)
        if (const Clash why = clash(a, b); why != Clash::none) all.push_back({a, b, why});
  return all;
}

Result<Together> together(Mutants& mutants, const std::vector<const catalog::Rule*>& in_order, size_t count,
                          const std::function<size_t(const catalog::Rule&, size_t)>& choose,
                          const workshop::Progress& progress) {
  Gathering gathering(mutants);
  int failed = 0;
  std::string why;
  for (const catalog::Rule* rule : in_order) {
    auto bug = candidate(mutants, *rule, choose, progress);
    NANOBUG_TRY(bug);
    if (!*bug) continue;
    if (progress)
      progress("choosing bugs that go together", static_cast<int>(gathering.size()), static_cast<int>(count));
    const auto taken = gathering.add(std::move(**bug));
    NANOBUG_TRY(taken);
    if (!*taken || gathering.size() < count) continue;
    auto outcome = tried(mutants, gathering.bugs(), gathering.own());
    NANOBUG_TRY(outcome);
    if (outcome->refusal.empty()) {
      auto overlay = overlay_of(mutants, gathering.bugs());
      NANOBUG_TRY(overlay);
      auto mutant = mutants.workshop().mutant(mutants.clean(), *overlay);
      NANOBUG_TRY(mutant);
      return Together{gathering.bugs(), std::move(outcome->own), std::move(*overlay), std::move(*mutant)};
    }
    why = outcome->refusal;
    gathering.drop();
    if (++failed == kTrials) break;
  }
  return fail(Exit::catalog, fmt::format("no {} of these bugs can be in the tree at once{}; ask for fewer",
                                         count, why.empty() ? "" : ": " + why));
}

}  // namespace nanobug::grade
