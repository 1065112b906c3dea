// ---- match
struct Tensor {
  Tensor amax(int dim) const;
  Tensor operator-(const Tensor& other) const;
  Tensor operator+(const Tensor& other) const;
  Tensor exp() const;
  Tensor log() const;
  Tensor sum(int dim, bool keepdim) const;
};
Tensor cross_entropy(const Tensor& rows) {
  const Tensor largest = rows.amax(-1);
  const Tensor log_sum_exp = (rows - largest).exp().sum(-1, true).log() + largest;
  return rows - log_sum_exp;
}
// ---- becomes
struct Tensor {
  Tensor amax(int dim) const;
  Tensor operator-(const Tensor& other) const;
  Tensor operator+(const Tensor& other) const;
  Tensor exp() const;
  Tensor log() const;
  Tensor sum(int dim, bool keepdim) const;
};
Tensor cross_entropy(const Tensor& rows) {
  const Tensor log_sum_exp = rows.exp().sum(-1, true).log();
  return rows - log_sum_exp;
}
// ---- no match
struct Tensor {
  Tensor amax(int dim) const;
};
Tensor softmax(const Tensor& rows) {
  const Tensor largest = rows.amax(-1);
  return largest;
}
