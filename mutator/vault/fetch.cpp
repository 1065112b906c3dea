// fetch: the learner's commits, copied from a checkout's own repository into the vault (Vault::fetch).
//
// Objects are followed and copied one by one rather than through a remote: a learner's repository may be
// damaged in part, and then one bad branch should not cost the good ones; and a path that has a ':' in it is
// no URL.
#include <sys/stat.h>

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

// Everything reachable from `tip` that the vault lacks. What the vault has, it has with all it leads to,
// because a pack goes in whole; so has `objects`, because a tip that fails leaves nothing in it.
bool collect(git_repository* source, git_odb* odb, const git_oid& tip, Objects& objects) {
  Objects trial;
  std::vector<git_oid> left{tip};
  while (!left.empty()) {
    const git_oid id = left.back();
    left.pop_back();
    if (objects.has(id) || trial.has(id)) continue;
    size_t length = 0;
    git_object_t kind = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&length, &kind, odb, &id) < 0 || length > kLargestFile) return false;
    auto object = owned<OdbObject>(git_odb_read, odb, &id);
    if (!object) return false;
    const git_object_t type = git_odb_object_type(object.get());
    const auto* data = static_cast<const char*>(git_odb_object_data(object.get()));
    if (!trial.add(type, std::string(data, git_odb_object_size(object.get())))) return false;
    if (follow(source, id, type, left) < 0) return false;
  }
  objects.merge(std::move(trial));
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
Status Vault::State::keep_tip(const std::string& session, const std::string& name, const git_oid& id) const {
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

Result<bool> Vault::fetch(const std::filesystem::path& checkout, const std::string& session,
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

  auto lock = state_->lock();
  NANOBUG_TRY(lock);
  git_odb_refresh(state_->odb.get());
  Objects objects(state_->odb.get());
  std::vector<Tip> good;
  bool whole = tips->bad.empty() || no(tips->bad + " of its git repository cannot be read");
  for (const Tip& tip : tips->good) {
    if (collect(source.get(), source_odb.get(), tip.id, objects))
      good.push_back(tip);
    else
      whole =
          no(tip.name + " of its git repository leads to an object that is missing, damaged or too large");
  }
  NANOBUG_TRY(state_->store(objects));
  for (const Tip& tip : good) NANOBUG_TRY(state_->keep_tip(session, tip.name, tip.id));
  return whole;
}

}  // namespace nanobug::vault
