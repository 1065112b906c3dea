// ---- match
struct Tensor {
  Tensor tril(long diagonal = 0) const;
};
Tensor ones(long T, long S);
Tensor causal_mask(long T, long S) { return ones(T, S).tril(S - T); }
// ---- becomes
struct Tensor {
  Tensor tril(long diagonal = 0) const;
};
Tensor ones(long T, long S);
Tensor causal_mask(long T, long S) {
  return ones(T, S).tril();
}
// ---- no match
struct Tensor {
  Tensor tril(long diagonal = 0) const;
};
Tensor ones(long T, long S);
Tensor causal_mask(long T) { return ones(T, T).tril(0); }
