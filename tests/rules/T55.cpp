struct Optimizer {
  void step();
  void zero_grad();
};
bool found_inf();

// ---- match
void train_step(Optimizer& first, Optimizer& second) {
  Optimizer& adamw = first;
  Optimizer& muon = second;
  if (!found_inf()) {
    adamw.step();
    muon.step();
  }
}

// ---- becomes
void train_step(Optimizer& first, Optimizer& second) {
  Optimizer& adamw = first;
  Optimizer& muon = second;
  if (!found_inf()) {
    muon.step();
    adamw.step();
  }
}

// ---- no match
void train_step(Optimizer& first, Optimizer& second) {
  Optimizer& adamw = first;
  Optimizer& muon = second;
  adamw.zero_grad();
  muon.zero_grad();
}
