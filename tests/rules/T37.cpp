struct Tensor {
  Tensor mul(double factor) const;
  Tensor& mul_(double factor);
};
double global_grad_norm(Tensor& grad);

// ---- match
double clip_grad_norm_(Tensor& grad, double max_norm) {
  const double grad_norm = global_grad_norm(grad);
  const double scale = max_norm / grad_norm;
  if (scale < 1.0) grad.mul_(scale);
  return grad_norm;
}

// ---- becomes
double clip_grad_norm_(Tensor& grad, double max_norm) {
  const double grad_norm = global_grad_norm(grad);
  const double scale = max_norm / grad_norm;
  if (scale < 1.0) grad.mul(scale);
  return grad_norm;
}

// ---- no match
void shrink_(Tensor& grad) {
  grad.mul_(0.5);
}
