// begin: what `start` does in each of its modes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mutator/cli/context.h"

namespace nanobug::cli {

// That a session is open already, and what to type.
tl::unexpected<Error> already_open(const session::Session& session);

// The bugs that a learner named: one, or all of a source's row. Errors: find_rules'; a decoy is refused as
// what is not there, so that nobody is told which they are.
Result<std::vector<const catalog::Rule*>> bugs_named(const catalog::Catalog& catalog,
                                                     const std::string& name);

// Commands and what each does. In words: a line each, one under the other, and the two ways out of a session.
using Commands = std::vector<std::pair<std::string, std::string>>;
std::string in_lines(Commands commands);

// How to write down what one thinks; of `symptoms` where there are any.
void add_words(Commands& commands, bool symptoms = true);

// What a learner is told of a bug: its brief, and what its recorded run shows; "" of a tree without runs.
struct Told {
  const catalog::Rule* rule;
  std::string recorded;
};

// In lines of that width; several have numbers, and their runs names.
std::string in_words(const std::vector<Told>& bugs, size_t width);

// What was told of each bug of the session, once more for `status`. In production the log stands in the place
// of recorded runs.
std::string symptom_of(const session::Session& session, const catalog::Catalog& catalog, size_t width);

// What to type next in a hunt, the same words whatever was drawn. `runs`: the tree has some. `may_be_decoy`:
// nothing may be wrong.
std::string what_next_in_a_hunt(const session::Session& session, bool runs, bool may_be_decoy);

// The build directory of a checkout whose tree's build cannot be copied. That it does not build is said.
Status build_in_place(Context& c, const workshop::Workshop& shop, const workshop::Clean& clean,
                      const session::Session& session);

// "the next hint; 1 so far"
std::string next_hint(const session::Session& session);

// Of all its sites. Errors: Exit::catalog where one does not hold: nobody is given the rule then.
Result<std::vector<grade::Certificate>> certificates_of(Context& c, const catalog::Rule& rule);

// What is remembered of a site that was put into the tree.
std::vector<session::Injected> injected_by(const rewrite::Site& site, const vault::Tree& pristine,
                                           const workshop::Overlay& overlay);

// Puts into the request what the session will be judged by.
Status add_project(Context& c, session::StartRequest& request);

// A hunt of that rule, as `start RULE` begins it; `tell`: what it shows, and what to type next.
Result<Exit> start_hunt(Context& c, const std::string& rule, bool tell);

}  // namespace nanobug::cli
