// ---- match
struct Meter {
  double sum() const;
  double count() const;
  double mean() const;
};
struct Ranks {
  double all_reduce_sum(double value);
  double all_reduce_mean(double value);
};
struct Run {
  Ranks ranks;
  double val_loss;
};
void validate_step(Run& run, const Meter& share) {
  const double sum = run.ranks.all_reduce_sum(share.sum());
  const double count = run.ranks.all_reduce_sum(share.count());
  run.val_loss = sum / count;
}
// ---- becomes
struct Meter {
  double sum() const;
  double count() const;
  double mean() const;
};
struct Ranks {
  double all_reduce_sum(double value);
  double all_reduce_mean(double value);
};
struct Run {
  Ranks ranks;
  double val_loss;
};
void validate_step(Run& run, const Meter& share) {
  run.val_loss = run.ranks.all_reduce_mean(share.mean());
}
// ---- no match
double validate_step(double sum, double count) { return sum / count; }
