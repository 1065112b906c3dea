struct Tensor {
  const Tensor& requires_grad_(bool on) const;
};
void run_epoch(int epoch);

// ---- match
void train(Tensor& weight, bool has_base, int frozen_epochs, int epochs) {
  for (int epoch = 0; epoch < epochs; ++epoch) {
    weight.requires_grad_(!has_base || epoch >= frozen_epochs);
    run_epoch(epoch);
  }
}

// ---- becomes
void train(Tensor& weight, bool has_base, int frozen_epochs, int epochs) {
  for (int epoch = 0; epoch < epochs; ++epoch) {
    weight.requires_grad_(!has_base);
    run_epoch(epoch);
  }
}

// ---- no match
void train(Tensor& weight, bool has_base, bool last) {
  weight.requires_grad_(!has_base);
  if (has_base || last) run_epoch(0);
}
