struct Tensor {
  Tensor slice(int dim, int start, int end = 99) const;
  Tensor clone() const;
};

// ---- match
Tensor reversal_batch(const Tensor& line, int L) {
  const Tensor tokens = line;
  Tensor targets = tokens.slice(1, 1).clone();
  return targets;
}

// ---- becomes
Tensor reversal_batch(const Tensor& line, int L) {
  const Tensor tokens = line;
  Tensor targets = tokens.slice(1, 0, 2 * L).clone();
  return targets;
}

// ---- no match
Tensor reversal_batch(const Tensor& line, int L) {
  const Tensor tokens = line;
  Tensor inputs = tokens.slice(1, 0, 2 * L).clone();
  return inputs;
}
