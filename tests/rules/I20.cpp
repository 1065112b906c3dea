struct Tensor {
  Tensor where(const Tensor& condition, double other) const;
  Tensor sum() const;
};
Tensor token_losses(const Tensor& logits);

// ---- match
Tensor evaluate_bpb(const Tensor& logits, const Tensor& bytes) {
  const Tensor losses = token_losses(logits);
  return losses.where(bytes, 0.0).sum();
}

// ---- becomes
Tensor evaluate_bpb(const Tensor& logits, const Tensor& bytes) {
  const Tensor losses = token_losses(logits);
  return losses.sum();
}

// ---- no match
Tensor evaluate_bpb(const Tensor& logits, const Tensor& bytes) {
  const Tensor losses = token_losses(logits);
  return bytes.where(losses, 0.0).sum();
}

// ---- no match
Tensor evaluate_loss(const Tensor& logits, const Tensor& kept) {
  const Tensor losses = token_losses(logits);
  return losses.where(kept, 0.0).sum();
}
