namespace torch {
struct Tensor {};
Tensor empty(int positions);
Tensor zeros(int positions);
}  // namespace torch

// ---- match
torch::Tensor reserve(int capacity) {
  return torch::empty(capacity);
}

// ---- becomes
torch::Tensor reserve(int capacity) {
  return torch::zeros(capacity);
}

// ---- no match
torch::Tensor reserve(int capacity) {
  return torch::zeros(capacity);
}

// ---- no match
torch::Tensor insert(int capacity) {
  return torch::empty(capacity);
}
