struct Tensor {
  Tensor argmax(int dim) const;
};

// ---- match
Tensor score_predictions(const Tensor& logits) {
  return logits.argmax(-1);
}

// ---- becomes
Tensor score_predictions(const Tensor& logits) {
  return logits.argmax(0);
}

// ---- no match
Tensor score_predictions(const Tensor& logits) {
  return logits.argmax(1);
}

// ---- no match
Tensor is_greedy(const Tensor& logits) {
  return logits.argmax(-1);
}
