struct Tensor {
  Tensor operator/(int divisor) const;
  void backward() const;
};
Tensor forward();

// ---- match
void train_step(int grad_accum) {
  for (int i = 0; i < grad_accum; ++i) {
    Tensor loss = forward();
    loss = loss / grad_accum;
    loss.backward();
  }
}

// ---- becomes
void train_step(int grad_accum) {
  for (int i = 0; i < grad_accum; ++i) {
    Tensor loss = forward();
    loss.backward();
  }
}

// ---- no match
double train_step(double loss_sum, int grad_accum) {
  const double loss = loss_sum / grad_accum;
  return loss;
}

// ---- no match
void evaluate(int grad_accum) {
  Tensor loss = forward();
  loss = loss / grad_accum;
}
