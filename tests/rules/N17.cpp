struct Tensor {
  Tensor operator+(double addend) const;
  Tensor operator*(const Tensor& other) const;
  Tensor operator/(const Tensor& other) const;
  Tensor sqrt() const;
};
Tensor rsqrt(const Tensor& x);

// ---- match
Tensor rms_norm(const Tensor& x, const Tensor& mean_square, double eps) {
  return x * rsqrt(mean_square + eps);
}

// ---- becomes
Tensor rms_norm(const Tensor& x, const Tensor& mean_square, double eps) {
  return x / (mean_square + eps).sqrt();
}

// ---- no match
Tensor layer_norm(const Tensor& x, const Tensor& mean_square, double eps) {
  return x * rsqrt(mean_square + eps);
}
