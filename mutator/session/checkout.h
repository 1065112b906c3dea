// checkout: the learner's directory seen from outside: is it there, is it ours, and how it changes places.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/session/saved.h"
#include "mutator/vault/tree.h"

namespace nanobug::session {

bool is_there(const std::filesystem::path& path);      // a dangling symlink is there too
Identity identity(const std::filesystem::path& path);  // zeros when it is not there

enum class Presence { here, gone, replaced };

// `replaced`: something is at the checkout's place, but neither the directory that was put there nor one
// whose own repository has the session's branch (a restored backup, a copy).
Presence look(const Saved& saved);
std::string sentence(Presence presence, const Saved& saved);  // for the two that are not `here`

// The one path that names the place for good: absolute, symlinks resolved, no slash at the end.
Result<std::filesystem::path> place_of(const std::filesystem::path& directory);

enum class Spot { free, clean };

// Whether a checkout may go there. `clean` is a directory that holds the clean tree and nothing else but a
// build directory, the first name in `leave_out`, and empty ones of the other names. Errors: Exit::session
// when it is taken.
Result<Spot> spot_at(const std::filesystem::path& directory, const vault::Tree& pristine,
                     const std::vector<std::string>& leave_out);

// `base`, or `base-2`, `base-3`, … : the first where a checkout may go.
Result<std::filesystem::path> free_place(const std::filesystem::path& base, const vault::Tree& pristine,
                                         const std::vector<std::string>& leave_out);

// A name beside `path` that nothing has: `.name.1a2b3c4d`.
std::filesystem::path staging_beside(const std::filesystem::path& path);

// `path`, or `path-2`, `path-3`, … : the first that nothing has.
std::filesystem::path free_name(const std::filesystem::path& path);

// Atomic, and fsyncs the parents; replaces an empty directory.
Status move(const std::filesystem::path& from, const std::filesystem::path& to);

// Puts `staging` in the place of a directory that is there, which is then at `staging`: at once where the
// file system can exchange two names, else by way of old_beside(staging), where it is left.
Status put_in_place(const std::filesystem::path& staging, const std::filesystem::path& place);
std::filesystem::path old_beside(const std::filesystem::path& staging);

// Undoes it, whatever it had come to: what is at `place` is at `staging` again, and what was there before is
// back. Nothing is done when it had not begun.
Status take_back(const std::filesystem::path& staging, const std::filesystem::path& place,
                 const Identity& staged);

// The learner's directory to `attempt`, or to `beside` when that is another file system; -> where it is now.
Result<std::filesystem::path> put_aside(const std::filesystem::path& directory,
                                        const std::filesystem::path& attempt,
                                        const std::filesystem::path& beside);

}  // namespace nanobug::session
