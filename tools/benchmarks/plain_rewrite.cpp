// plain_rewrite: the other side of rewrite_ratio: the ordinary way to make one change with LibTooling.
//
// It parses the file as its compile command says, without a precompiled header and without an index, matches
// `q·k / scale` in scaled_dot_product_attention, and prints the file with a multiplication in its place.
#include <clang/ASTMatchers/ASTMatchFinder.h>
#include <clang/ASTMatchers/ASTMatchers.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Rewrite/Core/Rewriter.h>
#include <clang/Tooling/JSONCompilationDatabase.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/Support/raw_ostream.h>

namespace {

using namespace clang;
using namespace clang::ast_matchers;

struct Multiply : MatchFinder::MatchCallback {
  int count = 0;
  void run(const MatchFinder::MatchResult& result) override {
    const auto* division = result.Nodes.getNodeAs<CXXOperatorCallExpr>("scaled");
    Rewriter rewriter(*result.SourceManager, result.Context->getLangOpts());
    rewriter.ReplaceText(division->getOperatorLoc(), 1, "*");
    rewriter.getEditBuffer(result.SourceManager->getMainFileID()).write(llvm::outs());
    ++count;
  }
};

// "-Xclang -include-pch -Xclang FILE" and the prefix header beside it, in the forms that CMake writes.
tooling::CommandLineArguments without_pch(const tooling::CommandLineArguments& arguments, StringRef) {
  tooling::CommandLineArguments kept;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool pair = arguments[i] == "-Xclang" && i + 1 < arguments.size();
    if (pair && (arguments[i + 1] == "-include-pch" || arguments[i + 1] == "-include")) {
      i += 3;
    } else if (pair && arguments[i + 1] == "-fno-pch-timestamp") {
      i += 1;
    } else if (StringRef(arguments[i]).starts_with("-working-directory") ||
               arguments[i] == "-fpch-instantiate-templates") {
    } else {
      kept.push_back(arguments[i]);
    }
  }
  return kept;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;  // directory of compile_commands.json, file
  std::string error;
  const auto database = tooling::JSONCompilationDatabase::loadFromFile(
      std::string(argv[1]) + "/compile_commands.json", error, tooling::JSONCommandLineSyntax::AutoDetect);
  if (!database) return llvm::errs() << error << '\n', 6;
  tooling::ClangTool tool(*database, {argv[2]});
  tool.appendArgumentsAdjuster(without_pch);
  tool.appendArgumentsAdjuster(tooling::getInsertArgumentAdjuster("-resource-dir=" RESOURCE_DIR,
                                                                  tooling::ArgumentInsertPosition::BEGIN));
  Multiply multiply;
  MatchFinder finder;
  finder.addMatcher(
      traverse(TK_IgnoreUnlessSpelledInSource,
               cxxOperatorCallExpr(hasOverloadedOperatorName("/"),
                                   hasAncestor(functionDecl(hasName("scaled_dot_product_attention"))))
                   .bind("scaled")),
      &multiply);
  const int status = tool.run(tooling::newFrontendActionFactory(&finder).get());
  return status == 0 && multiply.count == 1 ? 0 : 1;
}
