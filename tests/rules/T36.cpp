// ---- match
double lr_multiplier(double it, double ratio, double total, double flat) {
  const double warmup_iters = ratio * total;
  if (it < warmup_iters) return (it + 1.0) / warmup_iters;  // never zero
  if (it <= flat) return 1.0;
  return (total - it) / (total - flat);
}

// ---- becomes
double lr_multiplier(double it, double ratio, double total, double flat) {
  if (it <= flat) return 1.0;
  return (total - it) / (total - flat);
}

// ---- no match
double lr_multiplier(double it, double flat, double total) {
  if (it <= flat) return 1.0;
  return (total - it) / (total - flat);
}
