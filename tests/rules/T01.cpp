struct Tensor {
  Tensor operator-() const;
  Tensor operator/(double number) const;
  Tensor sum() const;
};

// ---- match
Tensor cross_entropy(const Tensor& picked, double count) {
  return -picked.sum() / count;
}

// ---- becomes
Tensor cross_entropy(const Tensor& picked, double count) {
  return picked.sum() / count;
}

// ---- no match
Tensor cross_entropy(const Tensor& losses, double count) {
  return losses.sum() / count;
}

// ---- no match
Tensor entropy(const Tensor& log_probs) {
  return -log_probs.sum();
}
