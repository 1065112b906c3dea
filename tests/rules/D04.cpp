namespace torch {
enum Dtype { kInt32, kInt64 };
struct Tensor {
  Tensor to(Dtype dtype) const;
};
Tensor tensor(const int* values, Dtype dtype);
}  // namespace torch

// ---- match
torch::Tensor make_batch(const int* tokens) {
  return torch::tensor(tokens, torch::kInt64);
}

// ---- becomes
torch::Tensor make_batch(const int* tokens) {
  return torch::tensor(tokens, torch::kInt32).to(torch::kInt64);
}

// ---- no match
torch::Tensor as_tensor(const int* tokens) {
  return torch::tensor(tokens, torch::kInt64);
}
