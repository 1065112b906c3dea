// standbys: see standbys.h.
#include "mutator/workshop/standbys.h"

#include <algorithm>

#include "mutator/base/loader.h"

namespace nanobug::workshop {
namespace {

namespace fs = std::filesystem;

std::string key_of(const std::map<std::string, std::string>& environment) {
  std::string key;
  for (const auto& [name, value] : environment) key += name + '=' + value + '\0';
  return key;
}

bool is_below(const fs::path& file, const fs::path& directory) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(file, error), root = fs::weakly_canonical(directory, error);
  const auto [end, rest] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
  return end == root.end();
}

}  // namespace

Standby* Hosts::of(const Command& command, const std::vector<fs::path>& libraries,
                   const fs::path& not_these) {
  // Whole paths need no search, and what is searched first may well be a tree's.
  Command host = {
      .environment = command.environment, .not_inherited = command.not_inherited, .limits = command.limits};
  host.environment.erase("LD_LIBRARY_PATH");
  std::string key = key_of(host.environment);
  for (const fs::path& library : libraries) key += library.string() + '\n';
  return held_.of(key, [&] { return Standby::of_libraries(host, libraries, not_these); });
}

Standby* Standbys::of(const Command& command) {
  return held_.of(command.argv.front() + '\0' + key_of(command.environment), [&] { return hold(command); });
}

std::unique_ptr<Standby> Standbys::hold(const Command& command) {
  auto joined = join(command);
  return joined ? std::move(joined) : Standby::start(command, tree_);
}

std::unique_ptr<Standby> Standbys::join(const Command& command) {
  if (!can_join_a_process(command.argv.front())) return nullptr;
  const auto libraries = libraries_of(command);
  if (!libraries) return nullptr;
  std::vector<fs::path> shared, own;
  for (const fs::path& library : *libraries) (is_below(library, tree_) ? own : shared).push_back(library);
  std::reverse(own.begin(), own.end());  // what another one needs is named after it
  Standby* const host = hosts_.of(command, shared, tree_);
  return host ? Standby::join(*host, command, own) : nullptr;
}

}  // namespace nanobug::workshop
