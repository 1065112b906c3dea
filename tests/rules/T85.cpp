// ---- match
struct State {
  double best;
  long best_step;
  long bad_evaluations;
};
struct EarlyStopping {
  void update(double val_loss, long step) {
    state_ = {.best = val_loss, .best_step = step, .bad_evaluations = 0};
  }
  State state_;
};
// ---- becomes
struct State {
  double best;
  long best_step;
  long bad_evaluations;
};
struct EarlyStopping {
  void update(double val_loss, long step) {
    state_ = {.best = val_loss, .best_step = step, .bad_evaluations = state_.bad_evaluations};
  }
  State state_;
};
// ---- no match
struct EarlyStopping {
  void restore(int state) { state_ = state; }
  int state_;
};
