struct Tensor {
  long size(int dim) const;
};
Tensor repeat_kv(const Tensor& x, long n_rep);
Tensor attend(const Tensor& k, const Tensor& v);

// ---- match
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  const long H = q.size(1), KV = k.size(1);
  return attend(repeat_kv(k, H / KV), repeat_kv(v, H / KV));
}

// ---- becomes
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v) {
  const long H = q.size(1), KV = k.size(1);
  return attend(repeat_kv(k, KV / H), repeat_kv(v, KV / H));
}

// ---- no match
long scaled_dot_product_attention(const Tensor& q, const Tensor& k) {
  const long H = q.size(1), KV = k.size(1);
  return H / KV;
}
