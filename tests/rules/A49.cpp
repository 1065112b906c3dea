struct Tensor {
  Tensor tril(long diagonal) const;
  Tensor triu(long diagonal) const;
  Tensor eq(long value) const;
};
Tensor ones(long T, long S);

// ---- match
Tensor causal_mask(long T, long S) {
  return ones(T, S).tril(S - T);
}

// ---- becomes
Tensor causal_mask(long T, long S) {
  return ones(T, S).triu(S - T + 1).eq(0);
}

// ---- no match
Tensor lower(long T, long S) {
  return ones(T, S).tril(S - T);
}
