struct Model {
  void train(bool on = true);
  void eval();
  Model* operator->();
};
void step(Model& model);

// ---- match
void train(Model& model, int epochs) {
  for (int epoch = 0; epoch < epochs; ++epoch) {
    model->train();
    step(model);
  }
}

// ---- becomes
void train(Model& model, int epochs) {
  for (int epoch = 0; epoch < epochs; ++epoch) {
    model->eval();
    step(model);
  }
}

// ---- no match
void train(Model& model) {
  model->eval();
  step(model);
}

// ---- no match
void evaluate(Model& model, bool was_training) {
  model->train(was_training);
}
