// dialogue: see dialogue.h.
#include "mutator/cli/dialogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mutator/base/files.h"
#include "mutator/base/suggest.h"
#include "mutator/catalog/entry.h"
#include "mutator/cli/bench_verbs.h"
#include "mutator/coach/words.h"
#include "mutator/grade/mutants.h"

namespace nanobug::cli {
namespace {

using nlohmann::json;
using rewrite::Match;
using rewrite::Seen;

constexpr size_t kShown = 10;  // matches that `match` shows
constexpr size_t kDiffs = 5;   // sites whose diff is shown

std::string counted(size_t n, const char* what) {
  return coach::count(static_cast<std::int64_t>(n), what);
}

json json_of(const Seen& node) {
  json one = {{"line", node.line}, {"column", node.column}, {"kind", node.kind}, {"text", node.text}};
  if (!node.id.empty()) one["id"] = node.id;
  return one;
}

// The words behind the statement's own.
std::vector<std::string> words_after(const Statement& statement) {
  std::vector<std::string> words;
  for (size_t at = 0; at < statement.rest.value.size();)
    if (std::string word = next_word(statement.rest.value, at); !word.empty())
      words.push_back(std::move(word));
  return words;
}

tl::unexpected<Error> misused(const Statement& statement, const std::string& message) {
  return fail(Exit::usage, message, statement.rest.place);
}

bool is_name(const std::string& word) {
  return !word.empty() && !std::isdigit(static_cast<unsigned char>(word[0])) &&
         std::all_of(word.begin(), word.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

}  // namespace

struct Dialogue::Command {
  const char* name;
  const char* letter;
  const char* takes;
  const char* what;
  Result<Answer> (Dialogue::*run)(const Statement&);
};

const std::vector<Dialogue::Command>& Dialogue::commands() {
  static const std::vector<Command> all = {
      {"match", "m", "MATCHER", "its matches, and the near misses; lines are read until brackets close",
       &Dialogue::match},
      {"let", "l", "NAME MATCHER", "a name for a matcher, or for a string or a number", &Dialogue::let},
      {"unlet", "", "NAME", "forget the name", &Dialogue::unlet},
      {"edit", "e", "EDIT", "as in a catalog: edit replace: node(\"x\"), with: \"{{x}} - 1\"",
       &Dialogue::edit},
      {"undo", "u", "", "take the last edit back", &Dialogue::undo},
      {"edits", "", "", "the edits so far", &Dialogue::edits},
      {"diff", "d", "", "what they make of the file, a diff a site", &Dialogue::diff},
      {"bindings", "b", "", "what every match binds", &Dialogue::bindings},
      {"output", "", "text|dump|print [ID]", "how nodes are shown; with ID, that node of every match at once",
       &Dialogue::output},
      {"explain", "x", "[LINE]", "where the last candidate goes, or what refuses this line",
       &Dialogue::explain},
      {"save", "", "ID|FILE.yaml", "write the entry, for 'nanobug rule new --from'", &Dialogue::save},
      {"help", "h", "", "this list", &Dialogue::help},
      {"quit", "q", "", "end", &Dialogue::quit}};
  return all;
}

Dialogue::Dialogue(const Ui& ui, rewrite::Bench& bench, std::string root, std::string file)
    : ui_(ui), bench_(bench), root_(std::move(root)) {
  draft_.file = std::move(file);
  draft_.in = (fs::path(root_) / draft_.file).lexically_normal().generic_string();
}

Result<Answer> Dialogue::say(const Statement& statement) {
  // clang-query's own way to say it.
  if (statement.word == "set" && statement.rest.value.find("output") != std::string::npos) {
    Statement plain = statement;
    size_t at = 0;
    while (next_word(plain.rest.value, at) != "output");
    plain.word = "output";
    plain.rest.value = blanked(plain.rest.value, at);
    return output(plain);
  }
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    if (statement.word == command.name || (*command.letter && statement.word == command.letter))
      return (this->*command.run)(statement);
    names.emplace_back(command.name);
  }
  const std::string hint = did_you_mean(statement.word, names);
  return misused(statement, "there is no '" + statement.word + "' here" +
                                (hint.empty() ? "; 'help' lists what there is" : hint));
}

// ---- matcher

Status Dialogue::matched(const Statement& statement) const {
  if (!draft_.matcher.empty()) return {};
  return misused(statement, "there is no matcher yet; 'match MATCHER' comes first");
}

std::string Dialogue::source_line(int line) const {
  const auto lines = lines_of(bench_.text());
  if (line < 1 || static_cast<size_t>(line) > lines.size()) return "";
  std::string_view text = lines[static_cast<size_t>(line) - 1];
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  return std::string(text.substr(std::min(text.find_first_not_of(" \t"), text.size())));
}

std::string Dialogue::shown(size_t match, const Seen& node, Output how) const {
  if (how == Output::text) return node.text + '\n';
  std::string text = how == Output::dump ? bench_.dump(match, node.id) : bench_.print(match, node.id);
  if (!text.ends_with('\n')) text += '\n';
  return '\n' + text;
}

// "lost by hasName("mean"): 16:3 x -= …": the nodes that only the last step which removed any took away.
void Dialogue::add_near_misses(Answer& answer, size_t found) const {
  answer.data["near_misses"] = json::array();
  const auto steps = bench_.explain(draft_.matcher.text());
  if (!steps) return;
  for (size_t i = steps->size(); i-- > 1;) {
    const rewrite::Explained& before = (*steps)[i - 1];
    if (before.near_misses.empty()) continue;
    answer.data["lost_by"] = (*steps)[i].matcher;
    answer.words +=
        fmt::format("{} by {}\n", found ? "near misses, refused" : "the last candidates are refused",
                    (*steps)[i].matcher);
    for (const Place& miss : before.near_misses) {
      answer.words += fmt::format("  {}:{}  {}\n", miss.line, miss.column, source_line(miss.line));
      answer.data["near_misses"].push_back({{"line", miss.line}, {"column", miss.column}});
    }
    return;
  }
  if (!found && !steps->empty() && steps->front().candidates == 0)
    answer.words += fmt::format("there is no {} in this file\n", steps->front().matcher);
}

Result<Answer> Dialogue::match(const Statement& statement) {
  if (statement.rest.value.find_first_not_of(" \t\r\n") == std::string::npos)
    return misused(statement, "match what? 'match MATCHER'");
  WrittenOut matcher(statement.rest, draft_.names);
  auto found = bench_.match(matcher.text());
  if (!found) return tl::unexpected(matcher.as_typed(found.error()));
  draft_.matcher = std::move(matcher);
  matches_ = std::move(*found);
  Answer answer;
  answer.data = {{"matches", json::array()}};
  for (size_t i = 0; i < matches_.size(); ++i) {
    const Match& match = matches_[i];
    json bound = json::array();
    for (const Seen& node : match.bound) bound.push_back(json_of(node));
    answer.data["matches"].push_back({{"root", json_of(match.root)}, {"bound", std::move(bound)}});
    if (i >= kShown) continue;
    answer.words += fmt::format("{}:{}:{}  {}", draft_.file, match.root.line, match.root.column,
                                shown(i, match.root, output_));
    for (const Seen& node : match.bound)
      answer.words +=
          fmt::format("  {}  {}:{}  {}", node.id, node.line, node.column, shown(i, node, output_));
  }
  if (matches_.size() > kShown)
    answer.words += fmt::format("… and {} more; 'bindings' shows all\n", matches_.size() - kShown);
  answer.words += matches_.empty()       ? "no match\n"
                  : matches_.size() == 1 ? "1 match\n"
                                         : fmt::format("{} matches\n", matches_.size());
  add_near_misses(answer, matches_.size());
  if (!draft_.edits.empty() && !matches_.empty())
    if (const Status made = add_diff(answer); !made)
      answer.trouble = Error{made.error().code, misfit(made.error()), statement.rest.place};
  return answer;
}

// An edit that was right before, or came first.
std::string Dialogue::misfit(const Error& error) const {
  for (const catalog::Edit& edit : draft_.edits)
    if (error.place && error.place->line == edit.place.line)
      return "with this matcher the edit " + catalog::write_edit(edit) + " is wrong: " + error.message;
  return "the edits do not fit this matcher: " + error.message;
}

Result<Answer> Dialogue::let(const Statement& statement) {
  size_t at = 0;
  const std::string name = next_word(statement.rest.value, at);
  if (!is_name(name)) return misused(statement, "'let' takes a name and a value: let f functionDecl()");
  const catalog::Text value = {blanked(statement.rest.value, at), statement.rest.place};
  if (value.value.find_first_not_of(" \t\r\n") == std::string::npos)
    return misused(statement, "'let " + name + "' has no value; 'unlet " + name + "' forgets it");
  const WrittenOut written(value, draft_.names);
  if (const Status defined = bench_.define(name, written.text()); !defined)
    return tl::unexpected(written.as_typed(defined.error()));
  draft_.names[name] = written.tidy();
  return Answer{"", {{"let", name}, {"is", draft_.names[name]}}};
}

Result<Answer> Dialogue::unlet(const Statement& statement) {
  const auto words = words_after(statement);
  if (words.size() != 1) return misused(statement, "'unlet' takes one name");
  if (draft_.names.erase(words[0]) == 0) {
    std::vector<std::string> known;
    for (const auto& [name, value] : draft_.names) known.push_back(name);
    return misused(statement, "there is no name '" + words[0] + "'" + did_you_mean(words[0], known));
  }
  bench_.forget(words[0]);
  return Answer{"", {{"unlet", words[0]}}};
}

Result<Answer> Dialogue::bindings(const Statement& statement) {
  NANOBUG_TRY(matched(statement));
  Answer answer;
  answer.data = json::array();
  for (size_t i = 0; i < matches_.size(); ++i) {
    std::vector<Seen> nodes = matches_[i].bound;
    nodes.insert(nodes.begin(), matches_[i].root);
    json all = json::array();
    answer.words += fmt::format("match {}\n", i + 1);
    for (const Seen& node : nodes) {
      all.push_back(json_of(node));
      answer.words += fmt::format("  {}  {}:{}  {}  {}", node.id.empty() ? "root" : node.id, node.line,
                                  node.column, node.kind, shown(i, node, output_));
    }
    answer.data.push_back(std::move(all));
  }
  if (matches_.empty()) answer.words = "no match\n";
  return answer;
}

Result<Answer> Dialogue::output(const Statement& statement) {
  const auto words = words_after(statement);
  const std::vector<std::string> modes = {"text", "dump", "print"};
  const auto mode = words.empty() ? modes.end() : std::find(modes.begin(), modes.end(), words[0]);
  if (mode == modes.end() || words.size() > 2)
    return misused(statement, "'output' takes text, dump or print, and perhaps an id");
  const auto how = static_cast<Output>(mode - modes.begin());
  if (words.size() == 1) {
    output_ = how;
    return Answer{"", {{"output", words[0]}}};
  }
  NANOBUG_TRY(matched(statement));
  if (matches_.empty())
    return misused(statement, "there is no match, so there is no node to show; try a matcher that has one");
  Answer answer;
  answer.data = json::array();
  std::vector<std::string> ids = {"root"};
  for (size_t i = 0; i < matches_.size(); ++i) {
    std::vector<Seen> nodes = matches_[i].bound;
    nodes.insert(nodes.begin(), matches_[i].root);
    for (const Seen& node : nodes) {
      const std::string id = node.id.empty() ? "root" : node.id;
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
      if (id != words[1]) continue;
      const std::string text = shown(i, node, how);
      answer.words +=
          fmt::format("{}:{}{}{}", node.line, node.column, text.starts_with('\n') ? "" : "  ", text);
      answer.data.push_back({{"line", node.line}, {"column", node.column}, {"text", text}});
    }
  }
  if (answer.words.empty())
    return misused(statement, "the matcher binds no '" + words[1] + "'" + did_you_mean(words[1], ids));
  return answer;
}

Result<Answer> Dialogue::explain(const Statement& statement) {
  NANOBUG_TRY(matched(statement));
  const auto words = words_after(statement);
  if (words.empty()) {
    const auto steps = bench_.explain(draft_.matcher.text());
    if (!steps) return tl::unexpected(draft_.matcher.as_typed(steps.error()));
    Answer answer{words_of(*steps), json::array()};
    for (const rewrite::Explained& step : *steps)
      answer.data.push_back({{"matcher", step.matcher}, {"candidates", step.candidates}});
    return answer;
  }
  int line = 0;
  const std::string& word = words[0];
  const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), line);
  if (words.size() > 1 || wrong != std::errc() || end != word.data() + word.size())
    return misused(statement, "'explain' takes a line's number, or nothing");
  const auto nearest = bench_.nearest(draft_.matcher.text(), line);
  if (!nearest) {
    Error error = draft_.matcher.as_typed(nearest.error());
    if (!error.place) error.place = statement.rest.place;
    return tl::unexpected(std::move(error));
  }
  return Answer{words_of(*nearest, line), json_of(*nearest)};
}

// ---- edits

Result<std::vector<rewrite::Site>> Dialogue::sites() const {
  auto sites = bench_.sites(draft_.rule());
  if (!sites) return tl::unexpected(draft_.matcher.as_typed(sites.error()));
  return sites;
}

Status Dialogue::add_diff(Answer& answer) const {
  const auto found = sites();
  NANOBUG_TRY(found);
  answer.data["sites"] = json::array();
  for (size_t i = 0; i < found->size(); ++i) {
    const auto changed =
        rewrite::apply(std::vector<rewrite::Site>{(*found)[i]}, {{draft_.file, bench_.text()}});
    NANOBUG_TRY(changed);
    const std::string diff = grade::unified_diff(draft_.in, bench_.text(), changed->at(draft_.file));
    answer.data["sites"].push_back({{"line", (*found)[i].line}, {"diff", diff}});
    if (i >= kDiffs) continue;
    if (found->size() > 1) answer.words += fmt::format("site {} of {}\n", i + 1, found->size());
    for (const std::string_view line : lines_of(diff)) {
      const bool head = line.starts_with("---") || line.starts_with("+++");
      const std::string text(line.substr(0, line.find_last_not_of('\n') + 1));
      answer.words += (head             ? text
                       : line[0] == '+' ? ui_.good(text)
                       : line[0] == '-' ? ui_.bad(text)
                                        : text) +
                      '\n';
    }
  }
  if (found->empty()) answer.words += "no match, so nothing is changed\n";
  if (found->size() > kDiffs)
    answer.words += fmt::format("… and {} more\n", counted(found->size() - kDiffs, "site"));
  return {};
}

Result<Answer> Dialogue::edit(const Statement& statement) {
  if (statement.rest.value.find_first_not_of(" \t\r\n") == std::string::npos)
    return misused(statement,
                   "an edit is replace, remove, insert, move or swap, as in a catalog: edit replace: "
                   "node(\"x\"), with: \"{{x}} - 1\"");
  auto parsed = catalog::parse_edit(statement.rest);
  if (!parsed) return tl::unexpected(parsed.error().front());
  draft_.edits.push_back(std::move(*parsed));
  Answer answer;
  answer.data = {{"edits", draft_.edits.size()}};
  if (draft_.matcher.empty()) {
    answer.words = "kept; 'match MATCHER' shows what it does\n";
    return answer;
  }
  if (const Status made = add_diff(answer); !made) {
    draft_.edits.pop_back();
    Error error = made.error();
    // What is wrong with all of the edits came with this one.
    if (!error.place || error.place->line < statement.rest.place.line) error.place = statement.rest.place;
    return tl::unexpected(std::move(error));
  }
  return answer;
}

Result<Answer> Dialogue::undo(const Statement& statement) {
  if (draft_.edits.empty()) return misused(statement, "there is no edit to take back");
  draft_.edits.pop_back();
  Answer answer;
  answer.data = {{"edits", draft_.edits.size()}};
  answer.words =
      draft_.edits.empty() ? "no edit is left\n" : counted(draft_.edits.size(), "edit") + " left\n";
  if (!draft_.edits.empty() && !draft_.matcher.empty()) NANOBUG_TRY(add_diff(answer));
  return answer;
}

Result<Answer> Dialogue::edits(const Statement&) {
  Answer answer;
  answer.data = json::array();
  for (const catalog::Edit& edit : draft_.edits) {
    const std::string line = catalog::write_edit(edit);
    answer.words += line + '\n';
    answer.data.push_back(line);
  }
  if (draft_.edits.empty()) answer.words = "no edit yet\n";
  return answer;
}

Result<Answer> Dialogue::diff(const Statement& statement) {
  NANOBUG_TRY(matched(statement));
  if (draft_.edits.empty()) return misused(statement, "there is no edit yet; 'edit …' comes first");
  Answer answer;
  answer.data = json::object();
  NANOBUG_TRY(add_diff(answer));
  return answer;
}

// ---- the rest

Result<Answer> Dialogue::save(const Statement& statement) {
  NANOBUG_TRY(matched(statement));
  const auto words = words_after(statement);
  if (words.size() != 1) return misused(statement, "'save' takes an id, or a file: save ID, save FILE.yaml");
  const bool file = words[0].ends_with(".yaml") || words[0].ends_with(".yml");
  const fs::path path = file ? fs::path(words[0]) : fs::path(words[0] + ".yaml");
  const std::string id = path.stem().string();
  if (const std::string why = catalog::wrong_id(id); !why.empty()) return misused(statement, why);
  if (draft_.edits.empty()) return misused(statement, "there is no edit yet; 'edit …' comes first");
  const auto found = sites();
  if (!found)
    return tl::unexpected(Error{found.error().code, misfit(found.error()) + "; 'undo' takes an edit back",
                                statement.rest.place});
  if (found->empty())
    return misused(statement, "the matcher matches nothing here, so there is nothing to save");
  std::error_code ignored;
  if (fs::exists(path, ignored) && !saved_.contains(fs::absolute(path)))
    return fail(Exit::io, "'" + path.string() + "' is there already; save under another name",
                statement.rest.place);
  std::vector<catalog::Written> fields = {{"id", catalog::as_text(id)},
                                          {"in", catalog::as_text(draft_.in)},
                                          {"match", catalog::as_text(draft_.matcher.tidy())}};
  if (found->size() != 1) fields.push_back({"expect", catalog::as_text(std::to_string(found->size()))});
  fields.push_back({"edits", catalog::as_edits(draft_.edits)});
  const std::string text = "# from 'nanobug rule try'; 'nanobug rule new --from' makes a rule of it\n" +
                           catalog::write_entry(fields, 0);
  NANOBUG_TRY(write_file(path, text));
  saved_.insert(fs::absolute(path));
  return Answer{fmt::format("saved; 'nanobug rule new --from {}' makes a rule of it\n", path.string()),
                {{"saved", path.string()}, {"sites", found->size()}}};
}

Result<Answer> Dialogue::help(const Statement&) {
  Answer answer;
  answer.data = json::object();
  std::vector<std::vector<std::string>> rows;
  for (const Command& command : commands()) {
    rows.push_back({fmt::format("  {}{}{}", command.name, *command.takes ? " " : "", command.takes),
                    command.letter, command.what});
    answer.data[command.name] = command.what;
  }
  answer.words = table(rows);
  return answer;
}

Result<Answer> Dialogue::quit(const Statement&) {
  over_ = true;
  return Answer{"", {{"quit", true}}};
}

std::vector<rewrite::Completion> Dialogue::complete(const std::string& begun, const std::string& line,
                                                    size_t at) {
  const std::string text = begun + line;
  const size_t cursor = begun.size() + at;
  size_t behind = 0;
  const std::string word = next_word(text, behind);
  const auto among = [&](const std::vector<std::string>& names, const std::string& typed) {
    std::vector<rewrite::Completion> all;
    for (const std::string& name : names)
      if (name.starts_with(typed)) all.push_back({name.substr(typed.size()) + " ", name});
    return all;
  };
  if (cursor <= behind) {
    std::vector<std::string> names;
    for (const Command& command : commands()) names.emplace_back(command.name);
    return among(names, word.substr(0, word.size() - (behind - cursor)));
  }
  size_t last = cursor;  // where the word at the cursor begins
  while (last > behind && (std::isalnum(static_cast<unsigned char>(text[last - 1])) || text[last - 1] == '_'))
    --last;
  const std::string typed = text.substr(last, cursor - last);
  if (word == "output") return among({"text", "dump", "print"}, typed);
  if (word == "unlet") {
    std::vector<std::string> names;
    for (const auto& [name, value] : draft_.names) names.push_back(name);
    return among(names, typed);
  }
  if (word == "let" || word == "l") {
    next_word(text, behind);
    if (cursor <= behind) return {};
  } else if (word != "match" && word != "m") {
    return {};
  }
  return bench_.complete(blanked(text, behind), cursor);
}

}  // namespace nanobug::cli
