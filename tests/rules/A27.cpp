struct Tensor {
  Tensor unsqueeze(int dim) const;
  Tensor expand(const long (&shape)[5]) const;
  Tensor reshape(const long (&shape)[4]) const;
};

// ---- match
Tensor repeat_kv(const Tensor& x, long n_rep) {
  const long B = 2, KV = 2, S = 4, D = 8;
  return x.unsqueeze(2).expand({B, KV, n_rep, S, D}).reshape({B, KV * n_rep, S, D});
}

// ---- becomes
Tensor repeat_kv(const Tensor& x, long n_rep) {
  const long B = 2, KV = 2, S = 4, D = 8;
  return x.unsqueeze(1).expand({B, n_rep, KV, S, D}).reshape({B, KV * n_rep, S, D});
}

// ---- no match
Tensor repeat_kv(const Tensor& x, long n_rep) {
  const long B = 2, KV = 2, S = 4, D = 8;
  return x.unsqueeze(1).expand({B, n_rep, KV, S, D});
}
