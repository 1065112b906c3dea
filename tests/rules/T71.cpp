// ---- match
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor operator/(double divisor) const;
  Tensor& div_(double divisor);
  double norm() const;
};
Tensor newton_schulz(const Tensor& G) {
  Tensor X = G;
  X = X / (X.norm() + 1e-7);
  return X;
}
// ---- becomes
struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor operator/(double divisor) const;
  Tensor& div_(double divisor);
  double norm() const;
};
Tensor newton_schulz(const Tensor& G) {
  Tensor X = G;
  X.div_(X.norm() + 1e-7);
  return X;
}
// ---- no match
struct Tensor {
  Tensor operator/(double divisor) const;
};
Tensor newton_schulz(const Tensor& G, double norm) { return G / norm; }
