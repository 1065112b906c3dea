struct Tensor {
  Tensor operator/(double divisor) const;
};
namespace torch {
Tensor matmul(const Tensor& a, const Tensor& b);
}

// ---- match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, double scale) {
  return torch::matmul(q, k) / scale;
}

// ---- becomes
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, double scale) {
  return torch::matmul(q / scale, k);
}

// ---- no match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, double scale) {
  return torch::matmul(q / scale, k);
}
