// verdict: see verdict.h.
#include "mutator/grade/verdict.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "mutator/base/build_id.h"
#include "mutator/base/files.h"
#include "mutator/workshop/trial.h"

namespace nanobug::grade {
namespace {

using workshop::ProbeAnswer;
using workshop::ProbeInfo;

// Of so few failing probes one may be the machine's fault and not the tree's: the clean tree is asked again.
constexpr size_t kDoubtful = 3;

// Probes are dealt out to as many processes as there are cores to run them.
Result<std::vector<ProbeAnswer>> probe_all(const workshop::Workshop& workshop,
                                           const workshop::Askable& askable, const fs::path& program,
                                           const fs::path& tree, const workshop::Progress& progress) {
  const std::vector<ProbeInfo>& all = askable.probes;
  const Limits limits = askable.limits(workshop.spec().probes);
  constexpr size_t kProcesses = 2;
  std::vector<std::vector<ProbeInfo>> shares(kProcesses);
  // Tests are run one after the other: two of them may write the same files.
  for (size_t i = 0; i < all.size(); ++i)
    shares[all[i].test == workshop::kProtocol ? i % kProcesses : 0].push_back(all[i]);
  workshop::Standbys standbys(workshop.hosts(), tree);
  std::vector<std::future<Result<std::vector<ProbeAnswer>>>> running;
  std::mutex telling;
  int answered = 0;
  const auto tell = [&](const std::string& what, int, int) {
    const std::lock_guard lock(telling);
    if (progress) progress(what, ++answered, static_cast<int>(all.size()));
  };
  for (const auto& share : shares)
    running.push_back(std::async(std::launch::async, [&, share] {
      return run_probes(workshop, program, tree, share, limits, tell, workshop::Until::all_answered,
                        &standbys);
    }));
  std::map<std::string, ProbeAnswer> by_name;
  std::optional<Error> trouble;
  for (auto& answers : running) {
    auto share = answers.get();
    if (!share)
      trouble = share.error();
    else
      for (ProbeAnswer& answer : *share) by_name[answer.probe] = std::move(answer);
  }
  if (trouble) return tl::unexpected(*trouble);
  std::vector<ProbeAnswer> ordered;
  for (const ProbeInfo& info : all) ordered.push_back(by_name[info.probe]);
  return ordered;
}

void exclude(Verdict& verdict, const std::vector<ProbeAnswer>& answers) {
  for (const ProbeAnswer& answer : answers)
    verdict.excluded.push_back((answer.test == workshop::kProtocol ? "the probe " : "the test ") +
                               answer.probe + ", which " + answer.message),
        verdict.not_asked.insert(answer.probe);
}

// Few failures are doubted; those that the clean tree has too, here and now, do not count.
Status doubt_failures(const workshop::Workshop& workshop, const workshop::Clean& clean,
                      const fs::path& program, const fs::path& tree, Verdict& verdict) {
  std::vector<ProbeInfo> failing;
  for (const ProbeAnswer& answer : verdict.probes)
    if (!answer.passed()) failing.push_back(answer.info());
  if (failing.empty() || failing.size() > kDoubtful || verdict.cut_short) return {};
  const auto on_clean = workshop::doubt(workshop, clean, program, tree, failing);
  NANOBUG_TRY(on_clean);
  exclude(verdict, *on_clean);
  std::erase_if(verdict.probes, [&](const ProbeAnswer& answer) {
    return std::any_of(on_clean->begin(), on_clean->end(),
                       [&](const ProbeAnswer& excluded) { return excluded.probe == answer.probe; });
  });
  return {};
}

void note_wrong(Verdict& verdict, const std::string& words) {
  if (std::find(verdict.wrong.begin(), verdict.wrong.end(), words) == verdict.wrong.end())
    verdict.wrong.push_back(words);
}

// What the answers say, in the catalog's words and order.
void sum_up(const workshop::Workshop& workshop, Verdict& verdict) {
  std::set<std::string> failing;
  for (const ProbeAnswer& answer : verdict.probes)
    if (!answer.passed() && answer.how != ProbeAnswer::How::unasked) failing.insert(answer.observable);
  for (const catalog::Observable& observable : workshop.spec().observables())
    if (failing.erase(observable.tag)) note_wrong(verdict, observable.words);
  for (const std::string& unnamed : failing) note_wrong(verdict, unnamed);
  for (const ParityAnswer& answer : verdict.parity)
    if (answer.differs())
      note_wrong(verdict,
                 answer.only_more_lines ? answer.observable + ": " + answer.message : answer.observable);
}

Status ask(const workshop::Workshop& workshop, const workshop::Clean& clean, const fs::path& tree,
           const workshop::Progress& progress, Verdict& verdict) {
  const auto program = workshop::probes_for(workshop, clean, tree, progress);
  if (!program && program.error().code != Exit::check_failed) return tl::unexpected(program.error());
  if (!program) {
    verdict.builds = false;
    verdict.build_message = program.error().message;
    return {};
  }
  const auto askable = workshop::askable(workshop, clean, false, progress);
  NANOBUG_TRY(askable);
  auto parity = std::async(std::launch::async, [&] { return run_parity(workshop, clean, tree); });
  auto probes = probe_all(workshop, *askable, *program, tree, progress);
  auto compared = parity.get();
  NANOBUG_TRY(compared);
  NANOBUG_TRY(probes);
  verdict.probes = std::move(*probes);
  verdict.parity = std::move(*compared);
  exclude(verdict, askable->excluded);
  for (const ParityAnswer& answer : verdict.parity)
    if (answer.how == ParityAnswer::How::excluded)
      verdict.excluded.push_back(answer.observable + ": " + answer.message),
          verdict.not_asked.insert(answer.id);
  verdict.cut_short =
      std::any_of(verdict.probes.begin(), verdict.probes.end(),
                  [](const ProbeAnswer& answer) { return answer.how == ProbeAnswer::How::unasked; }) ||
      std::any_of(verdict.parity.begin(), verdict.parity.end(),
                  [](const ParityAnswer& answer) { return answer.how == ParityAnswer::How::not_run; });
  NANOBUG_TRY(doubt_failures(workshop, clean, *program, tree, verdict));
  sum_up(workshop, verdict);
  return {};
}

// Is there a bug that none of those who see it was asked about?
bool leaves_a_bug_unseen(const Verdict& verdict, const std::vector<std::vector<std::string>>& seen_by) {
  return std::any_of(seen_by.begin(), seen_by.end(), [&](const std::vector<std::string>& observers) {
    return !observers.empty() && std::all_of(observers.begin(), observers.end(), [&](const std::string& one) {
      return verdict.not_asked.contains(one);
    });
  });
}

// The learner's own build directory beside what their sources make.
std::string about_own_build(const workshop::Workshop& workshop, const fs::path& checkout,
                            const fs::path& judged) {
  const catalog::Build& build = workshop.spec().build;
  const fs::path own = workshop.build_directory(checkout) / build.library;
  std::string command;  // as it is typed in the checkout
  for (const std::string& word : workshop::Workshop::substitute(
           build.compile,
           {{"source", "."}, {"build", build.directory}, {"project", workshop.project().string()}}))
    command += (command.empty() ? "" : " ") + word;
  std::error_code error;
  if (!fs::exists(own, error))
    return "Your own build directory has no " + own.filename().string() + "; 'nanobug run' builds it.";
  if (build_id(own) != build_id(judged))
    return "Your own build directory is not built from these sources; '" + command +
           "' builds it, and so does 'nanobug run'.";
  return "";
}

}  // namespace

int Verdict::agreeing() const {
  return static_cast<int>(
      std::count_if(probes.begin(), probes.end(), [](const ProbeAnswer& answer) { return answer.passed(); }));
}

Result<Verdict> judge(const workshop::Workshop& workshop, const workshop::Clean& clean,
                      const fs::path& checkout, const std::vector<std::string>& leave_out,
                      const workshop::Progress& progress,
                      const std::vector<std::vector<std::string>>& seen_by, const workshop::Overlay& began) {
  const auto start = std::chrono::steady_clock::now();
  auto built = began.empty() ? Result<std::optional<workshop::Mutant>>() : workshop.find_mutant(clean, began);
  NANOBUG_TRY(built);
  std::optional<workshop::Begun> begun;
  if (*built) begun = workshop::Begun{began, std::move(**built)};
  const auto place =
      workshop::Trial::of_checkout(workshop, clean, checkout, leave_out, progress, begun ? &*begun : nullptr);
  NANOBUG_TRY(place);
  Verdict verdict;
  verdict.builds = place->built().good;
  verdict.build_message = place->built().message;
  if (const std::string& library = workshop.spec().build.library; verdict.builds && !library.empty()) {
    const fs::path judged = workshop.build_directory(place->tree()) / library;
    verdict.own_build = about_own_build(workshop, checkout, judged);
    if (!fs::exists(judged)) {
      verdict.builds = false;
      verdict.build_message = "the build no longer makes " + library;
    }
  }
  if (verdict.builds) NANOBUG_TRY(ask(workshop, clean, place->tree(), progress, verdict));
  verdict.unread = place->unread();
  verdict.solved = verdict.builds && verdict.wrong.empty() && !verdict.cut_short;
  verdict.undecided = verdict.solved && leaves_a_bug_unseen(verdict, seen_by);
  if (verdict.undecided) verdict.solved = false;
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return verdict;
}

}  // namespace nanobug::grade
