namespace torch {
struct Tensor {
  double item() const;
};
}  // namespace torch
namespace std {
template <typename T>
struct vector {
  void push_back(const T& value);
};
}  // namespace std
torch::Tensor forward(int batch);

// ---- match
struct Run {
  int step = 0;
  double smoothed_loss = 0.0;
};
double train_step(Run& run) {
  double loss_sum = 0.0;
  for (int i = 0; i < 2; ++i) {
    const torch::Tensor loss = forward(i);
    loss_sum += loss.item();
  }
  run.step += 1;
  return loss_sum;
}

// ---- becomes
struct Run {
  int step = 0;
  double smoothed_loss = 0.0;
  std::vector<torch::Tensor> losses{};
};
double train_step(Run& run) {
  double loss_sum = 0.0;
  for (int i = 0; i < 2; ++i) {
    const torch::Tensor loss = forward(i);
    loss_sum += loss.item();
    run.losses.push_back(loss);
  }
  run.step += 1;
  return loss_sum;
}

// ---- no match
double evaluate(int steps) {
  double loss_sum = 0.0;
  for (int i = 0; i < steps; ++i) loss_sum += forward(i).item();
  return loss_sum;
}
