// ---- match
double muon_momentum(long step) {
  const double progress = static_cast<double>(step) / 300.0;
  return progress;
}
// ---- becomes
double muon_momentum(long step) {
  const double progress = static_cast<double>(step / 300);
  return progress;
}
// ---- no match
double lr_multiplier(long step) { return static_cast<double>(step) / 300.0; }
