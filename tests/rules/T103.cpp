struct Tensor {
  Tensor detach() const;
  Tensor clone() const;
  Tensor requires_grad_() const;
};

// ---- match
Tensor copy_weights(const Tensor& weight) {
  return weight.detach().clone().requires_grad_();
}

// ---- becomes
Tensor copy_weights(const Tensor& weight) {
  return weight.detach().requires_grad_();
}

// ---- no match
Tensor copy_weights(const Tensor& weight) {
  return weight.detach().requires_grad_();
}

// ---- no match
Tensor snapshot(const Tensor& weight) {
  return weight.detach().clone().requires_grad_();
}
