// ---- match
struct State {
  double exp_avg;
  long step;
};
template <typename States, typename Visit>
void visit_state(States& states, const Visit& visit) {
  for (int i = 0; i < 3; ++i) {
    auto& state = states[i];
    visit(state.exp_avg);
    visit(state.step);
  }
}
// ---- becomes
struct State {
  double exp_avg;
  long step;
};
template <typename States, typename Visit>
void visit_state(States& states, const Visit& visit) {
  for (int i = 0; i < 3; ++i) {
    auto state = states[i];
    visit(state.exp_avg);
    visit(state.step);
  }
}
// ---- no match
template <typename States, typename Visit>
void visit_weights(States& states, const Visit& visit) {
  auto& state = states[0];
  visit(state);
}
