// What a fresh model is: which weights there are, how they are drawn, and the loss it starts from.

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::GPT;
using nanochat::GPTConfig;

namespace {

// Large enough for statistics; narrower and wider matrices than square ones occur.
const GPTConfig kConfig = {
    .sequence_len = 16, .vocab_size = 300, .n_layer = 2, .n_head = 4, .n_kv_head = 1, .n_embd = 96};

// That the entries could be n draws of a normal distribution of this standard deviation: mean and deviation
// within six standard errors, and tails where they belong.
void check_normal(const torch::Tensor& weight, double std) {
  const torch::Tensor w = weight.detach().to(torch::kFloat64) / std;
  const double n = static_cast<double>(w.numel());
  CHECK(std::abs(w.mean().item<double>()) < 6.0 / std::sqrt(n));
  CHECK(std::abs(w.square().mean().item<double>() - 1.0) < 6.0 * std::sqrt(2.0 / n));
  CHECK(std::abs(w.pow(4).mean().item<double>() - 3.0) < 6.0 * std::sqrt(96.0 / n));
  CHECK(std::abs(w.abs().gt(1.0).to(torch::kFloat64).mean().item<double>() - 0.317310508) <
        6.0 * 0.4655 / std::sqrt(n));
}

void check_init(GPT& model) {
  check_normal(model->wte->weight, 1.0);
  for (nanochat::Block& block : model->blocks) {
    for (const torch::nn::Linear& linear :
         {block->attn->c_q, block->attn->c_k, block->attn->c_v, block->mlp->c_fc}) {
      const double out = static_cast<double>(linear->weight.size(0)),
                   in = static_cast<double>(linear->weight.size(1));
      CAPTURE(out, in);
      check_normal(linear->weight, std::min(1.0, std::sqrt(out / in)) / std::sqrt(in));
    }
    CHECK(block->attn->c_proj->weight.eq(0.0).all().item<bool>());
    CHECK(block->mlp->c_proj->weight.eq(0.0).all().item<bool>());
  }
  CHECK(model->lm_head->weight.eq(0.0).all().item<bool>());
}

}  // namespace

TEST_CASE("gpt.parameters", "[init]") {
  for (const GPTConfig& config : oracle::configs()) {
    GPT model(config);
    const int64_t C = config.n_embd, kv = C / config.n_head * config.n_kv_head;
    const int64_t block = C * C + 2 * kv * C + C * C + 8 * C * C;
    const int64_t expected = 2 * config.vocab_size * C + config.n_layer * block;
    CHECK(model->num_parameters() == expected);
    int64_t registered = 0;
    for (const torch::Tensor& weight : model->parameters()) registered += weight.numel();
    CHECK(registered == expected);
    CHECK(static_cast<int64_t>(model->blocks.size()) == config.n_layer);
    CHECK_FALSE(model->wte->weight.is_same(model->lm_head->weight));
    CHECK(model->wte->weight.data_ptr() != model->lm_head->weight.data_ptr());
  }
}

TEST_CASE("gpt.init", "[init]") {
  GPT model(kConfig);
  check_init(model);
  // Once more, from whatever the weights are by then.
  const torch::Tensor before = model->wte->weight.detach().clone();
  oracle::perturb(*model);
  model->init_weights();
  check_init(model);
  CHECK((model->wte->weight.detach() - before).abs().max().item<double>() > 0.1);
}

TEST_CASE("gpt.init_seed", "[init]") {
  torch::manual_seed(7);
  GPT first(kConfig);
  torch::manual_seed(7);
  GPT second(kConfig);
  torch::manual_seed(8);
  GPT third(kConfig);
  const auto a = oracle::weights(first), b = oracle::weights(second), c = oracle::weights(third);
  for (size_t i = 0; i < a.size(); ++i) CHECK_THAT(a[i], same_as(b[i]));
  CHECK_FALSE(torch::equal(a[0], c[0]));
  CHECK_FALSE(torch::equal(a[1], c[1]));
  // Layers are drawn apart.
  CHECK_FALSE(torch::equal(first->blocks[0]->attn->c_q->weight, first->blocks[1]->attn->c_q->weight));
}

TEST_CASE("gpt.initial_loss", "[loss]") {
  for (const GPTConfig& config : oracle::configs()) {
    GPT model(config);
    const torch::Tensor idx = oracle::token_ids(3, 8, config.vocab_size);
    const double loss = model->loss(idx, oracle::token_ids(3, 8, config.vocab_size)).item<double>();
    CHECK(loss == Approx(std::log(static_cast<double>(config.vocab_size))).epsilon(1e-6));
  }
}
