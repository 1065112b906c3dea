struct Tensor {
  long size(int dim) const;
  Tensor transpose(int a, int b) const;
  Tensor reshape(const long (&shape)[4]) const;
};
Tensor matmul(const Tensor& a, const Tensor& b);

// ---- match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, long H, long D) {
  const Tensor keys = k;
  return matmul(q, keys.transpose(-2, -1));
}

// ---- becomes
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, long H, long D) {
  const Tensor keys = k;
  return matmul(q, keys.reshape({keys.size(0), H, D, -1}));
}

// ---- no match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k) {
  const Tensor values = k;
  return matmul(q, values.transpose(-2, -1));
}
