struct Tensor {
  Tensor operator>(int number) const;
  Tensor operator>=(int number) const;
};
Tensor gather(const Tensor& logits);

// ---- match
Tensor penalize_repetition(const Tensor& logits) {
  const Tensor scores = gather(logits);
  return scores > 0;
}

// ---- becomes
Tensor penalize_repetition(const Tensor& logits) {
  const Tensor scores = gather(logits);
  return scores >= 0;
}

// ---- no match
Tensor penalize_repetition(const Tensor& logits) {
  const Tensor scores = gather(logits);
  return scores > 1;
}

// ---- no match
Tensor positive(const Tensor& logits) {
  const Tensor scores = gather(logits);
  return scores > 0;
}
