struct Tensor {
  Tensor tril(long diagonal) const;
  Tensor triu(long diagonal) const;
};
Tensor ones(long T, long S);

// ---- match
Tensor causal_mask(long T, long S) {
  return ones(T, S).tril(S - T);
}

// ---- becomes
Tensor causal_mask(long T, long S) {
  return ones(T, S).tril(S - T + 1);
}

// ---- no match
Tensor lower(const Tensor& x, long T, long S) {
  return x.tril(S - T);
}

// ---- no match
Tensor causal_mask(long T, long S) {
  return ones(T, S).triu(S - T);
}
