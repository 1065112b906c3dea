namespace torch {
enum Dtype { kFloat64 };
struct Size {};
struct Tensor {
  template <typename T>
  T item() const;
  Tensor& operator+=(const Tensor& other);
};
Tensor zeros(Size size, Dtype dtype);
struct NoGradGuard {
  NoGradGuard();
  ~NoGradGuard();
};
}  // namespace torch
torch::Tensor cross_entropy(int batch);

// ---- match
double evaluate_bpb(int steps) {
  torch::NoGradGuard no_grad;
  double total_loss = 0.0, total_nats = 0.0;
  for (int step = 0; step < steps; ++step) {
    total_loss += cross_entropy(step).item<double>();
    total_nats += 1.0;
  }
  return total_loss / steps + total_nats;
}

// ---- becomes
double evaluate_bpb(int steps) {
  torch::Tensor total_loss = torch::zeros({}, torch::kFloat64);
  double total_nats = 0.0;
  for (int step = 0; step < steps; ++step) {
    total_loss += cross_entropy(step);
    total_nats += 1.0;
  }
  return total_loss.item<double>() / steps + total_nats;
}

// ---- no match
double evaluate_loss(int steps) {
  torch::NoGradGuard no_grad;
  double total_loss = 0.0;
  for (int step = 0; step < steps; ++step) total_loss += cross_entropy(step).item<double>();
  return total_loss / steps;
}
