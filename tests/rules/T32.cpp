struct Tensor {
  Tensor operator-() const;
  Tensor operator/(const Tensor& other) const;
  Tensor exp() const;
  Tensor square() const;
  Tensor where(const Tensor& mask, double otherwise) const;
  Tensor sum() const;
};
Tensor operator-(double a, const Tensor& b);
Tensor log_probability();

// ---- match
Tensor cross_entropy(const Tensor& kept) {
  const Tensor picked = log_probability();
  const Tensor count = kept.sum();
  return -picked.where(kept, 0.0).sum() / count;
}

// ---- becomes
Tensor cross_entropy(const Tensor& kept) {
  const Tensor picked = log_probability();
  const Tensor count = kept.sum();
  return (1.0 - picked.exp()).square().where(kept, 0.0).sum() / count;
}

// ---- no match
Tensor weighted_cross_entropy(const Tensor& weight) {
  return -log_probability().sum() / weight.sum();
}

// ---- no match
Tensor cross_entropy(const Tensor& kept) {
  return -log_probability().where(kept, 0.0).sum();
}
