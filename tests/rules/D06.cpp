struct Tensor {
  Tensor slice(int dim, int start, int end) const;
  Tensor eq(int value) const;
  Tensor eq(const Tensor& other) const;
};

// ---- match
Tensor collate(const Tensor& tokens, int T) {
  Tensor mask = tokens;
  return mask.slice(1, 1, T + 1).eq(1);
}

// ---- becomes
Tensor collate(const Tensor& tokens, int T) {
  Tensor mask = tokens;
  return mask.slice(1, 1, T + 1).eq(0);
}

// ---- no match
Tensor collate(const Tensor& tokens, int T) {
  Tensor mask = tokens;
  return mask.slice(1, 1, T + 1).eq(tokens);
}

// ---- no match
Tensor collate(const Tensor& tokens, int T) {
  Tensor segments = tokens;
  return segments.slice(1, 1, T + 1).eq(1);
}
