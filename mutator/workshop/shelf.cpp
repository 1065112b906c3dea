// shelf: see shelf.h. The content is a line of JSON (diagnostics; name, mode and size of each file) and then
// the files' bytes, one after the other. Of a build in place only the names are kept: mode and size are 0.
#include "mutator/workshop/shelf.h"

#include <sys/stat.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>

#include "mutator/base/sealed_file.h"

namespace nanobug::workshop {

using nlohmann::json;

void remove_at_exit(const fs::path& directory) {
  struct Directories {
    std::mutex one_at_a_time;
    std::vector<fs::path> all;
    ~Directories() {
      for (const fs::path& each : all) (void)remove_tree(each);
    }
  };
  static Directories directories;
  const std::lock_guard guard(directories.one_at_a_time);
  directories.all.push_back(directory);
}

Status shelve(const fs::path& file, const Mutant& mutant) {
  json head = {{"diagnostics", mutant.diagnostics}, {"files", json::array()}};
  std::string bytes;
  for (const std::string& name : mutant.files) {
    if (mutant.outputs.empty()) {
      head["files"].push_back({name, 0, 0});
      continue;
    }
    const fs::path output = mutant.outputs / name;
    const auto text = read_file(output);
    NANOBUG_TRY(text);
    struct stat info{};
    ::stat(output.c_str(), &info);
    head["files"].push_back({name, info.st_mode & 0777, text->size()});
    bytes += *text;
  }
  return write_sealed(file, head.dump(-1, ' ', false, json::error_handler_t::replace) + '\n' + bytes,
                      kMutantStep);
}

Result<std::optional<Mutant>> take_down(const fs::path& file, const fs::path& parent) {
  const auto content = read_sealed(file);
  if (!content) return std::optional<Mutant>();
  size_t at = content->find('\n');
  const json head = json::parse(content->substr(0, at), nullptr, false);
  if (at == std::string::npos || !head.is_object()) return std::optional<Mutant>();
  Mutant mutant;
  mutant.diagnostics = head.at("diagnostics");
  const json& files = head.at("files");
  if (std::all_of(files.begin(), files.end(), [](const json& entry) { return entry.at(1) == 0; })) {
    for (const json& entry : files) mutant.files.push_back(entry.at(0));
    return mutant;
  }
  auto place = make_temporary_directory(parent, "scratch");
  NANOBUG_TRY(place);
  mutant.outputs = *place;
  remove_at_exit(*place);
  ++at;
  for (const json& entry : files) {
    const std::string name = entry.at(0);
    const size_t size = entry.at(2);
    if (size > content->size() - at) return std::optional<Mutant>();
    NANOBUG_TRY(write_unsynced(*place / name, std::string_view(*content).substr(at, size)));
    std::error_code error;
    fs::permissions(*place / name, static_cast<fs::perms>(entry.at(1).get<unsigned>()), error);
    mutant.files.push_back(name);
    at += size;
  }
  return mutant;
}

}  // namespace nanobug::workshop
