// names: how git names things: an object by its SHA-1, a repository by its URL.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mutator/base/error.h"
#include "mutator/vault/tree.h"

namespace nanobug::vault {

using Sha1 = std::array<unsigned char, 20>;
enum class Kind { commit = 1, tree, blob, tag };  // by git's own numbers

// 40 digits.
std::string hex(const Sha1& id);

// The SHA-1 of git's header and the bytes; nothing where this OpenSSL has none. libgit2's own looks for
// collisions that somebody has made, which takes three times as long.
std::optional<Sha1> object_id(Kind kind, std::string_view bytes);

// The objects of a tree, innermost first: `add` takes one and answers its name; -> the tree's own.
// Errors: `add`'s, and a path that cannot stand in a git tree ("", ".", "..", ".git", a file that is a
// directory too).
using Add = std::function<Result<Sha1>(Kind kind, std::string_view bytes)>;
Result<Sha1> add_objects(const Tree& tree, const Add& add);

// "owner/name" of a remote's URL, as git takes it: its last two names, without who is asked and how. "" where
// there are no two.
std::string owner_and_name(const std::string& url);

}  // namespace nanobug::vault
