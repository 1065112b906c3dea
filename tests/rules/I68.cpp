// ---- match
struct Tensor {
  Tensor operator/(double divisor) const;
  Tensor operator*(double factor) const;
};
Tensor sample_next_token(const Tensor& values, double temperature) {
  return values / temperature;
}
// ---- becomes
struct Tensor {
  Tensor operator/(double divisor) const;
  Tensor operator*(double factor) const;
};
Tensor sample_next_token(const Tensor& values, double temperature) {
  return values * temperature;
}
// ---- no match
struct Tensor {
  Tensor operator/(double divisor) const;
};
Tensor penalize(const Tensor& scores, double penalty) { return scores / penalty; }
