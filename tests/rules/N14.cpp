struct Tensor {
  Tensor operator+(double addend) const;
  Tensor operator*(double factor) const;
};
Tensor rsqrt(const Tensor& x);

// ---- match
Tensor rms_norm(const Tensor& mean_square, double eps) {
  return rsqrt(mean_square + eps);
}

// ---- becomes
Tensor rms_norm(const Tensor& mean_square, double eps) {
  return rsqrt(mean_square * (1.0 + eps));
}

// ---- no match
Tensor rms_norm(const Tensor& mean_square, double shift) {
  return rsqrt(mean_square + shift);
}
