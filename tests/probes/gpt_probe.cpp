// The model's forward pass against the oracle's, on perturbed weights, and what any causal language model
// must keep to.

#include "gpt_oracle.h"
#include "nanochat/loss.h"
#include "probe.h"

using namespace probe;
using nanochat::GPT;
using nanochat::GPTConfig;

TEST_CASE("gpt.forward", "[outputs]") {
  for (const GPTConfig& config : oracle::configs()) {
    CAPTURE(config.n_layer, config.n_head, config.n_kv_head, config.n_embd);
    GPT model = oracle::make_gpt(config);
    for (const auto& [B, T] : std::vector<std::pair<int64_t, int64_t>>{{2, 7}, {3, 1}, {1, 13}, {5, 5}}) {
      const torch::Tensor idx = oracle::token_ids(B, T, config.vocab_size);
      CHECK_THAT(model(idx), close_to(oracle::logits(model, idx), 1e-11));
    }
  }
}

TEST_CASE("gpt.float32", "[outputs]") {
  for (const GPTConfig& config : oracle::configs()) {
    GPT model = oracle::make_gpt(config);
    const torch::Tensor idx = oracle::token_ids(3, 8, config.vocab_size);
    const torch::Tensor expected = oracle::logits(model, idx).to(torch::kFloat32);
    model->to(torch::kFloat32);
    CHECK_THAT(model(idx), close_to(expected, 2e-4));
  }
}

TEST_CASE("gpt.bfloat16", "[outputs]") {
  // However few digits the weights have, the logits that softmax gets have float32's.
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  const torch::Tensor idx = oracle::token_ids(3, 8, 29), expected = oracle::logits(model, idx);
  model->to(torch::kBFloat16);
  const torch::Tensor logits = model(idx);
  CHECK_THAT(logits, close_to(expected.to(torch::kFloat32), 0.2));
  CHECK(std::get<0>(at::_unique(logits)).numel() > logits.numel() / 2);
}

TEST_CASE("gpt.mlp", "[outputs]") {
  for (const int64_t C : {4, 10, 24}) {
    nanochat::MLP mlp(C);
    oracle::perturb(*mlp);
    const torch::Tensor x = oracle::normal({3, 5, C});
    CHECK_THAT(mlp(x), close_to(oracle::mlp(mlp, x)));
    CHECK(mlp->c_fc->weight.sizes() == torch::IntArrayRef({4 * C, C}));
    CHECK(mlp->c_proj->weight.sizes() == torch::IntArrayRef({C, 4 * C}));
    CHECK(mlp->parameters().size() == 2);
    // Squared and only of the positive half, so twice the input gives four times the output.
    CHECK_THAT(mlp(2.0 * x), close_to(4.0 * mlp(x)));
  }
}

TEST_CASE("gpt.block", "[outputs]") {
  for (const GPTConfig& config : oracle::configs()) {
    nanochat::Block block(config, 0);
    oracle::perturb(*block);
    const torch::Tensor x = 2.0 * oracle::normal({3, 6, config.n_embd}), before = x.clone();
    const nanochat::RotaryCache rotary = nanochat::precompute_rotary(6, config.n_embd / config.n_head);
    CHECK_THAT(block(x, rotary, oracle::causal(6, 6)),
               close_to(oracle::block(block, x, config.n_head, config.n_kv_head)));
    CHECK_THAT(x, same_as(before));
  }
}

TEST_CASE("gpt.residual", "[outputs]") {
  // A block whose branches write nothing passes its input on; with one branch silent only the other counts.
  const GPTConfig config = oracle::configs()[0];
  const torch::Tensor x = 3.0 * oracle::normal({2, 7, config.n_embd});
  const nanochat::RotaryCache rotary = nanochat::precompute_rotary(7, config.n_embd / config.n_head);
  torch::NoGradGuard no_grad;

  nanochat::Block block(config, 0);
  oracle::perturb(*block);
  block->attn->c_proj->weight.zero_();
  CHECK_THAT(block(x, rotary, oracle::causal(7, 7)),
             close_to(x + oracle::mlp(block->mlp, oracle::rms_norm(x))));
  block->mlp->c_proj->weight.zero_();
  CHECK_THAT(block(x, rotary, oracle::causal(7, 7)), close_to(x, 1e-15));

  nanochat::Block other(config, 0);
  oracle::perturb(*other);
  other->mlp->c_proj->weight.zero_();
  const torch::Tensor branch =
      oracle::attention_layer(other->attn, oracle::rms_norm(x), config.n_head, config.n_kv_head);
  CHECK_THAT(other(x, rotary, oracle::causal(7, 7)), close_to(x + branch));
}

TEST_CASE("gpt.embedding", "[outputs]") {
  // With all blocks silent the logits are those of the normalised embedding.
  for (const GPTConfig& config : oracle::configs()) {
    GPT model = oracle::make_gpt(config);
    torch::NoGradGuard no_grad;
    for (nanochat::Block& block : model->blocks) {
      block->attn->c_proj->weight.zero_();
      block->mlp->c_proj->weight.zero_();
    }
    const torch::Tensor idx = oracle::token_ids(2, 9, config.vocab_size);
    CHECK_THAT(model(idx), close_to(oracle::head(model, at::embedding(model->wte->weight, idx)), 1e-5));
  }
}

TEST_CASE("gpt.embedding_norm", "[outputs]") {
  // The embedding is normalised before anything is added to it, so its size makes no difference.
  for (const GPTConfig& config : oracle::configs()) {
    GPT model = oracle::make_gpt(config);
    const torch::Tensor idx = oracle::token_ids(2, 7, config.vocab_size), before = model(idx);
    torch::NoGradGuard no_grad;
    model->wte->weight.mul_(64.0);
    CHECK_THAT(model(idx), close_to(before, 1e-4));
  }
}

TEST_CASE("gpt.softcap", "[outputs]") {
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  const torch::Tensor idx = oracle::token_ids(3, 9, 29);
  torch::NoGradGuard no_grad;
  model->lm_head->weight.mul_(1e-4);
  const torch::Tensor linear = model(idx);  // so small that the cap does not bend them
  for (const double size : {1e3, 1e4, 1e7}) {
    CAPTURE(size);
    torch::Tensor original = model->lm_head->weight.clone();
    model->lm_head->weight.mul_(size);
    const torch::Tensor logits = model(idx);
    CHECK(logits.abs().max().item<double>() <= 15.0);
    CHECK_THAT(logits, close_to(15.0 * torch::tanh(linear * size / 15.0), 1e-6));
    model->lm_head->weight.copy_(original);
  }
}

TEST_CASE("gpt.causality", "[outputs]") {
  for (const GPTConfig& config : oracle::configs()) {
    GPT model = oracle::make_gpt(config);
    const int64_t T = 8;
    const torch::Tensor idx = oracle::token_ids(2, T, config.vocab_size), before = model(idx);
    for (int64_t changed = 0; changed < T; ++changed) {
      torch::Tensor other = idx.clone();
      other.select(1, changed).add_(1).remainder_(config.vocab_size);
      const torch::Tensor after = model(other);
      CHECK_THAT(after.slice(1, 0, changed), close_to(before.slice(1, 0, changed), 1e-13));
      CHECK((after - before).slice(1, changed).abs().amax(-1).min().item<double>() > 1e-7);
    }
  }
}

TEST_CASE("gpt.prefix", "[outputs]") {
  GPT model = oracle::make_gpt(oracle::configs()[3]);
  const torch::Tensor idx = oracle::token_ids(2, 11, 23), whole = model(idx);
  for (int64_t T = 1; T <= 11; ++T) CHECK_THAT(model(idx.slice(1, 0, T)), close_to(whole.slice(1, 0, T)));
}

TEST_CASE("gpt.batch", "[outputs]") {
  GPT model = oracle::make_gpt(oracle::configs()[2]);
  const torch::Tensor idx = oracle::token_ids(5, 6, 41), together = model(idx);
  for (int64_t b = 0; b < 5; ++b) CHECK_THAT(model(idx.narrow(0, b, 1)), close_to(together.narrow(0, b, 1)));
  // Ids that do not lie side by side are as good as any.
  const torch::Tensor columns = idx.t().contiguous().t();
  CHECK_THAT(model(columns), close_to(together, 1e-13));
}

TEST_CASE("gpt.order", "[outputs]") {
  // The model can tell in which order tokens came.
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  const torch::Tensor idx = torch::tensor({{3, 8, 1, 20, 5}, {8, 3, 1, 20, 5}}, torch::kInt64);
  const torch::Tensor last = model(idx).select(1, 4);
  CHECK((last[0] - last[1]).abs().max().item<double>() > 1e-4);
}

TEST_CASE("gpt.long", "[outputs]") {
  // Ten times the training length is accepted, and right.
  GPTConfig config = oracle::configs()[1];
  GPT model = oracle::make_gpt(config);
  CHECK(model->max_positions() == 10 * config.sequence_len);
  const torch::Tensor idx = oracle::token_ids(1, 10 * config.sequence_len, config.vocab_size);
  CHECK_THAT(model(idx), close_to(oracle::logits(model, idx), 1e-11));
}

TEST_CASE("gpt.repeatable", "[outputs]") {
  // Neither a forward pass nor evaluation mode changes anything.
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  std::vector<torch::Tensor> before;
  for (const torch::Tensor& weight : oracle::weights(model)) before.push_back(weight.detach().clone());
  const torch::Tensor idx = oracle::token_ids(2, 7, 29), first = model(idx);
  CHECK_THAT(model(idx), close_to(first, 1e-14));
  model->eval();
  CHECK_THAT(model(idx), close_to(first, 1e-14));
  for (size_t i = 0; i < before.size(); ++i) CHECK_THAT(oracle::weights(model)[i], same_as(before[i]));
}

TEST_CASE("gpt.limits", "[errors]") {
  const GPTConfig config = oracle::configs()[1];
  GPT model = oracle::make_gpt(config);
  CHECK_THROWS_AS(model(oracle::token_ids(1, 10 * config.sequence_len + 1, config.vocab_size)), c10::Error);
  GPTConfig odd = config;
  odd.n_embd = 13;
  CHECK_THROWS_AS(GPT(odd), c10::Error);
  odd = config;
  odd.n_kv_head = 2;
  CHECK_THROWS_AS(GPT(odd), c10::Error);
  for (int64_t GPTConfig::* size : {&GPTConfig::sequence_len, &GPTConfig::vocab_size, &GPTConfig::n_layer}) {
    for (const int64_t none : {0, -1}) {
      odd = config;
      odd.*size = none;
      CHECK_THROWS_AS(GPT(odd), c10::Error);
    }
    odd.*size = 1;
    CHECK_NOTHROW(GPT(odd));
  }
}

TEST_CASE("gpt.loss", "[loss]") {
  for (const GPTConfig& config : oracle::configs()) {
    GPT model = oracle::make_gpt(config);
    const torch::Tensor idx = oracle::token_ids(3, 7, config.vocab_size);
    torch::Tensor targets = oracle::token_ids(3, 7, config.vocab_size);
    CHECK_THAT(model->loss(idx, targets), close_to(oracle::loss(model, idx, targets), 1e-11));
    const torch::Tensor of_logits =
        at::cross_entropy_loss(model(idx).view({21, config.vocab_size}), targets.view({21}));
    CHECK_THAT(model->loss(idx, targets), close_to(of_logits));
    // Ignored targets leave sum and mean.
    targets[1].fill_(-1);
    targets[2][4] = -1;
    CHECK_THAT(model->loss(idx, targets), close_to(oracle::loss(model, idx, targets), 1e-11));
  }
}

TEST_CASE("gpt.loss_smoothed", "[loss]") {
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  const torch::Tensor idx = oracle::token_ids(2, 9, 29), targets = oracle::token_ids(2, 9, 29);
  const torch::Tensor logits = oracle::logits(model, idx).flatten(0, 1);
  CHECK_THAT(
      model->loss(idx, targets, {}, 0.2),
      close_to(at::cross_entropy_loss(logits, targets.flatten(), {}, at::Reduction::Mean, -1, 0.2), 1e-12));
}
