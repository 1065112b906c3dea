struct Device {};
struct Tensor {
  Tensor operator&(const Tensor& other) const;
  Device device() const;
};
Tensor causal_mask(long T, long S, Device device = Device());

// ---- match
Tensor packed_causal_mask(const Tensor& same, long T) {
  return same & causal_mask(T, T, same.device());
}

// ---- becomes
Tensor packed_causal_mask(const Tensor& same, long T) {
  return same & causal_mask(T, T);
}

// ---- no match
Tensor packed_causal_mask(const Tensor& same, long T) {
  return same & causal_mask(T, T);
}

// ---- no match
Tensor forward(const Tensor& idx, long T) {
  return causal_mask(T, T, idx.device());
}
