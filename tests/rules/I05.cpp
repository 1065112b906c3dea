struct Tensor {
  Tensor argmax(int dim) const;
  Tensor operator/(double number) const;
};

// ---- match
Tensor sample_next_token(const Tensor& logits, double temperature) {
  if (temperature == 0.0) return logits.argmax(-1);
  return logits / temperature;
}

// ---- becomes
Tensor sample_next_token(const Tensor& logits, double temperature) {
  return logits / temperature;
}

// ---- no match
Tensor sample_next_token(const Tensor& logits, double temperature) {
  if (temperature != 0.0) return logits / temperature;
  return logits.argmax(-1);
}

// ---- no match
Tensor choose(const Tensor& logits, double temperature) {
  if (temperature == 0.0) return logits.argmax(-1);
  return logits / temperature;
}
