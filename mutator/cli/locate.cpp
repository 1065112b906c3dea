// locate: the learner's claim of where the bug is.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/coach.h"

namespace nanobug::cli {
namespace {

// The claimed file relative to the checkout, from wherever the learner stands.
std::string relative_to(const fs::path& checkout, const std::string& file) {
  std::error_code error;
  const fs::path as_given = fs::weakly_canonical(fs::absolute(file), error),
                 root = fs::weakly_canonical(checkout, error);
  const fs::path inside = as_given.lexically_relative(root);
  if (!inside.empty() && *inside.begin() != ".." && fs::exists(as_given, error)) return inside.string();
  return fs::path(file).lexically_normal().string();
}

Result<Exit> locate(Context& c, const std::string& words) {
  auto claim = coach::parse_claim(words);
  NANOBUG_TRY(claim);
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  NANOBUG_TRY(c.checkout_is_there(session));
  claim->file = relative_to(session.directory, claim->file);
  const auto present = read_file(session.directory / claim->file);
  if (!present)
    return fail(Exit::usage, "the checkout has no file " + claim->file + "; the claim is not counted");
  const auto lines = std::count(present->begin(), present->end(), '\n');
  if (claim->line > lines)
    return fail(Exit::usage, fmt::format("{} has {} lines; the claim is not counted", claim->file, lines));
  auto vault = vault::Vault::open(Context::places().vault);
  NANOBUG_TRY(vault);
  const auto mutated = vault->get(session.mutated);
  NANOBUG_TRY(mutated);
  const auto original = mutated->find(claim->file);
  const bool right = original != mutated->end() &&
                     coach::is_right(*claim, session.injected, original->second.bytes, *present);
  NANOBUG_TRY(open->desk.update([&](session::Session& s) {
    if (right)
      s.located = true;
    else
      ++s.wrong_claims;
  }));
  if (c.ui.json)
    c.ui.data(nlohmann::json{{"file", claim->file}, {"line", claim->line}, {"right", right}}.dump(
        2, ' ', false, kAnyBytes));
  else
    c.ui.data(right ? "Right: that is the place." : "No, it is not there.");
  return right ? Exit::ok : Exit::check_failed;
}

}  // namespace

void add_locate(Verbs& verbs) {
  auto words = std::make_shared<std::string>();
  CLI::App* verb = verbs.add(verbs.app, "locate", "Say where you think the bug is");
  verb->add_option("place", *words, "For example nanochat/gpt.cpp:42")->required()->type_name("FILE:LINE");
  verbs.on(verb, [words, &c = verbs.context] { return locate(c, *words); });
}

}  // namespace nanobug::cli
