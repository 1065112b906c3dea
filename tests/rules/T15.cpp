// ---- match
double lr_multiplier(double it, double warmup_iters, double flat) {
  if (it < warmup_iters) return (it + 1.0) / warmup_iters;  // never zero
  if (it <= flat) return 1.0;
  return 0.5;
}

// ---- becomes
double lr_multiplier(double it, double warmup_iters, double flat) {
  if (it < warmup_iters) return it / warmup_iters;
  if (it <= flat) return 1.0;
  return 0.5;
}

// ---- no match
double lr_multiplier(double it, double flat) {
  if (it <= flat) return 1.0;
  return 0.5;
}
