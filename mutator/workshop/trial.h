// trial: a whole tree to judge in, sources and build directory, made beside the clean tree and gone with the
// object.
//
// Where the clean build can be copied it is, and only what differs is compiled; what names its place names
// this one then. Else everything is configured and built there from nothing.
//
// What is judged is somebody's sources. They are laid over a copy of the clean build and built there, so that
// nothing that lies in their own build directory, stale, broken or put there by hand, has a say in it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

// What a checkout began as, where it was built before: only what was edited since is compiled, and whoever
// watches the compiler at work is told nothing.
struct Begun {
  Overlay overlay;
  Mutant mutant;
};

class Trial {
 public:
  // The files of a checkout, but for what `leave_out` has (globs of names at its top, and paths), built;
  // those by which a test judges are the clean tree's. Configured again where a file that the configuration
  // reads differs, or where a file was added, removed or renamed. Sources that do not build are no error:
  // built() says so. Errors: Exit::io, also when the build wrote into the clean build through a link; that
  // one is then dropped and made anew without links.
  static Result<Trial> of_checkout(const Workshop& workshop, const Clean& clean, const fs::path& checkout,
                                   const std::vector<std::string>& leave_out, const Progress& progress = {},
                                   const Begun* begun = nullptr);

  // The clean sources with the overlay's files in them, built.
  static Result<Trial> of_overlay(const Workshop& workshop, const Clean& clean, const Overlay& overlay);

  // The same without a build: a mutant's outputs are there already.
  static Result<Trial> of_mutant(const Workshop& workshop, const Clean& clean, const Overlay& overlay,
                                 const Mutant& mutant);

  Trial(Trial&& other) noexcept;
  Trial& operator=(Trial&&) = delete;
  ~Trial();

  const fs::path& tree() const { return tree_; }
  const Built& built() const { return built_; }

  // Sources, relative to the tree, that are not as the clean tree has them, or as the checkout began: edited,
  // added, missing.
  const std::vector<std::string>& changed() const { return changed_; }

  // What is in the checkout and could not be read; it is not in the tree.
  const std::vector<std::string>& unread() const { return unread_; }

  // Files of the build directory, relative to it, that are not the clean build's; of a build in place the
  // objects, libraries and programs among them. Sorted.
  Result<std::vector<std::string>> made(const Workshop& workshop, const Clean& clean) const;

 private:
  explicit Trial(fs::path home) : home_(std::move(home)), tree_(home_ / "tree") {}
  static Result<Trial> make(const Workshop& workshop, const Clean& clean);
  static Result<Trial> make_twin(const Clean& clean);
  Status copy_build(const Workshop& workshop, const Clean& clean, Links links,
                    const Mutant* mutant = nullptr);
  Status take_sources(const Workshop& workshop, const Clean& clean, const fs::path& from,
                      const std::vector<std::string>& leave_out, const Begun* begun);
  Status take_overlay(const Workshop& workshop, const Clean& clean, const Overlay& overlay);
  Status build(const Workshop& workshop, const Clean& clean, const Progress& progress);
  Status build_in_place(const Workshop& workshop, const Clean& clean, const Progress& progress);
  void say_of_clean(const Clean& clean);
  Status name_this_place(const Workshop& workshop, const Clean& clean);
  Result<std::vector<std::string>> made_in_place(const Workshop& workshop, const Clean& clean) const;
  Status remove_products(const Workshop& workshop) const;
  Status links_are_whole(const Workshop& workshop, const Clean& clean) const;
  Status edits_were_built(const Workshop& workshop, const Clean& clean) const;

  fs::path home_, tree_;
  std::vector<std::string> changed_, unread_, linked_;
  bool files_came_or_went_ = false;
  Built built_;
  std::shared_ptr<FileLock> held_;  // of a place with a name of its own
};

// The clean tree in a place of its own, for as long as this lives.
class CleanPlace {
 public:
  Result<fs::path> of(const Workshop& workshop, const Clean& clean);

 private:
  std::mutex making_;
  std::optional<Trial> trial_;
  std::string key_;
};

}  // namespace nanobug::workshop
