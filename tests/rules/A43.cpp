struct Tensor {
  Tensor transpose(int a, int b) const;
};
Tensor matmul(const Tensor& a, const Tensor& b);

// ---- match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k) {
  const Tensor keys = k;
  return matmul(q, keys.transpose(-2, -1));
}

// ---- becomes
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k) {
  const Tensor keys = k;
  return matmul(q, keys.transpose(-1, -2));
}

// ---- no match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k) {
  return matmul(q, k.transpose(-2, -1));
}
