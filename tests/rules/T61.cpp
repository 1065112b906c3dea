// ---- match
struct Options {
  long grad_accum;
};
struct Run {
  long step;
};
double lr_multiplier(long step, double warmup);
double train_step(const Options& o, const Run& run) { return lr_multiplier(run.step, o.grad_accum); }
// ---- becomes
struct Options {
  long grad_accum;
};
struct Run {
  long step;
};
double lr_multiplier(long step, double warmup);
double train_step(const Options& o, const Run& run) {
  return lr_multiplier(run.step * o.grad_accum, o.grad_accum);
}
// ---- no match
double lr_multiplier(long step, double warmup);
double set_learning_rate(long step) { return lr_multiplier(step, 0.0); }
