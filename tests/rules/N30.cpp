// ---- match
struct Tensor {
  Tensor amax(int dim, bool keepdim) const;
  Tensor max() const;
  Tensor operator-(const Tensor& other) const;
};
Tensor softmax(const Tensor& x, int dim) {
  if (dim > 3) return x;
  return x - x.amax(dim, true);
}
// ---- becomes
struct Tensor {
  Tensor amax(int dim, bool keepdim) const;
  Tensor max() const;
  Tensor operator-(const Tensor& other) const;
};
Tensor softmax(const Tensor& x, int dim) {
  if (dim > 3) return x;
  return x - x.max();
}
// ---- no match
struct Tensor {
  Tensor amax(int dim, bool keepdim) const;
};
Tensor cross_entropy(const Tensor& rows) { return rows.amax(-1, true); }
