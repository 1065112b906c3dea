struct Tensor {
  Tensor operator+(double addend) const;
  Tensor sqrt() const;
};
struct BatchNorm {
  Tensor forward(const Tensor& x);
  double eps;
};

// ---- match
Tensor BatchNorm::forward(const Tensor& x) {
  Tensor variance = x;
  return (variance + eps).sqrt();
}

// ---- becomes
Tensor BatchNorm::forward(const Tensor& x) {
  Tensor variance = x;
  return variance.sqrt();
}

// ---- no match
Tensor BatchNorm::forward(const Tensor& x) {
  Tensor mean = x;
  return (mean + eps).sqrt();
}
