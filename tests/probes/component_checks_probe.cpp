// The checklist finds nothing wrong with a model that is right, whatever its sizes, and says what is wrong
// with a batch that does not fit.

#include "nanochat/component_checks.h"

#include <algorithm>
#include <set>

#include "gpt_oracle.h"
#include "probe.h"

using nanochat::Check;

namespace {

nanochat::Batch random_batch(int64_t B, int64_t T, int64_t V) {
  torch::Tensor targets = oracle::token_ids(B, T, V);
  targets.slice(1, 0, 2).fill_(-1);
  return {.inputs = oracle::token_ids(B, T, V), .targets = targets};
}

}  // namespace

TEST_CASE("component_checks.clean", "[checklist]") {
  for (const auto positions : {nanochat::Positions::rotary, nanochat::Positions::learned}) {
    nanochat::GPTConfig config{
        .sequence_len = 6, .vocab_size = 11, .n_layer = 2, .n_head = 4, .n_kv_head = 2, .n_embd = 16};
    config.positions = positions;
    const std::vector<Check> checks = nanochat::check_components(config, random_batch(2, 5, 11));
    CHECK(checks.size() >= 16);
    std::set<std::string> names;
    for (const Check& check : checks) {
      CAPTURE(check.name, check.measured);
      CHECK(check.ok);
      CHECK_FALSE(check.measured.empty());
      names.insert(check.name);
    }
    CHECK(names.size() == checks.size());
  }
}

TEST_CASE("component_checks.one_token", "[checklist]") {
  // With one token to look at nothing depends on where attention looks, so the queries' and keys' weights of
  // both layers get no gradient and stay what they are, but for rounding. What does is counted, of how many.
  const nanochat::GPTConfig config{
      .sequence_len = 6, .vocab_size = 11, .n_layer = 2, .n_head = 4, .n_kv_head = 2, .n_embd = 16};
  const nanochat::Batch batch{.inputs = oracle::token_ids(3, 1, 11), .targets = oracle::token_ids(3, 1, 11)};
  int64_t failed = 0;
  for (const Check& check : nanochat::check_components(config, batch)) {
    if (check.ok) continue;
    ++failed;
    CAPTURE(check.name, check.measured);
    CHECK(std::stoll(check.measured) == 10);
    CHECK(check.measured.find("14") != std::string::npos);
  }
  CHECK(failed >= 2);  // what moves, and what has a gradient
}

TEST_CASE("component_checks.misfit", "[checklist]") {
  // A token that the model does not have is a finding, not a crash.
  const nanochat::GPTConfig config{
      .sequence_len = 6, .vocab_size = 11, .n_layer = 1, .n_head = 2, .n_kv_head = 1, .n_embd = 8};
  nanochat::Batch batch = random_batch(2, 5, 11);
  batch.inputs[1][3] = 11;
  const std::vector<Check> checks = nanochat::check_components(config, batch);
  CHECK(std::any_of(checks.begin(), checks.end(), [](const Check& check) { return !check.ok; }));
  CHECK(std::any_of(checks.begin(), checks.end(), [](const Check& check) { return check.ok; }));
}
