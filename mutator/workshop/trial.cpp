// trial: see trial.h.
#include "mutator/workshop/trial.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "mutator/base/elf.h"
#include "mutator/base/files.h"
#include "mutator/base/globs.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/relocate.h"
#include "mutator/workshop/units.h"

namespace nanobug::workshop {
namespace {

// A source of this size is no source: what a learner put there stays where it is, behind a symlink.
constexpr std::uintmax_t kLinkedSource = 64u << 20;

// Neither git's nor what is left out: globs of names at the top, and paths.
bool is_left_out(const std::string& relative, const std::vector<std::string>& leave_out) {
  const std::string top = relative.substr(0, relative.find('/'));
  return top == ".git" || fits_any(leave_out, top) ||
         std::find(leave_out.begin(), leave_out.end(), relative) != leave_out.end();
}

// Is it the same file: kind, permission to run, bytes? `text`: other bytes of `one`.
Result<bool> same(const fs::path& one, const fs::path& other, const std::string* text) {
  struct stat a{}, b{};
  if (::lstat(one.c_str(), &a) != 0 || ::lstat(other.c_str(), &b) != 0) return false;
  if ((a.st_mode & S_IFMT) != (b.st_mode & S_IFMT)) return false;
  std::error_code error;
  if (S_ISLNK(a.st_mode)) return fs::read_symlink(one, error) == fs::read_symlink(other, error);
  if ((a.st_mode & S_IXUSR) != (b.st_mode & S_IXUSR)) return false;
  if ((text ? static_cast<off_t>(text->size()) : a.st_size) != b.st_size) return false;
  const auto y = read_file(other);
  NANOBUG_TRY(y);
  if (text) return *text == *y;
  const auto x = read_file(one);
  NANOBUG_TRY(x);
  return *x == *y;
}

// Nobody knows what a tree's own tests write, and where.
Links links_in(const Workshop& workshop, const Clean& clean) {
  return workshop.spec().tests.empty() ? workshop.links(clean) : Links::none;
}

tl::unexpected<Error> cannot_copy(const fs::path& to, const std::error_code& error) {
  return fail(Exit::io, "cannot copy to " + to.string() + ": " + error.message());
}

Status copy_source(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  if (fs::is_symlink(fs::symlink_status(from, error))) {
    fs::copy_symlink(from, to, error);
  } else if (fs::file_size(from, error) > kLinkedSource) {
    fs::create_symlink(fs::absolute(from), to, error);
  } else {
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  }
  if (error) return cannot_copy(to, error);
  return {};
}

// Copies what links lead to into the links' places: it is then there whatever a link's text says, and has the
// time of now, whereas what is behind a link may be older than the objects that were made of something else.
class Follower {
 public:
  // `from` is a link that stands, with real directories above it, in a tree.
  Status copy(const fs::path& from, const fs::path& to) {
    std::error_code error;
    // What leads back into a directory that is being copied stays a link.
    for (fs::path above = fs::canonical(from.parent_path(), error); !error && above_.insert(above).second;)
      above = above.parent_path();
    return follow(from, to);
  }

 private:
  Status follow(const fs::path& from, const fs::path& to) {
    std::error_code error, none;
    const fs::path target = fs::canonical(from, error);
    if (error || above_.contains(target)) return copy_source(from, to);
    if (fs::is_regular_file(target, none)) return copy_file(target, to);
    if (!fs::is_directory(target, none)) return {};
    fs::create_directories(to, error);
    if (error) return cannot_copy(to, error);
    above_.insert(target);
    fs::directory_iterator it(target, error), end;
    for (; !error && it != end; it.increment(error))
      if (it->path().filename() != ".git") NANOBUG_TRY(follow(it->path(), to / it->path().filename()));
    if (error) return fail(Exit::io, "cannot read " + target.string() + ": " + error.message());
    above_.erase(target);
    return {};
  }

  // Sources are few and small; whoever linked a store of data gets links to it.
  Status copy_file(const fs::path& target, const fs::path& to) {
    std::error_code error;
    bytes_ += fs::file_size(target, error);
    if (bytes_ <= kMostBehindLinks && ++files_ <= kMostFilesBehindLinks) return copy_source(target, to);
    fs::create_symlink(target, to, error);
    if (error) return cannot_copy(to, error);
    return {};
  }

  static constexpr std::uintmax_t kMostBehindLinks = 512u << 20;
  static constexpr int kMostFilesBehindLinks = 20000;
  std::set<fs::path> above_;
  std::uintmax_t bytes_ = 0;
  int files_ = 0;
};

// Regular files and symlinks below, relative, sorted; pipes, sockets and devices are nobody's sources.
struct Sources {
  std::vector<std::string> files;
  std::vector<std::string> unread;  // files and directories that cannot be read
};

void add_sources(const fs::path& root, const fs::path& directory, const std::vector<std::string>& leave_out,
                 Sources& sources) {
  const auto name = [&](const fs::path& path) { return path.lexically_relative(root).string(); };
  std::error_code error, none;
  fs::directory_iterator it(directory, error), end;
  for (; !error && it != end; it.increment(error)) {
    const std::string relative = name(it->path());
    if (is_left_out(relative, leave_out)) continue;
    if (it->is_symlink(none))
      sources.files.push_back(relative);
    else if (it->is_directory(none))
      add_sources(root, it->path(), leave_out, sources);
    else if (it->is_regular_file(none))
      (::access(it->path().c_str(), R_OK) == 0 ? sources.files : sources.unread).push_back(relative);
  }
  if (error) sources.unread.push_back(name(directory));
}

Result<Sources> sources_in(const fs::path& directory, const std::vector<std::string>& leave_out) {
  Sources sources;
  add_sources(directory, directory, leave_out, sources);
  std::sort(sources.files.begin(), sources.files.end());
  std::sort(sources.unread.begin(), sources.unread.end());
  if (std::count(sources.unread.begin(), sources.unread.end(), ".") == 0) return sources;
  return fail(Exit::io, "cannot read " + directory.string());
}

}  // namespace

Trial::Trial(Trial&& other) noexcept
    : home_(std::exchange(other.home_, {})),
      tree_(std::move(other.tree_)),
      changed_(std::move(other.changed_)),
      unread_(std::move(other.unread_)),
      linked_(std::move(other.linked_)),
      files_came_or_went_(other.files_came_or_went_),
      built_(std::move(other.built_)),
      held_(std::move(other.held_)) {}

Trial::~Trial() {
  if (!home_.empty()) (void)remove_tree(home_);
}

// Compilers write the place's name into what they make. So where that matters the places are called by names
// of one length, t000 and so on beside the clean tree: apart from that name the same sources give the same
// bytes.
Result<Trial> Trial::make_twin(const Clean& clean) {
  for (int i = 0; i < 1000; ++i) {
    fs::path place = clean.tree;
    place.replace_filename(fmt::format("t{:03}", i));
    auto held = FileLock::if_free(place.string() + ".lock");
    if (!held) continue;
    NANOBUG_TRY(remove_tree(place));  // of a process that was killed
    Trial trial(place);
    trial.tree_ = place;
    trial.held_ = std::move(held);
    return trial;
  }
  return fail(Exit::io, "a thousand trees are being built at once; wait for some of them to end");
}

Result<Trial> Trial::make(const Workshop&, const Clean& clean) {
  if (clean.movable != Movable::anywhere) return make_twin(clean);
  auto home = make_temporary_directory(clean.tree.parent_path() / "trials", "trial");
  NANOBUG_TRY(home);
  return Trial(std::move(*home));
}

Status Trial::copy_build(const Workshop& workshop, const Clean& clean, Links links, const Mutant* mutant) {
  if (clean.in_place()) return {};
  std::map<std::string, fs::path> others;
  if (mutant) others = mutant->by_name();
  const fs::path build = workshop.build_directory(tree_);
  NANOBUG_TRY(copy_directory(clean.build, build, links, {}, clean.time, &linked_, &others));
  if (clean.movable == Movable::anywhere) return {};
  return relocate_bytes(build, clean.tree, tree_, mutant ? mutant->files : std::vector<std::string>());
}

Status Trial::take_sources(const Workshop& workshop, const Clean& clean, const fs::path& from,
                           const std::vector<std::string>& leave_out, const Begun* begun) {
  const auto own = sources_in(from, leave_out);
  NANOBUG_TRY(own);
  unread_ = own->unread;
  const catalog::Tree& spec = workshop.spec();
  for (const std::string& file : own->files) {
    if (spec.judges(file)) continue;
    const auto* began = begun && begun->overlay.contains(file) ? &begun->overlay.at(file) : nullptr;
    const auto unchanged = same(clean.tree / file, from / file, began);
    NANOBUG_TRY(unchanged);
    // What was edited has the time of now, and is built again.
    std::error_code error;
    const bool leads_elsewhere = !*unchanged && fs::is_symlink(from / file, error);
    NANOBUG_TRY(leads_elsewhere ? Follower().copy(from / file, tree_ / file)
                                : copy_source(from / file, tree_ / file));
    if (*unchanged) {
      NANOBUG_TRY(set_time(tree_ / file, clean.time));
    } else {
      changed_.push_back(file);
      if (!fs::exists(fs::symlink_status(clean.tree / file, error))) files_came_or_went_ = true;
    }
  }
  const auto pristine = sources_in(clean.tree, spec.not_sources());
  NANOBUG_TRY(pristine);
  for (const std::string& file : pristine->files)
    if (spec.judges(file)) {
      NANOBUG_TRY(copy_source(clean.tree / file, tree_ / file));
      NANOBUG_TRY(set_time(tree_ / file, clean.time));
    } else if (!std::binary_search(own->files.begin(), own->files.end(), file)) {
      changed_.push_back(file);
      files_came_or_went_ = true;
    }
  return {};
}

Status Trial::take_overlay(const Workshop& workshop, const Clean& clean, const Overlay& overlay) {
  NANOBUG_TRY(copy_directory(
      clean.tree, tree_, Links::none, [&](const std::string& path) { return !workshop.spec().has(path); },
      clean.time));
  for (const auto& [path, text] : overlay) {
    std::error_code error;
    if (!fs::exists(tree_ / path, error)) files_came_or_went_ = true;
    fs::remove(tree_ / path, error);
    NANOBUG_TRY(write_unsynced(tree_ / path, text));
    changed_.push_back(path);
  }
  return {};
}

Status Trial::build_in_place(const Workshop& workshop, const Clean& clean, const Progress& progress) {
  NANOBUG_TRY(set_times(tree_, clean.time));
  auto built = workshop.configure_and_build(clean, tree_, progress);
  NANOBUG_TRY(built);
  built_ = std::move(*built);
  say_of_clean(clean);
  return {};
}

// What a compiler says of a file is said of the clean tree's.
void Trial::say_of_clean(const Clean& clean) {
  rename_bytes(built_.output, tree_, clean.tree);
}

Status Trial::build(const Workshop& workshop, const Clean& clean, const Progress& progress) {
  if (clean.in_place()) return build_in_place(workshop, clean, progress);
  const auto read_by_configure = build_files(clean.build, clean.tree);
  NANOBUG_TRY(read_by_configure);
  const bool configures =
      files_came_or_went_ || std::any_of(changed_.begin(), changed_.end(), [&](const std::string& file) {
        return std::binary_search(read_by_configure->begin(), read_by_configure->end(), file);
      });
  NANOBUG_TRY(relocate(workshop.build_directory(tree_), clean.tree, tree_));
  // Which files a tree's own tests run nobody says: there nothing is left.
  if (configures)
    NANOBUG_TRY(workshop.spec().tests.empty() ? remove_products(workshop)
                                              : remove_tree(workshop.build_directory(tree_)));
  auto built = configures ? workshop.configure_and_build(clean, tree_, progress)
                          : workshop.build(clean, tree_, progress);
  NANOBUG_TRY(built);
  built_ = std::move(*built);
  NANOBUG_TRY(name_this_place(workshop, clean));
  NANOBUG_TRY(links_are_whole(workshop, clean));
  return edits_were_built(workshop, clean);
}

// What is defined as the clean tree's place went into what was made.
Status Trial::name_this_place(const Workshop& workshop, const Clean& clean) {
  if (clean.movable != Movable::beside) return {};
  const auto outputs = made(workshop, clean);
  NANOBUG_TRY(outputs);
  NANOBUG_TRY(rename_in(workshop.build_directory(tree_), *outputs, clean.tree, tree_));
  say_of_clean(clean);
  return {};
}

// A build that goes by times may take an edited file for an old one: then what it leaves is the clean tree's,
// and to judge that would be to judge something else.
Status Trial::edits_were_built(const Workshop& workshop, const Clean& clean) const {
  if (!built_.good || changed_.empty()) return {};
  const Units units = Units::of(workshop, clean);
  const auto edited = std::find_if(changed_.begin(), changed_.end(),
                                   [&](const std::string& file) { return units.has(file); });
  if (edited == changed_.end()) return {};
  const auto outputs = made(workshop, clean);
  NANOBUG_TRY(outputs);
  if (!std::all_of(outputs->begin(), outputs->end(), is_log)) return {};
  return fail(Exit::io, "the build made nothing new of " + *edited +
                            ", which was edited, so that nothing can be said of it; is the clock of this "
                            "machine right?");
}

// What another configuration may no longer make must not be left of the clean build's.
Status Trial::remove_products(const Workshop& workshop) const {
  const catalog::Tree& spec = workshop.spec();
  std::vector<std::string> products = spec.programs();
  if (!spec.build.library.empty()) products.push_back(spec.build.library);
  for (const std::string& product : products) {
    std::error_code error;
    fs::remove(workshop.build_directory(tree_) / product, error);
    if (error) return fail(Exit::io, "cannot remove " + product + ": " + error.message());
  }
  return {};
}

// Everything in the clean build has one modification time; what was written through a link has another now.
Status Trial::links_are_whole(const Workshop& workshop, const Clean& clean) const {
  for (const std::string& file : linked_) {
    struct stat info{};
    if (::lstat((clean.build / file).c_str(), &info) == 0 && info.st_mtime == clean.time &&
        info.st_mtim.tv_nsec == 0)
      continue;
    NANOBUG_TRY(workshop.drop_links(clean));
    return fail(Exit::io,
                "the build wrote over " + file +
                    " instead of replacing it, and with it over the clean build; run this again: the clean "
                    "tree is then built anew, and from now on copied whole");
  }
  return {};
}

Result<Trial> Trial::of_checkout(const Workshop& workshop, const Clean& clean, const fs::path& checkout,
                                 const std::vector<std::string>& leave_out, const Progress& progress,
                                 const Begun* begun) {
  auto place = make(workshop, clean);
  NANOBUG_TRY(place);
  NANOBUG_TRY(
      place->copy_build(workshop, clean, links_in(workshop, clean), begun ? &begun->mutant : nullptr));
  NANOBUG_TRY(place->take_sources(workshop, clean, checkout, leave_out, begun));
  NANOBUG_TRY(place->build(workshop, clean, progress));
  return place;
}

Result<Trial> Trial::of_overlay(const Workshop& workshop, const Clean& clean, const Overlay& overlay) {
  auto place = make(workshop, clean);
  NANOBUG_TRY(place);
  NANOBUG_TRY(place->copy_build(workshop, clean, links_in(workshop, clean)));
  NANOBUG_TRY(place->take_overlay(workshop, clean, overlay));
  NANOBUG_TRY(place->build(workshop, clean, {}));
  return place;
}

Result<Trial> Trial::of_mutant(const Workshop& workshop, const Clean& clean, const Overlay& overlay,
                               const Mutant& mutant) {
  if (clean.in_place() && mutant.place && !mutant.place->tree().empty()) return std::move(*mutant.place);
  if (clean.in_place()) return of_overlay(workshop, clean, overlay);
  auto place = make(workshop, clean);
  NANOBUG_TRY(place);
  // Where nothing is built only a tree's own tests write.
  const bool writes = !workshop.spec().tests.empty() || clean.movable == Movable::beside;
  const Links links = writes ? Links::none : Links::all;
  NANOBUG_TRY(place->copy_build(workshop, clean, links, &mutant));
  NANOBUG_TRY(place->take_overlay(workshop, clean, overlay));
  // What runs a tree's own tests finds them by files of the build.
  if (!workshop.spec().tests.empty())
    NANOBUG_TRY(relocate(workshop.build_directory(place->tree_), clean.tree, place->tree_));
  place->built_.good = true;
  return place;
}

// What is made of the same objects is the same, whatever a linker numbers.
Result<std::vector<std::string>> Trial::made_in_place(const Workshop& workshop, const Clean& clean) const {
  auto files = list_files(tree_);
  NANOBUG_TRY(files);
  std::vector<std::string> made;
  bool objects = false, objects_differ = false;
  for (const std::string& file : *files) {
    auto own = read_file(tree_ / file);
    NANOBUG_TRY(own);
    if (!is_elf(*own) && !own->starts_with("!<arch>\n")) continue;
    rename_bytes(*own, tree_, clean.tree);
    const auto other = read_file(clean.tree / file);
    const bool differs = !other || *other != *own;
    if (differs) made.push_back((tree_ / file).lexically_relative(workshop.build_directory(tree_)).string());
    objects = objects || is_elf_object(*own);
    objects_differ = objects_differ || (differs && is_elf_object(*own));
  }
  if (objects && !objects_differ) made.clear();
  return made;
}

Result<fs::path> CleanPlace::of(const Workshop& workshop, const Clean& clean) {
  const std::lock_guard lock(making_);
  if (!trial_ || key_ != clean.key) {
    trial_.reset();
    auto made = Trial::of_overlay(workshop, clean, {});
    NANOBUG_TRY(made);
    if (!made->built().good)
      return fail(Exit::io, "the clean tree does not build again: " + made->built().message);
    trial_.emplace(std::move(*made));
    key_ = clean.key;
  }
  return trial_->tree();
}

Result<std::vector<std::string>> Trial::made(const Workshop& workshop, const Clean& clean) const {
  if (clean.in_place()) return made_in_place(workshop, clean);
  const fs::path build = workshop.build_directory(tree_);
  auto files = list_files(build);
  NANOBUG_TRY(files);
  std::erase_if(*files, [&](const std::string& file) {
    struct stat info{};
    return ::lstat((build / file).c_str(), &info) == 0 && info.st_mtime == clean.time &&
           info.st_mtim.tv_nsec == 0;
  });
  return files;
}

}  // namespace nanobug::workshop
