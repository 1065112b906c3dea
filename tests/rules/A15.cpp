struct Tensor {
  Tensor operator+(const Tensor& other) const;
};
struct Layer {
  Tensor operator()(const Tensor& x);
};
Tensor attend(const Tensor& q);
struct CausalSelfAttentionImpl {
  Tensor forward(const Tensor& x);
  Layer c_q, c_proj;
};

// ---- match
Tensor CausalSelfAttentionImpl::forward(const Tensor& x) {
  Tensor y = attend(c_q(x));
  return c_proj(y);
}

// ---- becomes
Tensor CausalSelfAttentionImpl::forward(const Tensor& x) {
  Tensor y = attend(c_q(x));
  return c_proj(x + y);
}

// ---- no match
Tensor CausalSelfAttentionImpl::forward(const Tensor& x) {
  return c_proj(attend(c_q(x)));
}
