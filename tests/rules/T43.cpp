struct Optimizer {
  void step();
  void zero_grad();
};
struct Optimizers {
  Optimizer adamw, muon;
};
double backward();

// ---- match
double train_step(Optimizers& optimizers) {
  const double loss = backward();
  optimizers.adamw.step();
  optimizers.muon.step();
  optimizers.adamw.zero_grad();
  optimizers.muon.zero_grad();
  return loss;
}

// ---- becomes
double train_step(Optimizers& optimizers) {
  const double loss = backward();
  optimizers.adamw.step();
  optimizers.muon.step();
  return loss;
}

// ---- no match
void forget(Optimizers& optimizers) {
  optimizers.adamw.zero_grad();
  optimizers.muon.zero_grad();
}
