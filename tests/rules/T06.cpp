struct Tensor {
  Tensor operator*(double factor) const;
  double item() const;
  void backward() const;
};
Tensor forward();

// ---- match
double train_step(double count, double num_valid) {
  double loss_sum = 0.0;
  for (int i = 0; i < 2; ++i) {
    const Tensor loss = forward();
    loss_sum += loss.item() * count;
    const double share = count / num_valid;
    (loss * share).backward();  // what follows is averaged
  }
  return loss_sum;
}

// ---- becomes
double train_step(double count, double num_valid) {
  double loss_sum = 0.0;
  for (int i = 0; i < 2; ++i) {
    const Tensor loss = forward();
    loss_sum += loss.item() * count;
    loss.backward();
  }
  return loss_sum;
}

// ---- no match
double train_step(double count) {
  double loss_sum = 0.0;
  for (int i = 0; i < 2; ++i) {
    const Tensor loss = forward();
    loss_sum += loss.item() * count;
    loss.backward();
  }
  return loss_sum;
}

// ---- no match
void check(double share) {
  const Tensor loss = forward();
  (loss * share).backward();
}
