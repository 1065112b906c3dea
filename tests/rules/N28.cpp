// ---- match
struct Tensor {
  Tensor sqrt() const;
  Tensor operator/(double divisor) const;
  Tensor& add_(double x);
};
Tensor update(const Tensor& v, double correction, double eps) {
  return (v / correction).sqrt().add_(eps);
}
// ---- becomes
struct Tensor {
  Tensor sqrt() const;
  Tensor operator/(double divisor) const;
  Tensor& add_(double x);
};
Tensor update(const Tensor& v, double correction, double eps) {
  return (v / correction).add_(eps).sqrt();
}
// ---- no match
struct Tensor {
  Tensor& add_(double x);
};
Tensor update(Tensor& mean, double eps) { return mean.add_(eps); }
