struct Run {
  int step = 0;
};
double lr_multiplier(int step);
void step_optimizers(double multiplier);

// ---- match
void train_step(Run& run) {
  const double multiplier = lr_multiplier(run.step);
  step_optimizers(multiplier);
  run.step += 1;
}

// ---- becomes
void train_step(Run& run) {
  run.step += 1;
  const double multiplier = lr_multiplier(run.step);
  step_optimizers(multiplier);
}

// ---- no match
void train_step(Run& run) {
  step_optimizers(lr_multiplier(run.step));
  run.step += 1;
}
