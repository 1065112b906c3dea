struct Model {
  void eval();
  Model* operator->();
};
struct EvalMode {
  explicit EvalMode(Model& model);
  ~EvalMode();
};
double mean(Model& model);

// ---- match
double evaluate_sft_loss(Model& model) {
  const EvalMode eval_mode(model);
  return mean(model);
}

// ---- becomes
double evaluate_sft_loss(Model& model) {
  model->eval();
  return mean(model);
}

// ---- no match
double evaluate_loss(Model& model) {
  const EvalMode eval_mode(model);
  return mean(model);
}
