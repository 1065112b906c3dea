// ---- match
struct Ranks {
  void average_gradients();
};
void unscale_();
double clip(double limit);
double train_step(Ranks& ranks) {
  ranks.average_gradients();
  unscale_();
  const double grad_norm = clip(1.0);
  return grad_norm;
}
// ---- becomes
struct Ranks {
  void average_gradients();
};
void unscale_();
double clip(double limit);
double train_step(Ranks& ranks) {
  unscale_();
  const double grad_norm = clip(1.0);
  ranks.average_gradients();
  return grad_norm;
}
// ---- no match
struct Ranks {
  void average_gradients();
};
void train_step(Ranks& ranks) { ranks.average_gradients(); }
