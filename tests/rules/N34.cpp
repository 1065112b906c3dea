struct Masters {
  void take_gradients();
  void write_back();
};
struct Optimizer {
  void step();
  void zero_grad();
};
struct Run {
  Masters masters;
  Optimizer muon;
};

// ---- match
void train_step(Run& run) {
  run.masters.take_gradients();
  run.muon.step();
  run.masters.write_back();
  run.muon.zero_grad();
}

// ---- becomes
void train_step(Run& run) {
  run.masters.take_gradients();
  run.muon.step();
  run.muon.zero_grad();
}

// ---- no match
void train_step(Run& run) {
  run.masters.take_gradients();
  run.muon.step();
  run.muon.zero_grad();
}

// ---- no match
void resume(Run& run) {
  run.masters.take_gradients();
  run.muon.step();
  run.masters.write_back();
  run.muon.zero_grad();
}
