struct Tensor {
  Tensor operator~() const;
  Tensor masked_fill(const Tensor& mask, double value) const;
};
namespace torch {
Tensor where(const Tensor& condition, const Tensor& yes, double no);
}

// ---- match
Tensor scaled_dot_product_attention(const Tensor& scores, const Tensor& keep, double lowest) {
  return scores.masked_fill(~keep, lowest);
}

// ---- becomes
Tensor scaled_dot_product_attention(const Tensor& scores, const Tensor& keep, double lowest) {
  return torch::where(keep, scores, lowest);
}

// ---- no match
Tensor scaled_dot_product_attention(const Tensor& scores, const Tensor& hidden, double lowest) {
  return scores.masked_fill(hidden, lowest);
}
