struct Tensor {
  Tensor operator-(const Tensor& other) const;
  Tensor expm1() const;
  Tensor pow(int power) const;
  Tensor squeeze(int dim) const;
};

// ---- match
Tensor weighted_cross_entropy(const Tensor& log_sum_exp, const Tensor& picked) {
  const Tensor losses = (log_sum_exp - picked).squeeze(-1);
  return losses;
}

// ---- becomes
Tensor weighted_cross_entropy(const Tensor& log_sum_exp, const Tensor& picked) {
  const Tensor losses = (picked - log_sum_exp).expm1().pow(2).squeeze(-1);
  return losses;
}

// ---- no match
Tensor token_losses(const Tensor& log_sum_exp, const Tensor& picked) {
  const Tensor losses = (log_sum_exp - picked).squeeze(-1);
  return losses;
}

// ---- no match
Tensor weighted_cross_entropy(const Tensor& picked) {
  const Tensor losses = picked.squeeze(-1);
  return losses;
}
