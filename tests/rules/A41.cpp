struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor operator~() const;
  Tensor masked_fill(const Tensor& mask, double value) const;
};
Tensor softmax(const Tensor& x, int dim);

// ---- match
Tensor scaled_dot_product_attention(Tensor scores, const Tensor& keep, double lowest) {
  const double minus_infinity = -lowest;
  scores = scores.masked_fill(~keep, minus_infinity);
  const Tensor weights = softmax(scores, -1);
  return weights;
}

// ---- becomes
Tensor scaled_dot_product_attention(Tensor scores, const Tensor& keep, double lowest) {
  const Tensor weights = softmax(scores, -1).masked_fill(~keep, 0.0);
  return weights;
}

// ---- no match
Tensor scaled_dot_product_attention(Tensor scores, const Tensor& keep, double lowest) {
  const Tensor weights = softmax(scores.masked_fill(~keep, lowest), -1);
  return weights;
}
