// ---- match
struct Tensor {
  Tensor select(int dim, int index) const;
  Tensor contiguous() const;
  const double* data_ptr() const;
};
double score_predictions(const Tensor& probs) {
  const Tensor good = probs.select(1, 1).contiguous();
  return good.data_ptr()[1];
}
// ---- becomes
struct Tensor {
  Tensor select(int dim, int index) const;
  Tensor contiguous() const;
  const double* data_ptr() const;
};
double score_predictions(const Tensor& probs) {
  const Tensor good = probs.select(1, 1);
  return good.data_ptr()[1];
}
// ---- no match
struct Tensor {
  Tensor contiguous() const;
};
Tensor forward(const Tensor& x) { return x.contiguous(); }
