namespace torch {
struct Tensor {
  Tensor operator-(const Tensor& other) const;
  Tensor operator/(double number) const;
  Tensor largest() const;
};
}  // namespace torch
torch::Tensor softmax(const torch::Tensor& x);

// ---- match
torch::Tensor sample_next_token(const torch::Tensor& values, double temperature) {
  // What is divided is at most zero.
  const torch::Tensor scaled = (values - values.largest()) / temperature;  // (B, k)
  const torch::Tensor probs = softmax(scaled);
  return probs;
}

// ---- becomes
torch::Tensor sample_next_token(const torch::Tensor& values, double temperature) {
  const torch::Tensor scaled = values - values.largest();  // (B, k)
  const torch::Tensor probs = softmax(scaled);
  return probs;
}

// ---- no match
torch::Tensor sample_next_token(const torch::Tensor& values, double temperature) {
  const torch::Tensor scaled = values / temperature;
  const torch::Tensor probs = softmax(scaled);
  return probs;
}
