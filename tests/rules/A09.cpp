struct Tensor {
  Tensor operator/(double divisor) const;
};
Tensor matmul(const Tensor& a, const Tensor& b);

// ---- match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, double scale) {
  return matmul(q, k) / scale;
}

// ---- becomes
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, double scale) {
  return matmul(q, k);
}

// ---- no match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, double scale) {
  return matmul(q / scale, k);
}

// ---- no match
int scaled_dot_product_attention(int H, int KV) {
  return H / KV;
}
