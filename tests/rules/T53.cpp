struct Tensor {
  Tensor& mul_(double factor);
};

// ---- match
void clip_grad_norm_(Tensor& grad, double scale) {
  if (scale >= 1.0) return;
  grad.mul_(scale);
}

// ---- becomes
void clip_grad_norm_(Tensor& grad, double scale) {
  if (scale > 1.0) return;
  grad.mul_(scale);
}

// ---- no match
void clip_grad_norm_(Tensor& grad, double scale) {
  if (scale < 1.0) grad.mul_(scale);
}
