namespace torch {
struct Tensor {};
Tensor zeros(int B, int T);
Tensor ones(int B, int T);
}  // namespace torch

// ---- match
torch::Tensor collate(int B, int T) {
  torch::Tensor mask = torch::zeros(B, T + 1);
  return mask;
}

// ---- becomes
torch::Tensor collate(int B, int T) {
  torch::Tensor mask = torch::ones(B, T + 1);
  return mask;
}

// ---- no match
torch::Tensor collate(int B, int T) {
  torch::Tensor segments = torch::zeros(B, T + 1);
  return segments;
}

// ---- no match
torch::Tensor padding(int B, int T) {
  torch::Tensor mask = torch::zeros(B, T + 1);
  return mask;
}
