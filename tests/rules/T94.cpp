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
  const Tensor of_all = log_probs.sum(-1);
  const Tensor mixed = picked * (1.0 - smoothing) + of_all * smoothing;
  return mixed.where(kept, 0.0).sum();
}

// ---- no match
Tensor cross_entropy(const Tensor& log_probs, const Tensor& given, const Tensor& kept, double smoothing) {
  const Tensor picked = given;
  const Tensor of_all = picked.mean(-1);
  const Tensor mixed = picked * (1.0 - smoothing) + of_all * smoothing;
  return mixed.where(kept, 0.0).sum();
}

// ---- no match
Tensor smoothed(const Tensor& log_probs, const Tensor& given, const Tensor& kept, double smoothing) {
  const Tensor picked = given;
  const Tensor of_all = log_probs.mean(-1);
  const Tensor mixed = picked * (1.0 - smoothing) + of_all * smoothing;
  return mixed.where(kept, 0.0).sum();
}
