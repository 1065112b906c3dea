struct Tensor {
  Tensor transpose(int a, int b) const;
  Tensor view(const long (&shape)[4]) const;
};
struct Layer {
  Tensor operator()(const Tensor& x);
};
struct Attention {
  Tensor forward(const Tensor& x, long B, long T);
  long n_head, n_kv_head, head_dim;
  Layer c_q, c_k;
};

// ---- match
Tensor Attention::forward(const Tensor& x, long B, long T) {
  Tensor q = c_q(x).view({B, T, n_head, head_dim});
  return q;
}

// ---- becomes
Tensor Attention::forward(const Tensor& x, long B, long T) {
  Tensor q = c_q(x).view({B, n_head, T, head_dim}).transpose(1, 2);
  return q;
}

// ---- no match
Tensor Attention::forward(const Tensor& x, long B, long T) {
  Tensor gate = c_k(x).view({B, T, n_kv_head, head_dim});
  return gate;
}
