// begin: see begin.h.
#include "mutator/cli/begin.h"

#include <algorithm>

#include "mutator/session/lines.h"

namespace nanobug::cli {

tl::unexpected<Error> already_open(const session::Session& session) {
  if (!session.has_checkout())
    return fail(Exit::session, std::string(session.review ? "a review" : "a session in production") +
                                   " is open, " + session.name + "; 'nanobug stop' ends it");
  return fail(Exit::session, "a session is open in " + tidy(session.directory) +
                                 "; 'nanobug stop' ends it and keeps your work");
}

Result<std::vector<grade::Certificate>> certificates_of(Context& c, const catalog::Rule& rule) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  auto certificates = grade::certify(**mutants, rule, {}, c.ui.progress());
  NANOBUG_TRY(certificates);
  const auto refused =
      std::find_if(certificates->begin(), certificates->end(), [](const auto& one) { return !one.holds(); });
  if (refused == certificates->end()) return certificates;
  return tl::unexpected(
      Error{Exit::catalog, "rule '" + rule.code.value + "' has no certificate: " + refused->refusals.front(),
            rule.id.place});
}

std::vector<session::Injected> injected_by(const rewrite::Site& site, const vault::Tree& pristine,
                                           const workshop::Overlay& overlay) {
  std::vector<session::Injected> injected;
  for (const rewrite::Change* change : site.changes())
    injected.push_back({site.rule, site.index, change->file, change->function,
                        session::changed_lines(pristine.at(change->file).bytes, overlay.at(change->file),
                                               {change->line, change->last_line})});
  return injected;
}

Status add_project(Context& c, session::StartRequest& request) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto pristine = c.pristine();
  NANOBUG_TRY(pristine);
  auto project = grade::project_of((*mutants)->catalog(), (*pristine)->tree);
  NANOBUG_TRY(project);
  request.project = std::move(*project);
  request.toolchain = (*mutants)->workshop().toolchain();
  return {};
}

}  // namespace nanobug::cli
