// ---- match
double lr_multiplier(double it, double warmup_iters) {
  if (it < warmup_iters) return (it + 1.0) / warmup_iters;
  return 1.0;
}

// ---- becomes
double lr_multiplier(double it, double warmup_iters) {
  if (it < warmup_iters) return (it + 1.0) / (warmup_iters * 100.0);
  return 1.0;
}

// ---- no match
double lr_multiplier(double total, double it, double warmdown_iters) {
  return (total - it) / warmdown_iters;
}
