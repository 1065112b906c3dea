struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor operator+(const Tensor& other) const;
  Tensor detach() const;
};
struct Layer {
  Tensor operator()(const Tensor& x);
};
struct BlockImpl {
  Tensor forward(Tensor x);
  Layer attn, mlp;
};

// ---- match
Tensor BlockImpl::forward(Tensor x) {
  x = x + attn(x);
  return x;
}

// ---- becomes
Tensor BlockImpl::forward(Tensor x) {
  x = x.detach() + attn(x);
  return x;
}

// ---- no match
Tensor BlockImpl::forward(Tensor x) {
  return attn(x) + x;
}
