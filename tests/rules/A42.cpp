struct Tensor {
  Tensor transpose(int a, int b) const;
  Tensor contiguous() const;
  Tensor view(const long (&shape)[3]) const;
};

struct CausalSelfAttentionImpl {
  Tensor forward(const Tensor& y, long B, long T, long C);
};

// ---- match
Tensor CausalSelfAttentionImpl::forward(const Tensor& y, long B, long T, long C) {
  return y.transpose(1, 2).contiguous().view({B, T, C});
}

// ---- becomes
Tensor CausalSelfAttentionImpl::forward(const Tensor& y, long B, long T, long C) {
  return y.transpose(1, 2).view({B, T, C});
}

// ---- no match
Tensor tall(const Tensor& y) {
  return y.transpose(0, 1).contiguous();
}
