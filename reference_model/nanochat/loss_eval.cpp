// The validation loss and bits per byte. Contracts are in the header.

#include "nanochat/loss_eval.h"

#include <cmath>

#include "nanochat/eval_mode.h"
#include "nanochat/loss.h"

namespace nanochat {

torch::Tensor token_losses(const torch::Tensor& logits, const torch::Tensor& targets) {
  const torch::Tensor kept = targets.ne(-1);             // (...)
  const torch::Tensor classes = targets.where(kept, 0);  // (...), a valid index everywhere
  const torch::Tensor largest = logits.amax(-1, /*keepdim=*/true);  // (..., 1)
  const torch::Tensor log_sum_exp =
      (logits - largest).exp().sum(-1, true).log() + largest;             // (..., 1)
  const torch::Tensor picked = logits.gather(-1, classes.unsqueeze(-1));  // (..., 1)
  return (log_sum_exp - picked).squeeze(-1).where(kept, 0.0);
}

torch::Tensor token_bytes(const Tokenizer& tokenizer) {
  const int64_t V = tokenizer.vocab_size();
  const int64_t text_ids = V - static_cast<int64_t>(kSpecialTokens.size());
  torch::Tensor bytes = torch::zeros({V}, torch::kInt64);
  for (int64_t id = 0; id < text_ids; ++id) {
    bytes[id] = static_cast<int64_t>(tokenizer.id_to_token(id).size());
  }
  return bytes;
}

double evaluate_loss(GPT& model, DataLoader& loader, int64_t steps) {
  torch::NoGradGuard no_grad;
  const EvalMode eval_mode(model);
  loader.rewind();
  double total = 0.0;
  for (int64_t step = 0; step < steps; ++step) {
    const Batch batch = loader.next();
    total += model->loss(batch.inputs, batch.targets).item<double>();
  }
  return total / static_cast<double>(steps);
}

EvalResult evaluate_bpb(GPT& model, DataLoader& loader, int64_t steps,
                        const torch::Tensor& token_bytes) {
  torch::NoGradGuard no_grad;
  const EvalMode eval_mode(model);
  loader.rewind();
  double total_loss = 0.0, total_nats = 0.0;
  int64_t total_bytes = 0;
  for (int64_t step = 0; step < steps; ++step) {
    const Batch batch = loader.next();
    const torch::Tensor logits = model(batch.inputs).to(torch::kCPU);  // (B, T, V)
    const torch::Tensor losses = token_losses(logits, batch.targets);  // (B, T)
    const torch::Tensor kept = batch.targets.ne(-1);                   // (B, T)
    const torch::Tensor bytes = token_bytes.take(batch.targets.where(kept, 0)).where(kept, 0);
    total_loss += cross_entropy(logits, batch.targets).item<double>();
    total_nats += losses.where(bytes > 0, 0.0).to(torch::kFloat64).sum().item<double>();
    total_bytes += bytes.sum().item<int64_t>();
  }
  return {.loss = total_loss / static_cast<double>(steps),
          .bpb = total_nats / (std::log(2.0) * static_cast<double>(total_bytes))};
}

}  // namespace nanochat
