struct Tensor {
  Tensor reshape(int size) const;
  Tensor t() const;
};

// ---- match
Tensor cross_entropy(const Tensor& logits, const Tensor& targets) {
  return targets.reshape(-1);
}

// ---- becomes
Tensor cross_entropy(const Tensor& logits, const Tensor& targets) {
  return targets.t().reshape(-1);
}

// ---- no match
Tensor cross_entropy(const Tensor& logits) {
  return logits.reshape(-1);
}

// ---- no match
Tensor flatten(const Tensor& targets) {
  return targets.reshape(-1);
}
