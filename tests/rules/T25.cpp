struct EarlyStopping {
  bool update(double val_loss, int step);
};
struct Meter {
  double mean() const;
  void update(double loss, int count);
};
struct Run {
  EarlyStopping early_stopping;
  Meter epoch_loss;
  double val_loss = 0.0;
  int step = 0;
};

// ---- match
bool validate_step(Run& run) {
  return run.early_stopping.update(run.val_loss, run.step);
}

// ---- becomes
bool validate_step(Run& run) {
  return run.early_stopping.update(run.epoch_loss.mean(), run.step);
}

// ---- no match
bool validate_step(Run& run) {
  run.epoch_loss.update(run.val_loss, 1);
  return run.val_loss < 1.0;
}
