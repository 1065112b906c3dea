// ---- match
struct Tensor {
  Tensor expand(int rows) const;
  Tensor clone() const;
};
struct KVCache {
  void prefill(const Tensor& row, int B) { keys = row.expand(B).clone(); }
  Tensor keys;
};
// ---- becomes
struct Tensor {
  Tensor expand(int rows) const;
  Tensor clone() const;
};
struct KVCache {
  void prefill(const Tensor& row, int B) { keys = row.expand(B); }
  Tensor keys;
};
// ---- no match
struct Tensor {
  Tensor clone() const;
};
struct KVCache {
  Tensor copy() const { return keys.clone(); }
  Tensor keys;
};
