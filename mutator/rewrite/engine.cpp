// engine: the Rewriter of rewriter.h, made of the room's parts; the one thing this library exports.
#include <algorithm>
#include <set>

#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/finder.h"
#include "mutator/rewrite/format.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/leftovers.h"
#include "mutator/rewrite/live.h"
#include "mutator/rewrite/operators.h"
#include "mutator/rewrite/rewriter.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {
namespace {

// Where the snippet stands in the catalog, or the rule.
Place place_of(const catalog::Rule& rule, const std::string& code) {
  for (const auto* list : {&rule.matches, &rule.no_matches})
    for (const catalog::Snippet& snippet : *list)
      if (snippet.code.value == code) return snippet.code.place;
  return rule.place;
}

class Engine : public Rewriter {
 public:
  std::vector<Error> check(const catalog::Rule& rule) override {
    std::vector<Error> errors;
    compile(rule, errors);
    return errors;
  }

  std::vector<Result<std::vector<Site>>> find(const std::vector<const catalog::Rule*>& rules,
                                              const Source& source) override {
    return find_sites(rules, source);
  }

  Result<std::vector<Site>> find_in(const catalog::Rule& rule, const std::string& code) override {
    auto unit = parse_code(code, style_for(rule), place_of(rule, code));
    NANOBUG_TRY(unit);
    return find_sites(rule, **unit, survey(**unit));
  }

  Result<std::vector<Spot>> spots(const std::string& file, const Source& source) override {
    const auto unit = parse_file(source.root, source.commands, file, {});
    NANOBUG_TRY(unit);
    std::vector<Spot> all;
    for (const auto& one : operations(**unit)) all.push_back(one->spot);
    return all;
  }

  Result<std::unique_ptr<Bench>> open(const std::string& file, const Source& source) override {
    auto unit = parse_file(source.root, source.commands, file, {});
    NANOBUG_TRY(unit);
    return make_bench(std::move(*unit));
  }

  std::unique_ptr<Lines> lines(const std::filesystem::path& history, Completer complete) override {
    return make_lines(history, std::move(complete));
  }

  Result<bool> well_formatted(const std::filesystem::path& file, const std::string& before,
                              const std::string& text) override {
    return rewrite::well_formatted(file, before, text);
  }

 private:
  // A snippet is formatted like the file it stands for.
  static std::filesystem::path style_for(const catalog::Rule& rule) {
    return std::filesystem::absolute(rule.place.file).parent_path() / rule.in.value;
  }
};

}  // namespace
}  // namespace nanobug::rewrite

extern "C" __attribute__((visibility("default"))) nanobug::rewrite::Rewriter* nanobug_make_rewriter() {
  return new nanobug::rewrite::Engine;
}
