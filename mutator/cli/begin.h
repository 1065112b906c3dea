// begin: what `start` does in each of its modes.
#pragma once

#include <vector>

#include "mutator/cli/context.h"

namespace nanobug::cli {

// That a session is open already, and what to type.
tl::unexpected<Error> already_open(const session::Session& session);

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
