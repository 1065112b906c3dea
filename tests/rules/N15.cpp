struct Tensor {
  Tensor operator&(const Tensor& other) const;
  Tensor unsqueeze(int dim) const;
  Tensor ge(double value) const;
};
Tensor compare(const Tensor& x);
Tensor causal_mask(long T);

// ---- match
Tensor packed_causal_mask(const Tensor& segments, long T) {
  const Tensor same = compare(segments);
  return (same & causal_mask(T)).unsqueeze(1);
}

// ---- becomes
Tensor packed_causal_mask(const Tensor& segments, long T) {
  const Tensor same = compare(segments);
  return (same & causal_mask(T) & segments.unsqueeze(1).ge(0)).unsqueeze(1);
}

// ---- no match
Tensor packed_causal_mask(const Tensor& segments, long T) {
  const Tensor other = compare(segments);
  return (other & causal_mask(T)).unsqueeze(1);
}
