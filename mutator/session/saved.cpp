// saved: see saved.h.
#include "mutator/session/saved.h"

#include <fmt/format.h>

#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/session/seal.h"

namespace nanobug::session {
namespace {

using Json = nlohmann::json;

// What a session can have come to. A number above is damage: it would wrap in its field, or in what is
// counted up from it.
constexpr std::uint64_t kMostSeconds = 253'402'300'799;  // the last of the year 9999
constexpr std::uint64_t kMostCounted = 1'000'000'000;

// nlohmann's own conversion wraps without a word.
std::uint64_t whole(const Json& json, std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  const bool is_negative = !json.is_number_unsigned() && json.get<std::int64_t>() < 0;
  if (!json.is_number_integer() || is_negative || json.get<std::uint64_t>() > most)
    throw Json::out_of_range::create(406, "no number of a session: " + json.dump(), &json);
  return json.get<std::uint64_t>();
}

int count(const Json& json) {
  return static_cast<int>(whole(json, kMostCounted));
}

// Of the fields that are later than the first version, whose files are still read.
const Json& later(const Json& json, const char* name) {
  static const Json kNone = 0;
  const auto it = json.find(name);
  return it == json.end() ? kNone : *it;
}

Lines lines_of(const Json& first, const Json& last) {
  return {count(first), count(last)};
}

Json to_json(const Injected& injected) {
  Json changed = Json::array();
  for (const Lines& lines : injected.changed) changed.push_back({lines.first, lines.last});
  return {{"rule", injected.rule},
          {"site", injected.site},
          {"file", to_text(injected.file)},
          {"function", injected.function},
          {"changed", changed}};
}

Injected injected_of(const Json& json) {
  Injected injected{json.at("rule"),
                    count(json.at("site")),
                    to_path(json.at("file").get<std::string>()).string(),
                    json.at("function"),
                    {}};
  if (json.contains("changed"))
    for (const Json& lines : json.at("changed"))
      injected.changed.push_back(lines_of(lines.at(0), lines.at(1)));
  else  // a session of before there could be several
    injected.changed = {lines_of(json.at("line"), json.at("last_line"))};
  return injected;
}

Json to_json(const Bug& bug) {
  return {{"rule", bug.rule},
          {"own", bug.own},
          {"hints", bug.hints},
          {"fixed", bug.fixed},
          {"earned", bug.earned},
          {"located", bug.located}};
}

Bug bug_of(const Json& json) {
  return {json.at("rule"), json.at("own").get<std::vector<std::string>>(), count(json.at("hints")),
          json.at("fixed"), json.value("earned", false), json.at("located")};
}

Json to_json(const Review& review) {
  return {{"file", to_text(review.file)},
          {"shown", {review.shown.first, review.shown.last}},
          {"why", review.why},
          {"terms", review.terms}};
}

Review review_of(const Json& json) {
  const Json& shown = json.at("shown");
  return {to_path(json.at("file").get<std::string>()).string(), lines_of(shown.at(0), shown.at(1)),
          json.at("why"), json.at("terms").get<std::vector<std::string>>()};
}

Json to_json(const Asked& asked) {
  return {{"at", asked.at}, {"evidence", asked.evidence}, {"minutes", asked.minutes}, {"tells", asked.tells}};
}

Asked asked_of(const Json& json) {
  return {seconds_of(json.at("at")), json.at("evidence"), count(json.at("minutes")), json.at("tells")};
}

Json to_json(const Production& production) {
  return {{"cheapest", production.cheapest},
          {"cheapest_minutes", production.cheapest_minutes},
          {"checkout", production.checkout},
          {"open_minutes", production.open_minutes},
          {"clean", production.clean},
          {"free", production.free},
          {"told", production.told},
          {"beside", production.beside}};
}

Production production_of(const Json& json) {
  const std::vector<std::string> none;
  return {json.at("cheapest").get<std::vector<std::string>>(), count(json.at("cheapest_minutes")),
          json.at("checkout"),         count(json.at("open_minutes")),
          json.value("clean", ""),     json.value("free", none),
          json.value("told", none),    json.value("beside", none)};
}

Json to_json(const Event& event) {
  return {{"at", event.at}, {"kind", event.kind}, {"about", event.about}, {"words", event.words}};
}

Event event_of(const Json& json) {
  return {seconds_of(json.at("at")), json.at("kind"), json.at("about"), json.at("words")};
}

// 0 to 3, or -1 for none: on disk one more, for all that is written is a count.
Json to_json(const std::vector<int>& grades) {
  Json json = Json::array();
  for (const int grade : grades) json.push_back(grade + 1);
  return json;
}

std::vector<int> grades_of(const Json& json) {
  std::vector<int> grades;
  for (const Json& each : json) grades.push_back(static_cast<int>(whole(each, 4)) - 1);
  return grades;
}

Json to_json(const Session& s) {
  Json injected = Json::array(), bugs = Json::array(), events = Json::array(), asked = Json::array();
  for (const auto& each : s.injected) injected.push_back(to_json(each));
  for (const auto& each : s.bugs) bugs.push_back(to_json(each));
  for (const auto& each : s.events) events.push_back(to_json(each));
  for (const auto& each : s.asked) asked.push_back(to_json(each));
  Json json = {{"name", s.name},
               {"directory", to_text(s.directory)},
               {"pristine", s.pristine},
               {"mutated", s.mutated},
               {"injected", injected},
               {"started", s.started},
               {"minutes", s.minutes},
               {"seed", s.seed},
               {"strict", s.strict},
               {"named", s.named},
               {"decoy", s.decoy},
               {"no_hints", s.no_hints},
               {"hints", s.hints},
               {"late_hints", s.late_hints},
               {"wrong_claims", s.wrong_claims},
               {"located", s.located},
               {"checks", s.checks},
               {"solved", s.solved},
               {"revealed", s.revealed},
               {"project", s.project},
               {"toolchain", s.toolchain},
               {"options", s.options},
               {"solved_at", s.solved_at},
               {"machine_seconds", s.machine_seconds},
               {"probes_agree_last", s.probes_agree_last},
               {"probes_total_last", s.probes_total_last},
               {"bugs", bugs},
               {"events", events},
               {"asked", asked},
               {"recorded", s.recorded},
               {"grades", to_json(s.grades)}};
  if (s.review) json["review"] = to_json(*s.review);
  if (s.production) json["production"] = to_json(*s.production);
  return json;
}

Session session_of(const Json& json) {
  Session s;
  s.name = json.at("name");
  s.directory = to_path(json.at("directory"));
  s.pristine = json.at("pristine");
  s.mutated = json.at("mutated");
  for (const auto& each : json.at("injected")) s.injected.push_back(injected_of(each));
  s.started = seconds_of(json.at("started"));
  s.minutes = count(json.at("minutes"));
  s.seed = whole(json.at("seed"));
  s.strict = json.at("strict");
  s.named = json.at("named");
  s.hints = count(json.at("hints"));
  s.wrong_claims = count(json.at("wrong_claims"));
  s.located = json.at("located");
  s.checks = count(json.at("checks"));
  s.solved = json.at("solved");
  s.revealed = json.at("revealed");
  s.project = json.value("project", "");
  s.toolchain = json.value("toolchain", "");
  s.options = json.value("options", "");
  s.late_hints = count(later(json, "late_hints"));
  s.solved_at = seconds_of(later(json, "solved_at"));
  s.machine_seconds = seconds_of(later(json, "machine_seconds"));
  s.probes_agree_last = count(later(json, "probes_agree_last"));
  s.probes_total_last = count(later(json, "probes_total_last"));
  if (json.contains("bugs"))
    for (const auto& each : json.at("bugs")) s.bugs.push_back(bug_of(each));
  if (json.contains("events"))
    for (const auto& each : json.at("events")) s.events.push_back(event_of(each));
  if (json.contains("asked"))
    for (const auto& each : json.at("asked")) s.asked.push_back(asked_of(each));
  s.recorded = json.value("recorded", std::vector<std::string>());
  if (json.contains("production")) s.production = production_of(json.at("production"));
  if (json.contains("grades")) s.grades = grades_of(json.at("grades"));
  s.no_hints = json.value("no_hints", false);
  s.decoy = json.value("decoy", false);
  if (json.contains("review")) {
    s.review = review_of(json.at("review"));
    s.decoy = json.at("review").value("decoy", s.decoy);  // where the first reviews had it
  }
  return s;
}

}  // namespace

std::int64_t seconds_of(const Json& json) {
  return static_cast<std::int64_t>(whole(json, kMostSeconds));
}

std::string to_text(const fs::path& path) {
  std::string text;
  for (const unsigned char c : path.string())
    if (c < 0x20 || c > 0x7e || c == '%')
      text += fmt::format("%{:02X}", c);
    else
      text += static_cast<char>(c);
  return text;
}

fs::path to_path(const std::string& text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && i + 2 < text.size()) {
      bytes += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
      i += 2;
    } else {
      bytes += text[i];
    }
  return bytes;
}

Json to_json(const Identity& identity) {
  return {identity.device, identity.inode};
}

Identity identity_of(const Json& json) {
  return {whole(json.at(0)), whole(json.at(1))};
}

Json to_json(const Saved& saved) {
  return {
      {"session", to_json(saved.session)}, {"exclude", saved.exclude}, {"checkout", to_json(saved.checkout)}};
}

Saved saved_of(const Json& json) {
  return {session_of(json.at("session")), json.at("exclude"), identity_of(json.at("checkout"))};
}

Json to_json(const Record& record) {
  return {{"session", to_json(record.session)},
          {"ended", record.ended},
          {"outcome", record.outcome},
          {"attempt", to_text(record.attempt)},
          {"gone", record.gone}};
}

Record record_of(const Json& json) {
  return {session_of(json.at("session")), seconds_of(json.at("ended")), json.at("outcome"),
          to_path(json.at("attempt")), json.at("gone")};
}

std::string sealed_line(const Json& clear, const Json& content) {
  Json line = clear;
  line["format"] = 1;
  line["sealed"] = seal(content.dump(-1, ' ', false, Json::error_handler_t::replace));
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Json> open_line(const std::string& line) {
  const Json outer = Json::parse(line, nullptr, false);
  if (!outer.is_object() || outer.value("format", Json()) != 1) return std::nullopt;
  const auto sealed = outer.find("sealed");
  if (sealed == outer.end() || !sealed->is_string()) return std::nullopt;
  const auto text = unseal(sealed->get_ref<const std::string&>());
  if (!text) return std::nullopt;
  // All that is written is whole: what has a fraction, or no room in 64 bits, is damage.
  bool is_whole = true;
  const auto look = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::value && value.is_number_float()) is_whole = false;
    return true;
  };
  Json content = Json::parse(*text, look, false);
  if (!content.is_object() || !is_whole) return std::nullopt;
  return content;
}

Result<std::optional<Saved>> load(const fs::path& file) {
  std::error_code error;
  if (fs::symlink_status(file, error).type() == fs::file_type::not_found) return std::optional<Saved>();
  auto text = read_file(file);
  NANOBUG_TRY(text);
  const auto content = open_line(*text);
  try {
    if (content) return std::optional(saved_of(*content));
  } catch (const Json::exception&) {
    // The same sentence: a format of another version, or a hand that knew the seal.
  }
  return fail(
      Exit::session,
      "the record of the open session is damaged; move this file away to go on (the checkout and the vault "
      "are untouched)",
      Place{file.string()});
}

Status save(const fs::path& file, const Saved& saved) {
  const Json clear = {{"name", saved.session.name},
                      {"directory", to_text(saved.session.directory)},
                      {"started", saved.session.started},
                      {"minutes", saved.session.minutes}};
  return write_file(file, sealed_line(clear, to_json(saved)) + '\n', 0600);
}

}  // namespace nanobug::session
