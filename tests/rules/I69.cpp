// ---- match
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
  double mean() const;
  double sum() const;
};
double likeliest_option(const Tensor& row, int start, int end) {
  return row.slice(0, start, end).mean();
}
// ---- becomes
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
  double mean() const;
  double sum() const;
};
double likeliest_option(const Tensor& row, int start, int end) {
  return row.slice(0, start, end).sum();
}
// ---- no match
struct Tensor {
  double mean() const;
};
double evaluate_task(const Tensor& right) { return right.mean(); }
