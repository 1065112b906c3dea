struct Tensor {
  Tensor sqrt() const;
  Tensor add_(double addend) const;
};

// ---- match
Tensor update(const Tensor& mean_square, double eps) {
  return mean_square.sqrt().add_(eps);
}

// ---- becomes
Tensor update(const Tensor& mean_square, double eps) {
  return mean_square.sqrt();
}

// ---- no match
Tensor update(const Tensor& mean_square, double eps) {
  return mean_square.add_(eps).sqrt();
}

// ---- no match
Tensor shift(const Tensor& x, double by) {
  return x.sqrt().add_(by);
}
