// reset: the checkout's sources as they were when the session began, in place.
//
// Nothing is announced in the journal: what the learner had is in the vault before a file is touched, and
// what is put back is there too, so that a reset which was killed is finished by the next one.
#include <algorithm>

#include "mutator/base/files.h"
#include "mutator/session/checkout.h"
#include "mutator/session/papers.h"

namespace nanobug::session {
namespace {

// The link itself where it is one; a directory only when it is empty.
Status take_away(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  return error ? fail(Exit::io, "cannot remove " + path.string() + ": " + error.message()) : Status();
}

// What was there only for the sake of a file that is gone.
void remove_empty_above(fs::path path, const fs::path& root) {
  std::error_code error;
  for (path = path.parent_path(); path != root && fs::is_empty(path, error) && !error;
       path = path.parent_path())
    if (!fs::remove(path, error)) return;
}

// A file is there, the old one or the new one, whenever this is cut off.
Status put_back(const vault::File& file, const fs::path& path) {
  std::error_code error;
  const bool is_file = fs::symlink_status(path, error).type() == fs::file_type::regular;
  if (file.mode == vault::Mode::symlink || !is_file) NANOBUG_TRY(take_away(path));
  if (file.mode == vault::Mode::symlink)
    return vault::write_tree({{path.filename().string(), file}}, path.parent_path());
  return write_file(path, file.bytes, file.mode == vault::Mode::executable ? 0755 : 0644);
}

// The files in which two trees differ: those of `to`, and those that only `from` has.
struct Difference {
  vault::Tree changed;
  std::vector<std::string> more;
};

Difference difference(const vault::Tree& from, const vault::Tree& to) {
  Difference found;
  for (const auto& [path, file] : to) {
    const auto there = from.find(path);
    if (there == from.end() || there->second != file) found.changed.emplace(path, file);
  }
  for (const auto& [path, file] : from)
    if (!to.contains(path)) found.more.push_back(path);
  return found;
}

bool is_in(const std::string& file, const std::string& path) {
  return file == path || file.starts_with(path + '/');
}

bool has_any_in(const vault::Tree& tree, const std::string& path) {
  return std::any_of(tree.begin(), tree.end(), [&](const auto& entry) { return is_in(entry.first, path); });
}

}  // namespace

Result<Reset> reset(Papers& papers, const std::vector<std::string>& only) {
  std::string large;
  auto snapshot = take_snapshot(papers, "before a reset", false, &large);
  NANOBUG_TRY(snapshot);
  const fs::path& place = papers.saved->session.directory;
  const auto vault = papers.vault();
  NANOBUG_TRY(vault);
  const auto began = (*vault)->get(papers.saved->session.mutated);
  NANOBUG_TRY(began);
  vault::LeftOut left_out;
  const auto now = vault::read_tree(place, papers.saved->exclude, &left_out);
  NANOBUG_TRY(now);
  for (const std::string& one : only)
    if (!has_any_in(*now, one) && !has_any_in(*began, one))
      return fail(Exit::usage, "nothing was put back: there is no '" + one +
                                   "' among the checkout's sources, and there was none at the start");
  const auto is_left = [&](const std::string& file) {
    return !only.empty() &&
           std::none_of(only.begin(), only.end(), [&](const std::string& one) { return is_in(file, one); });
  };
  const auto lost = [&](const std::vector<std::string>& files, const char* why) -> Status {
    for (const std::string& file : files)
      if (has_any_in(*began, file) && !is_left(file))
        return fail(Exit::session, "a reset would lose " + (place / file).string() + ", which " + why +
                                       "; move it away first");
    return {};
  };
  NANOBUG_TRY(lost(left_out.too_large, "is too large for a snapshot"));
  NANOBUG_TRY(lost(left_out.unreadable, "cannot be read"));
  Difference found = difference(*now, *began);
  std::erase_if(found.changed, [&](const auto& entry) { return is_left(entry.first); });
  std::erase_if(found.more, is_left);
  Reset reset{*snapshot, found.more};
  for (const std::string& file : found.more) {
    NANOBUG_TRY(take_away(place / file));
    remove_empty_above(place / file, place);
  }
  for (const auto& [file, wanted] : found.changed) {
    reset.files.push_back(file);
    NANOBUG_TRY(put_back(wanted, place / file));
  }
  std::sort(reset.files.begin(), reset.files.end());
  return reset;
}

}  // namespace nanobug::session
