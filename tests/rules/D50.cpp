// ---- match
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
  Tensor eq(const Tensor& other) const;
  Tensor eq(int value) const;
  Tensor ne(int value) const;
  Tensor operator&(const Tensor& other) const;
};
Tensor collate(const Tensor& tokens, const Tensor& mask, const Tensor& same, int T, int pad_id) {
  if (pad_id < 0) return tokens;
  const Tensor learned = mask.slice(1, 1, T + 1).eq(1);
  return learned & same;
}
// ---- becomes
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
  Tensor eq(const Tensor& other) const;
  Tensor eq(int value) const;
  Tensor ne(int value) const;
  Tensor operator&(const Tensor& other) const;
};
Tensor collate(const Tensor& tokens, const Tensor& mask, const Tensor& same, int T, int pad_id) {
  if (pad_id < 0) return tokens;
  const Tensor learned = mask.slice(1, 1, T + 1).eq(1) & tokens.slice(1, 1, T + 1).ne(pad_id);
  return learned & same;
}
// ---- no match
struct Tensor {
  Tensor eq(int value) const;
};
Tensor loss_mask(const Tensor& mask) {
  const Tensor learned = mask.eq(1);
  return learned;
}
