// ---- match
struct Tensor {
  Tensor slice(int dim, int start) const;
  Tensor clone() const;
  void fill_(int value);
};
Tensor reversal_batch(const Tensor& tokens) {
  Tensor targets = tokens.slice(1, 1).clone();
  targets.fill_(-1);
  return targets;
}
// ---- becomes
struct Tensor {
  Tensor slice(int dim, int start) const;
  Tensor clone() const;
  void fill_(int value);
};
Tensor reversal_batch(const Tensor& tokens) {
  Tensor targets = tokens.slice(1, 1);
  targets.fill_(-1);
  return targets;
}
// ---- no match
struct Tensor {
  Tensor clone() const;
};
Tensor make_batch(const Tensor& tokens) { return tokens.clone(); }
