// fetch: the learner's commits, copied from a checkout's own repository into the vault (Vault::fetch).
//
// Objects are followed and copied one by one rather than through a remote: a learner's repository may be
// damaged in part, and then one bad branch should not cost the good ones; and a path that has a ':' in it is
// no URL.
#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "mutator/vault/git.h"
#include "mutator/vault/objects.h"
#include "mutator/vault/state.h"
#include "mutator/vault/vault.h"

namespace nanobug::vault {
namespace {

struct Tip {
  std::string name;  // below refs/attempts/<session>/
  git_oid id;
};

// The objects that `object` names, appended to `next`. Submodules live elsewhere and are not followed.
int follow(git_repository* source, const git_oid& id, git_object_t type, std::vector<git_oid>& next) {
  if (type == GIT_OBJECT_COMMIT) {
    auto commit = owned<GitCommit>(git_commit_lookup, source, &id);
    if (!commit) return -1;
    next.push_back(*git_commit_tree_id(commit.get()));
    for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i)
      next.push_back(*git_commit_parent_id(commit.get(), i));
  } else if (type == GIT_OBJECT_TREE) {
    auto tree = owned<GitTree>(git_tree_lookup, source, &id);
    if (!tree) return -1;
    for (size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(tree.get(), i);
      if (git_tree_entry_type(entry) != GIT_OBJECT_COMMIT) next.push_back(*git_tree_entry_id(entry));
    }
  } else if (type == GIT_OBJECT_TAG) {
    auto tag = owned<GitTag>(git_tag_lookup, source, &id);
    if (!tag) return -1;
    next.push_back(*git_tag_target_id(tag.get()));
  }
  return 0;
}

// What is on the way, until it goes into the vault as a pack.
class Batch {
 public:
  using Store = std::function<Status(const Objects&)>;
  Batch(git_odb* vault, Store store) : vault_(vault), store_(std::move(store)), objects_(vault) {}

  bool has(const git_oid& id) const { return objects_.has(id); }

  Status add(git_object_t type, std::string bytes) {
    bytes_ += bytes.size();
    NANOBUG_TRY(objects_.add(type, std::move(bytes)));
    return bytes_ < kMostInMemory ? Status() : finish();
  }

  Status finish() {
    NANOBUG_TRY(store_(objects_));
    objects_ = Objects(vault_);
    bytes_ = 0;
    return {};
  }

 private:
  static constexpr std::uint64_t kMostInMemory = 64u << 20;
  git_odb* vault_;
  Store store_;
  Objects objects_;
  std::uint64_t bytes_ = 0;
};

// Everything reachable from `tip` that the vault lacks; false when an object on the way is missing, damaged
// or too large. What the vault has, it has with all that it leads to: an object comes after what it names, so
// that this holds between two batches too, and of a tip that fails whatever came before.
Result<bool> collect(git_repository* source, git_odb* odb, const git_oid& tip, Batch& batch) {
  struct Step {
    git_oid id;
    bool followed;  // what it names has been added
  };
  std::vector<Step> left{{tip, false}};
  while (!left.empty()) {
    const Step step = left.back();
    left.pop_back();
    if (batch.has(step.id)) continue;
    size_t length = 0;
    git_object_t kind = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&length, &kind, odb, &step.id) < 0 || length > kLargestFile) return false;
    if (!step.followed && kind != GIT_OBJECT_BLOB) {
      std::vector<git_oid> named;
      if (follow(source, step.id, kind, named) < 0) return false;
      left.push_back({step.id, true});
      for (const git_oid& id : named) left.push_back({id, false});
      continue;
    }
    auto object = owned<OdbObject>(git_odb_read, odb, &step.id);
    if (!object) return false;
    const auto* data = static_cast<const char*>(git_odb_object_data(object.get()));
    NANOBUG_TRY(
        batch.add(git_odb_object_type(object.get()), std::string(data, git_odb_object_size(object.get()))));
  }
  return true;
}

struct Tips {
  std::vector<Tip> good;
  std::string bad;  // the last reference that leads nowhere; one that is yet to be born is not bad
};

void add_tip(git_repository* source, const char* reference, const std::string& name, Tips& tips) {
  Tip tip{name, {}};
  const int found = git_reference_name_to_id(&tip.id, source, reference);
  if (found == 0) tips.good.push_back(tip);
  if (found < 0 && found != GIT_ENOTFOUND) tips.bad = name;
}

Result<Tips> tips_of(git_repository* source) {
  Tips tips;
  add_tip(source, "HEAD", "HEAD", tips);
  auto references = owned<References>(git_reference_iterator_new, source);
  if (!references) return git_failure("its references cannot be read");
  const char* name = nullptr;
  while (git_reference_next_name(&name, references.get()) == 0)
    add_tip(source, name, std::string(name).substr(5), tips);  // less "refs/"
  return tips;
}

}  // namespace

// A name is a file or a directory, so once `fix` is kept there is no room for `fix/softmax` beside it; nor
// may what was kept at an earlier try be lost when the branch was begun anew. Then it goes under the
// session's name with a number.
Status State::keep_tip(const std::string& session, const std::string& name, const git_oid& id) const {
  Status kept;
  for (int round = 1; round < 100; ++round) {
    const std::string place = "refs/attempts/" + session + (round > 1 ? '-' + std::to_string(round) : "");
    const std::string reference = place + '/' + name;
    git_oid before;
    const bool taken = git_reference_name_to_id(&before, repository.get(), reference.c_str()) == 0;
    if (taken && git_oid_equal(&before, &id)) return {};
    if (taken && git_graph_descendant_of(repository.get(), &id, &before) != 1) continue;
    kept = point(reference, id);
    if (kept) return {};
  }
  return kept ? fail(Exit::io, "there are too many branches named " + name + " in the vault " + path.string())
              : kept;
}

Result<bool> GitVault::fetch(const std::filesystem::path& checkout, const std::string& session,
                             std::string* why) {
  std::string ignored;
  std::string& reason = why ? *why : ignored;
  const auto no = [&](const std::string& text) {
    reason = text;
    return false;
  };
  struct stat info{};
  if (::lstat((checkout / ".git").c_str(), &info) != 0)
    return no("it has no git repository of its own any more");
  auto source = owned<Repository>(git_repository_open_ext, checkout.c_str(),
                                  static_cast<unsigned>(GIT_REPOSITORY_OPEN_NO_SEARCH), nullptr);
  if (!source) return no("its git repository cannot be read (" + git_reason() + ")");
  auto source_odb = owned<Odb>(git_repository_odb, source.get());
  auto tips = tips_of(source.get());
  if (!source_odb || !tips) return no("its git repository cannot be read (" + git_reason() + ")");

  auto lock = state_.lock();
  NANOBUG_TRY(lock);
  git_odb_refresh(state_.odb.get());
  Batch batch(state_.odb.get(), [&](const Objects& objects) { return state_.store(objects); });
  std::vector<Tip> good;
  bool whole = tips->bad.empty() || no(tips->bad + " of its git repository cannot be read");
  for (const Tip& tip : tips->good) {
    const auto collected = collect(source.get(), source_odb.get(), tip.id, batch);
    NANOBUG_TRY(collected);
    if (*collected)
      good.push_back(tip);
    else
      whole =
          no(tip.name + " of its git repository leads to an object that is missing, damaged or too large");
  }
  NANOBUG_TRY(batch.finish());
  for (const Tip& tip : good) NANOBUG_TRY(state_.keep_tip(session, tip.name, tip.id));
  return whole;
}

}  // namespace nanobug::vault
