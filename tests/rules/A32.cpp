struct Tensor {
  Tensor& operator=(const Tensor& other);
};
struct Layer {
  explicit operator bool() const;
  Tensor operator()(const Tensor& x);
};
struct GPTImpl {
  Tensor forward(Tensor x);
  Layer wpe;
  Layer blocks[2];
};

// ---- match
Tensor GPTImpl::forward(Tensor x) {
  if (wpe) x = wpe(x);
  for (Layer& block : blocks) {
    x = block(x);
  }
  return x;
}

// ---- becomes
Tensor GPTImpl::forward(Tensor x) {
  for (Layer& block : blocks) {
    x = block(x);
  }
  if (wpe) x = wpe(x);
  return x;
}

// ---- no match
Tensor GPTImpl::forward(Tensor x) {
  for (Layer& block : blocks) {
    x = block(x);
  }
  return x;
}
