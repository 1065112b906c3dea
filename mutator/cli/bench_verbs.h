// bench_verbs: what the verbs under `rule` share: the maintainer's bench.
#pragma once

#include <string>

#include "mutator/cli/verbs.h"
#include "mutator/rewrite/bench.h"

namespace nanobug::cli {

void add_rule_explain(Verbs& verbs, CLI::App& rule);
void add_rule_try(Verbs& verbs, CLI::App& rule);
void add_rule_new(Verbs& verbs, CLI::App& rule);

// A file of the clean tree, as a Site calls it: named as it lies on the disk, as a rule's `in` has it, from
// the tree's root on, or by the end of its path where only one ends so. Errors: Exit::usage.
Result<std::string> tree_file(Context& c, const std::string& name);

// The two ways to say where a matcher's candidates go.
std::string words_of(const std::vector<rewrite::Explained>& steps);
std::string words_of(const rewrite::Nearest& nearest, int line);
nlohmann::json json_of(const rewrite::Nearest& nearest);

}  // namespace nanobug::cli
