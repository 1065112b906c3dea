struct Name {
  Name operator+(const char* more) const;
};

// ---- match
template <typename Optimizers, typename Visit>
void visit_state(Optimizers& optimizers, const Name& name, const Visit& visit) {
  visit(name + ".step", optimizers.adamw.step);
  for (int g = 0; g < optimizers.muon.momentum_buffers.size(); ++g) {
    for (int i = 0; i < optimizers.muon.momentum_buffers[g].size(); ++i) {
      visit(name + ".momentum_buffer", optimizers.muon.momentum_buffers[g][i]);
    }
  }
}

// ---- becomes
template <typename Optimizers, typename Visit>
void visit_state(Optimizers& optimizers, const Name& name, const Visit& visit) {
  visit(name + ".step", optimizers.adamw.step);
}

// ---- no match
template <typename Optimizers, typename Visit>
void visit_state(Optimizers& optimizers, const Name& name, const Visit& visit) {
  for (int g = 0; g < optimizers.adamw.states.size(); ++g) {
    visit(name + ".step", optimizers.adamw.states[g]);
  }
}
