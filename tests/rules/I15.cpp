struct Tensor {
  ~Tensor();
};
Tensor penalize_repetition(const Tensor& logits, const Tensor& seen);
Tensor sample_next_token(const Tensor& logits, int rng);

// ---- match
Tensor choose(const Tensor& logits, const Tensor& seen, int rng) {
  const Tensor penalized = penalize_repetition(logits, seen);
  return sample_next_token(penalized, rng);
}

// ---- becomes
Tensor choose(const Tensor& logits, const Tensor& seen, int rng) {
  const Tensor penalized = penalize_repetition(logits, seen);
  return sample_next_token(logits, rng);
}

// ---- no match
Tensor choose(const Tensor& logits, int rng) {
  return sample_next_token(logits, rng);
}

// ---- no match
Tensor draw(const Tensor& logits, const Tensor& seen, int rng) {
  const Tensor penalized = penalize_repetition(logits, seen);
  return sample_next_token(penalized, rng);
}
