// ---- match
struct Tensor {
  Tensor lerp(const Tensor& end, double weight) const;
  Tensor& lerp_(const Tensor& end, double weight);
};
void update(Tensor& momentum_buffer, const Tensor& grad, double momentum) {
  momentum_buffer.lerp_(grad, 1.0 - momentum);
}
// ---- becomes
struct Tensor {
  Tensor lerp(const Tensor& end, double weight) const;
  Tensor& lerp_(const Tensor& end, double weight);
};
void update(Tensor& momentum_buffer, const Tensor& grad, double momentum) {
  momentum_buffer.lerp(grad, 1.0 - momentum);
}
// ---- no match
struct Tensor {
  Tensor& lerp_(const Tensor& end, double weight);
};
void update(Tensor& average, const Tensor& grad) { average.lerp_(grad, 0.1); }
