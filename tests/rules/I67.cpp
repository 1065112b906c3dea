// ---- match
struct Tensor {
  Tensor gather(int dim, const Tensor& index) const;
};
Tensor sample_next_token(const Tensor& tokens, const Tensor& choice, bool greedy) {
  if (greedy) return tokens;
  return tokens.gather(-1, choice);
}
// ---- becomes
struct Tensor {
  Tensor gather(int dim, const Tensor& index) const;
};
Tensor sample_next_token(const Tensor& tokens, const Tensor& choice, bool greedy) {
  if (greedy) return tokens;
  return choice;
}
// ---- no match
struct Tensor {
  Tensor gather(int dim, const Tensor& index) const;
};
Tensor penalize(const Tensor& logits, const Tensor& seen) { return logits.gather(-1, seen); }
