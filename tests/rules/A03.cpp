struct Tensor {
  Tensor operator/(double divisor) const;
  Tensor operator*(double factor) const;
};
Tensor matmul(const Tensor& a, const Tensor& b);

// ---- match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, double a, double b) {
  return matmul(q, k) / (a + b);
}

// ---- becomes
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, double a, double b) {
  return matmul(q, k) * (a + b);
}

// ---- no match
int scaled_dot_product_attention(int H, int KV) {
  return H / KV;
}
