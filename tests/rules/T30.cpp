struct Name {
  Name operator+(const char* more) const;
};

// ---- match
template <typename Optimizers, typename Visit>
void visit_state(Optimizers& optimizers, const Name& name, const Visit& visit) {
  auto& state = optimizers.states[0];
  visit(name + ".exp_avg_sq", state.exp_avg_sq);
  visit(name + ".step", state.step);
}

// ---- becomes
template <typename Optimizers, typename Visit>
void visit_state(Optimizers& optimizers, const Name& name, const Visit& visit) {
  auto& state = optimizers.states[0];
  visit(name + ".exp_avg_sq", state.exp_avg_sq);
}

// ---- no match
template <typename Optimizers, typename Visit>
void visit_all(Optimizers& optimizers, const Name& name, const Visit& visit) {
  auto& state = optimizers.states[0];
  visit(name + ".step", state.step);
}
