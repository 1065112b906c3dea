// ---- match
struct AdamWState {
  double* exp_avg;
  long step;
};
void update(double param, AdamWState& state) {
  state.step += 1;
  *state.exp_avg += param;
}
// ---- becomes
struct AdamWState {
  double* exp_avg;
  long step;
};
void update(double param, AdamWState state) {
  state.step += 1;
  *state.exp_avg += param;
}
// ---- no match
struct AdamWState {
  long step;
};
void reset(AdamWState& state) { state.step = 0; }
