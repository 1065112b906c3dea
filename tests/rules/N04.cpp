struct GradScaler {
  void update();
  void unscale_();
};
struct Run {
  GradScaler scaler;
  int step = 0;
};

// ---- match
void train_step(Run& run, bool half) {
  if (half) run.scaler.unscale_();
  run.step += 1;
  if (half) run.scaler.update();
}

// ---- becomes
void train_step(Run& run, bool half) {
  if (half) run.scaler.unscale_();
  run.step += 1;
}

// ---- no match
void end_of_step(Run& run, bool half) {
  if (half) run.scaler.update();
}
