// surprise: see surprise.h.
#include "mutator/grade/surprise.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "mutator/base/files.h"
#include "mutator/base/globs.h"
#include "mutator/base/source_kind.h"
#include "mutator/base/suggest.h"
#include "mutator/catalog/entry.h"
#include "mutator/grade/observers.h"
#include "mutator/workshop/probes.h"

namespace nanobug::grade {
namespace {

constexpr int kDraws = 100;         // then there is no bug to be had
constexpr size_t kPatience = 20;    // draws for each that is wanted
constexpr size_t kObservables = 3;  // the first hint names no more
constexpr size_t kSeenBy = 3;       // observers that the rule names
constexpr const char* kTitle = "A surprise";

// What each operator does, as a sentence about its mutant.
const std::map<std::string, std::string>& sentences() {
  static const std::map<std::string, std::string> all = {
      {"dimension", "Another dimension is meant than the one that was."},
      {"part", "The part that is taken out begins, or ends, one further on."},
      {"arguments", "Two neighbours of one type have changed places, and the compiler takes both orders."},
      {"field", "Another field of the same type stands where this one stood."},
      {"condition", "The condition is the opposite of what it was."},
      {"guard", "A check, or a way out before the rest, is gone."},
      {"relation", "The comparison takes a case more, or a case less, than it did."},
      {"logical", "Of two conditions both were needed and now one is enough, or the other way round."},
      {"arithmetic", "Two numbers are put together by another operation."},
      {"division", "The quotient is one of whole numbers now, and what is behind the point is lost."},
      {"extremum", "The larger is taken for the smaller, or the other way round."},
      {"assignment", "What is put to the variable is put to it by another operation."},
      {"jump", "A loop is left where it went on with its next turn, or the other way round."},
      {"statement", "A statement is gone, with all that it did."},
      {"copy", "A copy, a separation from the graph or an order in memory that was asked for is not made."},
      {"in-place", "The tensor is not changed any more: a changed one is computed, and thrown away."},
      {"reference", "What was a name for something is a copy of it, and changing it changes nothing else."},
      {"boolean", "A switch stands the other way."},
      {"sign", "A number has the opposite sign."},
      {"scale", "A constant is a tenth larger than it was."},
      {"integer", "A whole number is one more than it was."}};
  return all;
}

// The values, the most frequent first; of equals the first of the alphabet.
std::string most_frequent(const std::map<std::string, int>& counts) {
  const auto most = std::max_element(counts.begin(), counts.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? "" : most->first;
}

// "nanochat/gpt.cpp" -> "gpt"
std::string stem(const std::string& file) {
  std::string words;
  for (const char c : fs::path(file).stem().string())
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      words += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!words.empty() && words.back() != '-')
      words += '-';
  while (words.ends_with('-')) words.pop_back();
  return words.empty() ? "file" : words;
}

// One that no rule has, of the category's letter, the highest first.
std::string free_code(const catalog::Catalog& catalog, const std::string& category) {
  std::set<std::string> taken;
  for (const catalog::Rule& rule : catalog.rules) taken.insert(rule.code.value);
  for (const catalog::Category& one : catalog.tree.categories)
    if (one.name == category)
      for (int number = 999; number > 0; --number)
        if (std::string code = fmt::format("{}{:03}", one.letter, number); !taken.contains(code)) return code;
  return "";
}

// ---- drawn

// The sources of the tree, and how large each is: a draw falls on a byte of them.
struct Sources {
  std::vector<std::pair<std::string, std::uint64_t>> files;
  std::uint64_t bytes = 0;

  const std::string& at(std::uint64_t byte) const {
    for (const auto& [file, size] : files)
      if (byte < size)
        return file;
      else
        byte -= size;
    return files.back().first;
  }
};

bool is_among(const std::vector<std::string>& globs, const std::string& file) {
  return globs.empty() || fits_any(globs, file) || fits_any(globs, fs::path(file).filename().string());
}

Sources sources_of(const Mutants& mutants, const std::vector<std::string>& globs) {
  const fs::path& root = mutants.clean().tree;
  const catalog::Tree& spec = mutants.catalog().tree;
  std::map<std::string, std::uint64_t> sizes;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(root, error); it != fs::recursive_directory_iterator();
       it.increment(error)) {
    if (error) break;
    if (const std::string path = it->path().lexically_relative(root).string();
        !spec.has(path) || spec.judges(path)) {
      it.disable_recursion_pending();
      continue;
    }
    if (it->is_regular_file(error) && (is_compiled(it->path()) || is_header(it->path())))
      sizes[it->path().lexically_relative(root).string()] = it->file_size(error);
  }
  Sources sources;
  for (const auto& [file, size] : sizes) {
    if (!is_among(globs, file)) continue;
    sources.files.emplace_back(file, size);
    sources.bytes += size;
  }
  return sources;
}

class Draws {
 public:
  Draws(Mutants& mutants, const Draw& wanted, std::vector<Stocked> stock = {})
      : mutants_(mutants),
        operators_(wanted.operators),
        sources_(sources_of(mutants, wanted.files)),
        random_(wanted.seed),
        stock_(std::move(stock)) {}

  const Sources& sources() const { return sources_; }

  // One more, if this draw is one that there was not yet.
  std::optional<Change> next() {
    const auto at = draw();
    return at ? take(*at) : std::nullopt;
  }

  // Those that were not drawn, from the first file to the last, so many at most.
  std::vector<Change> rest(size_t count) {
    std::vector<Change> all;
    for (const auto& [file, size] : sources_.files)
      for (const rewrite::Spot& spot : spots_of(file)) {
        if (all.size() == count) return all;
        if (auto change = take({file, spot})) all.push_back(std::move(*change));
      }
    return all;
  }

 private:
  std::optional<Change> take(const Stocked& at) {
    Change change{rule_of(mutants_.catalog(), at.file, at.spot), at};
    if (!drawn_.insert(change.rule.id.value).second) return std::nullopt;
    return change;
  }

  const std::vector<rewrite::Spot>& spots_of(const std::string& file) {
    const auto [known, is_new] = spots_.try_emplace(file);
    if (!is_new) return known->second;
    if (auto found = mutants_.spots(file)) known->second = std::move(*found);  // else nothing compiles it
    std::erase_if(known->second, [&](const rewrite::Spot& spot) {
      return !operators_.empty() &&
             std::find(operators_.begin(), operators_.end(), spot.op) == operators_.end();
    });
    return known->second;
  }

  std::optional<Stocked> draw() {
    if (!stock_.empty()) {
      const size_t which = random_() % stock_.size();
      const Stocked one = stock_[which];
      stock_.erase(stock_.begin() + static_cast<long>(which));
      return one;
    }
    const std::string& file = sources_.at(random_() % sources_.bytes);
    const std::uint64_t which = random_();
    const auto& all = spots_of(file);
    if (all.empty()) return std::nullopt;
    return Stocked{file, all[which % all.size()]};
  }

  Mutants& mutants_;
  const std::vector<std::string> operators_;
  const Sources sources_;
  std::mt19937_64 random_;      // the standard says what it draws, everywhere
  std::vector<Stocked> stock_;  // what is left of it
  std::map<std::string, std::vector<rewrite::Spot>> spots_;
  std::set<std::string> drawn_;
};

// May anything that is asked see it? What no probe runs, none does.
bool may_be_seen(Mutants& mutants, const workshop::Overlay& overlay) {
  const auto& reach = mutants.reach();
  if (!reach) return true;
  const auto probes = reach->probes_of(mutants.clean(), overlay);
  return !probes || !probes->empty();
}

// ---- said

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (size_t i = 0; i < items.size(); ++i)
    text += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return text;
}

// The text between the first and the last byte that differ, in whole lines, blanks folded.
std::string lines_of_change(const std::string& text, size_t begin, size_t end) {
  const size_t newline = begin == 0 ? std::string::npos : text.rfind('\n', begin - 1);
  const size_t first = newline == std::string::npos ? 0 : newline + 1;
  const size_t last = std::min(text.find('\n', std::max(end, begin + 1) - 1), text.size());
  std::string line;
  for (const char c : text.substr(first, last - first))
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

Status add_words(const Mutants& mutants, Surprise& drawn, const rewrite::Spot& spot) {
  const catalog::Tree& tree = mutants.catalog().tree;
  const auto probes = workshop::list_probes(mutants.workshop(), mutants.clean());
  NANOBUG_TRY(probes);
  const auto lines = changed_lines(mutants, drawn.site);
  NANOBUG_TRY(lines);
  catalog::Rule& rule = drawn.rule;
  std::vector<std::string> differs = observables_of(tree, *probes, drawn.certificate.failing);
  const std::string all = joined(differs);
  if (differs.size() > kObservables) differs.resize(kObservables);
  rule.brief =
      "A bug that nobody has written: one place in the tree was changed by a mutation operator. All that is "
      "known of it is what was recorded.";
  const std::string function =
      drawn.site.function.empty() ? "outside of all functions" : "in " + drawn.site.function;
  rule.hints = {{"What differs first: " + joined(differs) + ".", {}},
                {"It is in " + drawn.site.file + ".", {}},
                {"It is in " + drawn.site.file + ", " + function + ".", {}}};
  rule.cause = fmt::format("{}:{}, {}. {}\n\nIt was:\n    {}\nNow it is:\n    {}", drawn.site.file,
                           drawn.site.line, function, sentences().at(spot.op), lines->before,
                           lines->after.empty() ? "(nothing)" : lines->after);
  rule.questions = {{{"Which tests would have caught it?", {}}, "Tests of these: " + all + "."}};
  for (size_t i = 0; i < drawn.certificate.failing.size() && i < kSeenBy; ++i)
    rule.seen_by.push_back({drawn.certificate.failing[i], {}});
  return {};
}

}  // namespace

catalog::Rule rule_of(const catalog::Catalog& catalog, const std::string& file, const rewrite::Spot& spot) {
  std::map<std::string, int> categories, runs;
  for (const catalog::Rule& known : catalog.rules)
    if (known.file == file) {
      ++categories[known.category];
      if (const catalog::Run* run = catalog.run_of(known); run && !known.decoy) ++runs[run->name];
    }
  catalog::Rule rule;
  rule.in.value = (fs::path(catalog.tree.root) / file).lexically_normal().string();
  rule.file = file;
  rule.match.value = rewrite::as_match(spot);
  rule.category = !categories.empty() || catalog.tree.categories.empty() ? most_frequent(categories)
                                                                         : catalog.tree.categories[0].name;
  rule.code.value = free_code(catalog, rule.category);
  rule.id.value = fmt::format("surprise-{}-{}-{}-{}", stem(file), spot.op, spot.line, spot.column);
  if (spot.number > 1) rule.id.value += fmt::format("-{}", spot.number);
  rule.title.value = kTitle;
  rule.run.value = most_frequent(runs);
  rule.difficulty = 2;
  rule.place = rule.in.place = rule.match.place = {catalog.file.string(), 0, 0};
  return rule;
}

Result<Surprise> surprise(Mutants& mutants, std::uint64_t seed, const workshop::Progress& progress) {
  Draws draws(mutants, {.seed = seed}, stock_of(mutants.catalog(), mutants.clean().tree));
  if (draws.sources().bytes == 0) return fail(Exit::catalog, "the tree has no source that could be changed");
  for (int draw = 0; draw < kDraws; ++draw) {
    auto drawn = draws.next();
    if (!drawn) continue;
    Surprise one{std::move(drawn->rule), {}, {}};
    const auto sites = mutants.sites(one.rule);
    if (!sites) continue;  // it would not mean what it says, or not compile
    const auto overlay = mutants.overlay(sites->front());
    NANOBUG_TRY(overlay);
    if (!may_be_seen(mutants, *overlay)) continue;
    if (progress) progress("looking for a bug", draw + 1, kDraws);
    auto certificates = certify(mutants, one.rule, {}, progress);
    NANOBUG_TRY(certificates);
    one.certificate = std::move(certificates->front());
    one.site = sites->front();
    if (!is_worth_a_session(one.certificate)) continue;
    NANOBUG_TRY(add_words(mutants, one, drawn->at.spot));
    return one;
  }
  return fail(Exit::catalog,
              fmt::format("of {} changes that the operators would make none is a bug that a test sees and a "
                          "run shows; another --seed draws others",
                          kDraws));
}

Result<std::vector<Change>> draw_operators(Mutants& mutants, const Draw& wanted) {
  const auto& known = rewrite::operators();
  for (const std::string& name : wanted.operators)
    if (std::find(known.begin(), known.end(), name) == known.end())
      return fail(Exit::usage, "there is no operator '" + name + "'" + did_you_mean(name, known) +
                                   fmt::format("; they are {}", fmt::join(known, ", ")));
  Draws draws(mutants, wanted);
  for (const std::string& glob : wanted.files)
    if (const auto& files = draws.sources().files; std::none_of(
            files.begin(), files.end(), [&](const auto& file) { return is_among({glob}, file.first); }))
      return fail(Exit::usage, "no source of the tree is called '" + glob + "'");
  std::vector<Change> changes;
  if (draws.sources().bytes == 0) return changes;
  for (size_t i = 0; i < kPatience * wanted.count && changes.size() < wanted.count; ++i)
    if (auto drawn = draws.next()) changes.push_back(std::move(*drawn));
  for (Change& change : draws.rest(wanted.count - changes.size())) changes.push_back(std::move(change));
  return changes;
}

Result<Changed> changed_lines(const Mutants& mutants, const rewrite::Site& site) {
  const auto pristine = read_file(mutants.clean().tree / site.file);
  NANOBUG_TRY(pristine);
  const auto mutated = rewrite::apply(site, *pristine);
  NANOBUG_TRY(mutated);
  const size_t begin = site.edits.front().offset,
               tail = pristine->size() - site.edits.back().offset - site.edits.back().length;
  return Changed{lines_of_change(*pristine, begin, pristine->size() - tail),
                 lines_of_change(*mutated, begin, mutated->size() - tail)};
}

bool is_worth_a_session(const Certificate& certificate) {
  const std::string& kind = certificate.symptom.kind;
  return certificate.holds() && !certificate.failing.empty() && kind != "crash" && kind != "hang" &&
         kind != "unchanged";  // of a tree without runs nobody says what kind it is
}

Result<std::string> with_rule(const catalog::Catalog& catalog, const std::string& text,
                              const catalog::Rule& rule) {
  using catalog::as_list;
  using catalog::as_text;
  const auto values = [](const std::vector<catalog::Text>& texts) {
    std::vector<std::string> all;
    for (const catalog::Text& one : texts) all.push_back(one.value);
    return as_list(all);
  };
  std::vector<catalog::Written> fields = {{"code", as_text(rule.code.value)},
                                          {"id", as_text(rule.id.value)},
                                          {"title", as_text(rule.title.value)},
                                          {"category", as_text(rule.category)},
                                          {"difficulty", as_text(std::to_string(rule.difficulty))},
                                          {"minutes", as_text(std::to_string(rule.minutes))},
                                          {"in", as_text(rule.in.value)},
                                          {"match", as_text(rule.match.value)},
                                          {"seen_by", values(rule.seen_by)},
                                          {"brief", as_text(rule.brief)},
                                          {"hints", values(rule.hints)},
                                          {"cause", as_text(rule.cause)}};
  if (!rule.run.value.empty()) fields.push_back({"run", as_text(rule.run.value)});
  catalog::Node questions;
  questions.kind = catalog::Node::Kind::list;
  for (const catalog::Question& one : rule.questions) {
    catalog::Node question;
    question.kind = catalog::Node::Kind::map;
    question.fields = {{as_text("question"), as_text(one.question.value)},
                       {as_text("answer"), as_text(one.answer)}};
    questions.items.push_back(std::move(question));
  }
  if (!questions.items.empty()) fields.push_back({"questions", std::move(questions)});
  return catalog::with_entry(catalog.file, text, fields);
}

}  // namespace nanobug::grade
