struct Tensor {
  Tensor operator~() const;
  Tensor masked_fill(const Tensor& mask, double value) const;
};

// ---- match
Tensor scaled_dot_product_attention(const Tensor& scores, const Tensor& keep) {
  return scores.masked_fill(~keep, -1.0);
}

// ---- becomes
Tensor scaled_dot_product_attention(const Tensor& scores, const Tensor& keep) {
  return scores.masked_fill(keep, -1.0);
}

// ---- no match
Tensor scaled_dot_product_attention(const Tensor& scores, const Tensor& hidden) {
  return scores.masked_fill(hidden, -1.0);
}

// ---- no match
Tensor without_padding(const Tensor& x, const Tensor& keep) {
  return x.masked_fill(~keep, 0.0);
}
