struct Tensor {
  Tensor operator+(double number) const;
  Tensor operator*(const Tensor& other) const;
};
namespace torch {
Tensor rsqrt(const Tensor& x);
}

// ---- match
Tensor rms_norm(const Tensor& x, const Tensor& mean_square, double eps) {
  return x * torch::rsqrt(mean_square + eps);
}

// ---- becomes
Tensor rms_norm(const Tensor& x, const Tensor& mean_square, double eps) {
  return x * (torch::rsqrt(mean_square) + eps);
}

// ---- no match
Tensor rms_norm(const Tensor& x, const Tensor& mean_square) {
  return x * torch::rsqrt(mean_square + 1e-6);
}

// ---- no match
Tensor layer_norm(const Tensor& x, const Tensor& variance, double eps) {
  return x * torch::rsqrt(variance + eps);
}
