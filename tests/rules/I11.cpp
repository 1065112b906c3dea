struct Tensor {
  Tensor cumsum(int dim) const;
  Tensor operator-(const Tensor& other) const;
};
Tensor softmax(const Tensor& x);

// ---- match
Tensor sample_next_token(const Tensor& logits) {
  Tensor probs = softmax(logits);
  return probs.cumsum(-1) - probs;
}

// ---- becomes
Tensor sample_next_token(const Tensor& logits) {
  Tensor probs = softmax(logits);
  return probs.cumsum(-1);
}

// ---- no match
Tensor sample_next_token(const Tensor& logits) {
  Tensor probs = softmax(logits);
  return logits - probs;
}

// ---- no match
Tensor mass_before(const Tensor& logits) {
  Tensor probs = softmax(logits);
  return probs.cumsum(-1) - probs;
}
