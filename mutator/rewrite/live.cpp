// live: see live.h.
#include "mutator/rewrite/live.h"

#include <llvm/LineEditor/LineEditor.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>

#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/finder.h"
#include "mutator/rewrite/leftovers.h"
#include "mutator/rewrite/matches.h"
#include "mutator/rewrite/nearest.h"
#include "mutator/rewrite/nodes.h"

namespace nanobug::rewrite {
namespace {

namespace dynamic = clang::ast_matchers::dynamic;

constexpr const char* kRoot = "root";  // as clang-query calls what a matcher matches

class LiveBench : public Bench {
 public:
  explicit LiveBench(std::unique_ptr<Unit> unit) : unit_(std::move(unit)), survey_(survey(*unit_)) {}

  const std::string& text() const override { return unit_->text; }

  Status define(const std::string& name, const catalog::Text& value) override {
    const std::string line = one_line(value.value);
    llvm::StringRef rest = line;
    dynamic::Diagnostics diagnostics;
    clang::ast_matchers::dynamic::VariantValue parsed;
    if (!dynamic::Parser::parseExpression(rest, nullptr, nullptr, &parsed, &diagnostics)) {
      unsigned where = 0;
      const std::string problem = sentence(diagnostics, where);
      return fail(Exit::catalog, problem, place_in(value, where));
    }
    names_[name] = std::move(parsed);
    return {};
  }

  void forget(const std::string& name) override { names_.erase(name); }

  Result<std::vector<Match>> match(const catalog::Text& matcher) override {
    std::string problem;
    unsigned where = 0;
    const auto parsed = parse_matcher(matcher.value, problem, where);
    if (!parsed) return fail(Exit::catalog, problem, place_in(matcher, where));
    const auto bound = parsed->tryBind(kRoot);
    const Matcher& whole = bound ? *bound : *parsed;
    matches_ = match_all(*unit_, {&whole}).front();
    std::vector<Match> result;
    for (const auto& match : matches_) {
      Match one;
      for (const auto& [id, node] : match.getMap()) {
        Seen it = seen(*unit_, node);
        if (id == kRoot) {
          one.root = std::move(it);
          continue;
        }
        it.id = id;
        one.bound.push_back(std::move(it));
      }
      result.push_back(std::move(one));
    }
    return result;
  }

  std::string dump(size_t match, const std::string& id) override {
    return written(match, id, [this](const clang::DynTypedNode& node, llvm::raw_ostream& out) {
      node.dump(out, unit_->context());
    });
  }

  std::string print(size_t match, const std::string& id) override {
    return written(match, id, [this](const clang::DynTypedNode& node, llvm::raw_ostream& out) {
      node.print(out, unit_->context().getPrintingPolicy());
    });
  }

  Result<std::vector<Explained>> explain(const catalog::Text& matcher) override {
    return rewrite::explain(*unit_, matcher);
  }

  Result<Nearest> nearest(const catalog::Text& matcher, int line) override {
    return rewrite::nearest(*unit_, matcher, line);
  }

  Result<std::vector<Site>> sites(const catalog::Rule& rule) override {
    return find_sites(rule, *unit_, survey_);
  }

  std::vector<Completion> complete(const std::string& matcher, size_t at) override {
    const std::string line = one_line(matcher);
    llvm::StringRef rest = line;
    std::vector<Completion> result;
    for (const auto& one :
         dynamic::Parser::completeExpression(rest, static_cast<unsigned>(at), nullptr, &names_))
      result.push_back({one.TypedText, one.MatcherDecl});
    return result;
  }

 private:
  template <class Write>
  std::string written(size_t match, const std::string& id, const Write& write) {
    if (match >= matches_.size()) return "";
    const auto& nodes = matches_[match].getMap();
    const auto node = nodes.find(id.empty() ? kRoot : id);
    if (node == nodes.end()) return "";
    std::string text;
    llvm::raw_string_ostream out(text);
    write(node->second, out);
    return text;
  }

  std::unique_ptr<Unit> unit_;
  Survey survey_;
  dynamic::Parser::NamedValueMap names_;
  std::vector<clang::ast_matchers::BoundNodes> matches_;
};

// libedit falls over a prompt that the locale cannot read.
std::string readable(std::string prompt) {
  if (std::mbstowcs(nullptr, prompt.c_str(), 0) != static_cast<size_t>(-1)) return prompt;
  for (char& c : prompt)
    if (static_cast<unsigned char>(c) > 127) c = '?';
  return prompt;
}

class TerminalLines : public Lines {
 public:
  TerminalLines(const std::filesystem::path& history, Completer complete)
      : editor_("nanobug", history.string(), stdin, ::isatty(STDOUT_FILENO) ? stdout : stderr) {
    // What is typed is UTF-8, whatever the environment says.
    std::setlocale(LC_CTYPE, "C.UTF-8");
    editor_.setListCompleter([complete = std::move(complete)](llvm::StringRef line, size_t at) {
      std::vector<llvm::LineEditor::Completion> all;
      for (const Completion& one : complete(line.str(), at)) all.emplace_back(one.typed, one.shown);
      return all;
    });
  }

  std::optional<std::string> read(const std::string& prompt) override {
    editor_.setPrompt(readable(prompt));
    auto line = editor_.readLine();
    editor_.saveHistory();  // whatever ends the program
    return line;
  }

 private:
  llvm::LineEditor editor_;
};

}  // namespace

std::unique_ptr<Bench> make_bench(std::unique_ptr<Unit> unit) {
  return std::make_unique<LiveBench>(std::move(unit));
}

std::unique_ptr<Lines> make_lines(const std::filesystem::path& history, Completer complete) {
  return std::make_unique<TerminalLines>(history, std::move(complete));
}

}  // namespace nanobug::rewrite
