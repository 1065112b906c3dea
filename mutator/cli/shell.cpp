// shell: see shell.h. The kernel tells the directory's name of now; the shell itself may still show the old
// one.
#include "mutator/cli/shell.h"

#include "mutator/base/files.h"
#include "mutator/cli/context.h"

namespace nanobug::cli {

std::string shell_elsewhere(const fs::path& place) {
  std::error_code gone;
  const fs::path here = fs::current_path(gone);
  const std::string way = "; type: cd " + tidy(place);
  if (gone) return "this shell still stands in a directory that was replaced" + way;
  std::error_code ignored;
  const fs::path attempts = fs::weakly_canonical(Context::places().attempts, ignored);
  const std::string beside = place.string() + ".attempt-";
  const bool in_attempt =
      here.string().starts_with(attempts.string() + '/') || here.string().starts_with(beside);
  return in_attempt ? "this shell still stands in " + tidy(here) + ", the kept attempt" + way : "";
}

std::string in_checkout(const fs::path& checkout, const std::string& file) {
  std::error_code error;
  const fs::path as_given = fs::weakly_canonical(fs::absolute(file, error), error),
                 root = fs::weakly_canonical(checkout, error);
  const fs::path inside = as_given.lexically_relative(root);
  const bool is_meant = fs::path(file).is_absolute() || fs::exists(as_given, error);
  if (!inside.empty() && *inside.begin() != ".." && is_meant) return inside.string();
  return fs::path(file).lexically_normal().string();
}

}  // namespace nanobug::cli
