// ---- match
double lr_multiplier(double it, double total, double warmdown_iters) {
  if (it <= total - warmdown_iters) return 1.0;
  return (total - it) / warmdown_iters;
}

// ---- becomes
double lr_multiplier(double it, double total, double warmdown_iters) {
  if (it < total - warmdown_iters) return 1.0;
  return (total - it) / warmdown_iters;
}

// ---- no match
double lr_multiplier(double it, double warmup_iters) {
  if (it < warmup_iters) return it / warmup_iters;
  return 1.0;
}
