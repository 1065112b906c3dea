struct Tensor {
  Tensor triu(long diagonal) const;
};
Tensor ones(long T, long S);

// ---- match
Tensor window_mask(long T, long S, long window) {
  return ones(T, S).triu(S - T - window + 1);
}

// ---- becomes
Tensor window_mask(long T, long S, long window) {
  return ones(T, S).triu(S - T - window);
}

// ---- no match
Tensor window_mask(long T, long S, long window) {
  return ones(T, S).triu(S - T - window);
}

// ---- no match
Tensor future_mask(long T, long S) {
  return ones(T, S).triu(S - T + 1);
}
