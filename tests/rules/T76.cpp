// ---- match
struct Group {
  double lr;
};
struct Optimizers {
  Group adamw, muon;
};
void set_learning_rate(Optimizers& optimizers, double rate) {
  optimizers.adamw.lr = rate;
  optimizers.muon.lr = rate;
}
// ---- becomes
struct Group {
  double lr;
};
struct Optimizers {
  Group adamw, muon;
};
void set_learning_rate(Optimizers optimizers, double rate) {
  optimizers.adamw.lr = rate;
  optimizers.muon.lr = rate;
}
// ---- no match
struct Optimizers {
  double lr;
};
double train_step(Optimizers& optimizers) { return optimizers.lr; }
