struct Tensor {
  Tensor square() const;
  Tensor sum() const;
  Tensor norm() const;
  template <typename T>
  T item() const;
};
double root(double x);

// ---- match
double global_grad_norm(const Tensor* grads, int count) {
  double sum_of_squares = 0.0;
  for (int i = 0; i < count; ++i) {
    sum_of_squares += grads[i].square().sum().item<double>();
  }
  return root(sum_of_squares);
}

// ---- becomes
double global_grad_norm(const Tensor* grads, int count) {
  double total_norm = 0.0;
  for (int i = 0; i < count; ++i) {
    total_norm += grads[i].norm().item<double>();
  }
  return total_norm;
}

// ---- no match
double sum_of_all(const Tensor* grads, int count) {
  double sum_of_squares = 0.0;
  for (int i = 0; i < count; ++i) {
    sum_of_squares += grads[i].square().sum().item<double>();
  }
  return sum_of_squares;
}
