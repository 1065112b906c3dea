// rule_explain: where a matcher's candidates go, in the whole file or at one line.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "mutator/base/suggest.h"
#include "mutator/cli/bench_verbs.h"
#include "mutator/coach/claim.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

using nlohmann::json;
using rewrite::Nearest;
using rewrite::Seen;

std::string place_of(const Seen& node) {
  return fmt::format("{}:{}:{}", node.file, node.line, node.column);
}

// "binaryOperator `a / b`", or where it is written nowhere, the kind.
std::string described(const Seen& node) {
  return node.text.empty() ? node.kind : fmt::format("{}  {}", node.kind, node.text);
}

std::string instead(const Nearest& nearest) {
  const Seen& asked = *nearest.asked;
  const auto at = asked.line ? fmt::format("{}:{} ", asked.line, asked.column) : std::string();
  switch (nearest.missing) {
    case Nearest::Missing::around:
      return "nothing around it is that:  " + at + described(asked);
    case Nearest::Missing::below:
      return "nothing in it is that:  " + at + described(asked);
    case Nearest::Missing::beside:
      return "nothing of it is that:  " + at + described(asked);
    case Nearest::Missing::no:
      break;
  }
  if (!nearest.answer.empty() && place_of(asked) == place_of(*nearest.node) &&
      asked.kind == nearest.node->kind)
    return nearest.answer;
  return fmt::format("{}{}{}{}", nearest.one_of_several ? "the first there is  " : "", at, described(asked),
                     nearest.answer.empty() ? "" : "; " + nearest.answer);
}

json json_of(const Seen& node) {
  return {{"file", node.file},
          {"line", node.line},
          {"column", node.column},
          {"kind", node.kind},
          {"text", node.text}};
}

// All that a rule looks for, in the order of the catalog.
std::vector<const catalog::Part*> parts_of(const catalog::Rule& rule) {
  std::vector<const catalog::Part*> parts;
  const auto take = [&](const catalog::Part& part) {
    if (!part.match.value.empty()) parts.push_back(&part);
  };
  for (const catalog::Form* form : rule.forms()) {
    take(*form);
    for (const catalog::Part& part : form->also) take(part);
  }
  return parts;
}

std::string headline(const catalog::Part& part) {
  return fmt::format("{}, by the matcher in line {} of the catalog\n", part.file, part.match.place.line);
}

Result<Exit> whole_files(Context& c, const catalog::Rule& rule, rewrite::Rewriter& clang,
                         const rewrite::Source& source) {
  json all = json::array();
  std::string words;
  std::map<std::string, std::unique_ptr<rewrite::Bench>> files;
  const auto parts = parts_of(rule);
  for (const catalog::Part* part : parts) {
    auto& bench = files[part->file];
    if (!bench) {
      auto opened = clang.open(part->file, source);
      if (!opened) return fail(opened.error().code, opened.error().message, part->in.place);
      bench = std::move(*opened);
    }
    const auto steps = bench->explain(part->match);
    NANOBUG_TRY(steps);
    for (const rewrite::Explained& step : *steps) {
      json misses = json::array();
      for (const Place& miss : step.near_misses)
        misses.push_back(fmt::format("{}:{}:{}", miss.file, miss.line, miss.column));
      all.push_back({{"matcher", step.matcher},
                     {"candidates", step.candidates},
                     {"near_misses", misses},
                     {"file", part->file},
                     {"line", part->match.place.line}});
    }
    if (parts.size() > 1) words += (words.empty() ? "" : "\n") + headline(*part);
    words += words_of(*steps);
  }
  c.ui.data(c.ui.json ? all.dump(2, ' ', false, kAnyBytes) : words);
  return Exit::ok;
}

Result<Exit> at_line(Context& c, const catalog::Rule& rule, rewrite::Rewriter& clang,
                     const rewrite::Source& source, const coach::Claim& place) {
  const auto file = tree_file(c, place.file);
  NANOBUG_TRY(file);
  std::vector<const catalog::Part*> parts;
  std::vector<std::string> files;
  for (const catalog::Part* part : parts_of(rule)) {
    if (part->file == *file) parts.push_back(part);
    if (std::find(files.begin(), files.end(), part->file) == files.end()) files.push_back(part->file);
  }
  if (parts.empty())
    return fail(Exit::usage,
                fmt::format("rule '{}' looks in {}, not in {}", rule.id.value, coach::one_of(files), *file));
  const auto bench = clang.open(*file, source);
  NANOBUG_TRY(bench);
  json all = json::array();
  std::string words;
  for (const catalog::Part* part : parts) {
    const auto nearest = (*bench)->nearest(part->match, place.line);
    NANOBUG_TRY(nearest);
    all.push_back(cli::json_of(*nearest));
    if (parts.size() > 1) words += (words.empty() ? "" : "\n") + headline(*part);
    words += words_of(*nearest, place.line);
  }
  c.ui.data(c.ui.json ? all.dump(2, ' ', false, kAnyBytes) : words);
  return Exit::ok;
}

Result<Exit> explain(Context& c, const std::string& id, const std::string& at) {
  const auto catalog = c.catalog();
  NANOBUG_TRY(catalog);
  const auto rule = catalog::find_rule(**catalog, id);  // a misspelt one builds nothing
  NANOBUG_TRY(rule);
  if (parts_of(**rule).empty())
    return fail(Exit::usage, fmt::format("rule '{}' changes nothing, so it has no matcher to explain", id));
  if ((*rule)->match.value.starts_with("operator("))
    return fail(
        Exit::usage,
        fmt::format("rule '{}' is an operator's change at one place, so it has no matcher to explain", id));
  std::optional<coach::Claim> place;
  if (!at.empty()) {
    const auto claim = coach::parse_claim(at);
    NANOBUG_TRY(claim);
    place = *claim;
  }
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto clang = (*mutants)->rewriter();
  NANOBUG_TRY(clang);
  const auto source = (*mutants)->source();
  NANOBUG_TRY(source);
  return place ? at_line(c, **rule, **clang, *source, *place) : whole_files(c, **rule, **clang, *source);
}

}  // namespace

json json_of(const Nearest& nearest) {
  json there = json::array();
  for (const Seen& node : nearest.there) there.push_back(json_of(node));
  json entry = {{"matches", nearest.node && nearest.refused_by.empty()},
                {"nearest", nearest.node ? json_of(*nearest.node) : json(nullptr)},
                {"there", std::move(there)},
                {"passed", nearest.passed},
                {"refused_by", nearest.refused_by},
                {"asked", nearest.asked ? json_of(*nearest.asked) : json(nullptr)},
                {"found", nearest.missing == Nearest::Missing::no},
                {"answer", nearest.answer}};
  return entry;
}

std::string words_of(const std::vector<rewrite::Explained>& steps) {
  std::string text;
  for (const rewrite::Explained& step : steps) {
    text += fmt::format("{:>6}  {}\n", step.candidates, step.matcher);
    for (const Place& miss : step.near_misses)
      text += fmt::format("            lost here: {}:{}:{}\n", miss.file, miss.line, miss.column);
  }
  return text;
}

std::string words_of(const Nearest& nearest, int line) {
  if (!nearest.node) {
    std::string text =
        fmt::format("line {} has nothing that the outermost matcher is for; there begins\n", line);
    for (const Seen& node : nearest.there)
      text += fmt::format("  {}:{}  {}\n", node.line, node.column, described(node));
    return text;
  }
  std::string text;
  text += fmt::format("{}  {}  {}\n", nearest.refused_by.empty() ? "matches" : "nearest",
                      place_of(*nearest.node), described(*nearest.node));
  if (nearest.refused_by.empty()) return text;
  for (size_t i = 0; i < nearest.passed.size(); ++i)
    text += fmt::format("{}  {}\n", i ? "       " : "passes ", nearest.passed[i]);
  text += fmt::format("refused  {}\n", nearest.refused_by);
  if (nearest.asked) text += fmt::format("because  {}\n", instead(nearest));
  return text;
}

Result<std::string> tree_file(Context& c, const std::string& name) {
  const auto catalog = c.catalog();
  NANOBUG_TRY(catalog);
  const auto pristine = c.pristine();
  NANOBUG_TRY(pristine);
  const vault::Tree& tree = (*pristine)->tree;
  std::error_code error;
  const fs::path root = fs::weakly_canonical((*catalog)->tree_directory(), error);
  for (const fs::path& place : {fs::absolute(name), (*catalog)->directory() / name}) {
    const std::string inside = fs::weakly_canonical(place, error).lexically_relative(root).generic_string();
    if (tree.contains(inside)) return inside;
  }
  const std::string plain = fs::path(name).lexically_normal().generic_string();
  if (tree.contains(plain)) return plain;
  std::vector<std::string> ending, names;
  for (const auto& [path, file] : tree) {
    if (path.ends_with('/' + plain)) ending.push_back(path);
    names.push_back(path.substr(path.rfind('/') + 1));
  }
  if (ending.size() == 1) return ending.front();
  if (!ending.empty()) return fail(Exit::usage, "'" + name + "' may be " + coach::one_of(ending));
  return fail(Exit::usage, "the tree has no file '" + name + "'" +
                               did_you_mean(plain.substr(plain.rfind('/') + 1), names));
}

void add_rule_explain(Verbs& verbs, CLI::App& rule) {
  auto id = std::make_shared<std::string>();
  auto at = std::make_shared<std::string>();
  CLI::App* verb = verbs.add(rule, "explain", "Which part of the matcher removed the last candidate");
  verb->add_option("rule", *id, "A code that 'nanobug list' shows")->required()->type_name("RULE");
  verb->add_option("--at", *at, "A line that it should match, like nanochat/gpt.cpp:42")
      ->type_name("FILE:LINE");
  verbs.on(verb, [id, at, &c = verbs.context] { return explain(c, *id, *at); });
}

}  // namespace nanobug::cli
