// relocate: see relocate.h.
#include "mutator/workshop/relocate.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "mutator/workshop/alias.h"
#include "mutator/workshop/copy.h"

namespace nanobug::workshop {

// regenerate.cmake, word for word.
extern const char* const kRegenerate;

namespace {

using json = nlohmann::ordered_json;

constexpr std::uintmax_t kLargestText = 4u << 20;
constexpr const char* kScript = "CMakeFiles/regenerate.cmake";
constexpr const char* kCommands[] = {"build.ninja", "CMakeFiles/rules.ninja"};

bool goes_on(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("._+-").find(c) != std::string_view::npos;
}

// Only where the path ends: /a/tree is not the beginning of /a/tree-2.
std::string replace_path(const std::string& text, const std::string& from, const std::string& to) {
  std::string out;
  size_t begin = 0;
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
    const size_t end = at + from.size();
    if (end < text.size() && goes_on(text[end])) {
      at = end;
      continue;
    }
    out += text.substr(begin, at - begin) + to;
    begin = at = end;
  }
  return out + text.substr(begin);
}

std::string escaped(const std::string& text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// A value that begins or ends with a blank stands in quotes in CMake's cache.
std::string with_quoted_blanks(const std::string& cache) {
  std::string out;
  std::istringstream in(cache);
  for (std::string line; std::getline(in, line);) {
    const size_t equals = line.find('=');
    const bool entry = equals != std::string::npos && !line.starts_with("#") && !line.starts_with("//");
    if (entry && (line.back() == ' ' || line.back() == '\t'))
      line = line.substr(0, equals + 1) + '\'' + line.substr(equals + 1) + '\'';
    out += line + '\n';
  }
  return out;
}

// One word of a shell's command: how it is written, and what it means.
struct Word {
  std::string written, meant;
};

// The words that a POSIX shell would make of it; expansions do not occur in what CMake writes.
std::vector<Word> words_of(const std::string& command) {
  std::vector<Word> words;
  std::optional<Word> word;
  char quote = 0;
  for (size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (!quote && (c == ' ' || c == '\t')) {
      if (word) words.push_back(std::move(*word));
      word.reset();
      continue;
    }
    if (!word) word.emplace();
    word->written += c;
    if (quote ? c == quote : c == '"' || c == '\'') {
      quote = quote ? 0 : c;
    } else if (c == '\\' && quote != '\'' && i + 1 < command.size() &&
               (!quote || std::string_view("\\\"$`").find(command[i + 1]) != std::string_view::npos)) {
      word->written += command[++i];
      word->meant += command[i];
    } else {
      word->meant += c;
    }
  }
  if (word) words.push_back(std::move(*word));
  return words;
}

// A command with a path renamed in it; words that do not have it stay as they are written.
std::string rename_in_command(const std::string& command, const std::string& from, const std::string& to) {
  std::string out;
  for (const Word& word : words_of(command)) {
    const std::string renamed = replace_path(word.meant, from, to);
    out += out.empty() ? "" : " ";
    if (renamed == word.meant)
      out += word.written;
    else
      out += is_plain(renamed) ? renamed : '"' + escaped(renamed, "\\\"$`") + '"';
  }
  return out;
}

void rename_in_json(json& value, const std::string& from, const std::string& to) {
  if (value.is_string()) value = replace_path(value.get<std::string>(), from, to);
  if (!value.is_structured()) return;
  for (auto& item : value.items()) {
    if (item.key() == "command" && item.value().is_string())
      item.value() = rename_in_command(item.value().get<std::string>(), from, to);
    else
      rename_in_json(item.value(), from, to);
  }
}

fs::path list_of(const fs::path& tree) {
  return tree.parent_path() / "relocations";
}

// Those that are no text.
fs::path list_of_others(const fs::path& tree) {
  return tree.parent_path() / "relocations.bytes";
}

// Writes what a file is to be, without a build tool's thinking that anything happened.
Status write_at_its_time(const fs::path& file, const std::string& bytes) {
  struct stat info{};
  const bool known = ::stat(file.c_str(), &info) == 0;
  NANOBUG_TRY(write_unsynced(file, bytes));
  const timespec times[] = {info.st_atim, info.st_mtim};
  if (known) {
    ::utimensat(AT_FDCWD, file.c_str(), times, 0);
    ::chmod(file.c_str(), info.st_mode & 07777);
  }
  return {};
}

struct Listed {
  std::string called;  // the tree, when this was written
  std::vector<std::string> files;
};

Result<Listed> read_list(const fs::path& list) {
  const auto text = read_file(list);
  NANOBUG_TRY(text);
  std::istringstream in(*text);
  Listed listed;
  std::getline(in, listed.called);
  for (std::string file; std::getline(in, file);) listed.files.push_back(file);
  return listed;
}

// The CMake that made the build directory, as its cache says.
std::string cmake_of(const fs::path& build) {
  const std::string entry = "\nCMAKE_COMMAND:INTERNAL=";
  const auto cache = read_file(build / "CMakeCache.txt");
  const size_t at = cache ? cache->find(entry) : std::string::npos;
  if (at == std::string::npos) return "cmake";
  const size_t begin = at + entry.size();
  return cache->substr(begin, cache->find('\n', begin) - begin);
}

}  // namespace

std::string rename_paths(const std::string& file, const std::string& text, const std::string& from,
                         const std::string& to) {
  if (is_plain(to)) return replace_path(text, from, to);
  if (file.ends_with(".json")) {
    json all = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!all.is_discarded()) {
      rename_in_json(all, from, to);
      return all.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
    }
  }
  if (file.ends_with(".cmake")) return replace_path(text, from, escaped(to, "\\\"$"));
  const std::string renamed = replace_path(text, from, to);
  return file.ends_with("CMakeCache.txt") ? with_quoted_blanks(renamed) : renamed;
}

Status configured(const fs::path& build, const fs::path& tree) {
  if (!fs::exists(build / "build.ninja")) return {};
  const auto in_cmake = [](const fs::path& path) { return escaped(path.string(), "\\\"$"); };
  std::string script = kRegenerate;
  for (const auto& [name, value] : {std::pair("@OWN@", in_cmake(build.lexically_relative(tree))),
                                    {"@UP@", in_cmake(tree.lexically_relative(build))}})
    script.replace(script.find(name), std::string_view(name).size(), value);
  NANOBUG_TRY(write_unsynced(build / kScript, script));
  const auto done =
      run({.argv = {cmake_of(build), "-DTREE=" + tree.string(), "-P", (build / kScript).string()}});
  NANOBUG_TRY(done);
  if (!done->good())
    return fail(Exit::io,
                "CMake cannot make the build directory movable (" + done->how() + "): " + done->err);
  return {};
}

Result<std::vector<std::string>> build_files(const fs::path& build, const fs::path& tree) {
  std::vector<std::string> files;
  if (!fs::exists(build / "build.ninja")) return files;
  const auto text = read_file(build / "build.ninja");
  NANOBUG_TRY(text);
  const size_t rule = text->find(": RERUN_CMAKE");
  if (rule == std::string::npos) return files;
  const std::string up = tree.lexically_relative(build).string() + '/';
  std::string token;
  const auto take = [&] {
    if (token.starts_with(up)) files.push_back(token.substr(up.size()));
    token.clear();
  };
  for (size_t i = rule; i < text->size() && (*text)[i] != '\n'; ++i) {
    const char c = (*text)[i];
    if (c == '$' && i + 1 < text->size())
      token += (*text)[++i];  // ninja's escape of a space, a colon or a dollar
    else if (c == ' ')
      take();
    else
      token += c;
  }
  take();
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

Status remember_relocations(const fs::path& build, const fs::path& tree) {
  auto files = list_files(build);
  NANOBUG_TRY(files);
  std::string texts = tree.string() + '\n', others = texts;
  for (const std::string& file : *files) {
    const auto bytes = read_file(build / file);
    NANOBUG_TRY(bytes);
    const bool is_ninjas = std::find(std::begin(kCommands), std::end(kCommands), file) != std::end(kCommands);
    if (is_ninjas || bytes->find(tree.string()) == std::string::npos) continue;
    const bool is_text = bytes->size() <= kLargestText && bytes->find('\0') == std::string::npos;
    (is_text ? texts : others) += file + '\n';
  }
  NANOBUG_TRY(write_file(list_of_others(tree), others));
  return write_file(list_of(tree), texts);
}

Status relocate(const fs::path& build, const fs::path& tree, const fs::path& home) {
  const auto list = read_list(list_of(tree));
  NANOBUG_TRY(list);
  for (const std::string& file : list->files) {
    auto text = read_file(build / file);
    NANOBUG_TRY(text);
    NANOBUG_TRY(write_at_its_time(build / file, rename_paths(file, *text, list->called, home.string())));
  }
  return {};
}

bool define_the_place(const fs::path& build, const fs::path& tree) {
  return std::any_of(std::begin(kCommands), std::end(kCommands), [&](const char* file) {
    const auto text = read_file(build / file);
    return text && text->find(tree.string()) != std::string::npos;
  });
}

bool rename_bytes(std::string& bytes, const fs::path& from, const fs::path& to) {
  bool named = false;
  for (size_t at = 0; (at = bytes.find(from.native(), at)) != std::string::npos; at += to.native().size()) {
    bytes.replace(at, from.native().size(), to.native());
    named = true;
  }
  return named;
}

Status rename_in(const fs::path& directory, const std::vector<std::string>& files, const fs::path& from,
                 const fs::path& to) {
  for (const std::string& file : files) {
    auto bytes = read_file(directory / file);
    NANOBUG_TRY(bytes);
    if (rename_bytes(*bytes, from, to)) NANOBUG_TRY(write_at_its_time(directory / file, *bytes));
  }
  return {};
}

Status relocate_bytes(const fs::path& build, const fs::path& tree, const fs::path& home,
                      const std::vector<std::string>& others) {
  const auto list = read_list(list_of_others(tree));
  NANOBUG_TRY(list);
  NANOBUG_TRY(rename_in(build, list->files, tree, home));
  return rename_in(build, others, tree, home);
}

}  // namespace nanobug::workshop
