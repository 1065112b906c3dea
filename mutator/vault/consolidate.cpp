// consolidate: many packs become one. Every snapshot adds a pack, and a lookup asks each of them.
//
// Nothing is dropped, reachable or not: what no reference names yet may be about to be named. The new pack is
// whole and on the disk before an old one goes, so a kill leaves objects twice at worst.
#include <git2/odb_backend.h>
#include <git2/sys/odb_backend.h>

#include <algorithm>
#include <set>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/vault/git.h"
#include "mutator/vault/objects.h"
#include "mutator/vault/state.h"

namespace nanobug::vault {
namespace {

constexpr size_t kMostPacks = 24;
constexpr std::uintmax_t kLargestPack = 64 << 20;  // a larger one is left alone: it would be copied each time

using Ids = std::set<git_oid, IdOrder>;

// The indices of the packs that are small, sorted by name.
std::vector<fs::path> small_packs(const fs::path& place) {
  std::vector<fs::path> indices;
  std::error_code error;
  for (fs::directory_iterator it(place, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != ".idx") continue;
    fs::path pack = it->path();
    pack.replace_extension(".pack");
    std::error_code gone;
    const auto size = fs::file_size(pack, gone);
    if (!gone && size <= kLargestPack) indices.push_back(it->path());
  }
  std::sort(indices.begin(), indices.end());
  return indices;
}

Status add_ids(const fs::path& index, Ids& ids) {
  auto odb = owned<Odb>(git_odb_new);
  git_odb_backend* pack = nullptr;
  if (!odb || git_odb_backend_one_pack(&pack, index.c_str()) < 0)
    return git_failure("cannot read " + index.string());
  if (git_odb_add_backend(odb.get(), pack, 1) < 0) {
    pack->free(pack);
    return git_failure("cannot read " + index.string());
  }
  const auto add = [](const git_oid* id, void* all) {
    static_cast<Ids*>(all)->insert(*id);
    return 0;
  };
  if (git_odb_foreach(odb.get(), add, &ids) < 0) return git_failure("cannot read " + index.string());
  return {};
}

}  // namespace

Status State::consolidate() const {
  const fs::path place = path / "objects" / "pack";
  const std::vector<fs::path> old = small_packs(place);
  if (old.size() <= kMostPacks) return {};
  // Its own handle: one that has been open for long may know packs that another process has removed.
  auto fresh = owned<Repository>(git_repository_open_bare, path.c_str());
  auto builder = fresh ? owned<Builder>(git_packbuilder_new, fresh.get()) : Builder();
  if (!builder) return git_failure("cannot read the vault " + path.string());
  Ids ids, written;
  for (const fs::path& index : old) NANOBUG_TRY(add_ids(index, ids));
  for (const git_oid& id : ids)
    if (git_packbuilder_insert(builder.get(), &id, nullptr) < 0)
      return git_failure("cannot read " + hex(id) + " from the vault " + path.string());
  auto made = store_pack([&](const fs::path& aside) -> Status {
    if (git_packbuilder_write(builder.get(), aside.c_str(), 0444, nullptr, nullptr) < 0)
      return git_failure("cannot write objects to " + aside.string());
    return {};
  });
  NANOBUG_TRY(made);
  NANOBUG_TRY(add_ids(place / *made, written));
  if (!std::includes(written.begin(), written.end(), ids.begin(), ids.end(), IdOrder()))
    return fail(Exit::io, "the vault " + path.string() + " could not be consolidated; nothing was removed");
  for (fs::path index : old) {
    if (index.filename() == *made) continue;
    // First what names the objects, so that nobody looks for them in a pack that has gone.
    std::error_code ignored;
    fs::remove(index, ignored);
    fs::remove(index.replace_extension(".pack"), ignored);
  }
  return reopen();
}

}  // namespace nanobug::vault
