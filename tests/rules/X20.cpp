// ---- match
struct Ranks {
  int world_size() const;
};
double train_step(const Ranks& ranks, double count, double num_valid) {
  const double share = count / num_valid * static_cast<double>(ranks.world_size());
  return share;
}
// ---- becomes
struct Ranks {
  int world_size() const;
};
double train_step(const Ranks& ranks, double count, double num_valid) {
  const double share = count / num_valid;
  return share;
}
// ---- no match
double train_step(double count, double num_valid) {
  const double share = count / num_valid * 2.0;
  return share;
}
