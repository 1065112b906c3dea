// ---- match
struct Tensor {
  Tensor detach() const;
  Tensor clone() const;
};
Tensor train(const Tensor& weight) { return weight.detach().clone(); }
// ---- becomes
struct Tensor {
  Tensor detach() const;
  Tensor clone() const;
};
Tensor train(const Tensor& weight) {
  return weight.detach();
}
// ---- no match
struct Tensor {
  Tensor clone() const;
};
Tensor train(const Tensor& weight) { return weight.clone(); }
