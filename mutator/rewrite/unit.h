// unit: one source file, parsed as its compile command says, with the PCH the tree was built with.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/rewrite/clang.h"
#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

// Not movable: `tokens` points into `text`.
class Unit {
 public:
  // `name` stands for the file in sentences; `style` is where .clang-format is looked for.
  Unit(std::unique_ptr<clang::ASTUnit> ast, std::string name, std::filesystem::path style);

  clang::ASTContext& context() { return ast->getASTContext(); }
  clang::SourceManager& sources() { return context().getSourceManager(); }

  // "nanochat/loss.cpp:12:3" of a byte of the file.
  std::string place(unsigned offset) const;

  // The byte of the file that a location stands for (an expansion's is where the macro is used); nothing when
  // it is in another file.
  std::optional<unsigned> offset(clang::SourceLocation location);

  std::unique_ptr<clang::ASTUnit> ast;
  std::string name;
  std::filesystem::path style;
  std::string text;  // as Clang read it
  Tokens tokens;
};

// Errors: Exit::catalog at `place` when the file is not in compile_commands.json or does not parse (with the
// compiler's first message), Exit::io when there is no compile_commands.json.
Result<std::unique_ptr<Unit>> parse_file(const std::filesystem::path& root,
                                         const std::filesystem::path& commands, const std::string& file,
                                         const Place& place);

// A snippet that stands for itself.
Result<std::unique_ptr<Unit>> parse_code(const std::string& code, const std::filesystem::path& style,
                                         const Place& place);

}  // namespace nanobug::rewrite
