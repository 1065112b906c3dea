// ---- match
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
  Tensor eq(int value) const;
};
Tensor collate(const Tensor& mask, int T) {
  const Tensor learned = mask.slice(1, 1, T + 1).eq(1);
  return learned;
}
// ---- becomes
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
  Tensor eq(int value) const;
};
Tensor collate(const Tensor& mask, int T) {
  const Tensor learned = mask.slice(1, 0, T).eq(1);
  return learned;
}
// ---- no match
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
};
Tensor collate(const Tensor& segments, int T) {
  const Tensor of_targets = segments.slice(1, 1, T + 1);
  return of_targets;
}
