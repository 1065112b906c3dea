// mutants: see mutants.h.
#include "mutator/grade/mutants.h"

#include <map>

#include "mutator/base/files.h"

namespace nanobug::grade {

Mutants::Mutants(const catalog::Catalog& catalog, const workshop::Workshop& workshop, workshop::Clean clean)
    : catalog_(catalog), workshop_(workshop), clean_(std::move(clean)), index_(workshop.cache() / "sites") {}

Mutants::~Mutants() = default;

Result<rewrite::Rewriter*> Mutants::rewriter() {
  if (!rewriter_) {
    auto opened = rewrite::open_rewriter();
    NANOBUG_TRY(opened);
    rewriter_ = std::move(*opened);
  }
  return rewriter_.get();
}

Result<std::vector<rewrite::Site>> Mutants::sites(const catalog::Rule& rule) {
  return std::move(sites(std::vector<const catalog::Rule*>{&rule}).front());
}

std::vector<Result<std::vector<rewrite::Site>>> Mutants::sites(
    const std::vector<const catalog::Rule*>& rules) {
  std::vector<Result<std::vector<rewrite::Site>>> answers(rules.size());
  std::map<std::string, std::vector<size_t>> unknown;  // file -> rules the index knows nothing of
  std::vector<std::string> keys(rules.size());
  for (size_t i = 0; i < rules.size(); ++i) {
    const auto bytes = read_file(clean_.tree / rules[i]->file);
    if (!bytes) {
      answers[i] = fail(Exit::catalog, "rule '" + rules[i]->id.value + "': " + bytes.error().message,
                        rules[i]->in.place);
      continue;
    }
    keys[i] = rewrite::Index::key(*rules[i], *bytes, clean_.key);
    if (auto known = index_.look_up(keys[i]))
      answers[i] = std::move(*known);
    else
      unknown[rules[i]->in.value].push_back(i);
  }
  for (const auto& [file, which] : unknown) {
    auto clang = rewriter();
    std::vector<const catalog::Rule*> of_file;
    for (size_t i : which) of_file.push_back(rules[i]);
    auto found =
        clang ? (*clang)->find(of_file, {clean_.tree, clean_.build})
              : std::vector<Result<std::vector<rewrite::Site>>>(which.size(), tl::unexpected(clang.error()));
    for (size_t k = 0; k < which.size(); ++k) {
      answers[which[k]] = std::move(found[k]);
      if (answers[which[k]])
        if (const Status kept = index_.keep(keys[which[k]], *answers[which[k]]); !kept)
          answers[which[k]] = tl::unexpected(kept.error());
    }
  }
  return answers;
}

Result<workshop::Overlay> Mutants::overlay(const rewrite::Site& site) const {
  const auto pristine = read_file(clean_.tree / site.file);
  NANOBUG_TRY(pristine);
  auto text = rewrite::apply(site, *pristine);
  NANOBUG_TRY(text);
  return workshop::Overlay{{site.file, std::move(*text)}};
}

Result<std::string> Mutants::patch(const rewrite::Site& site) const {
  const auto pristine = read_file(clean_.tree / site.file);
  NANOBUG_TRY(pristine);
  const auto text = rewrite::apply(site, *pristine);
  NANOBUG_TRY(text);
  return unified_diff((fs::path(catalog_.tree.root) / site.file).string(), *pristine, *text);
}

Result<workshop::Mutant> Mutants::build(const rewrite::Site& site) const {
  const auto changed = overlay(site);
  NANOBUG_TRY(changed);
  return workshop_.mutant(clean_, *changed);
}

}  // namespace nanobug::grade
