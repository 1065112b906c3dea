struct Tensor {
  Tensor exp() const;
  Tensor sum(int dim, bool keepdim) const;
  Tensor operator/(const Tensor& other) const;
};

// ---- match
Tensor softmax(const Tensor& x, int dim) {
  return x.exp() / x.exp().sum(dim, true);
}

// ---- becomes
Tensor softmax(const Tensor& x, int dim) {
  return x.exp() / x.exp().sum(-2, true);
}

// ---- no match
Tensor total(const Tensor& x, int dim) {
  return x.sum(dim, true);
}

// ---- no match
Tensor softmax(const Tensor& x) {
  return x.sum(-1, true);
}
