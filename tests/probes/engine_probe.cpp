// Sampling against the distribution that it should draw from, and the loop that generates.

#include "nanochat/engine.h"

#include <ATen/CPUGeneratorImpl.h>

#include <set>

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::generate;
using nanochat::sample_next_token;
using nanochat::SampleOptions;
using Ids = std::vector<int64_t>;

namespace {

torch::Generator generator(uint64_t seed) {
  return torch::make_generator<torch::CPUGeneratorImpl>(seed);
}

// That many draws from these logits (V) follow the probabilities p (V), within six standard errors each.
void check_distribution(const torch::Tensor& logits, double temperature, int64_t top_k,
                        const torch::Tensor& p) {
  const int64_t n = 40000, V = logits.size(0);
  torch::Generator rng = generator(99);
  const torch::Tensor draws = sample_next_token(logits.expand({n, V}), rng, temperature, top_k);
  REQUIRE(draws.sizes() == torch::IntArrayRef({n, 1}));
  const torch::Tensor count = at::bincount(draws.flatten(), {}, V).to(torch::kFloat64);
  for (int64_t v = 0; v < V; ++v) {
    CAPTURE(v, temperature, top_k);
    const double probability = p[v].item<double>();
    const double error = std::abs(count[v].item<double>() / static_cast<double>(n) - probability);
    CHECK(error <= 6.0 * std::sqrt(probability * (1.0 - probability) / static_cast<double>(n)));
  }
}

nanochat::GPT small_model() {
  return oracle::make_gpt(oracle::configs()[0]);
}

}  // namespace

TEST_CASE("engine.greedy", "[outputs]") {
  for (const auto& [B, V] : std::vector<std::pair<int64_t, int64_t>>{{1, 9}, {6, 6}, {9, 4}, {3, 50}}) {
    const torch::Tensor logits = oracle::normal({B, V});
    torch::Generator rng = generator(1);
    const torch::Tensor chosen = sample_next_token(logits, rng, 0.0);
    REQUIRE(chosen.sizes() == torch::IntArrayRef({B, 1}));
    CHECK(chosen.scalar_type() == torch::kInt64);
    for (int64_t b = 0; b < B; ++b) {
      const torch::Tensor line = logits[b];
      const auto row = line.accessor<double, 1>();
      int64_t best = 0;
      for (int64_t v = 1; v < V; ++v) best = row[v] > row[best] ? v : best;
      CHECK(chosen[b][0].item<int64_t>() == best);
    }
    CHECK_THAT(sample_next_token(logits, rng, 0.0, 3), same_as(chosen));
  }
}

TEST_CASE("engine.temperature", "[outputs]") {
  const torch::Tensor logits = oracle::normal({7}, 1.5);
  for (const double temperature : {1.0, 0.5, 2.0}) {
    check_distribution(logits, temperature, 0, at::softmax(logits / temperature, 0));
  }
}

TEST_CASE("engine.top_k", "[outputs]") {
  const torch::Tensor logits = oracle::normal({9});
  for (const int64_t k : {1, 2, 4, 9}) {
    const torch::Tensor least = std::get<0>(logits.sort(0, true))[k - 1];
    const torch::Tensor kept = logits.masked_fill(logits.lt(least), -std::numeric_limits<double>::infinity());
    check_distribution(logits, 0.8, k, at::softmax(kept / 0.8, 0));
  }
}

TEST_CASE("engine.top_k_large", "[edge]") {
  const torch::Tensor logits = oracle::normal({6});
  for (const int64_t k : {6, 7, 50, 100000}) check_distribution(logits, 1.0, k, at::softmax(logits, 0));
}

TEST_CASE("engine.cold", "[edge]") {
  // Nearly no temperature is nearly greedy, and nothing overflows.
  const torch::Tensor logits = 10.0 * oracle::normal({5, 8});
  torch::Generator rng = generator(2);
  for (const double temperature : {1e-3, 1e-6}) {
    CHECK_THAT(sample_next_token(logits, rng, temperature), same_as(logits.argmax(-1, true)));
  }
}

TEST_CASE("engine.seed", "[outputs]") {
  const torch::Tensor logits = oracle::normal({200, 12});
  torch::Generator one = generator(5), same = generator(5), other = generator(6);
  torch::manual_seed(1);
  const torch::Tensor first = sample_next_token(logits, one);
  torch::manual_seed(2);  // the default generator has no say
  CHECK_THAT(sample_next_token(logits, same), same_as(first));
  CHECK_FALSE(torch::equal(sample_next_token(logits, other), first));
  CHECK_FALSE(torch::equal(sample_next_token(logits, one), first));  // it moves on
}

TEST_CASE("engine.rows", "[outputs]") {
  // Each row by its own logits.
  const torch::Tensor wanted = torch::tensor({4, 0, 2, 2, 1}, torch::kInt64);
  const torch::Tensor logits = 200.0 * at::one_hot(wanted, 5).to(torch::kFloat64);
  torch::Generator rng = generator(7);
  CHECK_THAT(sample_next_token(logits, rng).squeeze(1), same_as(wanted));
  CHECK_THAT(sample_next_token(logits, rng, 0.7, 2).squeeze(1), same_as(wanted));
}

TEST_CASE("engine.generate", "[outputs]") {
  // Greedy: the likeliest token after everything so far, every time.
  nanochat::GPT model = small_model();
  for (const Ids& prompt : {Ids{3}, Ids{5, 1, 22, 9}, Ids{28, 28, 0, 7, 7, 7, 7}}) {
    Ids all = prompt, expected;
    torch::NoGradGuard no_grad;
    for (int64_t step = 0; step < 12; ++step) {
      const torch::Tensor logits = oracle::logits(model, torch::tensor(all, torch::kInt64).unsqueeze(0));
      all.push_back(logits[0][-1].argmax().item<int64_t>());
      expected.push_back(all.back());
    }
    CHECK(generate(model, prompt, {.max_tokens = 12, .temperature = 0.0}) == expected);
    CHECK(generate(model, prompt, {.max_tokens = 12, .temperature = 0.0, .top_k = 5}) == expected);
    CHECK(generate(model, prompt, {.max_tokens = 12, .temperature = 1.0, .top_k = 1}) == expected);
    CHECK(generate(model, prompt, {.max_tokens = 0}).empty());
  }
}

TEST_CASE("engine.generate_seed", "[outputs]") {
  nanochat::GPT model = small_model();
  const SampleOptions options{.max_tokens = 40, .temperature = 1.5, .seed = 3};
  torch::manual_seed(1);
  const Ids first = generate(model, {4, 9}, options);
  CHECK(first.size() == 40);
  torch::manual_seed(2);
  CHECK(generate(model, {4, 9}, options) == first);
  CHECK(generate(model, {4, 9}, {.max_tokens = 40, .temperature = 1.5, .seed = 4}) != first);
  for (const int64_t id : first) CHECK((id >= 0 && id < 29));
  CHECK(std::set<int64_t>(first.begin(), first.end()).size() > 3);
}

TEST_CASE("engine.no_gradients", "[gradients]") {
  nanochat::GPT model = small_model();
  CHECK_FALSE(oracle::records_gradients([&] { generate(model, {1, 2}, {.max_tokens = 3}); }));
  CHECK(torch::GradMode::is_enabled());
}

TEST_CASE("engine.bad_input", "[errors]") {
  nanochat::GPT model = small_model();
  const torch::Tensor logits = oracle::normal({2, 5});
  torch::Generator rng = generator(1);
  CHECK_THROWS_AS(sample_next_token(logits, rng, -0.5), c10::Error);
  CHECK_THROWS_AS(sample_next_token(logits, rng, 1.0, -1), c10::Error);
  CHECK_THROWS_AS(generate(model, {}), c10::Error);
  CHECK_THROWS_AS(generate(model, {1}, {.max_tokens = 10 * 9 + 2}), c10::Error);
}
