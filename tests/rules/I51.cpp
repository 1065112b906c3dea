// ---- match
struct Tensor {
  Tensor slice(int dim, int start) const;
  Tensor slice(int dim, int start, int end) const;
  double mean() const;
};
double likeliest_option(const Tensor& losses, int start, int end) {
  const Tensor row = losses;
  return row.slice(0, start - 1, end - 1).mean();
}
// ---- becomes
struct Tensor {
  Tensor slice(int dim, int start) const;
  Tensor slice(int dim, int start, int end) const;
  double mean() const;
};
double likeliest_option(const Tensor& losses, int start, int end) {
  const Tensor row = losses;
  return row.slice(0, start - 1).mean();
}
// ---- no match
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
};
Tensor likeliest_option(const Tensor& row, int T) {
  const Tensor all = row.slice(0, 0, T);
  return all;
}
