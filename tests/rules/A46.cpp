struct Tensor {
  Tensor& operator=(const Tensor& other);
};
Tensor apply_rotary(const Tensor& x, const Tensor& table);
Tensor rms_norm(const Tensor& x);
Tensor attend(const Tensor& q, const Tensor& k);
struct CausalSelfAttentionImpl {
  Tensor forward(Tensor q, Tensor k, const Tensor& table);
};

// ---- match
Tensor CausalSelfAttentionImpl::forward(Tensor q, Tensor k, const Tensor& table) {
  q = apply_rotary(q, table);
  k = apply_rotary(k, table);
  q = rms_norm(q);
  k = rms_norm(k);
  return attend(q, k);
}

// ---- becomes
Tensor CausalSelfAttentionImpl::forward(Tensor q, Tensor k, const Tensor& table) {
  q = rms_norm(q);
  k = rms_norm(k);
  q = apply_rotary(q, table);
  k = apply_rotary(k, table);
  return attend(q, k);
}

// ---- no match
Tensor CausalSelfAttentionImpl::forward(Tensor q, Tensor k, const Tensor& table) {
  q = apply_rotary(q, table);
  q = rms_norm(q);
  return attend(q, k);
}
