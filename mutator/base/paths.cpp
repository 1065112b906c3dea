// paths: see paths.h.
#include "mutator/base/paths.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace nanobug {

namespace fs = std::filesystem;

namespace {

// The specification: a variable that is unset, empty or relative counts as unset.
fs::path xdg(const char* variable, const char* fallback) {
  const char* value = std::getenv(variable);
  const fs::path base = value && fs::path(value).is_absolute() ? fs::path(value) : home() / fallback;
  return base / "nanobug";
}

}  // namespace

fs::path home() {
  if (const char* value = std::getenv("HOME"); value && *value) return value;
  if (const passwd* entry = ::getpwuid(::getuid())) return entry->pw_dir;
  return "/";
}

fs::path data_home() {
  return xdg("XDG_DATA_HOME", ".local/share");
}
fs::path state_home() {
  return xdg("XDG_STATE_HOME", ".local/state");
}
fs::path cache_home() {
  return xdg("XDG_CACHE_HOME", ".cache");
}

fs::path own_library(const std::string& name) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path() / "lib" / name;
}

}  // namespace nanobug
