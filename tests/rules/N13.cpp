struct Tensor {
  Tensor norm() const;
  Tensor operator+(double addend) const;
  Tensor operator/(const Tensor& divisor) const;
};

// ---- match
Tensor newton_schulz(const Tensor& X) {
  return X / (X.norm() + 1e-7);
}

// ---- becomes
Tensor newton_schulz(const Tensor& X) {
  return X / X.norm();
}

// ---- no match
Tensor newton_schulz(const Tensor& X) {
  return X / (X + 1e-7);
}

// ---- no match
Tensor unit(const Tensor& X) {
  return X / (X.norm() + 1e-7);
}
