// judge: see judge.h.
#include "tools/strength/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "mutator/grade/courses.h"
#include "mutator/grade/parity.h"
#include "mutator/grade/recording.h"
#include "mutator/vault/tree.h"
#include "mutator/workshop/trial.h"
#include "tools/strength/objects.h"

namespace nanobug::strength {
namespace {

using workshop::ProbeAnswer;
using workshop::ProbeInfo;
using Clock = std::chrono::steady_clock;

struct Removed {
  fs::path path;
  ~Removed() { (void)remove_tree(path); }
};

bool is_header(const std::string& file) {
  return file.ends_with(".h");
}

// The probes of the file's own component, then the others.
std::vector<ProbeInfo> own_first(const std::vector<ProbeInfo>& probes, const std::string& file) {
  const std::string stem = fs::path(file).stem().string();
  std::vector<ProbeInfo> own, others;
  for (const ProbeInfo& info : probes) (info.probe.starts_with(stem) ? own : others).push_back(info);
  own.insert(own.end(), others.begin(), others.end());
  return own;
}

std::string how(ProbeAnswer::How how) {
  return how == ProbeAnswer::How::crashed ? "crashed" : how == ProbeAnswer::How::hung ? "hung" : "failed";
}

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

Judge::Judge(const catalog::Catalog& catalog, const fs::path& cache)
    : catalog_(catalog),
      cache_(cache),
      alone_(cache / "lock"),
      workshop_(catalog.tree, catalog.directory(), cache) {}

Judge::~Judge() {
  (void)sweep();
}

Result<std::unique_ptr<Judge>> Judge::open(const catalog::Catalog& catalog, const fs::path& cache,
                                           const workshop::Progress& progress) {
  std::unique_ptr<Judge> judge(new Judge(catalog, cache));
  const auto tree = vault::read_tree(catalog.tree_directory(), catalog.tree.not_tree());
  NANOBUG_TRY(tree);
  const auto id = vault::tree_id(*tree);
  NANOBUG_TRY(id);
  auto clean = judge->workshop_.clean(catalog.tree_directory(), *id, progress);
  NANOBUG_TRY(clean);
  judge->clean_ = std::move(*clean);
  NANOBUG_TRY(judge->sweep());
  NANOBUG_TRY(judge->ask_clean(progress));
  return judge;
}

// What was built of mutants, of other trees, and (once it is known which they are) of other probes.
Status Judge::sweep() const {
  if (clean_.tree.empty()) return {};
  const fs::path home = clean_.tree.parent_path();
  std::vector<fs::path> gone = {home / "mutants", home / "trials"};
  const auto sweep_out = [&](const fs::path& directory,
                             const std::function<bool(const std::string&)>& unwanted) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory, ignored))
      if (unwanted(entry.path().filename().string())) gone.push_back(entry.path());
  };
  const std::string own =
      program_.empty() ? "" : program_.lexically_relative(home / "probes").begin()->string();
  sweep_out(home, [](const std::string& name) { return name.starts_with("scratch"); });
  sweep_out(home / "probes", [&](const std::string& name) { return !own.empty() && name != own; });
  sweep_out(home.parent_path(), [&](const std::string& name) { return !name.starts_with(clean_.key); });
  for (const fs::path& path : gone) NANOBUG_TRY(remove_tree(path));
  return {};
}

Status Judge::ask_clean(const workshop::Progress& progress) {
  auto program = workshop::clean_probes(workshop_, clean_, progress);
  NANOBUG_TRY(program);
  program_ = std::move(*program);
  auto askable = workshop::askable(workshop_, clean_, false, progress);
  NANOBUG_TRY(askable);
  for (const ProbeAnswer& answer : askable->excluded)
    return fail(Exit::catalog, "the probe " + answer.probe + " " + answer.message);
  askable_ = std::move(*askable);
  std::string names = program_.lexically_relative(clean_.tree.parent_path()).string();
  const auto recorded = grade::record_parity(workshop_, clean_, progress);
  NANOBUG_TRY(recorded);
  for (size_t i = 0; i < recorded->size(); ++i) {
    if (!(*recorded)[i].agrees())
      return fail(Exit::catalog, "the clean tree does not pass its own parity run, " +
                                     (*recorded)[i].observable + ": " + (*recorded)[i].message);
    names += '\n' + grade::recording_name(catalog_.tree, catalog_.tree.parity[i]);
  }
  bench_ = sha256(names).substr(0, 16);
  return {};
}

Result<Judgement> Judge::judge(const Mutant& mutant) {
  const auto pristine = read_file(clean_.tree / mutant.file);
  NANOBUG_TRY(pristine);
  const std::string text = mutated(mutant, *pristine);
  Judgement judgement;
  auto start = Clock::now();
  const auto built = workshop_.mutant(clean_, {{mutant.file, text}});
  judgement.build_s = since(start);
  if (!built && built.error().code == Exit::catalog) {
    judgement.outcome = Outcome::broken;
    judgement.message = built.error().message;
    return judgement;
  }
  NANOBUG_TRY(built);
  const Removed outputs{built->outputs};
  const auto same = same_code(clean_, *built);
  NANOBUG_TRY(same);
  // A header is code of the probes too, which may use what the tree does not.
  if (*same && !is_header(mutant.file)) {
    judgement.outcome = Outcome::same_code;
    return judgement;
  }
  start = Clock::now();
  const auto place = workshop::Trial::of_mutant(workshop_, clean_, {{mutant.file, text}}, *built);
  NANOBUG_TRY(place);
  NANOBUG_TRY(see(mutant, place->tree(), judgement));
  if (*same && judgement.outcome == Outcome::survived) judgement.outcome = Outcome::same_code;
  judgement.judge_s = since(start);
  return judgement;
}

Result<std::vector<std::string>> Judge::overlooked(const Mutant& mutant) {
  std::call_once(measured_, [&] {
    if (auto known = workshop::Reach::find(workshop_, clean_))
      reach_ = std::move(*known);
    else
      reach_ = workshop::Reach::measure(workshop_, clean_, grade::courses_of(catalog_.tree));
  });
  NANOBUG_TRY(reach_);
  const auto pristine = read_file(clean_.tree / mutant.file);
  NANOBUG_TRY(pristine);
  const workshop::Overlay overlay = {{mutant.file, mutated(mutant, *pristine)}};
  const auto reaching = reach_->probes_of(clean_, overlay);
  grade::Asking missing{.others = false};
  const std::set<std::string> missed = reach_->missed(clean_, overlay);
  for (const catalog::Parity& parity : catalog_.tree.parity)
    if (missed.contains(grade::recording_name(catalog_.tree, parity)))
      missing.first.push_back(parity.id.value);
  if (!reaching && missing.first.empty()) return std::vector<std::string>();  // all of them are asked
  const auto built = workshop_.mutant(clean_, overlay);
  if (!built && built.error().code == Exit::catalog) return std::vector<std::string>();
  NANOBUG_TRY(built);
  const Removed outputs{built->outputs};
  const auto place = workshop::Trial::of_mutant(workshop_, clean_, overlay, *built);
  NANOBUG_TRY(place);
  std::vector<ProbeInfo> others = askable_.probes;
  std::erase_if(others, [&](const ProbeInfo& info) { return !reaching || reaching->contains(info.probe); });
  const auto answers = workshop::run_probes(workshop_, program_, place->tree(), others,
                                            askable_.limits(workshop_.spec().probes));
  NANOBUG_TRY(answers);
  std::vector<std::string> failing;
  for (const ProbeAnswer& answer : *answers)
    if (!answer.passed()) failing.push_back(answer.probe);
  const auto runs = grade::run_parity(workshop_, clean_, place->tree(), {}, missing);
  NANOBUG_TRY(runs);
  for (const grade::ParityAnswer& answer : *runs)
    if (answer.differs()) failing.push_back(answer.id);
  return failing;
}

Status Judge::see(const Mutant& mutant, const fs::path& place, Judgement& judgement) const {
  // A probe sees the library, never a program.
  if (!mutant.file.starts_with("programs/")) NANOBUG_TRY(probe(mutant, place, judgement));
  if (judgement.outcome == Outcome::survived) NANOBUG_TRY(compare(place, judgement));
  return {};
}

Status Judge::probe(const Mutant& mutant, const fs::path& place, Judgement& judgement) const {
  fs::path program = program_;
  if (is_header(mutant.file)) {
    auto own = workshop::probes_for(workshop_, clean_, place);
    if (!own && own.error().code == Exit::check_failed) {
      judgement.outcome = Outcome::broken;
      judgement.message = own.error().message;
      return {};
    }
    NANOBUG_TRY(own);
    program = std::move(*own);
  }
  const auto answers =
      workshop::run_probes(workshop_, program, place, own_first(askable_.probes, mutant.file),
                           askable_.limits(workshop_.spec().probes), {}, workshop::Until::one_process_failed);
  NANOBUG_TRY(answers);
  const auto failed = std::find_if(answers->begin(), answers->end(),
                                   [](const ProbeAnswer& answer) { return !answer.passed(); });
  if (failed == answers->end()) return {};
  judgement.outcome = Outcome::probe;
  judgement.by = failed->probe, judgement.observable = failed->observable;
  judgement.how = how(failed->how), judgement.message = failed->message;
  return {};
}

Status Judge::compare(const fs::path& place, Judgement& judgement) const {
  const auto answers =
      grade::run_parity(workshop_, clean_, place, {}, {.until = grade::Until::first_difference});
  NANOBUG_TRY(answers);
  const auto seen = std::find_if(answers->begin(), answers->end(),
                                 [](const grade::ParityAnswer& answer) { return answer.differs(); });
  if (seen == answers->end()) return {};
  judgement.outcome = Outcome::parity;
  judgement.by = seen->observable, judgement.message = seen->message;
  judgement.how = seen->hung                                                ? "hung"
                  : seen->message.find(" ended with ") != std::string::npos ? "crashed"
                                                                            : "failed";
  return {};
}

}  // namespace nanobug::strength
