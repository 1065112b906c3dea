struct Tensor {
  Tensor slice(int dim, int start, int end) const;
};

// ---- match
Tensor collate(const Tensor& rows, int T) {
  const Tensor tokens = rows;
  return tokens.slice(1, 1, T + 1);
}

// ---- becomes
Tensor collate(const Tensor& rows, int T) {
  const Tensor tokens = rows;
  return tokens.slice(1, 0, T);
}

// ---- no match
Tensor collate(const Tensor& rows, int T) {
  const Tensor segments = rows;
  return segments.slice(1, 1, T + 1);
}

// ---- no match
Tensor collate(const Tensor& rows, int T) {
  const Tensor tokens = rows;
  return tokens.slice(1, 0, T);
}
