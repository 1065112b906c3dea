// context: see context.h.
#include "mutator/cli/context.h"

#include "mutator/base/build_id.h"
#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/catalog/kept.h"
#include "mutator/cli/applied.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"
#include "mutator/workshop/alias.h"
#include "mutator/workshop/probes.h"

namespace nanobug::cli {
namespace {

// The nearest catalog.yaml above the program's own file, as built: <project>/build/<preset>/bin/nanobug; as
// installed it is in <prefix>/share/nanobug.
fs::path catalog_of_program() {
  std::error_code error;
  for (fs::path at = fs::read_symlink("/proc/self/exe", error).parent_path();
       !at.empty() && at != at.root_path(); at = at.parent_path())
    for (const char* place : {"catalog.yaml", "share/nanobug/catalog.yaml"})
      if (fs::exists(at / place, error)) return at / place;
  return {};
}

// A newline in a place that nanobug is told of by the environment; everything else can be worked with.
Status places_can_be_used() {
  for (const auto& [what, place] : {std::pair("the home directory", home()),
                                    {"the data directory", data_home()},
                                    {"the state directory", state_home()},
                                    {"the cache", cache_home()}})
    if (place.native().find('\n') != std::string::npos)
      return fail(Exit::io,
                  std::string("there is a newline in the path of ") + what +
                      ", which no build tool takes; set HOME or the XDG directories to another path");
  return {};
}

catalog::Keep kept_catalogs() {
  return {.directory = cache_home() / "catalogs", .maker = build_id("/proc/self/exe")};
}

tl::unexpected<Error> no_session() {
  return fail(Exit::session, "no session is open; 'nanobug start' begins one");
}

}  // namespace

Status path_can_be_built_in(const fs::path& path, const std::string& what, Exit code) {
  const auto has = [&](char c) { return path.native().find(c) != std::string::npos; };
  if (!has('\n') && !has('\\')) return {};
  return fail(code, std::string("there is a ") + (has('\n') ? "newline" : "backslash") + " in the path of " +
                        what + ", which CMake does not take; choose another");
}

std::string tidy(const fs::path& path) {
  const std::string text = path.string(), base = home().string() + '/';
  return text.starts_with(base) ? "~/" + text.substr(base.size()) : text;
}

Result<const catalog::Catalog*> Context::catalog() {
  if (catalog_) return &*catalog_;
  if (catalog_error_) return tl::unexpected(*catalog_error_);
  NANOBUG_TRY(places_can_be_used());
  fs::path file = catalog_option;
  if (const char* variable = std::getenv("NANOBUG_CATALOG"); file.empty() && variable) file = variable;
  if (file.empty()) file = catalog_of_program();
  if (file.empty())
    return fail(Exit::catalog, "there is no catalog.yaml above this program; name one with --catalog FILE");
  if (file.native().find('\n') != std::string::npos)
    return fail(Exit::io,
                "there is a newline in the path of the catalog, which no build tool takes; move the project");
  auto loaded = catalog::load(fs::absolute(file).lexically_normal(), kept_catalogs());
  if (!loaded) {
    for (size_t i = 0; i + 1 < loaded.error().size(); ++i) ui.complain(loaded.error()[i]);
    catalog_error_ = loaded.error().back();
    return tl::unexpected(*catalog_error_);
  }
  catalog_ = std::move(*loaded);
  return &*catalog_;
}

Result<fs::path> Context::project() {
  const auto loaded = catalog();
  NANOBUG_TRY(loaded);
  return (*loaded)->directory();
}

Result<const Context::Pristine*> Context::pristine() {
  if (pristine_) return &*pristine_;
  const auto loaded = catalog();
  NANOBUG_TRY(loaded);
  const auto applied = read_applied((*loaded)->tree_directory());
  NANOBUG_TRY(applied);
  if (*applied)
    return fail(Exit::session, "a patch is applied to " + tidy((*loaded)->tree_directory()) +
                                   "; 'nanobug patch restore' takes it off first");
  auto tree = vault::read_tree((*loaded)->tree_directory(), (*loaded)->tree.not_tree());
  NANOBUG_TRY(tree);
  auto id = vault::tree_id(*tree);
  NANOBUG_TRY(id);
  pristine_ = Pristine{std::move(*tree), std::move(*id)};
  return &*pristine_;
}

Result<workshop::Workshop*> Context::workshop() {
  if (workshop_) return workshop_.get();
  const auto loaded = catalog();
  NANOBUG_TRY(loaded);
  // What is started from here on, CMake above all, sees the cache by a name that a linker's run path can
  // hold.
  const auto plain = workshop::plain_alias(cache_home().parent_path());
  NANOBUG_TRY(plain);
  if (*plain != cache_home().parent_path()) ::setenv("XDG_CACHE_HOME", plain->c_str(), 1);
  workshop_ = std::make_unique<workshop::Workshop>((*loaded)->tree, (*loaded)->directory(), cache_home());
  return workshop_.get();
}

Result<grade::Mutants*> Context::texts() {
  if (mutants_) return mutants_.get();
  const auto shop = workshop();
  NANOBUG_TRY(shop);
  const auto clean_tree = pristine();
  NANOBUG_TRY(clean_tree);
  return open_mutants(*catalog_, **shop, (*clean_tree)->id, mutants_);
}

Result<grade::Mutants*> Context::mutants() {
  const auto opened = texts();
  NANOBUG_TRY(opened);
  if (!has_probes_) NANOBUG_TRY(build_probes(**opened));
  has_probes_ = true;
  return *opened;
}

Result<bool> Context::are_worth_building(const std::vector<const catalog::Rule*>& rules) {
  const auto shop = workshop();
  NANOBUG_TRY(shop);
  const auto clean_tree = pristine();
  NANOBUG_TRY(clean_tree);
  if ((*shop)->find_clean((*clean_tree)->id)) return true;
  const auto clang = rewrite::open_rewriter();
  NANOBUG_TRY(clang);
  bool all_right = true;
  for (const catalog::Rule* rule : rules)
    for (const Error& error : (*clang)->check(*rule)) ui.complain(error), all_right = false;
  return all_right;
}

Status Context::build_probes(grade::Mutants& mutants) {
  const auto probes = workshop::clean_probes(mutants.workshop(), mutants.clean(), ui.progress());
  ui.clear_progress();
  NANOBUG_TRY(probes);
  return {};
}

Result<grade::Mutants*> Context::open_mutants(const catalog::Catalog& catalog, workshop::Workshop& shop,
                                              const std::string& tree_id,
                                              std::unique_ptr<grade::Mutants>& mutants) {
  const auto there = shop.find_clean(tree_id);
  if (!there) ui.say("The clean tree is built once for this machine; that takes a minute.");
  auto clean = shop.clean(catalog.tree_directory(), tree_id, ui.progress(), there);
  ui.clear_progress();
  NANOBUG_TRY(clean);
  if (!there) NANOBUG_TRY(prune_cache(shop));
  mutants = std::make_unique<grade::Mutants>(catalog, shop, std::move(*clean));
  return mutants.get();
}

// Builds of old versions go when a new one has come.
Status Context::prune_cache(const workshop::Workshop& shop) {
  const auto limit = workshop::cache_limit();
  NANOBUG_TRY(limit);
  const auto needed = needed_trees();
  NANOBUG_TRY(needed);
  const auto pruned = workshop::prune(shop.cache(), *limit, *needed);
  if (!pruned) ui.say(pruned.error().message);  // what was asked for can be done all the same
  return {};
}

// The directory with the session's own project; laid out from the vault where the cache has lost it, or, if
// it must be whole, a part of it.
Result<fs::path> Context::project_of(const session::Session& session, bool whole) const {
  if (const auto there = grade::find_project(cache_home(), session.project))
    if (!whole || grade::is_whole(*there, session.project)) return *there;
  const auto project = from_vault(session.project);
  if (!project)
    return fail(Exit::session,
                "what this session began with cannot be had any more: " + project.error().message);
  return grade::lay_out(*project, session.project, cache_home());
}

Result<vault::Tree> Context::from_vault(const std::string& id) {
  const auto vault = vault::Vault::open(places().vault);
  NANOBUG_TRY(vault);
  auto tree = (*vault)->get(id);
  if (!tree)
    tree.error().message += "; put it back, or end the session with 'nanobug stop', which keeps your work";
  return tree;
}

Result<std::vector<session::Record>> Context::ledger() const {
  std::vector<std::string> warnings;
  auto records = session::Desk::ledger(places(), &warnings);
  NANOBUG_TRY(records);
  for (const std::string& warning : warnings) ui.say(warning);
  return records;
}

Result<const catalog::Catalog*> Context::catalog_of(const session::Session& session) {
  if (began_) return &began_->catalog;
  if (session.project.empty()) return catalog();  // begun by a nanobug that did not keep it
  const auto open = [&](bool whole) -> Status {
    const auto directory = project_of(session, whole);
    NANOBUG_TRY(directory);
    auto loaded = catalog::load(*directory / grade::kCatalogName, kept_catalogs());
    if (!loaded)
      return fail(Exit::session, "the catalog that this session began with cannot be read by this nanobug (" +
                                     loaded.error().front().text() +
                                     "); 'nanobug stop' ends it and keeps your work");
    began_ = std::make_unique<Began>(Began{std::move(*loaded), nullptr, nullptr});
    return {};
  };
  // What was laid out may have lost a part since: it is then laid out anew.
  if (!open(/*whole=*/false)) NANOBUG_TRY(open(/*whole=*/true));
  return &began_->catalog;
}

Result<workshop::Workshop*> Context::workshop_of(const session::Session& session) {
  const auto loaded = catalog_of(session);
  NANOBUG_TRY(loaded);
  if (!began_) return workshop();
  if (!began_->workshop)
    began_->workshop =
        std::make_unique<workshop::Workshop>((*loaded)->tree, (*loaded)->directory(), cache_home());
  return began_->workshop.get();
}

Result<grade::Mutants*> Context::mutants_of(const session::Session& session) {
  if (!session.project.empty()) NANOBUG_TRY(project_of(session, /*whole=*/true));
  const auto loaded = catalog_of(session);
  NANOBUG_TRY(loaded);
  if (!began_) return mutants();
  if (began_->mutants) return began_->mutants.get();
  NANOBUG_TRY(workshop_of(session));
  if (!session.toolchain.empty() && session.toolchain != began_->workshop->toolchain())
    ui.say(
        "The compiler, LibTorch or what a build reads of the environment (CXXFLAGS, LIBRARY_PATH, …) is not "
        "what "
        "this session began with; it is judged with today's.");
  const auto opened = open_mutants(**loaded, *began_->workshop, session.pristine, began_->mutants);
  NANOBUG_TRY(opened);
  NANOBUG_TRY(build_probes(**opened));
  return *opened;
}

Result<workshop::Needed> Context::needed_trees() {
  workshop::Needed needed;
  const auto shop = workshop();
  NANOBUG_TRY(shop);
  if (const auto tree = pristine())
    if (const auto clean = (*shop)->find_clean((*tree)->id)) needed.keys.insert(clean->key);
  // A session may stand on another version of the project: whatever was used since it began stays. What it
  // was begun with was made ready before its clock started.
  constexpr std::int64_t kReady = 24 * 3600;
  const auto open = session::Desk::peek(places());
  NANOBUG_TRY(open);
  if (*open) {
    needed.since = (*open)->started - kReady;
    needed.project = grade::project_directory((*open)->project);
  }
  return needed;
}

Result<session::Desk> Context::desk() {
  NANOBUG_TRY(places_can_be_used());
  std::string recovered;
  auto desk = session::Desk::open(places(), &recovered);
  if (!recovered.empty()) ui.say(recovered);
  return desk;
}

Result<session::Session> Context::open_session() {
  NANOBUG_TRY(places_can_be_used());
  auto open = session::Desk::peek(places());
  NANOBUG_TRY(open);
  if (!*open) return no_session();
  return std::move(**open);
}

Result<Context::AtDesk> Context::at_desk() {
  auto locked = desk();
  NANOBUG_TRY(locked);
  auto open = locked->current();
  if (!open) return no_session();
  return AtDesk{std::move(*locked), std::move(*open)};
}

Result<std::vector<const catalog::Rule*>> Context::rules(const std::vector<std::string>& ids) {
  const auto loaded = catalog();
  NANOBUG_TRY(loaded);
  NANOBUG_TRY(catalog::has_rules(**loaded));
  std::vector<const catalog::Rule*> rules;
  for (const std::string& id : ids) {
    const auto named = catalog::find_rules(**loaded, id);
    NANOBUG_TRY(named);
    rules.insert(rules.end(), named->begin(), named->end());
  }
  if (ids.empty())
    for (const catalog::Rule& rule : (*loaded)->rules) rules.push_back(&rule);
  return rules;
}

Status Context::checkout_is_there(const session::Session& session) const {
  if (session.review)
    return fail(Exit::session,
                std::string("this is a review, without a checkout; type nanobug answer LINE \"why\"") +
                    (coach::may_be_decoy(session) ? ", or nanobug answer none \"why\"" : ""));
  if (!session.has_checkout())
    return fail(Exit::session,
                "the checkout is not open yet; 'nanobug open' lays it out, for " +
                    coach::count(session.production ? session.production->open_minutes : 0, "minute"));
  std::error_code error;
  if (fs::is_directory(session.directory, error)) return {};
  return fail(Exit::session, "the checkout " + tidy(session.directory) +
                                 " is gone; move it back, or end the session with 'nanobug stop'");
}

}  // namespace nanobug::cli
