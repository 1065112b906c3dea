// mutants: see mutants.h.
#include "mutator/grade/mutants.h"

#include <algorithm>
#include <map>

#include "mutator/base/at_once.h"
#include "mutator/base/files.h"
#include "mutator/grade/courses.h"
#include "mutator/workshop/probes.h"

namespace nanobug::grade {
namespace {

constexpr size_t kParsers = 2;  // a parse has some 200 MB

}  // namespace

Mutants::Mutants(const catalog::Catalog& catalog, const workshop::Workshop& workshop, workshop::Clean clean)
    : catalog_(catalog), workshop_(workshop), clean_(std::move(clean)), index_(workshop.cache() / "sites") {}

Mutants::~Mutants() = default;

Result<rewrite::Rewriter*> Mutants::rewriter() {
  std::call_once(rewriter_opened_, [&] { rewriter_ = rewrite::open_rewriter(); });
  NANOBUG_TRY(rewriter_);
  return rewriter_->get();
}

Result<rewrite::Source> Mutants::source() const {
  std::error_code error;
  if (fs::exists(clean_.database / "compile_commands.json", error))
    return rewrite::Source{clean_.tree, clean_.database};
  const fs::path where = clean_.database.lexically_relative(clean_.tree);
  return fail(
      Exit::catalog,
      "the built tree has no compile_commands.json in " + where.string() +
          "; have it written there (CMake does with -DCMAKE_EXPORT_COMPILE_COMMANDS=ON), say where it is "
          "in 'database', or what files are compiled with in 'flags'",
      catalog_.tree.place);
}

const workshop::Units& Mutants::units() {
  std::call_once(units_read_, [&] { units_ = workshop::Units::of(workshop_, clean_); });
  return units_;
}

const Result<std::string>& Mutants::probes_key() {
  std::call_once(probes_hashed_, [&] { probes_key_ = workshop::probes_key(workshop_, clean_); });
  return probes_key_;
}

const std::optional<workshop::Reach>& Mutants::reach(bool measure, const workshop::Progress& progress) {
  std::call_once(reach_read_, [&] {
    reach_ = workshop::Reach::find(workshop_, clean_);
    const bool asks = !catalog_.tree.probes.program.empty() || !catalog_.tree.tests.empty();
    if (reach_ || !measure || !asks || clean_.in_place()) return;
    // What cannot be measured is done without: all are asked.
    if (auto made = workshop::Reach::measure(workshop_, clean_, courses_of(catalog_.tree), progress))
      reach_ = std::move(*made);
  });
  return reach_;
}

Result<std::vector<rewrite::Site>> Mutants::sites(const catalog::Rule& rule) {
  return std::move(sites(std::vector<const catalog::Rule*>{&rule}).front());
}

std::vector<Result<std::vector<rewrite::Site>>> Mutants::sites(
    const std::vector<const catalog::Rule*>& rules) {
  std::vector<Result<std::vector<rewrite::Site>>> answers(rules.size());
  std::vector<size_t> unknown;  // rules that the index knows nothing of
  std::vector<const catalog::Rule*> asked;
  std::vector<std::string> keys(rules.size());
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i]->forms().empty()) continue;  // a decoy that changes nothing has no site
    const std::vector<std::string> names = rules[i]->files();
    const auto files = texts_of(names);
    if (!files) {
      answers[i] = fail(Exit::catalog, "rule '" + rules[i]->id.value + "': " + files.error().message,
                        rules[i]->in.place);
      continue;
    }
    std::string context;
    for (const std::string& file : names) context += units().key(file);
    keys[i] = rewrite::Index::key(*rules[i], *files, context);
    if (auto known = index_.look_up(keys[i])) {
      answers[i] = std::move(*known);
    } else {
      unknown.push_back(i);
      asked.push_back(rules[i]);
    }
  }
  if (unknown.empty()) return answers;
  auto found = find(asked);
  for (size_t k = 0; k < unknown.size(); ++k) {
    auto& answer = answers[unknown[k]];
    answer = std::move(found[k]);
    if (!answer) continue;
    if (const Status kept = index_.keep(keys[unknown[k]], *answer); !kept)
      answer = tl::unexpected(kept.error());
  }
  return answers;
}

std::vector<Result<std::vector<rewrite::Site>>> Mutants::find(
    const std::vector<const catalog::Rule*>& rules) {
  std::vector<Result<std::vector<rewrite::Site>>> answers(rules.size());
  const auto clang = rewriter();
  const auto read = source();
  if (!clang || !read) {
    const Error error = clang ? read.error() : clang.error();
    std::fill(answers.begin(), answers.end(), tl::unexpected(error));
    return answers;
  }
  std::map<std::string, std::vector<size_t>> by_file;
  for (size_t i = 0; i < rules.size(); ++i) by_file[rules[i]->files().front()].push_back(i);
  std::vector<std::vector<size_t>> groups;
  for (auto& [file, group] : by_file) groups.push_back(std::move(group));
  (void)at_once_while(groups.size(), kParsers, [&](size_t g, size_t) -> Result<bool> {
    std::vector<const catalog::Rule*> group;
    for (const size_t i : groups[g]) group.push_back(rules[i]);
    auto found = (*clang)->find(group, *read);
    for (size_t k = 0; k < found.size(); ++k) answers[groups[g][k]] = std::move(found[k]);
    return true;
  });
  return answers;
}

Result<std::vector<rewrite::Spot>> Mutants::spots(const std::string& file) {
  const auto clang = rewriter();
  NANOBUG_TRY(clang);
  const auto read = source();
  NANOBUG_TRY(read);
  return (*clang)->spots(file, *read);
}

Result<rewrite::Texts> Mutants::texts_of(const std::vector<std::string>& files) const {
  rewrite::Texts texts;
  for (const std::string& file : files) {
    auto bytes = read_file(clean_.tree / file);
    NANOBUG_TRY(bytes);
    texts[file] = std::move(*bytes);
  }
  return texts;
}

Result<workshop::Overlay> Mutants::overlay(const rewrite::Site& site) const {
  std::vector<std::string> names;
  for (const rewrite::Change* change : site.changes()) names.push_back(change->file);
  const auto pristine = texts_of(names);
  NANOBUG_TRY(pristine);
  return rewrite::apply(std::vector<rewrite::Site>{site}, *pristine);
}

Result<std::string> Mutants::patch(const rewrite::Site& site) const {
  return patch(site, catalog_.tree.root);
}

Result<std::string> Mutants::patch(const rewrite::Site& site, const fs::path& directory, bool back) const {
  const auto changed = overlay(site);
  NANOBUG_TRY(changed);
  std::string patch;
  for (const auto& [file, text] : *changed) {
    const auto pristine = read_file(clean_.tree / file);
    NANOBUG_TRY(pristine);
    patch += unified_diff((directory / file).lexically_normal().string(), back ? text : *pristine,
                          back ? *pristine : text);
  }
  return patch;
}

Result<workshop::Mutant> Mutants::build(const rewrite::Site& site) const {
  const auto changed = overlay(site);
  NANOBUG_TRY(changed);
  return workshop_.mutant(clean_, *changed);
}

}  // namespace nanobug::grade
