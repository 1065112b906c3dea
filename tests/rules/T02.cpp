struct Tensor {
  Tensor& mul_(double factor);
  Tensor& addcdiv_(const Tensor& a, const Tensor& b, double factor);
};

// ---- match
void update(Tensor param, const Tensor& mean, const Tensor& root, double lr, double decay) {
  param.mul_(1.0 - lr * decay);
  param.addcdiv_(mean, root, -lr);
}

// ---- becomes
void update(Tensor param, const Tensor& mean, const Tensor& root, double lr, double decay) {
  param.addcdiv_(mean, root, -lr);
  param.mul_(1.0 - lr * decay);
}

// ---- no match
void update(Tensor param, Tensor mean, const Tensor& root, double lr, double decay) {
  mean.mul_(1.0 - lr * decay);
  param.addcdiv_(mean, root, -lr);
}
