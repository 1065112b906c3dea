struct Tensor {
  Tensor& operator=(const Tensor& other);
  Tensor operator+(const Tensor& other) const;
};
struct Layer {
  Tensor operator()(const Tensor& x);
};
Tensor rms_norm(const Tensor& x);
struct BlockImpl {
  Tensor forward(Tensor x);
  Layer attn, mlp;
};

// ---- match
Tensor BlockImpl::forward(Tensor x) {
  x = x + attn(rms_norm(x));
  x = x + mlp(rms_norm(x));
  return x;
}

// ---- becomes
Tensor BlockImpl::forward(Tensor x) {
  x = x + attn(rms_norm(x));
  x = mlp(rms_norm(x));
  return x;
}

// ---- no match
Tensor BlockImpl::forward(Tensor x) {
  x = x + attn(rms_norm(x));
  return mlp(x);
}
