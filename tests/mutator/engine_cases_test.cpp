// engine_cases: a file a case. tests/mutator/engine/<kind>/<name>.case holds a rule, a text before it and the
// text that a careful engineer would have left behind, or the words with which the engine has to refuse.
//
//   # what the case is about                 the first line
//   language: c17                            c++20 unless said otherwise; also c++23, c17, cuda
//   bytes: crlf bom                          of the texts below; either, if at all
//   warns: count                             names in the text after that a compiler warns of, for they have
//   to stay match: …                                 as in catalog.yaml, as are expect: and edits:
//   --- file NAME                            something beside the code: a header, a .clang-format
//   --- before
//   --- after                                exactly; or
//   --- or                                   another text that is as good; or
//   --- refused                              each line stands in the message
//
// A ␍ at a line's end stands for a carriage return, a ␄ at the text's for no newline there. engine/prelude is
// on the include path: tensor.h is what model code needs of a tensor library, cuda.h (included in every CUDA
// case) of CUDA's headers. open.txt names the cases that the engine does not pass yet; one that passes may
// not stand there.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mutator/base/process.h"
#include "tests/mutator/rewrite_fixture.h"

using namespace nanobug;
using namespace nanobug::rewrite;

namespace {

const fs::path kCases = fs::path(__FILE__).parent_path() / "engine";
constexpr size_t kAtLeast = 300;  // so that none is lost to a wrong path

struct Section {
  std::string title, text;
};

struct Case {
  std::string about, language = "c++20", rule;
  std::string before;
  std::vector<std::string> after;
  std::vector<std::string> refused;
  std::string warns;
  std::map<std::string, std::string> files;
  std::string wrong;  // what is wrong with the file itself
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string encoded(std::string text, const std::string& bytes) {
  const auto has = [&](const std::string& word) {
    return (" " + bytes + " ").find(" " + word + " ") != std::string::npos;
  };
  if (has("crlf")) replace_all(text, "\n", "\r\n");
  replace_all(text, "␍\n", "\r\n");
  replace_all(text, "␄\n", "");
  return (has("bom") ? "\xEF\xBB\xBF" : "") + text;
}

std::vector<Section> sections_of(const std::string& text) {
  std::vector<Section> sections{{"", ""}};
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with("--- "))
      sections.push_back({std::string(line.substr(4, line.find_last_not_of(" \r\n") - 3)), ""});
    else
      sections.back().text += line;
  }
  return sections;
}

Case read_case(const fs::path& file) {
  Case read;
  const auto text = read_file(file);
  if (!text) {
    read.wrong = text.error().message;
    return read;
  }
  const std::vector<Section> sections = sections_of(*text);
  std::string bytes;
  for (const std::string_view line : lines_of(sections[0].text)) {
    const std::string whole(line.substr(0, line.find_last_not_of(" \r\n") + 1));
    if (whole.starts_with("# ") && read.about.empty())
      read.about = whole.substr(2);
    else if (whole.starts_with("language: "))
      read.language = whole.substr(10);
    else if (whole.starts_with("warns: "))
      read.warns = whole.substr(7);
    else if (whole.starts_with("bytes: "))
      bytes = whole.substr(7);
    else
      read.rule += "    " + whole + "\n";
  }
  for (size_t i = 1; i < sections.size(); ++i) {
    const auto& [title, body] = sections[i];
    if (title == "before")
      read.before = encoded(body, bytes);
    else if (title == "after" || title == "or")
      read.after.push_back(encoded(body, bytes));
    else if (title == "refused")
      for (const std::string_view line : lines_of(body))
        read.refused.emplace_back(line.substr(0, line.find('\n')));
    else if (title.starts_with("file "))
      read.files[title.substr(5)] = body;
    else
      read.wrong = "'--- " + title + "' is no part of a case";
  }
  if (read.about.empty()) read.wrong = "the first line does not say what the case is about";
  if (read.before.empty()) read.wrong = "there is no '--- before'";
  if (read.after.empty() == read.refused.empty())
    read.wrong = "either '--- after' or words of '--- refused' are wanted";
  return read;
}

// The case's rule, by the reader of catalogs.
tl::expected<catalog::Rule, std::string> rule_of(const Case& read, const std::string& name,
                                                 const fs::path& place) {
  static const std::string head = [] {
    const std::string all = *read_file(fs::path(NANOBUG_TEST_DATA) / "catalog" / "catalog.yaml");
    return all.substr(0, all.find("\nrules:") + 1);
  }();
  const auto parsed = catalog::parse(
      head + "rules:\n  - code: D01\n    id: some-rule\n    title: t\n    category: data\n    in: tree/" +
          name + "\n    brief: b\n    hints: [h]\n    cause: c\n    seen_by: [p]\n" + read.rule,
      place / "catalog.yaml");
  if (parsed) return parsed->rules.at(0);
  return tl::unexpected(parsed.error().at(0).text());
}

const std::vector<std::string>& command_for(const std::string& language) {
  const std::string prelude = (kCases / "prelude").string();
  static const std::map<std::string, std::vector<std::string>> commands = {
      {"c++20", {"clang++", "-std=c++20", "-I" + prelude}},
      {"c++23", {"clang++", "-std=c++23", "-I" + prelude}},
      {"c17", {"clang", "-std=c17", "-I" + prelude}},
      {"cuda",
       {"clang++", "-std=c++17", "-x", "cuda", "--cuda-host-only", "--cuda-path=/nowhere", "-nocudainc",
        "-nocudalib", "-I" + prelude, "-include", "cuda.h"}}};
  return commands.at(language);
}

// What is wrong with the engine's answer; "" when nothing is.
std::string judged(const Case& read) {
  if (!read.wrong.empty()) return read.wrong;
  const std::string name = read.language == "cuda"  ? "code.cu"
                           : read.language == "c17" ? "code.c"
                                                    : "code.cpp";
  static const fs::path place = home() / "cases";
  REQUIRE(remove_tree(place));
  const auto rule = rule_of(read, name, place);
  if (!rule) return rule.error();
  const fs::path tree = place / "tree";
  REQUIRE(write_unsynced(tree / name, read.before));
  for (const auto& [file, text] : read.files) REQUIRE(write_unsynced(tree / file, text));
  std::vector<std::string> command = command_for(read.language);
  command.insert(command.end(), {"-Wall", "-Wextra", "-c", name, "-o", "code.o"});
  const nlohmann::json entry = {{"directory", tree.string()}, {"file", name}, {"arguments", command}};
  REQUIRE(write_unsynced(tree / "build" / "compile_commands.json", nlohmann::json::array({entry}).dump()));

  const auto shown = [&](const std::string& wanted, const std::string& got) {
    return "rule:\n" + read.rule + "before:\n" + read.before + "wanted:\n" + wanted + "got:\n" + got;
  };
  std::string refusal, got;
  if (const auto errors = rewriter().check(*rule); !errors.empty()) {
    refusal = errors[0].message;
  } else {
    const auto answers = rewriter().find({&*rule}, {tree, tree / "build"});
    if (!answers.at(0))
      refusal = answers[0].error().message;
    else if (const auto texts = apply(*answers[0], {{name, read.before}}))
      got = texts->at(name);
    else
      refusal = texts.error().message;
  }
  if (!read.refused.empty()) {
    std::string words;
    for (const std::string& word : read.refused) words += word + "\n";
    if (refusal.empty()) return shown("a refusal with\n" + words, got);
    for (const std::string& word : read.refused)
      if (refusal.find(word) == std::string::npos) return shown("a refusal with\n" + words, refusal + "\n");
    return "";
  }
  if (!refusal.empty()) return shown(read.after[0], refusal + "\n");
  if (std::find(read.after.begin(), read.after.end(), got) != read.after.end()) return "";
  return shown(read.after[0], got);
}

// The name of each case, and why the engine does not pass it yet.
std::map<std::string, std::string> open_cases() {
  std::map<std::string, std::string> open;
  const auto text = read_file(kCases / "open.txt");
  if (!text) return open;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(": ");
    if (line.empty() || line.front() == '#') continue;
    INFO(line);
    REQUIRE(colon != std::string::npos);
    open[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return open;
}

std::map<std::string, std::vector<fs::path>> cases_by_kind() {
  std::map<std::string, std::vector<fs::path>> kinds;
  for (const auto& entry : fs::recursive_directory_iterator(kCases))
    if (entry.path().extension() == ".case")
      kinds[entry.path().parent_path().filename().string()].push_back(entry.path());
  for (auto& [kind, files] : kinds) std::sort(files.begin(), files.end());
  return kinds;
}

}  // namespace

TEST_CASE("every case of the engine comes out as a careful engineer would have left it", "[rewrite][cases]") {
  const auto open = open_cases();
  for (const auto& [kind, files] : cases_by_kind()) {
    DYNAMIC_SECTION(kind) {
      for (const fs::path& file : files) {
        const std::string name = kind + "/" + file.stem().string();
        const std::string problem = judged(read_case(file));
        INFO("case " << name << "\n" << file.string());
        if (problem.empty() && open.contains(name))
          FAIL_CHECK("it passes now; take it out of open.txt");
        else if (!problem.empty() && !open.contains(name))
          FAIL_CHECK(problem);
        else
          SUCCEED();
      }
    }
  }
}

TEST_CASE("what nobody reads any more is gone where a compiler would warn of it", "[rewrite][cases]") {
  const fs::path place = home() / "warnings";
  Command command{command_for("c++20"), place};
  command.argv[0] = "clang++-19";
  command.argv.insert(command.argv.end(), {"-Wall", "-Wextra", "-Wno-unused-parameter", "-fsyntax-only",
                                           "-fno-caret-diagnostics"});
  std::map<std::string, std::string> named, wanted;  // a case's file -> what is warned of in it
  const auto kinds = cases_by_kind();
  for (const fs::path& file : kinds.at("unused")) {
    const Case read = read_case(file);
    if (read.language != "c++20" || !read.files.empty() || read.after.empty()) continue;
    const std::string source = file.stem().string() + ".cpp";
    REQUIRE(write_unsynced(place / source, read.after[0]));
    command.argv.push_back(source);
    wanted[source] = read.warns;
  }
  REQUIRE(wanted.size() >= 60);
  const auto finished = run(command);
  REQUIRE(finished);
  std::istringstream lines(finished->err);
  for (std::string line; std::getline(lines, line);) {
    const size_t begin = line.find('\''), end = line.find('\'', begin + 1);
    if (line.find("warning: ") == std::string::npos || end == std::string::npos) continue;
    std::string& names = named[line.substr(0, line.find(':'))];
    names += (names.empty() ? "" : " ") + line.substr(begin + 1, end - begin - 1);
  }
  for (const auto& [source, names] : wanted) {
    INFO("unused/" << source << "\n" << finished->err);
    CHECK(named[source] == names);
  }
}

TEST_CASE("no case of the engine is lost", "[rewrite][cases]") {
  size_t count = 0;
  std::map<std::string, std::string> open = open_cases();
  for (const auto& [kind, files] : cases_by_kind()) {
    count += files.size();
    for (const fs::path& file : files) open.erase(kind + "/" + file.stem().string());
  }
  CHECK(count >= kAtLeast);
  for (const auto& [name, reason] : open) FAIL_CHECK("open.txt names '" + name + "', which is no case");
}
