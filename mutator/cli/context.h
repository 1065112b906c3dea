// context: what the verbs share, made when a verb first asks for it, so that quick verbs stay quick.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"
#include "mutator/cli/ui.h"
#include "mutator/grade/certificate.h"
#include "mutator/grade/mutants.h"
#include "mutator/grade/project.h"
#include "mutator/session/session.h"
#include "mutator/vault/tree.h"
#include "mutator/workshop/store.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::cli {

class Context {
 public:
  Ui ui;
  fs::path catalog_option;  // --catalog

  // The catalog: --catalog, $NANOBUG_CATALOG, or the one that this program was built or
  // installed with.
  // Every error of the file but the last is printed, once; the last is returned.
  Result<const catalog::Catalog*> catalog();

  // The project's directory: where catalog.yaml is.
  Result<fs::path> project();

  struct Pristine {
    vault::Tree tree;
    std::string id;
  };
  // The clean tree as it is on disk now. Errors: Exit::session while a patch is applied to it.
  Result<const Pristine*> pristine();

  Result<workshop::Workshop*> workshop();

  // The clean tree built, and what is made from it. The first call on a machine takes a minute; progress is
  // shown.
  Result<grade::Mutants*> mutants();
  // The same for who asks for texts alone: the probes are not looked for.
  Result<grade::Mutants*> texts();

  // The trees that pruning the cache leaves alone: this project's, an open session's.
  Result<workshop::Needed> needed_trees();
  // What the session is judged by: the catalog, the clean tree and the probes it began with, whatever became
  // of the project meanwhile. Errors: Exit::session when they cannot be had any more.
  Result<const catalog::Catalog*> catalog_of(const session::Session& session);
  Result<grade::Mutants*> mutants_of(const session::Session& session);
  // The same without anything built for it.
  Result<workshop::Workshop*> workshop_of(const session::Session& session);

  // The sessions that have ended; what of them cannot be read is said.
  Result<std::vector<session::Record>> ledger() const;

  // A tree that a session has in the vault. Errors: Exit::io with the way out.
  static Result<vault::Tree> from_vault(const std::string& id);

  // The desk, locked; what was recovered is said.
  Result<session::Desk> desk();

  // The open session, or Exit::session.
  Result<session::Session> open_session();

  // The same with the desk locked, for verbs that change something.
  struct AtDesk {
    session::Desk desk;
    session::Session session;
  };
  Result<AtDesk> at_desk();

  // The rules of these ids; all without.
  Result<std::vector<const catalog::Rule*>> rules(const std::vector<std::string>& ids);

  // Where mutants() would have to build the clean tree, which may take minutes: is there nothing to be said
  // against the rules without it? What there is, is complained of.
  Result<bool> are_worth_building(const std::vector<const catalog::Rule*>& rules);

  // The checkout of the session, or the sentence that says what became of it.
  Status checkout_is_there(const session::Session& session) const;

  static session::Desk::Places places() { return session::Desk::default_places(); }

 private:
  Result<grade::Mutants*> open_mutants(const catalog::Catalog& catalog, workshop::Workshop& shop,
                                       const std::string& tree_id, std::unique_ptr<grade::Mutants>& mutants);
  Status build_probes(grade::Mutants& mutants);
  Result<fs::path> project_of(const session::Session& session, bool whole) const;
  Status prune_cache(const workshop::Workshop& shop);

  // The project that a session began with, laid out and opened.
  struct Began {
    catalog::Catalog catalog;
    std::unique_ptr<workshop::Workshop> workshop;
    std::unique_ptr<grade::Mutants> mutants;
  };
  std::unique_ptr<Began> began_;
  std::optional<catalog::Catalog> catalog_;
  std::optional<Error> catalog_error_;
  std::optional<Pristine> pristine_;
  std::unique_ptr<workshop::Workshop> workshop_;
  std::unique_ptr<grade::Mutants> mutants_;
  bool has_probes_ = false;  // they were looked for
};

// Errors: `code` for a path that no build tool takes. `what` names it in the sentence.
Status path_can_be_built_in(const fs::path& path, const std::string& what, Exit code);

// "~/nanobug/x" for what is below the home directory.
std::string tidy(const fs::path& path);

}  // namespace nanobug::cli
