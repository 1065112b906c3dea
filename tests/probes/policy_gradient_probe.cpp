// The policy gradient against sums in loops, finite differences and its closed form for one softmax.

#include "nanochat/policy_gradient.h"

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::Completion;
using nanochat::group_advantages;
using nanochat::make_rollouts;
using nanochat::policy_gradient_loss;
using nanochat::Rollouts;
using Ids = std::vector<int64_t>;

namespace {

// Targets (B, T) in [0, V), some of them -1.
torch::Tensor some_targets(int64_t B, int64_t T, int64_t V) {
  const torch::Tensor targets = oracle::token_ids(B, T, V);
  return targets.masked_fill(torch::rand({B, T}).lt(0.4), -1);
}

// The loss in loops over every target.
double expected_loss(const torch::Tensor& logits, const torch::Tensor& targets,
                     const torch::Tensor& advantages) {
  const torch::Tensor log_probs = at::log_softmax(logits.detach(), -1);
  double sum = 0.0, count = 0.0;
  for (int64_t b = 0; b < targets.size(0); ++b) {
    for (int64_t t = 0; t < targets.size(1); ++t) {
      const int64_t target = targets[b][t].item<int64_t>();
      if (target < 0) continue;
      sum -= advantages[b].item<double>() * log_probs[b][t][target].item<double>();
      count += 1.0;
    }
  }
  return sum / count;
}

}  // namespace

TEST_CASE("policy_gradient.rollouts", "[batches]") {
  // Prompt 5 6 7; what is forced, and what fills up, is nobody's target.
  const std::vector<Completion> answers = {{{10, 11, 12, 13}, {1, 0, 0, 1}}, {{20}, {1}}, {{}, {}}};
  const Rollouts rollouts = make_rollouts({5, 6, 7}, answers, 99);
  CHECK_THAT(rollouts.inputs,
             same_as(torch::tensor({{5, 6, 7, 10, 11, 12}, {5, 6, 7, 20, 99, 99}, {5, 6, 7, 99, 99, 99}},
                                   torch::kInt64)));
  CHECK_THAT(
      rollouts.targets,
      same_as(torch::tensor({{-1, -1, 10, -1, -1, 13}, {-1, -1, 20, -1, -1, -1}, {-1, -1, -1, -1, -1, -1}},
                            torch::kInt64)));
}

TEST_CASE("policy_gradient.rollouts_random", "[batches]") {
  for (int round = 0; round < 20; ++round) {
    const auto below = [](int64_t n) { return torch::randint(n, {1}).item<int64_t>(); };
    Ids prompt;
    for (int64_t i = 0; i <= below(5); ++i) prompt.push_back(below(50));
    std::vector<Completion> answers(static_cast<size_t>(1 + below(4)));
    size_t longest = 1;
    for (Completion& answer : answers) {
      const int64_t length = 1 + below(6);
      for (int64_t i = 0; i < length; ++i) {
        answer.tokens.push_back(below(50));
        answer.mask.push_back(below(2));
      }
      longest = std::max(longest, answer.tokens.size());
    }
    const Rollouts rollouts = make_rollouts(prompt, answers, 60);
    const auto T = static_cast<int64_t>(prompt.size() + longest) - 1;
    REQUIRE(rollouts.inputs.sizes() == torch::IntArrayRef({static_cast<int64_t>(answers.size()), T}));
    REQUIRE(rollouts.targets.sizes() == rollouts.inputs.sizes());
    for (size_t b = 0; b < answers.size(); ++b) {
      Ids row = prompt;
      row.insert(row.end(), answers[b].tokens.begin(), answers[b].tokens.end());
      row.resize(prompt.size() + longest, 60);
      for (int64_t t = 0; t < T; ++t) {
        const size_t next = static_cast<size_t>(t) + 1;
        const bool answered = next >= prompt.size() && next - prompt.size() < answers[b].mask.size();
        const bool learned = answered && answers[b].mask[next - prompt.size()] == 1;
        const auto row_b = static_cast<int64_t>(b);
        CHECK(rollouts.inputs[row_b][t].item<int64_t>() == row[static_cast<size_t>(t)]);
        CHECK(rollouts.targets[row_b][t].item<int64_t>() == (learned ? row[next] : -1));
      }
    }
  }
}

TEST_CASE("policy_gradient.advantages", "[loss]") {
  const auto advantages = [](std::vector<double> rewards) {
    return group_advantages(torch::tensor(rewards, torch::kFloat64));
  };
  CHECK_THAT(advantages({1.0, 0.0, 0.0, 1.0}),
             close_to(torch::tensor({0.5, -0.5, -0.5, 0.5}, torch::kFloat64), 1e-15));
  CHECK_THAT(advantages({1.0, 0.1, 0.1, 0.0}),
             close_to(torch::tensor({0.7, -0.2, -0.2, -0.3}, torch::kFloat64), 1e-15));
  // All alike: nothing is learned.
  CHECK_THAT(advantages({1.0, 1.0, 1.0}), same_as(torch::zeros({3}, torch::kFloat64)));
}

TEST_CASE("policy_gradient.loss", "[loss]") {
  for (const auto& [B, T, V] : std::vector<std::array<int64_t, 3>>{{1, 4, 5}, {3, 6, 7}, {5, 2, 11}}) {
    const torch::Tensor logits = oracle::strided({B, T, V}, 2.0), targets = some_targets(B, T, V);
    if (targets.ne(-1).sum().item<int64_t>() == 0) continue;
    const torch::Tensor advantages = oracle::normal({B});
    const torch::Tensor loss = policy_gradient_loss(logits, targets, advantages);
    CHECK(loss.item<double>() == Approx(expected_loss(logits, targets, advantages)).epsilon(1e-12));
    // Twice the advantage is twice the loss, and a row without one has no say.
    CHECK_THAT(policy_gradient_loss(logits, targets, 2.0 * advantages), close_to(2.0 * loss, 1e-13));
  }
  // What is not learned leaves the loss alone, and nothing to learn is nothing.
  const torch::Tensor logits = oracle::normal({2, 3, 5}),
                      one = torch::tensor({{-1, 2, -1}, {-1, -1, 4}}, torch::kInt64);
  const torch::Tensor advantages = torch::tensor({1.0, -0.25}, torch::kFloat64);
  torch::Tensor changed = logits.clone();
  changed[0][0] = oracle::normal({5});
  changed[1][1] = oracle::normal({5});
  CHECK_THAT(policy_gradient_loss(changed, one, advantages),
             close_to(policy_gradient_loss(logits, one, advantages), 1e-14));
  const torch::Tensor none = policy_gradient_loss(logits, torch::full({2, 3}, -1, torch::kInt64), advantages);
  CHECK(none.item<double>() == 0.0);
}

TEST_CASE("policy_gradient.gradient", "[gradients]") {
  // Of one row's logits: the advantage times the probabilities, less one where the target is, over the count.
  const int64_t B = 3, T = 4, V = 6;
  const torch::Tensor logits = oracle::leaf(oracle::normal({B, T, V})), targets = some_targets(B, T, V);
  const torch::Tensor advantages = oracle::normal({B});
  policy_gradient_loss(logits, targets, advantages).backward();
  const double count = targets.ne(-1).sum().item<double>();
  const torch::Tensor probs = at::softmax(logits.detach(), -1);
  for (int64_t b = 0; b < B; ++b) {
    for (int64_t t = 0; t < T; ++t) {
      const int64_t target = targets[b][t].item<int64_t>();
      torch::Tensor expected = torch::zeros({V}, torch::kFloat64);
      if (target >= 0) {
        expected = probs[b][t].clone();
        expected[target] -= 1.0;
        expected = expected * advantages[b] / count;
      }
      CAPTURE(b, t, target);
      CHECK_THAT(logits.grad()[b][t], close_to(expected, 1e-12));
    }
  }
}

TEST_CASE("policy_gradient.direction", "[gradients]") {
  // A small step downwards makes the better answers likelier and the worse less likely, in a model.
  nanochat::GPT model = oracle::make_gpt(oracle::configs()[0]);
  const Ids prompt = {3, 8, 1};
  const std::vector<Completion> answers = {{{4, 5, 6}, {1, 1, 1}}, {{7, 9}, {1, 1}}, {{2}, {1}}};
  const torch::Tensor rewards = torch::tensor({1.0, 0.0, 0.1}, torch::kFloat64);
  const Rollouts rollouts = make_rollouts(prompt, answers, 0);
  const auto log_likelihood = [&](size_t b) {
    torch::NoGradGuard no_grad;
    Ids all = prompt;
    all.insert(all.end(), answers[b].tokens.begin(), answers[b].tokens.end());
    const torch::Tensor row = torch::tensor(all, torch::kInt64).unsqueeze(0);
    const torch::Tensor log_probs = at::log_softmax(oracle::logits(model, row), -1)[0];
    double sum = 0.0;
    for (size_t i = 0; i < answers[b].tokens.size(); ++i) {
      sum += log_probs[static_cast<int64_t>(prompt.size() + i) - 1][answers[b].tokens[i]].item<double>();
    }
    return sum;
  };
  const double good = log_likelihood(0), bad = log_likelihood(1);
  policy_gradient_loss(model(rollouts.inputs), rollouts.targets, group_advantages(rewards)).backward();
  {
    torch::NoGradGuard no_grad;
    for (torch::Tensor& weight : model->parameters()) weight.sub_(1e-4 * weight.grad());
  }
  CHECK(log_likelihood(0) > good);
  CHECK(log_likelihood(1) < bad);
}

TEST_CASE("policy_gradient.bad_input", "[errors]") {
  CHECK_THROWS_AS(make_rollouts({}, {{{1}, {1}}}, 0), c10::Error);
  CHECK_THROWS_AS(make_rollouts({1}, {}, 0), c10::Error);
}
