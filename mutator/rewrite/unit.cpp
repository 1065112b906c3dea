// unit: see unit.h.
#include "mutator/rewrite/unit.h"

#include <algorithm>

#include <clang/Lex/Preprocessor.h>
#include <clang/Lex/PreprocessorOptions.h>

#include "mutator/base/files.h"
#include "mutator/base/source_kind.h"
#include "mutator/rewrite/hunks.h"
#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {
namespace {

using Arguments = std::vector<std::string>;

// Keeps the first error and prints nothing.
class FirstError : public clang::DiagnosticConsumer {
 public:
  // Of an edited file only its name is said: its text stands nowhere.
  explicit FirstError(const std::string* edited) : edited_(edited) {}

  std::string message;

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) override {
    DiagnosticConsumer::HandleDiagnostic(level, info);
    if (level < clang::DiagnosticsEngine::Error || !message.empty()) return;
    llvm::SmallString<128> text;
    info.FormatDiagnostic(text);
    message = text.str().str();
    if (!info.hasSourceManager() || info.getLocation().isInvalid()) return;
    // As the file has it, whatever a #line says.
    const auto place =
        info.getSourceManager().getPresumedLoc(info.getLocation(), /*UseLineDirectives=*/false);
    if (place.isValid())
      message = (edited_ && info.getSourceManager().isInMainFile(info.getLocation())
                     ? *edited_
                     : std::string(place.getFilename())) +
                ":" + std::to_string(place.getLine()) + ":" + std::to_string(place.getColumn()) + ": " +
                message;
  }

 private:
  const std::string* edited_;
};

// A tree that can be moved with its build has /proc/self/cwd for its build directory in its precompiled
// header: the compiler's own process stands there. This one does not.
class AsTheCompilerSees : public llvm::vfs::ProxyFileSystem {
 public:
  explicit AsTheCompilerSees(std::string directory)
      : ProxyFileSystem(llvm::vfs::createPhysicalFileSystem()), directory_(std::move(directory)) {}

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override {
    auto status = ProxyFileSystem::status(real(path));
    // Under the name that was asked for, as a file of that name would answer.
    if (status) return llvm::vfs::Status::copyWithNewName(*status, path);
    return status;
  }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override {
    return ProxyFileSystem::openFileForRead(real(path));
  }

 private:
  std::string real(const llvm::Twine& path) const {
    static constexpr std::string_view kHere = "/proc/self/cwd/";
    const std::string text = path.str();
    return text.starts_with(kHere) ? directory_ + text.substr(kHere.size() - 1) : text;
  }

  std::string directory_;
};

// `text`, where it is not null, stands for what is in the file.
Result<std::unique_ptr<clang::ASTUnit>> parse(const Job& job, const std::string& name,
                                              const std::optional<Place>& place,
                                              const std::string* text = nullptr, const Overlay& others = {}) {
  if (job.files->setCurrentWorkingDirectory(job.directory))
    return fail(Exit::io, "'" + job.directory + "', where '" + name + "' is compiled, is not there");
  auto* first = new FirstError(text ? &name : nullptr);
  auto diagnostics = clang::CompilerInstance::createDiagnostics(new clang::DiagnosticOptions, first, true);
  std::vector<const char*> argv;
  for (const std::string& argument : job.arguments) argv.push_back(argument.c_str());
  clang::CreateInvocationOptions options;
  options.Diags = diagnostics;
  options.VFS = job.files;
  std::shared_ptr<clang::CompilerInvocation> invocation = clang::createInvocation(argv, options);
  std::unique_ptr<clang::ASTUnit> ast;
  if (invocation) {
    if (text && !invocation->getFrontendOpts().Inputs.empty())
      invocation->getPreprocessorOpts().addRemappedFile(
          invocation->getFrontendOpts().Inputs[0].getFile(),
          llvm::MemoryBuffer::getMemBufferCopy(*text).release());
    for (const auto& [path, other] : others)
      invocation->getPreprocessorOpts().addRemappedFile(
          path.string(), llvm::MemoryBuffer::getMemBufferCopy(other).release());
    invocation->getFrontendOpts().DisableFree = false;
    llvm::IntrusiveRefCntPtr<clang::FileManager> manager(
        new clang::FileManager(clang::FileSystemOptions{}, job.files));
    ast = clang::ASTUnit::LoadFromCompilerInvocation(invocation,
                                                     std::make_shared<clang::PCHContainerOperations>(),
                                                     diagnostics, manager.get(), /*OnlyLocalDecls=*/true);
  }
  if (ast && first->message.empty()) return ast;
  const std::string reason = first->message.empty() ? "the compile command cannot be read" : first->message;
  return fail(
      Exit::catalog,
      text ? "with this edit it does not compile: " + reason : "'" + name + "' does not parse: " + reason,
      place);
}

// Options that write files, or turn a warning into the end of the parse.
Arguments for_parsing(const Arguments& command) {
  static const Arguments alone = {"-c",   "-S",  "-E",  "-M",  "-MM",    "-MD",
                                  "-MMD", "-MP", "-MG", "-MV", "-Werror"};
  static const Arguments with_value = {"-o", "-MF", "-MT", "-MQ", "-MJ", "--serialize-diagnostics"};
  const auto is_in = [](const Arguments& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  Arguments result;
  bool resources = false;
  for (size_t i = 0; i < command.size(); ++i) {
    const std::string& word = command[i];
    resources = resources || word.starts_with("-resource-dir");
    if (is_in(alone, word) || word.starts_with("-Werror=") || word.starts_with("-pedantic-errors")) continue;
    // The entry's directory stands; what the command says of it may mean the compiler's own process.
    if (word.starts_with("-working-directory=")) continue;
    if (is_in(with_value, word))
      ++i;
    else if (i == 0 || !(word.starts_with("-o") && word.ends_with(".o")))
      result.push_back(word);
  }
  if (!resources) result.insert(result.begin() + 1, "-resource-dir=" NANOBUG_CLANG_RESOURCES);
  result.insert(result.begin() + 1, {"-fsyntax-only", "-fno-color-diagnostics"});
  return result;
}

// An entry of compile_commands.json, whichever of its two forms it has.
Arguments command_of(const llvm::json::Object& entry) {
  Arguments words;
  if (const auto* arguments = entry.getArray("arguments")) {
    for (const llvm::json::Value& argument : *arguments)
      words.push_back(argument.getAsString().value_or("").str());
  } else if (const auto command = entry.getString("command")) {
    llvm::BumpPtrAllocator memory;
    llvm::StringSaver saver(memory);
    llvm::SmallVector<const char*, 64> parts;
    llvm::cl::TokenizeGNUCommandLine(*command, saver, parts);
    words.assign(parts.begin(), parts.end());
  }
  return words;
}

// An entry of compile_commands.json.
struct Entry {
  fs::path directory, file;  // absolute
  Arguments command;

  Job job() const {
    return {for_parsing(command), directory.string(),
            llvm::makeIntrusiveRefCnt<AsTheCompilerSees>(directory.string())};
  }
};

// How much two files have to do with each other, as far as their names tell: directories in common, then the
// name itself.
std::pair<long, bool> nearness(const fs::path& a, const fs::path& b) {
  const fs::path from = a.parent_path(), to = b.parent_path();
  const auto apart = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
  return {std::distance(from.begin(), apart.first) - std::distance(apart.second, to.end()),
          a.stem() == b.stem()};
}

// A header is compiled as part of others: the nearest of them says how, with the header in its place.
std::optional<Job> job_for_header(const std::vector<Entry>& entries, const fs::path& header) {
  const Entry* nearest = nullptr;
  for (const Entry& entry : entries)
    if (!nearest || nearness(entry.file, header) > nearness(nearest->file, header)) nearest = &entry;
  if (!nearest) return std::nullopt;
  Job job = nearest->job();
  std::error_code ignored;
  for (std::string& word : job.arguments)
    if (fs::weakly_canonical(nearest->directory / word, ignored) == nearest->file) word = header.string();
  const Language of_nearest = language_of(nearest->file);
  const char* language = of_nearest == Language::c ? "c" : of_nearest == Language::cuda ? "cuda" : "c++";
  // Before everything: to a header that is included, the name of a header means a precompiled one.
  job.arguments.insert(job.arguments.begin() + 1, {"-x", language, "-Wno-pragma-once-outside-header"});
  return job;
}

bool same_command(const Job& a, const Job& b) {
  return a.directory == b.directory && a.arguments == b.arguments;
}

// One at least; each command once, whatever it writes.
Result<std::vector<Job>> jobs_for(const fs::path& commands, const fs::path& source, const std::string& name,
                                  const Place& place) {
  const fs::path database = commands / "compile_commands.json";
  const auto text = read_file(database);
  NANOBUG_TRY(text);
  auto parsed = llvm::json::parse(*text);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return fail(Exit::io, "'" + database.string() + "' is not JSON; configure the tree again");
  }
  const auto* entries = parsed->getAsArray();
  std::error_code ignored;
  const fs::path wanted = fs::weakly_canonical(source, ignored);
  std::vector<Entry> compiled;
  std::vector<Job> jobs;
  for (size_t i = 0; entries && i < entries->size(); ++i) {
    const auto* object = (*entries)[i].getAsObject();
    if (!object) continue;
    Entry entry{object->getString("directory").value_or("").str(), {}, command_of(*object)};
    if (entry.command.empty()) continue;
    entry.file =
        fs::weakly_canonical(entry.directory / object->getString("file").value_or("").str(), ignored);
    if (entry.file != wanted) {
      compiled.push_back(std::move(entry));
      continue;
    }
    Job job = entry.job();
    if (std::none_of(jobs.begin(), jobs.end(), [&](const Job& one) { return same_command(one, job); }))
      jobs.push_back(std::move(job));
  }
  if (jobs.empty() && is_header(wanted))
    if (auto job = job_for_header(compiled, wanted)) jobs.push_back(std::move(*job));
  if (!jobs.empty()) return jobs;
  return fail(
      Exit::catalog,
      "'" + name + "' is not compiled by the tree; name a source that is, or a header that one includes",
      place);
}

// What Clang made of a template, which stands in the file once.
bool is_instantiation(const clang::Decl& declaration) {
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(&declaration))
    return function->getTemplateSpecializationKind() == clang::TSK_ImplicitInstantiation;
  if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(&declaration))
    return variable->getTemplateSpecializationKind() == clang::TSK_ImplicitInstantiation;
  return false;
}

}  // namespace

Unit::Unit(Job job, std::unique_ptr<clang::ASTUnit> unit, std::string file, std::filesystem::path style_path)
    : ast(std::move(unit)),
      name(std::move(file)),
      style(std::move(style_path)),
      text(sources().getBufferData(sources().getMainFileID()).str()),
      tokens(text),
      job_(std::move(job)) {
  // Only what the main file declares is visited: headers are thousands of times larger.
  std::vector<clang::Decl*> own;
  for (auto it = ast->top_level_begin(); it != ast->top_level_end(); ++it)
    if (sources().isInMainFile(sources().getExpansionLoc((*it)->getBeginLoc())) && !is_instantiation(**it))
      own.push_back(*it);
  context().setTraversalScope(own);
}

std::string Unit::place(unsigned offset) const {
  return name + ":" + std::to_string(line_at(text, offset)) + ":" + std::to_string(column_at(text, offset));
}

bool Unit::is_macro(const std::string& name) const {
  return ast->getPreprocessor().getIdentifierInfo(name)->hadMacroDefinition();
}

namespace {

// Would a macro of this text do something before the declaration or the statement behind it, or take it for
// its own? `static`, an attribute, is a part of it.
bool is_of_a_statement(const std::string& body) {
  const Tokens tokens(body);
  const Token* last = tokens.before(static_cast<unsigned>(body.size()));
  if (tokens.is(last, ";") || tokens.is(last, "}")) return true;
  for (const char* word : {"if", "for", "while", "switch", "else", "do"})
    if (tokens.is(tokens.after(0), word)) return true;
  return false;
}

}  // namespace

bool Unit::is_empty_macro(const std::string& name) const {
  const clang::Preprocessor& preprocessor = ast->getPreprocessor();
  const clang::MacroInfo* macro = preprocessor.getMacroInfo(preprocessor.getIdentifierInfo(name));
  if (!macro || !macro->tokens_empty()) return false;
  const auto all = all_definitions_of(name);
  return std::none_of(all.begin(), all.end(),
                      [](const Definition& each) { return is_of_a_statement(each.body); });
}

Unit::Definitions Unit::defined_in(const Tokens& in) {
  Definitions found;
  const std::string_view all = in.text();
  for (const Token& token : in.all()) {
    if (directive(in, &token) != "define") continue;
    const Token* name = in.after(in.after(token.span.end)->span.end);
    if (!name) continue;
    Definition definition;
    unsigned at = name->span.end;
    if (all.substr(at).starts_with("(")) {
      for (const Token* each = in.after(at); each && !in.is(each, ")"); each = in.after(each->span.end)) {
        if (each->kind == Token::Kind::word) definition.parameters.emplace(in.text(*each));
        at = each->span.end;
      }
      at = std::min(at + 1, static_cast<unsigned>(all.size()));  // nobody closes it in an inactive branch
    }
    definition.body = in.text({at, end_of_spliced_line(all, at)});
    found[std::string(in.text(*name))].push_back(std::move(definition));
  }
  return found;
}

std::vector<Unit::Definition> Unit::all_definitions_of(const std::string& name) const {
  std::vector<Definition> all;
  const auto add = [&](unsigned file, std::string_view text, const Tokens* of) {
    auto known = definitions_.find(file);
    if (known == definitions_.end())
      known = definitions_.emplace(file, of ? defined_in(*of) : defined_in(Tokens(text))).first;
    if (const auto found = known->second.find(name); found != known->second.end())
      all.insert(all.end(), found->second.begin(), found->second.end());
  };
  const clang::SourceManager& manager = ast->getSourceManager();
  add(manager.getMainFileID().getHashValue(), text, &tokens);
  const clang::Preprocessor& preprocessor = ast->getPreprocessor();
  const clang::MacroInfo* macro = preprocessor.getMacroInfo(preprocessor.getIdentifierInfo(name));
  const clang::SourceLocation place = macro ? macro->getDefinitionLoc() : clang::SourceLocation();
  if (place.isInvalid() || !place.isFileID() || manager.isInMainFile(place)) return all;
  const clang::FileID file = manager.getFileID(place);
  add(file.getHashValue(), manager.getBufferData(file), nullptr);
  return all;
}

std::vector<std::string> Unit::definitions_of(const std::string& name) const {
  std::vector<std::string> bodies;
  for (const Definition& each : all_definitions_of(name)) bodies.push_back(each.body);
  return bodies;
}

std::set<std::string> Unit::named_by_macro(const std::string& name) const {
  std::set<std::string> names;
  for (const Definition& each : all_definitions_of(name)) {
    const Tokens body(each.body);
    for (const Token& token : body.all())
      if (std::string word(body.text(token));
          token.kind == Token::Kind::word && !each.parameters.contains(word))
        names.insert(std::move(word));
  }
  return names;
}

std::optional<unsigned> Unit::offset(clang::SourceLocation location) {
  if (location.isInvalid()) return std::nullopt;
  const auto [file, offset] = sources().getDecomposedLoc(sources().getFileLoc(location));
  return file == sources().getMainFileID() ? std::optional(offset) : std::nullopt;
}

std::optional<unsigned> Unit::end_offset(clang::SourceLocation location) {
  while (location.isMacroID())
    location = sources().isMacroArgExpansion(location)
                   ? sources().getImmediateSpellingLoc(location)
                   : sources().getImmediateExpansionRange(location).getEnd();
  return offset(location);
}

const clang::NamedDecl* named_type(clang::TypeLoc type) {
  if (const auto alias = type.getAs<clang::TypedefTypeLoc>()) return alias.getTypedefNameDecl();
  if (const auto tag = type.getAs<clang::TagTypeLoc>()) return tag.getDecl();
  if (const auto of = type.getAs<clang::TemplateSpecializationTypeLoc>())
    return of.getTypePtr()->getTemplateName().getAsTemplateDecl();
  if (const auto used = type.getAs<clang::UsingTypeLoc>()) return used.getFoundDecl();
  return nullptr;
}

Result<std::unique_ptr<Unit>> parse_file(const std::filesystem::path& root,
                                         const std::filesystem::path& commands, const std::string& file,
                                         const Place& place, size_t configuration) {
  const auto jobs = jobs_for(commands, root / file, file, place);
  NANOBUG_TRY(jobs);
  const Job& job = jobs->at(configuration);
  auto ast = parse(job, file, place);
  NANOBUG_TRY(ast);
  auto unit = std::make_unique<Unit>(job, std::move(*ast), file, root / file);
  unit->configurations = jobs->size();
  return unit;
}

Result<std::unique_ptr<Unit>> Unit::again(const std::string& other, const Overlay& others) const {
  auto ast = parse(job_, name, std::nullopt, &other, others);
  NANOBUG_TRY(ast);
  return std::make_unique<Unit>(job_, std::move(*ast), name, style);
}

Result<std::unique_ptr<Unit>> parse_code(const std::string& code, const std::filesystem::path& style,
                                         const Place& place) {
  const bool c = language_of(style) == Language::c, cuda = language_of(style) == Language::cuda;
  const std::string name = c ? "snippet.c" : cuda ? "snippet.cu" : "snippet.cpp";
  llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> memory(new llvm::vfs::InMemoryFileSystem);
  memory->addFile("/snippet/" + name, 0, llvm::MemoryBuffer::getMemBufferCopy(code, name));
  Job job{
      {"clang++", c ? "-std=c17" : "-std=c++20", "-fsyntax-only", "-resource-dir=" NANOBUG_CLANG_RESOURCES},
      "/snippet",
      memory};
  if (c) job.arguments.insert(job.arguments.end(), {"-x", "c"});
  if (cuda)
    job.arguments.insert(job.arguments.end(), {"-x", "cuda", "--cuda-host-only", "-nocudainc", "-nocudalib"});
  job.arguments.push_back(name);
  auto ast = parse(job, name, place);
  NANOBUG_TRY(ast);
  return std::make_unique<Unit>(std::move(job), std::move(*ast), name, style);
}

}  // namespace nanobug::rewrite
