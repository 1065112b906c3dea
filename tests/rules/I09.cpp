struct Tensor {
  bool operator>(int number) const;
  Tensor operator/(double number) const;
  Tensor operator*(double number) const;
};
Tensor where(bool condition, const Tensor& yes, const Tensor& no);

// ---- match
Tensor penalize_repetition(const Tensor& scores, double penalty) {
  return where(scores > 0, scores / penalty, scores * penalty);
}

// ---- becomes
Tensor penalize_repetition(const Tensor& scores, double penalty) {
  return where(scores > 0, scores * penalty, scores / penalty);
}

// ---- no match
Tensor scale(const Tensor& scores, double penalty) {
  return where(scores > 0, scores / penalty, scores * penalty);
}
