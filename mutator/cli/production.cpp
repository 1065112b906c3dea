// production: see production.h; and the verb that opens the checkout.
#include "mutator/cli/production.h"

#include <fmt/format.h>

#include <cmath>
#include <ctime>

#include "mutator/base/paths.h"
#include "mutator/base/sealed_file.h"
#include "mutator/cli/begin.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/evidence.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"
#include "mutator/grade/evidence.h"
#include "mutator/session/checkout.h"

namespace nanobug::cli {
namespace {

constexpr std::size_t kStep = 256u << 10;  // the file's size tells nothing of the bug

fs::path evidence_file() {
  return state_home() / "evidence";
}

// The session's site, as the mutants have it.
Result<rewrite::Site> site_of(grade::Mutants& mutants, const catalog::Rule& rule,
                              const session::Session& session) {
  auto sites = mutants.sites(rule);
  NANOBUG_TRY(sites);
  const auto which = static_cast<size_t>(session.injected.front().site);
  if (which >= sites->size())
    return fail(Exit::session,
                "the place of this session's bug is not found any more; 'nanobug stop' ends it");
  return std::move((*sites)[which]);
}

Result<Exit> open_checkout(Context& c, const std::string& directory) {
  if (!directory.empty())
    NANOBUG_TRY(path_can_be_built_in(fs::absolute(directory), "the checkout", Exit::usage));
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  if (!session.production)
    return fail(Exit::session, session.review ? "a review has no checkout to open"
                                              : "the checkout is open: " + tidy(session.directory));
  if (session.has_checkout())
    return fail(Exit::session, "the checkout is open already: " + tidy(session.directory));
  const auto mutants = c.mutants_of(session);
  NANOBUG_TRY(mutants);
  const catalog::Catalog& catalog = (*mutants)->catalog();
  const auto rule = catalog::find_rule(catalog, session.injected.front().rule);
  NANOBUG_TRY(rule);
  const auto site = site_of(**mutants, **rule, session);
  NANOBUG_TRY(site);
  const auto mutant = (*mutants)->build(*site);
  NANOBUG_TRY(mutant);
  session::StartRequest request;
  auto pristine = Context::from_vault(session.pristine), mutated = Context::from_vault(session.mutated);
  NANOBUG_TRY(pristine);
  NANOBUG_TRY(mutated);
  request.pristine = std::move(*pristine), request.mutated = std::move(*mutated);
  request.strict = session.strict;
  request.exclude = catalog.tree.not_sources();
  request.time = (*mutants)->clean().time;
  const auto place = directory.empty() ? session::free_place(home() / "nanobug" / "practice",
                                                             request.pristine, request.exclude)
                                       : fs::absolute(directory).lexically_normal();
  NANOBUG_TRY(place);
  request.directory = *place;
  NANOBUG_TRY(path_can_be_built_in(request.directory, "the checkout", Exit::io));
  request.furnish = [&](const fs::path& staging, const fs::path& home) {
    return (*mutants)->workshop().furnish((*mutants)->clean(), &*mutant, staging, home);
  };
  NANOBUG_TRY(open->desk.open_checkout(request));
  c.ui.clear_progress();
  if (const catalog::Evidence* code = catalog.tree.find_evidence(catalog::Evidence::From::checkout))
    NANOBUG_TRY(open->desk.update(
        [&](session::Session& s) { coach::note_asked(s, *code, /*tells=*/false, std::time(nullptr)); }));
  const session::Session after = *open->desk.current();
  NANOBUG_TRY(build_in_place(c, (*mutants)->workshop(), (*mutants)->clean(), after));
  if (c.ui.json) {
    c.ui.data(nlohmann::json{
        {"dir", after.directory.string()}, {"branch", after.branch()}, {"paid_s", coach::paid_seconds(after)}}
                  .dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  c.ui.data(fmt::format(
      "{}\n  cd {}\n{}", paid_in_words(after), tidy(after.directory),
      c.ui.advice(what_next_in_a_hunt(after, !catalog.tree.runs.empty(), coach::may_be_decoy(after)))));
  if (const std::string lost = shell_elsewhere(after.directory); !lost.empty()) c.ui.say(lost);
  return Exit::ok;
}

}  // namespace

Status has_evidence(const catalog::Catalog& catalog) {
  if (!catalog.tree.evidence.empty()) return {};
  return fail(Exit::catalog, "this tree has no evidence to ask for; leave --mode production out",
              catalog.tree.place);
}

Status keep_evidence(const session::Session& session, const grade::Evidence& evidence) {
  return write_sealed(evidence_file(), session.name + '\n' + evidence.bytes(), kStep);
}

Result<grade::Evidence> evidence_of_session(Context& c, const session::Session& session) {
  if (const auto kept = read_sealed(evidence_file()))
    if (const size_t end = kept->find('\n'); end != std::string::npos && kept->substr(0, end) == session.name)
      if (auto evidence = grade::Evidence::of_bytes(kept->substr(end + 1))) return std::move(*evidence);
  const auto mutants = c.mutants_of(session);
  NANOBUG_TRY(mutants);
  const auto rule = catalog::find_rule((*mutants)->catalog(), session.injected.front().rule);
  NANOBUG_TRY(rule);
  const auto site = site_of(**mutants, **rule, session);
  NANOBUG_TRY(site);
  const auto certificates = grade::certify(**mutants, **rule, {}, c.ui.progress());
  NANOBUG_TRY(certificates);
  auto evidence = grade::evidence_of(**mutants, **rule, &*site,
                                     certificates->at(static_cast<size_t>(session.injected.front().site)),
                                     c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(evidence);
  (void)keep_evidence(session, *evidence);
  return evidence;
}

nlohmann::json piece_in_json(const grade::Piece& piece, const std::vector<std::string>& parts) {
  const auto wanted = [&](const std::string& part) {
    return parts.empty() || std::find(parts.begin(), parts.end(), part) != parts.end();
  };
  nlohmann::json json = {{"evidence", piece.id}};
  if (!piece.numbers.empty()) json["steps"] = piece.steps;
  for (size_t p = 0; p < piece.parts.size(); ++p)
    if (wanted(piece.parts[p]))
      for (const double value : piece.numbers[p])
        json["numbers"][piece.parts[p]].push_back(number_in_json(value));
  for (const grade::Piece::Words& one : piece.words)
    if (wanted(one.part))
      json["words"].push_back({{"step", one.step}, {"part", one.part}, {"text", one.text}});
  for (const grade::Piece::Table& one : piece.tables)
    if (wanted(one.part)) {
      nlohmann::json rows = nlohmann::json::array();
      for (const auto& row : one.rows) {
        rows.push_back(nlohmann::json::array());
        for (const double value : row) rows.back().push_back(number_in_json(value));
      }
      json["tables"].push_back({{"step", one.step}, {"part", one.part}, {"rows", rows}});
    }
  return json;
}

nlohmann::json log_in_json(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence) {
  nlohmann::json log = nlohmann::json::array();
  for (const catalog::Evidence& one : known)
    if (const grade::Piece* piece = one.minutes == 0 ? evidence.find(one.id) : nullptr)
      log.push_back(piece_in_json(*piece, {}));
  return log;
}

std::string paid_in_words(const session::Session& session) {
  const std::int64_t last = session.asked.empty() ? 0 : session.asked.back().minutes,
                     all = coach::paid_seconds(session) / 60;
  std::string text = coach::count(last, "minute") + " on your clock";
  if (all != last) text += fmt::format(", {} for all that you asked", all);
  return text + '.';
}

std::string what_next_in_production(const session::Session& session, bool again) {
  if (session.solved || session.revealed)
    return "  nanobug debrief  the questions, and your score\n"
           "  nanobug stop     ends it";
  Commands lines = {
      {"nanobug ask WORDS", "more of this run, at a price; alone: what there is"},
      {"nanobug open",
       fmt::format("the checkout, for {}; to locate, fix, check",
                   coach::count(session.production ? session.production->open_minutes : 0, "minute"))}};
  if (again) lines.insert(lines.begin(), {"nanobug status", "the symptom again, and the clock"});
  add_words(lines);
  if (!session.no_hints) lines.emplace_back("nanobug hint", next_hint(session));
  if (coach::may_be_decoy(session))
    lines.emplace_back("nanobug answer none \"why\"", "if nothing is wrong; say so before you check");
  return in_lines(std::move(lines));
}

void add_open(Verbs& verbs) {
  auto directory = std::make_shared<std::string>();
  CLI::App* verb = verbs.add(verbs.app, "open", "In production: lay out the checkout, at its price");
  verb->add_option("--dir", *directory, "Where it goes (default: ~/nanobug/practice)")->type_name("DIR");
  verbs.on(verb, [directory, &c = verbs.context] { return open_checkout(c, *directory); });
}

}  // namespace nanobug::cli
