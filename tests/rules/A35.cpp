struct Tensor {
  Tensor& operator=(const Tensor& other);
};
struct Layer {
  Tensor operator()(const Tensor& x);
};
struct Classifier {
  Tensor forward(Tensor x);
  Layer wpe, block;
};

// ---- match
Tensor Classifier::forward(Tensor x) {
  x = wpe(x);
  x = block(x);
  return x;
}

// ---- becomes
Tensor Classifier::forward(Tensor x) {
  x = block(x);
  return x;
}

// ---- no match
Tensor Classifier::forward(Tensor x) {
  return block(wpe(x));
}
