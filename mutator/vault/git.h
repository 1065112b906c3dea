// git: libgit2 as this room wants it: owners that free, errors that are sentences, and no configuration but
// ours.
//
// Private to vault/. The library reads /etc/gitconfig, ~/.gitconfig and their like by default, and then a
// user's autocrlf or a hook path would change what a session is. prepare() cuts all of them off before the
// first call.
#pragma once

#include <git2.h>

#include <memory>
#include <string>

#include "mutator/base/error.h"

namespace nanobug::vault {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};

using Repository = std::unique_ptr<git_repository, Freed<git_repository_free>>;
using Odb = std::unique_ptr<git_odb, Freed<git_odb_free>>;
using OdbObject = std::unique_ptr<git_odb_object, Freed<git_odb_object_free>>;
using Reference = std::unique_ptr<git_reference, Freed<git_reference_free>>;
using References = std::unique_ptr<git_reference_iterator, Freed<git_reference_iterator_free>>;
using GitTree = std::unique_ptr<git_tree, Freed<git_tree_free>>;
using GitCommit = std::unique_ptr<git_commit, Freed<git_commit_free>>;
using GitTag = std::unique_ptr<git_tag, Freed<git_tag_free>>;
using Index = std::unique_ptr<git_index, Freed<git_index_free>>;
using Config = std::unique_ptr<git_config, Freed<git_config_free>>;
using Builder = std::unique_ptr<git_packbuilder, Freed<git_packbuilder_free>>;

// Calls a libgit2 constructor `int make(T** out, …)` and owns what it made; empty on failure (see
// git_failure).
template <class Owner, class Make, class... Arguments>
Owner owned(Make make, Arguments... arguments) {
  typename Owner::pointer made = nullptr;
  if (make(&made, arguments...) < 0) return Owner();
  return Owner(made);
}

// Starts libgit2 once: no configuration of the user's or the system's, fsync of what it writes.
void prepare();

// `what` and libgit2's own reason for the call that just failed.
std::string git_reason();
tl::unexpected<Error> git_failure(const std::string& what);

std::string hex(const git_oid& id);
Result<git_oid> oid_of(const std::string& hex_id);

}  // namespace nanobug::vault
