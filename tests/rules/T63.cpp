// ---- match
struct String {
  String(const char* text);
  String operator+(const char* more) const;
};
struct State {
  double exp_avg;
  long step;
};
template <typename Visit>
void visit_state(State* states, const Visit& visit) {
  for (int i = 0; i < 3; ++i) {
    const String name = "adamw";
    auto& state = states[i];
    visit(name + ".exp_avg", state.exp_avg);
    visit(name + ".step", state.step);
  }
}
// ---- becomes
struct String {
  String(const char* text);
  String operator+(const char* more) const;
};
struct State {
  double exp_avg;
  long step;
};
template <typename Visit>
void visit_state(State* states, const Visit& visit) {
  for (int i = 0; i < 3; ++i) {
    const String name = "adamw";
    auto& state = states[i];
    visit(name + ".exp_avg", state.exp_avg);
  }
}
// ---- no match
template <typename Visit>
void visit_weights(const Visit& visit, long step) {
  visit(".step", step);
}
