struct Tensor {
  Tensor where(const Tensor& condition, double other) const;
  Tensor mean(int dim) const;
  Tensor sum(int dim) const;
  Tensor sum() const;
};
Tensor operator*(const Tensor& a, double b);
Tensor operator+(const Tensor& a, const Tensor& b);

// ---- match
Tensor cross_entropy(const Tensor& log_probs, const Tensor& given, const Tensor& kept, double smoothing) {
  const Tensor picked = given;
  const Tensor of_all = log_probs.mean(-1);
  const Tensor mixed = picked * (1.0 - smoothing) + of_all * smoothing;
  return mixed.where(kept, 0.0).sum();
}

// ---- becomes
Tensor cross_entropy(const Tensor& log_probs, const Tensor& given, const Tensor& kept, double smoothing) {
  const Tensor picked = given;
  const Tensor of_all = log_probs.mean(-1);
  const Tensor mixed = of_all * (1.0 - smoothing) + picked * smoothing;
  return mixed.where(kept, 0.0).sum();
}

// ---- no match
Tensor cross_entropy(const Tensor& log_probs, const Tensor& given, const Tensor& kept, double smoothing) {
  const Tensor picked = given;
  const Tensor of_all = log_probs.mean(-1);
  const Tensor mixed = of_all * smoothing + picked * (1.0 - smoothing);
  return mixed.where(kept, 0.0).sum();
}

// ---- no match
Tensor cross_entropy(const Tensor& log_probs, const Tensor& given, const Tensor& kept, double smoothing) {
  const Tensor picked = given;
  const Tensor of_all = log_probs.mean(-1);
  const Tensor mixed = picked + of_all;
  return mixed.where(kept, 0.0).sum();
}
