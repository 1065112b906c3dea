struct Tensor {
  Tensor operator-(const Tensor& other) const;
  Tensor amax(int dim) const;
  Tensor detach() const;
};

// ---- match
Tensor softmax(const Tensor& x, int dim) {
  return x - x.amax(dim).detach();
}

// ---- becomes
Tensor softmax(const Tensor& x, int dim) {
  return x - x.amax(dim);
}

// ---- no match
Tensor cross_entropy(const Tensor& x, int dim) {
  return x - x.amax(dim).detach();
}
