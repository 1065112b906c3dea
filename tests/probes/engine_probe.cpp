// Sampling against the distribution that it should draw from, and the loop that generates.

#include "nanochat/engine.h"

#include <ATen/CPUGeneratorImpl.h>

#include <map>
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
                        const torch::Tensor& p, double top_p = 1.0) {
  const int64_t n = 40000, V = logits.size(0);
  torch::Generator rng = generator(99);
  const torch::Tensor draws = sample_next_token(logits.expand({n, V}), rng, temperature, top_k, top_p);
  REQUIRE(draws.sizes() == torch::IntArrayRef({n, 1}));
  const torch::Tensor count = at::bincount(draws.flatten(), {}, V).to(torch::kFloat64);
  for (int64_t v = 0; v < V; ++v) {
    CAPTURE(v, temperature, top_k, top_p);
    const double probability = p[v].item<double>();
    const double error = std::abs(count[v].item<double>() / static_cast<double>(n) - probability);
    CHECK(error <= 6.0 * std::sqrt(probability * (1.0 - probability) / static_cast<double>(n)));
  }
}

// What is left of probabilities p (V): those of the k largest, then the fewest of these, largest first, whose
// share of what was left reaches top_p; adding up to one again. In loops.
torch::Tensor nucleus(const torch::Tensor& p, int64_t k, double top_p) {
  std::multimap<double, int64_t, std::greater<>> falling;
  for (int64_t v = 0; v < p.size(0); ++v) falling.emplace(p[v].item<double>(), v);
  double total = 0.0, mass = 0.0, kept_mass = 0.0;
  int64_t seen = 0;
  for (const auto& [probability, v] : falling) total += seen++ < k ? probability : 0.0;
  torch::Tensor kept = torch::zeros_like(p);
  seen = 0;
  for (const auto& [probability, v] : falling) {
    if (seen++ == k || (seen > 1 && mass >= top_p)) break;
    mass += probability / total;
    kept_mass += probability;
    kept[v] = probability;
  }
  return kept / kept_mass;
}

// The logits (V) after the penalty on every token in `seen`, in loops.
torch::Tensor penalized(const torch::Tensor& logits, const Ids& seen, double penalty) {
  torch::Tensor result = logits.clone();
  for (const int64_t v : std::set<int64_t>(seen.begin(), seen.end())) {
    const double logit = logits[v].item<double>();
    result[v] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return result;
}

nanochat::GPT small_model() {
  return oracle::make_gpt(oracle::configs()[0]);
}

}  // namespace

TEST_CASE("engine.greedy", "[sampling]") {
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

TEST_CASE("engine.temperature", "[sampling]") {
  const torch::Tensor logits = oracle::normal({7}, 1.5);
  for (const double temperature : {1.0, 0.5, 2.0}) {
    check_distribution(logits, temperature, 0, at::softmax(logits / temperature, 0));
  }
}

TEST_CASE("engine.top_k", "[sampling]") {
  const torch::Tensor logits = oracle::normal({9});
  for (const int64_t k : {1, 2, 4, 9}) {
    const torch::Tensor least = std::get<0>(logits.sort(0, true))[k - 1];
    const torch::Tensor kept = logits.masked_fill(logits.lt(least), -std::numeric_limits<double>::infinity());
    check_distribution(logits, 0.8, k, at::softmax(kept / 0.8, 0));
  }
}

TEST_CASE("engine.top_k_large", "[sampling]") {
  const torch::Tensor logits = oracle::normal({6});
  for (const int64_t k : {6, 7, 50, 100000}) check_distribution(logits, 1.0, k, at::softmax(logits, 0));
}

TEST_CASE("engine.top_p", "[sampling]") {
  const torch::Tensor logits = oracle::normal({8}, 1.5);
  for (const double temperature : {1.0, 0.6, 1.7}) {
    const torch::Tensor p = at::softmax(logits / temperature, 0);
    for (const double top_p : {0.2, 0.55, 0.9, 0.999}) {
      check_distribution(logits, temperature, 0, nucleus(p, 8, top_p), top_p);
    }
  }
}

TEST_CASE("engine.top_p_in_top_k", "[sampling]") {
  // The mass is that of what top-k has left, not of all.
  const torch::Tensor logits = 0.4 * torch::arange(10, torch::kFloat64);
  const torch::Tensor p = at::softmax(logits / 1.3, 0);
  for (const int64_t k : {3, 5, 50}) {
    for (const double top_p : {0.3, 0.6, 0.85}) {
      check_distribution(logits, 1.3, k, nucleus(p, k, top_p), top_p);
    }
  }
}

TEST_CASE("engine.top_p_extremes", "[sampling]") {
  const torch::Tensor logits = oracle::normal({7});
  const torch::Tensor p = at::softmax(logits, 0);
  check_distribution(logits, 1.0, 0, p, 1.0);
  for (const double top_p : {0.0, 1e-12}) {  // always at least one
    check_distribution(logits, 1.0, 0, nucleus(p, 1, 1.0), top_p);
    check_distribution(logits, 1.0, 3, nucleus(p, 1, 1.0), top_p);
  }
  // The whole mass is reached only with the last token, however small that is.
  const torch::Tensor steep = torch::tensor({0.0, -5.0, -36.0}, torch::kFloat64);
  torch::Generator rng = generator(4);
  // One draw in sixty is the last token, so that among so many there is one, however they are drawn.
  CHECK(sample_next_token(steep.expand({3000, 3}), rng, 10.0, 0, 1.0).max().item<int64_t>() == 2);
}

TEST_CASE("engine.top_p_exact", "[sampling]") {
  // Reached is reached: two quarters are a half. Which of the equal ones stay is open, how many is not.
  torch::Generator rng = generator(8);
  const torch::Tensor equal = torch::zeros({300, 8}, torch::kFloat64);
  for (const auto& [top_p, size] : std::vector<std::pair<double, size_t>>{
           {0.125, 1}, {0.25, 2}, {0.3, 3}, {0.5, 4}, {0.51, 5}, {0.875, 7}, {0.9, 8}}) {
    CAPTURE(top_p);
    const torch::Tensor draws = sample_next_token(equal, rng, 1.0, 0, top_p).flatten();
    const auto ids = draws.accessor<int64_t, 1>();
    std::set<int64_t> drawn;
    for (int64_t i = 0; i < draws.size(0); ++i) drawn.insert(ids[i]);
    CHECK(drawn.size() == size);
  }
}

TEST_CASE("engine.top_p_rows", "[sampling]") {
  // A row's nucleus is its own: one certain row, one with two tokens, one with all.
  const double low = -50.0;
  const torch::Tensor logits =
      torch::tensor({low, 9.0, low, low, 1.0, low, low, 1.0, 0.0, 0.0, 0.0, 0.0}, torch::kFloat64)
          .view({3, 4});
  torch::Generator rng = generator(3);
  std::vector<std::set<int64_t>> drawn(3);
  for (int round = 0; round < 200; ++round) {
    const torch::Tensor next = sample_next_token(logits, rng, 1.0, 0, 0.99);
    for (int64_t b = 0; b < 3; ++b) drawn[static_cast<size_t>(b)].insert(next[b][0].item<int64_t>());
  }
  CHECK(drawn == std::vector<std::set<int64_t>>{{1}, {0, 3}, {0, 1, 2, 3}});
}

TEST_CASE("engine.repetition_penalty", "[sampling]") {
  for (const auto& [B, V, S] : std::vector<std::array<int64_t, 3>>{{1, 6, 3}, {4, 9, 14}, {5, 5, 1}}) {
    torch::Tensor logits = oracle::strided({B, V}, 3.0);
    logits.select(1, 2).zero_();
    const torch::Tensor before = logits.clone(), seen = oracle::token_ids(B, S, V);
    for (const double penalty : {1.3, 2.0, 0.5, 1.0}) {
      const torch::Tensor lowered = nanochat::penalize_repetition(logits, seen, penalty);
      CHECK_THAT(logits, same_as(before));
      for (int64_t b = 0; b < B; ++b) {
        Ids ids;
        for (int64_t s = 0; s < S; ++s) ids.push_back(seen[b][s].item<int64_t>());
        CAPTURE(b, penalty);
        CHECK_THAT(lowered[b], close_to(penalized(before[b], ids, penalty), 1e-15));
      }
    }
  }
}

TEST_CASE("engine.cold", "[sampling]") {
  // Nearly no temperature is nearly greedy, and nothing overflows.
  const torch::Tensor logits = 10.0 * oracle::normal({5, 8});
  torch::Generator rng = generator(2);
  for (const double temperature : {1e-3, 1e-6, 1e-300}) {
    CHECK_THAT(sample_next_token(logits, rng, temperature), same_as(logits.argmax(-1, true)));
    CHECK_THAT(sample_next_token(logits.to(torch::kFloat32), rng, temperature),
               same_as(logits.argmax(-1, true)));
    CHECK_THAT(sample_next_token(logits, rng, temperature, 3, 0.5), same_as(logits.argmax(-1, true)));
  }
}

TEST_CASE("engine.seed", "[sampling]") {
  const torch::Tensor logits = oracle::normal({200, 12});
  torch::Generator one = generator(5), same = generator(5), other = generator(6);
  torch::manual_seed(1);
  const torch::Tensor first = sample_next_token(logits, one);
  torch::manual_seed(2);  // the default generator has no say
  CHECK_THAT(sample_next_token(logits, same), same_as(first));
  CHECK_FALSE(torch::equal(sample_next_token(logits, other), first));
  CHECK_FALSE(torch::equal(sample_next_token(logits, one), first));  // it moves on
}

TEST_CASE("engine.rows", "[sampling]") {
  // Each row by its own logits.
  const torch::Tensor wanted = torch::tensor({4, 0, 2, 2, 1}, torch::kInt64);
  const torch::Tensor logits = 200.0 * at::one_hot(wanted, 5).to(torch::kFloat64);
  torch::Generator rng = generator(7);
  CHECK_THAT(sample_next_token(logits, rng).squeeze(1), same_as(wanted));
  CHECK_THAT(sample_next_token(logits, rng, 0.7, 2).squeeze(1), same_as(wanted));
}

TEST_CASE("engine.generate", "[answers]") {
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

TEST_CASE("engine.generate_long", "[answers]") {
  // To the last position, past every growth of a cache: each token is the likeliest after all before it.
  for (const nanochat::GPTConfig& config : oracle::configs()) {
    nanochat::GPT model = oracle::make_gpt(config);
    torch::NoGradGuard no_grad;
    const Ids prompt = {5, 1, 9, 16, 3};
    const int64_t count = model->max_positions() - 4;
    Ids all = prompt;
    const Ids generated = generate(model, prompt, {.max_tokens = count, .temperature = 0.0});
    REQUIRE(static_cast<int64_t>(generated.size()) == count);
    all.insert(all.end(), generated.begin(), generated.end() - 1);
    const torch::Tensor best =
        oracle::logits(model, torch::tensor(all, torch::kInt64).unsqueeze(0))[0].argmax(-1).slice(0, 4);
    CHECK_THAT(torch::tensor(generated, torch::kInt64), same_as(best));
  }
}

TEST_CASE("engine.generate_penalty", "[answers]") {
  // What was in the prompt or was generated is less likely from then on.
  nanochat::GPT model = small_model();
  torch::NoGradGuard no_grad;
  for (const double penalty : {1.6, 0.7}) {
    Ids all = {7, 3, 3, 21}, expected;
    for (int64_t step = 0; step < 14; ++step) {
      const torch::Tensor logits =
          oracle::logits(model, torch::tensor(all, torch::kInt64).unsqueeze(0))[0][-1];
      expected.push_back(penalized(logits, all, penalty).argmax().item<int64_t>());
      all.push_back(expected.back());
    }
    CHECK(generate(model, {7, 3, 3, 21},
                   {.max_tokens = 14, .temperature = 0.0, .repetition_penalty = penalty}) == expected);
  }
}

TEST_CASE("engine.generate_top_p", "[answers]") {
  // Hardly any mass is the likeliest token, whatever the temperature.
  nanochat::GPT model = small_model();
  const Ids greedy = generate(model, {4, 9}, {.max_tokens = 20, .temperature = 0.0});
  CHECK(generate(model, {4, 9}, {.max_tokens = 20, .temperature = 3.0, .top_p = 1e-9}) == greedy);
  CHECK(generate(model, {4, 9}, {.max_tokens = 20, .temperature = 3.0}) != greedy);
}

TEST_CASE("engine.generate_mode", "[answers]") {
  // Dropout has no say in what is generated, and the model's mode stays what it was.
  nanochat::GPTConfig config = oracle::configs()[0];
  config.dropout = 0.5;
  nanochat::GPT model = oracle::make_gpt(config);
  model->eval();
  const Ids expected = generate(model, {1, 2}, {.max_tokens = 12, .temperature = 0.0});
  CHECK_FALSE(model->is_training());
  model->train();
  CHECK(generate(model, {1, 2}, {.max_tokens = 12, .temperature = 0.0}) == expected);
  CHECK(model->is_training());
  CHECK_THROWS_AS(generate(model, {1}, {.max_tokens = 5, .top_p = 2.0}), c10::Error);
  CHECK(model->is_training());
}

TEST_CASE("engine.generate_seed", "[answers]") {
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

TEST_CASE("engine.no_gradients", "[answers]") {
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
  CHECK_THROWS_AS(sample_next_token(logits, rng, 1.0, 0, -0.1), c10::Error);
  CHECK_THROWS_AS(sample_next_token(logits, rng, 1.0, 0, 1.1), c10::Error);
  const torch::Tensor seen = torch::zeros({2, 1}, torch::kInt64);
  CHECK_THROWS_AS(nanochat::penalize_repetition(logits, seen, 0.0), c10::Error);
  CHECK_THROWS_AS(nanochat::penalize_repetition(logits, seen, -1.0), c10::Error);
  CHECK_THROWS_AS(generate(model, {}), c10::Error);
  CHECK(generate(model, {1}, {.max_tokens = 10 * 9}).size() == 90);
  CHECK_THROWS_AS(generate(model, {1}, {.max_tokens = 10 * 9 + 1}), c10::Error);
  CHECK_THROWS_AS(generate(model, {1}, {.max_tokens = 10 * 9 + 2}), c10::Error);
}
