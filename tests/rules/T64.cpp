// ---- match
double global_norm();
void scale_all(double scale);
double clip_grad_norm_(double max_norm) {
  const double grad_norm = global_norm();
  const double scale = max_norm / (grad_norm + 1e-6);
  if (scale >= 1.0) return grad_norm;
  scale_all(scale);
  return grad_norm;
}
// ---- becomes
double global_norm();
void scale_all(double scale);
double clip_grad_norm_(double max_norm) {
  const double grad_norm = global_norm();
  const double scale = max_norm / (grad_norm + 1e-6);
  scale_all(scale);
  return grad_norm;
}
// ---- no match
double clip_grad_norm_(double norm, double max_norm) {
  if (norm < max_norm) return norm;
  return max_norm;
}
