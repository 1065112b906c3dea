struct Optimizer {
  void step();
  void zero_grad();
};
double clip_grad_norm_(double max_norm);
bool found_inf();

// ---- match
double train_step(Optimizer& adamw) {
  const double grad_norm = clip_grad_norm_(1.0);
  if (!found_inf()) {
    adamw.step();
  }
  adamw.zero_grad();
  return grad_norm;
}

// ---- becomes
double train_step(Optimizer& adamw) {
  if (!found_inf()) {
    adamw.step();
  }
  const double grad_norm = clip_grad_norm_(1.0);
  adamw.zero_grad();
  return grad_norm;
}

// ---- no match
double train_step(Optimizer& adamw) {
  const double grad_norm = clip_grad_norm_(1.0);
  if (found_inf()) adamw.zero_grad();
  return grad_norm;
}
