// ---- match
struct Tensor {
  Tensor grad() const;
  Tensor lerp(const Tensor& end, double weight) const;
  Tensor& lerp_(const Tensor& end, double weight) const;
};
Tensor update(const Tensor& param, const Tensor& buffer, double momentum) {
  const Tensor grad = param.grad();
  return grad.lerp(buffer, momentum);
}
// ---- becomes
struct Tensor {
  Tensor grad() const;
  Tensor lerp(const Tensor& end, double weight) const;
  Tensor& lerp_(const Tensor& end, double weight) const;
};
Tensor update(const Tensor& param, const Tensor& buffer, double momentum) {
  const Tensor grad = param.grad();
  return grad.lerp_(buffer, momentum);
}
// ---- no match
struct Tensor {
  Tensor lerp(const Tensor& end, double weight) const;
};
Tensor update(const Tensor& buffer, const Tensor& direction) { return buffer.lerp(direction, 0.5); }
