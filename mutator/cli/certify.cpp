// certify: the proof for every rule, as a table and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mutator/cli/changes.h"
#include "mutator/cli/conflicts.h"
#include "mutator/cli/production.h"
#include "mutator/cli/proving.h"
#include "mutator/cli/summary.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/evidence.h"
#include "mutator/coach/words.h"
#include "mutator/grade/evidence.h"

namespace nanobug::cli {
namespace {

// The first three, and how many there are besides.
std::string first_of(const std::vector<std::string>& names) {
  const size_t shown = std::min<size_t>(3, names.size());
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(shown);
  const size_t more = names.size() - shown;
  return fmt::format("{}{}", fmt::join(names.begin(), end, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

// What an interviewer can show of each, and which of it tells. -> does something of every bug?
Result<bool> show_evidence(Context& c, const std::vector<const catalog::Rule*>& rules,
                           const std::vector<Result<std::vector<grade::Certificate>>>& certificates) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto& known = (*mutants)->catalog().tree.evidence;
  if (known.empty())
    return fail(Exit::catalog, "the head of the catalog has no evidence to record",
                (*mutants)->catalog().tree.place);
  const int number = static_cast<int>(rules.size());
  const auto tell = c.ui.progress();
  tell("recording evidence", 0, number);
  const auto all = grade::evidence_of(**mutants, rules, certificates,
                                      [&](int done) { tell("recording evidence", done, number); });
  c.ui.clear_progress();
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {{"RULE", "SITE", "PIECES", "TELL", "CHEAPEST"}};
  bool good = true;
  for (size_t i = 0; i < rules.size(); ++i) {
    NANOBUG_TRY(all[i]);
    for (size_t site = 0; site < all[i]->size(); ++site) {
      const grade::Evidence& one = (*all[i])[site];
      const auto prices = coach::priced(known, (*certificates[i])[site].symptom.series);
      const session::Production production = coach::cheapest(prices, one);
      const std::string cheapest = production.cheapest.empty()
                                       ? "-"
                                       : fmt::format("{} ({})", fmt::join(production.cheapest, ", "),
                                                     coach::count(production.cheapest_minutes, "minute"));
      rows.push_back({rules[i]->id.value, std::to_string(site + 1), std::to_string(one.own.size()),
                      std::to_string(one.tells.size()), cheapest});
      nlohmann::json pieces = nlohmann::json::array();
      for (const grade::Piece& piece : one.own) pieces.push_back(piece_in_json(piece, {}));
      json.push_back({{"id", rules[i]->id.value},
                      {"site", site + 1},
                      {"decoy", rules[i]->decoy},
                      {"tells", one.tells},
                      {"cheapest", production.cheapest},
                      {"minutes", production.cheapest_minutes},
                      {"pieces", pieces}});
      if (rules[i]->decoy || !production.cheapest.empty()) continue;
      good = false;
      c.ui.complain({Exit::check_failed, rules[i]->id.value + ": no evidence tells of it"});
    }
  }
  c.ui.data(c.ui.json ? json.dump(2, ' ', false, kAnyBytes) : table(rows));
  return good;
}

enum class Show { certificates, summary, conflicts, evidence };

struct Options {
  std::vector<std::string> ids;
  std::string shard;  // "2/4": the second of four
  std::vector<std::string> merged;
  grade::Proof proof;
  bool in_summary = false, conflicts = false, evidence = false;
  grade::Draw draw;
  bool in_stock = false;

  Show show() const {
    return conflicts    ? Show::conflicts
           : evidence   ? Show::evidence
           : in_summary ? Show::summary
                        : Show::certificates;
  }
};

Result<Exit> certify(Context& c, const Options& options) {
  const Show show = options.show();
  grade::Proof proof = options.proof;
  if (proof.fresh && !options.merged.empty())
    return fail(Exit::usage, "--merge proves nothing, and --fresh proves it again; leave one out");
  if (options.draw.count > 0) {
    if (!options.ids.empty() || !options.merged.empty() || show != Show::certificates)
      return fail(
          Exit::usage,
          "--operators goes with --seed, --file, --operator, --first, --stock, --shard, --all and --fresh "
          "alone");
    if (proof.first && (proof.all || options.in_stock))
      return fail(Exit::usage,
                  std::string("--first asks no further than to the first that sees a change; leave ") +
                      (proof.all ? "--all" : "--stock") + " out");
    return certify_operators(c, options.draw, options.shard, options.in_stock, proof);
  }
  for (const auto& [name, is_given] : {std::pair("--stock", options.in_stock),
                                       {"--first", proof.first},
                                       {"--file", !options.draw.files.empty()},
                                       {"--operator", !options.draw.operators.empty()}})
    if (is_given) return fail(Exit::usage, std::string(name) + " goes with --operators N");
  proof.kept = !options.merged.empty();
  const auto named = c.rules(options.ids);
  NANOBUG_TRY(named);
  const auto part = part_of(*named, options.shard);
  NANOBUG_TRY(part);
  const std::vector<const catalog::Rule*>& rules = *part;
  const auto worth = c.are_worth_building(rules);
  NANOBUG_TRY(worth);
  if (!*worth) return Exit::catalog;
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  for (const std::string& cache : options.merged) {
    const auto came = grade::merge_certificates((*mutants)->workshop(), cache);
    NANOBUG_TRY(came);
    c.ui.say(
        fmt::format("{} from {}", coach::count(static_cast<size_t>(*came), "new certificate"), tidy(cache)));
  }
  const auto answers = prove(c, **mutants, rules, proof);
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {
      {"RULE", "PLACE", "SYMPTOM", "SILENCE", "SEEN BY", "CERTIFICATE"}};
  std::vector<std::string> reasons;
  std::vector<grade::Certificate> held;
  bool all_hold = true;
  for (size_t i = 0; i < rules.size(); ++i) {
    const std::string& id = rules[i]->id.value;
    if (!answers[i]) {
      all_hold = false;
      json.push_back({{"id", id}, {"holds", false}, {"refusals", {answers[i].error().text()}}});
      rows.push_back({id, "-", "-", "-", "-", "refused"});
      reasons.push_back(id + ": " + answers[i].error().text());
      continue;
    }
    for (const grade::Certificate& one : *answers[i]) {
      all_hold = all_hold && one.holds();
      json.push_back(in_json(one));
      if (one.holds()) held.push_back(one);
      rows.push_back(
          {id, place_of(one), one.symptom.kind.empty() ? "-" : one.symptom.kind,
           one.holds() && !one.symptom.kind.empty() ? fmt::format("{:.2f}", one.symptom.silence) : "-",
           seen_by(one, (*mutants)->catalog().tree), one.holds() ? "holds" : "refused"});
      const std::string which = answers[i]->size() > 1 ? id + " at " + place_of(one) : id;
      for (const std::string& refusal : one.refusals) reasons.push_back(which + ": " + refusal);
      if (!one.holds() && one.refusals.back().starts_with("seen_by") && !one.failing.empty())
        reasons.back() += "; it is seen by " + first_of(one.failing);
    }
  }
  if (show == Show::evidence && all_hold) {
    const auto good = show_evidence(c, rules, answers);
    NANOBUG_TRY(good);
    return *good ? Exit::ok : Exit::check_failed;
  }
  if (show == Show::conflicts && all_hold) return show_conflicts(c, rules, held);
  if (show == Show::certificates)
    c.ui.data(c.ui.json ? json.dump(2, ' ', false, kAnyBytes) : table(rows));
  else if (show == Show::summary && all_hold)
    c.ui.data(summary(rules, held, (*mutants)->catalog()));
  for (const std::string& reason : reasons) c.ui.complain({Exit::check_failed, reason});
  return all_hold ? Exit::ok : Exit::check_failed;
}

}  // namespace

void add_certify(Verbs& verbs) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = verbs.add(verbs.app, "certify",
                             "Prove that rules are what they claim; without a certificate none is drawn");
  verb->add_option("rules", options->ids, "Rules to certify (default: all)")->type_name("RULE");
  verb->add_flag("--fresh", options->proof.fresh, "Prove again what was proved before");
  verb->add_flag(
      "--all", options->proof.all,
      "Ask every probe and parity run, and say of those that see it who would not have been asked");
  verb->add_option("--shard", options->shard,
                   "Only the K-th of N parts of the rules, as one machine of N does")
      ->type_name("K/N");
  verb->add_option("--merge", options->merged,
                   "Prove nothing: take the certificates of these caches, and say which are missing")
      ->type_name("DIR")
      ->allow_extra_args(false);
  verb->add_option("--operators", options->draw.count,
                   "Instead of rules, so many changes that generic mutation operators make: who sees them?")
      ->type_name("1..100000")
      ->check(CLI::Range(1, 100000).description(""));
  verb->add_option("--seed", options->draw.seed, "Which of them are drawn (default: 1)")->type_name("S");
  verb->add_option("--file", options->draw.files, "Only of sources of this path or name; may be repeated")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  verb->add_option("--operator", options->draw.operators, "Only by this operator; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  verb->add_flag(
      "--first", options->proof.first,
      "Ask no further than to the first that sees a change, and record no symptom: the quickest answer");
  verb->add_flag("--stock", options->in_stock,
                 "Print those that are worth a session, as patches/surprises.txt has them");
  verb->add_flag("--summary", options->in_summary,
                 "Counts of what there is, as the page docs/catalog.md, once all hold");
  verb->add_flag("--conflicts", options->conflicts,
                 "Which bugs cannot be in the tree at once: how many of each, with --json every pair");
  verb->add_flag("--evidence", options->evidence,
                 "Record what an interviewer can show of each bug, and say which of it tells");
  verbs.on(verb, [=, &c = verbs.context] { return certify(c, *options); });
}

}  // namespace nanobug::cli
