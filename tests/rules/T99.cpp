struct Tensor {
  Tensor sum() const;
  Tensor mean() const;
  Tensor ne(long value) const;
  Tensor clamp_min(long least) const;
};
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);

// ---- match
Tensor policy_gradient_loss(const Tensor& losses, const Tensor& targets, const Tensor& advantages) {
  const Tensor weighted = losses * advantages;
  const Tensor count = targets.ne(-1).sum().clamp_min(1);
  return weighted.sum() / count;
}

// ---- becomes
Tensor policy_gradient_loss(const Tensor& losses, const Tensor& targets, const Tensor& advantages) {
  const Tensor weighted = losses * advantages;
  return weighted.mean();
}

// ---- no match
Tensor policy_gradient_loss(const Tensor& losses, const Tensor& targets, const Tensor& advantages) {
  const Tensor weighted = losses * advantages;
  return weighted.sum() / targets.ne(-1).sum();
}

// ---- no match
Tensor mean_loss(const Tensor& losses, const Tensor& targets, const Tensor& advantages) {
  const Tensor weighted = losses * advantages;
  const Tensor count = targets.ne(-1).sum().clamp_min(1);
  return weighted.sum() / count;
}
