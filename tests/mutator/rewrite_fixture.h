// rewrite_fixture: rules written by hand and code in a string, for the tests of rewrite.
#pragma once

#include "mutator/base/files.h"
#include "mutator/rewrite/rewriter.h"
#include "tests/probes/catch.h"

namespace nanobug::rewrite {

inline Rewriter& rewriter() {
  static const std::unique_ptr<Rewriter> opened = [] {
    auto result = open_rewriter();
    if (!result) throw std::runtime_error(result.error().text());
    return std::move(*result);
  }();
  return *opened;
}

// Two places for a catalog: one without a .clang-format, where the engine's own cuts show, and `styled` with
// one.
inline const fs::path& home() {
  struct Directory {
    Directory() : path(*make_temporary_directory(fs::temp_directory_path(), "nanobug-rewrite")) {
      (void)write_file(path / "styled" / ".clang-format",
                       "BasedOnStyle: Google\nColumnLimit: 100\nAllowShortFunctionsOnASingleLine: Inline\n");
    }
    ~Directory() { (void)remove_tree(path); }
    fs::path path;
  };
  static const Directory directory;
  return directory.path;
}

inline Place at(int line, int column = 1) {
  return {(home() / "catalog.yaml").string(), line, column};
}

inline catalog::Edit edit(catalog::Edit::Kind kind, const std::string& target, const std::string& with = "") {
  static int line = 0;
  line = line % 90 + 10;
  return {kind, {target, at(line, 12)}, {with, at(line + 1, 12)}, at(line, 3)};
}

using Kind = catalog::Edit::Kind;
inline catalog::Edit replace(const std::string& target, const std::string& with) {
  return edit(Kind::replace, target, with);
}
inline catalog::Edit cut_out(const std::string& target) {
  return edit(Kind::remove, target);
}

inline catalog::Rule rule(const std::string& match, std::vector<catalog::Edit> edits, int expect = 1) {
  catalog::Rule made;
  made.id = {"some-rule", at(1)};
  made.place = at(1);
  made.in = {"tree/code.cpp", at(2, 7)};
  made.file = "code.cpp";
  made.match = {match, at(3, 5)};
  made.expect = expect;
  made.edits = std::move(edits);
  return made;
}

inline catalog::Rule styled(catalog::Rule rule) {
  rule.place.file = (home() / "styled" / "catalog.yaml").string();
  return rule;
}

// The text after all sites of the rule, or the error's text.
inline std::string mutated(const catalog::Rule& rule, const std::string& code) {
  auto sites = rewriter().find_in(rule, code);
  if (!sites) return sites.error().message;
  for (Site& site : *sites) site.file = "code.cpp";
  if (sites->empty()) return "no site";
  const auto texts = apply(*sites, {{"code.cpp", code}});
  return texts ? texts->at("code.cpp") : texts.error().message;
}

inline std::string checked(const catalog::Rule& rule) {
  std::string all;
  for (const Error& error : rewriter().check(rule))
    all += std::to_string(error.place->line) + ":" + std::to_string(error.place->column) + ": " +
           error.message + "\n";
  return all;
}

inline const std::string kDivision = R"(binaryOperator(hasOperatorName("/"), hasLHS(expr().bind("l")), )"
                                     R"(hasRHS(expr().bind("r"))).bind("quotient"))";

}  // namespace nanobug::rewrite
