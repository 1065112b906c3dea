// ---- match
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
};
struct Cache {
  Tensor cos, sin;
  Cache rows(int start, int T) const { return {cos.slice(1, start, start + T), sin.slice(1, start, start + T)}; }
};
// ---- becomes
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
};
struct Cache {
  Tensor cos, sin;
  Cache rows(int start, int T) const { return {cos.slice(1, start, T), sin.slice(1, start, T)}; }
};
// ---- no match
struct Tensor {
  Tensor slice(int dim, int start, int end) const;
};
struct Cache {
  Tensor cos;
  Tensor row(int t) const { return cos.slice(1, t, t + 1); }
};
