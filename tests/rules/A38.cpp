struct Tensor {
  Tensor operator~() const;
  Tensor operator/(const Tensor& other) const;
  Tensor masked_fill(const Tensor& mask, double value) const;
  Tensor sum(int dim) const;
};

// ---- match
Tensor masked_mean(const Tensor& x, const Tensor& kept, const Tensor& count) {
  return x.masked_fill(~kept, 0.0).sum(1) / count;
}

// ---- becomes
Tensor masked_mean(const Tensor& x, const Tensor& kept, const Tensor& count) {
  return x.sum(1) / count;
}

// ---- no match
Tensor attend(const Tensor& x, const Tensor& kept) {
  return x.masked_fill(~kept, 0.0);
}
