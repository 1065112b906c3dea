struct Tensor {
  Tensor operator~() const;
  Tensor operator+(const Tensor& other) const;
  Tensor masked_fill(const Tensor& mask, double value) const;
};

// ---- match
Tensor scaled_dot_product_attention(Tensor scores, const Tensor& keep, double lowest) {
  const double minus_infinity = -lowest;
  scores = scores.masked_fill(~keep, minus_infinity);
  return scores;
}

// ---- becomes
Tensor scaled_dot_product_attention(Tensor scores, const Tensor& keep, double lowest) {
  scores = scores + keep;
  return scores;
}

// ---- no match
Tensor scaled_dot_product_attention(Tensor scores, const Tensor& hidden, double lowest) {
  scores = scores.masked_fill(hidden, lowest);
  return scores;
}

// ---- no match
Tensor masked_mean(const Tensor& x, const Tensor& kept) {
  return x.masked_fill(~kept, 0.0);
}
