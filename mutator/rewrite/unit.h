// unit: one source file, parsed as its compile command says, with the PCH the tree was built with.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/rewrite/clang.h"
#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

// Files that have another text than on disk, by their absolute paths.
using Overlay = std::map<std::filesystem::path, std::string>;

// How a file is parsed.
struct Job {
  std::vector<std::string> arguments;
  std::string directory;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files;
};

// Not movable: `tokens` points into `text`.
class Unit {
 public:
  // `name` stands for the file in sentences; `style` is where .clang-format is looked for.
  Unit(Job job, std::unique_ptr<clang::ASTUnit> ast, std::string name, std::filesystem::path style);

  clang::ASTContext& context() { return ast->getASTContext(); }
  clang::SourceManager& sources() { return context().getSourceManager(); }

  // "nanochat/loss.cpp:12:3" of a byte of the file.
  std::string place(unsigned offset) const;

  // The byte of the file that a location stands for (an expansion's is where the macro is used); nothing when
  // it is in another file.
  std::optional<unsigned> offset(clang::SourceLocation location);

  // The same of a location where something ends: of what a macro expands to, its closing parenthesis.
  std::optional<unsigned> end_offset(clang::SourceLocation location);

  // Is there, or was there, a macro of this name?
  bool is_macro(const std::string& name) const;

  // Is there one that stands for nothing, and in no configuration for a statement?
  bool is_empty_macro(const std::string& name) const;

  // What a macro of this name is defined as, in this file and in the one that it comes from, also where that
  // is not compiled.
  struct Definition {
    std::set<std::string> parameters;
    std::string body;
  };
  std::vector<Definition> all_definitions_of(const std::string& name) const;
  std::vector<std::string> definitions_of(const std::string& name) const;  // the bodies alone

  // What any of these names, apart from its parameters.
  std::set<std::string> named_by_macro(const std::string& name) const;

  // The file with another text, parsed the same way. Errors: Exit::catalog with the compiler's first message.
  Result<std::unique_ptr<Unit>> again(const std::string& other, const Overlay& others = {}) const;

  std::unique_ptr<clang::ASTUnit> ast;
  std::string name;
  std::filesystem::path style;
  std::string text;  // as Clang read it
  Tokens tokens;
  size_t configurations = 1;  // in how many the tree compiles it (parse_file)

 private:
  using Definitions = std::map<std::string, std::vector<Definition>>;
  static Definitions defined_in(const Tokens& file);

  Job job_;
  mutable std::map<unsigned, Definitions> definitions_;  // by their files
};

// The alias, class or template that a written type names; null where it names none.
const clang::NamedDecl* named_type(clang::TypeLoc type);

// A file that is compiled several times, with other definitions, say, has a configuration for each command,
// in the order of compile_commands.json. A header is parsed by itself, as the file that is compiled nearest
// to it is. Errors: Exit::catalog at `place` when the file is not in compile_commands.json or does not parse
// (with the compiler's first message), Exit::io when there is no compile_commands.json.
Result<std::unique_ptr<Unit>> parse_file(const std::filesystem::path& root,
                                         const std::filesystem::path& commands, const std::string& file,
                                         const Place& place, size_t configuration = 0);

// A snippet that stands for itself, in the language of the file at `style` (C, C++, CUDA by its extension).
Result<std::unique_ptr<Unit>> parse_code(const std::string& code, const std::filesystem::path& style,
                                         const Place& place);

}  // namespace nanobug::rewrite
